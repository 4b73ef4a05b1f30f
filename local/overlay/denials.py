"""Every refusal by a policy, kept where the desk can show it."""

import json
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ministack.core import iam_evaluator

from local.overlay.settings import Settings

_LOCK = threading.Lock()
_FILE: list[Path] = []


def note(text: str) -> None:
    """Write one down."""
    line = json.dumps({"at": datetime.now(UTC).isoformat(timespec="seconds"), "text": text})
    with _LOCK, _FILE[0].open("a") as file:
        file.write(f"{line}\n")


def apply(settings: Settings) -> None:
    """Follow the emulator's own decisions too."""
    _FILE[:] = [settings.state / "denials.jsonl"]
    original = iam_evaluator.enforce

    def enforce(key: str, action: str, service: str, region: str, **named: Any) -> Any:
        result = original(key, action, service, region, **named)
        if result is not None and hasattr(result, "decision"):
            resource = named.get("resource_arn", "*")
            note(f"{result.principal_arn} may not {action} on {resource} ({result.decision})")
        return result

    iam_evaluator.enforce = enforce
