"""How the tests run the suite: everything known, nothing waited for."""

from typing import Any

from cli.conformance.run import Request, Run
from cli.conformance.summary import Report
from tests.conformance.reference import KEY, NOTE

FACTS = (
    "private_request=HUSH42",
    "staff_service=crew",
    "closed_request=Q7XK06",
    f"internal_note={NOTE}",
)


def looked(url: str, *only: str, **more: Any) -> Report:
    """The report of a run with all that the reference can show."""
    asked: dict[str, Any] = {"post": True, "api_key": KEY, "facts": FACTS, **more}
    run = Run(Request(url=url, only=only, **asked), sleep=lambda _: None)
    for _, look in run.steps():
        look()
    return run.report()
