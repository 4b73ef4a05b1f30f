"""What every driver does: take the facts, make its client's calls one by one, print a line each."""

import json
import sys
from collections.abc import Callable
from typing import Any

FACTS: dict[str, Any] = json.loads(sys.argv[1])


def call(name: str, made: Callable[[], Any], right: Callable[[Any], bool]) -> Any:
    """Make one call of the client and print what came of it; the answer, or None."""
    try:
        answer = made()
        ok, said = right(answer), shown(answer)
    except Exception as problem:
        answer, ok, said = None, False, f"{type(problem).__name__}: {problem}"
    sys.stdout.write(json.dumps({"call": name, "ok": bool(ok), "said": said[:160]}) + "\n")
    return answer


def shown(answer: Any) -> str:
    """The answer in a few words."""
    if isinstance(answer, list):
        return f"{len(answer)} rows" + (f", first {shown(answer[0])}" if answer else "")
    if isinstance(answer, dict):
        code = answer.get("service_request_id") or answer.get("service_code")
        return str(code or json.dumps(answer, default=str))
    return " ".join(str(answer).split())
