"""Bridge: the history as Step Functions writes it, each event linked to the one before."""

import json
from typing import Any

from ministack.core.responses import get_region, now_iso
from ministack.services import stepfunctions as sfn

from local.overlay.settings import Settings

Execution = dict[str, Any]


def add(execution: Execution, kind: str, details: dict[str, Any] | None = None) -> dict[str, Any]:
    """Append one event; its number is the number of events, and it names the one before."""
    number = len(execution["events"]) + 1
    event = {
        "id": number,
        "previousEventId": number - 1,
        "type": kind,
        "timestamp": now_iso(),
        **(details or {}),
    }
    execution["events"].append(event)
    return event


def scheduled(execution: Execution, resource: str, parameters: Any, seconds: float | None) -> None:
    """A task is about to be called."""
    kind, name = parts(resource)
    details = {
        "resourceType": kind,
        "resource": name,
        "region": get_region(),
        "parameters": json.dumps(parameters),
    }
    if seconds is not None:
        details["timeoutInSeconds"] = int(seconds)
    add(execution, "TaskScheduled", {"taskScheduledEventDetails": details})
    add(
        execution,
        "TaskStarted",
        {"taskStartedEventDetails": {"resourceType": kind, "resource": name}},
    )


def answered(execution: Execution, kind: str, resource: str, output: Any) -> None:
    """TaskSubmitted (a call that waits for its token) or TaskSucceeded."""
    service, name = parts(resource)
    details = {
        "resourceType": service,
        "resource": name,
        "output": json.dumps(output),
        "outputDetails": {"truncated": False},
    }
    add(execution, kind, {f"t{kind[1:]}EventDetails": details})


def failed(execution: Execution, resource: str, error: str, cause: str) -> None:
    """TaskFailed, or TaskTimedOut where a clock ran out."""
    service, name = parts(resource)
    details = {"resourceType": service, "resource": name, "error": error, "cause": cause}
    kind = (
        "TaskTimedOut" if error in {"States.Timeout", "States.HeartbeatTimeout"} else "TaskFailed"
    )
    add(execution, kind, {f"t{kind[1:]}EventDetails": details})


def parts(resource: str) -> tuple[str, str]:
    """ "arn:aws:states:::sns:publish.waitForTaskToken" -> ("sns", "publish.waitForTaskToken")."""
    names = resource.split(":::", 1)[-1].split(":")
    if ":function:" in resource:
        return "lambda", resource
    return ":".join(names[:-1]), names[-1]


def apply(settings: Settings) -> None:
    """Number and link every event, those of the emulator's own states too."""
    sfn._add_event = add
