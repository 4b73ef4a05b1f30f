"""Bridge: a Task state's attempts: time-outs, heartbeats, tokens, retries, catches."""

import random
import time
from typing import Any

from ministack.services import stepfunctions as sfn

from local.overlay import sfn_history as history
from local.overlay.settings import Settings
from local.overlay.sfn_calls import call
from local.overlay.sfn_state import Task
from local.overlay.sfn_waits import attempt_with_token

Json = dict[str, Any]


def execute(state: Json, raw: Any, execution: Json, context: Json) -> tuple[Any, str | None]:
    """Run a Task state until it succeeds, is caught, or fails the execution."""
    task = Task(state, raw, execution, context)
    counts: dict[int, int] = {}
    while True:
        context["State"]["RetryCount"] = sum(counts.values())
        try:
            return task.finished(_attempt(task))
        except sfn._ExecutionError as error:
            if error.error == "States.Runtime":
                raise
            history.failed(execution, task.resource, error.error, error.cause)
            if not _again(task, error, counts):
                return _caught(task, error)


def _again(task: Task, error: Any, counts: dict[int, int]) -> bool:
    """Sleep before the next attempt; False when there is none."""
    retriers = task.state.get("Retry", [])
    names = _names(error.error)
    for number, retrier in enumerate(retriers):
        if any(sfn._error_matches(retrier.get("ErrorEquals", []), name) for name in names):
            if counts.get(number, 0) >= retrier.get("MaxAttempts", 3):
                return False
            delay = retrier.get("IntervalSeconds", 1) * retrier.get("BackoffRate", 2) ** counts.get(
                number, 0
            )
            delay = min(delay, retrier.get("MaxDelaySeconds", delay))
            if retrier.get("JitterStrategy") == "FULL":
                delay = random.uniform(0, delay)
            time.sleep(delay * sfn._SFN_WAIT_SCALE)
            counts[number] = counts.get(number, 0) + 1
            return bool(task.execution["status"] == "RUNNING")
    return False


def _caught(task: Task, error: Any) -> tuple[Any, str | None]:
    for catcher in task.state.get("Catch", []):
        if any(
            sfn._error_matches(catcher.get("ErrorEquals", []), name) for name in _names(error.error)
        ):
            told = {"Error": error.error, "Cause": error.cause}
            output = sfn._apply_catcher(catcher, task.raw, task.context, "JSONPath", told)
            return output, str(catcher["Next"])
    raise error


def _names(error: str) -> tuple[str, ...]:
    """A lost heartbeat counts as a time-out too."""
    return (error, "States.Timeout") if error == "States.HeartbeatTimeout" else (error,)


def _attempt(task: Task) -> Any:
    if ".waitForTaskToken" in task.resource:
        return attempt_with_token(task)
    seconds = task.seconds("TimeoutSeconds")
    parameters = task.parameters()
    history.scheduled(task.execution, task.resource, parameters, seconds)
    result = _within(seconds, task, parameters)
    history.answered(task.execution, "TaskSucceeded", task.resource, result)
    return result


def _within(seconds: float | None, task: Task, parameters: Any) -> Any:
    if seconds is None:
        return call(task.resource, parameters, task.role)
    started = time.monotonic()
    result = call(task.resource, parameters, task.role)
    if time.monotonic() - started > seconds:
        raise sfn._ExecutionError("States.Timeout", "Task timed out")
    return result


def apply(settings: Settings) -> None:
    """JSONPath tasks run here; those in JSONata stay with the emulator."""
    original = sfn._execute_task

    def run(state: Json, raw: Any, execution: Json, context: Json) -> Any:
        if sfn._state_query_language(state, context) == "JSONata":
            return original(state, raw, execution, context)
        return execute(state, raw, execution, context)

    sfn._execute_task = run
