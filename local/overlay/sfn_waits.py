"""A task that calls with a token of its own and waits for the answer."""

import json
import time
from typing import Any

from ministack.services import stepfunctions as sfn

from local.overlay import sfn_history as history
from local.overlay.sfn_calls import call
from local.overlay.sfn_state import Task
from local.overlay.sfn_tokens import MachineTimedOut, Wait, close_wait, new_token, open_wait


def attempt_with_token(task: Task) -> Any:
    """Call with a token of its own, then wait for the answer; a failed call fails the attempt."""
    wait = _resumed(task) or _called(task)
    try:
        result = _awaited(task, wait)
    finally:
        close_wait(wait)
        task.execution.pop("waiting", None)
    history.answered(task.execution, "TaskSucceeded", task.resource, result)
    return result


def _called(task: Task) -> Wait:
    arn = str(task.execution["executionArn"])
    task.context["Task"] = {"Token": new_token(arn)}
    seconds = task.seconds("TimeoutSeconds")
    wait = Wait(
        token=task.context["Task"]["Token"],
        execution=arn,
        heartbeat_seconds=task.seconds("HeartbeatSeconds"),
        ends_at=None if seconds is None else time.time() + seconds,
    )
    parameters = task.parameters()
    history.scheduled(task.execution, task.resource, parameters, seconds)
    open_wait(wait)
    try:
        answer = call(task.resource, parameters, task.role)
    except sfn._ExecutionError:
        if not wait.event.is_set():
            close_wait(wait)
            raise
        answer = {}
    wait.beat_at = time.time()
    history.answered(task.execution, "TaskSubmitted", task.resource, answer)
    task.execution["waiting"] = {
        "token": wait.token,
        "heartbeat_seconds": wait.heartbeat_seconds,
        "ends_at": wait.ends_at,
    }
    return wait


def _resumed(task: Task) -> Wait | None:
    """The wait that an emulator before this one had begun."""
    known = task.execution.pop("resumed", None)
    if known is None:
        return None
    wait = Wait(execution=str(task.execution["executionArn"]), **known)
    task.execution["waiting"] = known
    open_wait(wait)
    return wait


def _awaited(task: Task, wait: Wait) -> Any:
    machine_ends_at = task.execution.get("ends_at")
    while not wait.event.wait(_seconds(wait, machine_ends_at)):
        if machine_ends_at is not None and time.time() >= machine_ends_at:
            raise MachineTimedOut
        problem = wait.problem()
        if problem is not None:
            raise sfn._ExecutionError(*problem)
    if wait.hurried:
        raise sfn._ExecutionError("States.Timeout", "Task timed out")
    if wait.error is not None:
        raise sfn._ExecutionError(*wait.error)
    return json.loads(wait.output or "null")


def _seconds(wait: Wait, machine_ends_at: float | None) -> float | None:
    own = wait.seconds()
    if machine_ends_at is None:
        return own
    left = max(0.0, machine_ends_at - time.time())
    return left if own is None else min(own, left)
