"""Bridge: task tokens as Step Functions gives them out, takes them back, and refuses them."""

import base64
import json
import os
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from ministack.core.responses import error_response_json, json_response
from ministack.services import stepfunctions as sfn

from local.overlay.settings import Settings

_PADDING = 320  # bytes; AWS's tokens are hundreds of characters long, 2,048 at most


class MachineTimedOut(Exception):
    """The machine's own TimeoutSeconds are over."""


@dataclass(slots=True)
class Wait:
    """A task that waits for its token, until one of the three times is over."""

    token: str
    execution: str
    heartbeat_seconds: float | None
    ends_at: float | None
    event: threading.Event = field(default_factory=threading.Event)
    beat_at: float = field(default_factory=time.time)
    output: str | None = None
    error: tuple[str, str] | None = None
    hurried: bool = False

    def problem(self) -> tuple[str, str] | None:
        """Which time is over, as an error and its cause."""
        now = time.time()
        if self.hurried or (self.ends_at is not None and now >= self.ends_at):
            return "States.Timeout", "Task timed out"
        if self.heartbeat_seconds is not None and now >= self.beat_at + self.heartbeat_seconds:
            return "States.HeartbeatTimeout", "Task heartbeat timed out"
        return None

    def seconds(self) -> float | None:
        """How long to sleep before a time may be over; None when there is no time."""
        beat = None if self.heartbeat_seconds is None else self.beat_at + self.heartbeat_seconds
        ends = [moment for moment in (beat, self.ends_at) if moment is not None]
        return max(0.0, min(ends) - time.time()) if ends else None


_OPEN: dict[str, Wait] = {}


def new_token(execution: str) -> str:
    """A token that tells us later that it was ours."""
    padding = base64.b64encode(os.urandom(_PADDING)).decode()
    return base64.b64encode(json.dumps({"e": execution, "n": padding}).encode()).decode()


def execution_of(token: str) -> str | None:
    """The execution that was given the token, open or late; None for a text that is no token."""
    try:
        return str(json.loads(base64.b64decode(token, validate=True))["e"])
    except (ValueError, TypeError, KeyError):
        return None


def open_wait(wait: Wait) -> None:
    """From now on the token is good."""
    _OPEN[wait.token] = wait


def close_wait(wait: Wait) -> None:
    """From now on the token is late."""
    _OPEN.pop(wait.token, None)


def waits_of(execution: str) -> list[Wait]:
    """The open waits of an execution."""
    return [wait for wait in list(_OPEN.values()) if wait.execution == execution]


def _find(data: dict[str, Any]) -> tuple[Wait | None, Any]:
    token = str(data.get("taskToken", ""))
    wait = _OPEN.get(token)
    if wait is not None and not wait.event.is_set():
        return wait, None
    if execution_of(token):
        text = "Task Timed Out: 'Provided task does not exist anymore'"
        return None, error_response_json("TaskTimedOut", text, 400)
    return None, error_response_json("InvalidToken", "Invalid Token: 'Invalid token'", 400)


def success(data: dict[str, Any]) -> Any:
    """SendTaskSuccess: the first answer counts."""
    output = data.get("output", "")
    try:
        json.loads(output)
    except (TypeError, ValueError):
        return error_response_json("InvalidOutput", "Invalid Output: 'Invalid JSON'", 400)
    wait, refusal = _find(data)
    if wait is None:
        return refusal
    wait.output = output
    wait.event.set()
    return json_response({})


def failure(data: dict[str, Any]) -> Any:
    """SendTaskFailure, with error and cause."""
    wait, refusal = _find(data)
    if wait is None:
        return refusal
    wait.error = (data.get("error", ""), data.get("cause", ""))
    wait.event.set()
    return json_response({})


def heartbeat(data: dict[str, Any]) -> Any:
    """SendTaskHeartbeat: the worker is still there."""
    wait, refusal = _find(data)
    if wait is None:
        return refusal
    wait.beat_at = time.time()
    return json_response({})


def apply(settings: Settings) -> None:
    """Answer the three operations; activities, which nothing here uses, go unanswered."""
    sfn._send_task_success = success
    sfn._send_task_failure = failure
    sfn._send_task_heartbeat = heartbeat
