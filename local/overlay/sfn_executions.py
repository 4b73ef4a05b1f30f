"""Bridge: executions start once a name, end in time, and stop when told."""

import json
import time
from typing import Any

from ministack.core.responses import error_response_json, json_response, now_iso
from ministack.services import stepfunctions as sfn

from local.overlay import sfn_history as history
from local.overlay.settings import Settings
from local.overlay.sfn_tokens import MachineTimedOut, Wait, waits_of

Json = dict[str, Any]
_STATES = {
    "Pass": "_execute_pass",
    "Choice": "_execute_choice",
    "Wait": "_execute_wait",
    "Task": "_execute_task",
    "Parallel": "_execute_parallel",
    "Map": "_execute_map",
}
_WITH_EXECUTION = {"Task", "Parallel", "Map"}


def run(arn: str) -> None:
    """Walk from state to state until the execution has ended."""
    execution = sfn._executions.get(arn)
    if not execution:
        return
    machine = sfn._state_machines[execution["stateMachineArn"]]
    definition = json.loads(execution.setdefault("definition", machine["definition"]))
    try:
        output = _Walk(execution, machine, definition).end()
    except MachineTimedOut:
        _close(execution, "TIMED_OUT", "ExecutionTimedOut", {})
    except sfn._ExecutionError as error:
        _fail(execution, error.error, error.cause)
    except Exception as error:  # an emulator's mistake must not leave an execution running for ever
        _fail(execution, "States.Runtime", repr(error))
    else:
        if execution["status"] == "RUNNING":
            text = json.dumps(output)
            execution["output"] = text
            details = {"executionSucceededEventDetails": {"output": text}}
            _close(execution, "SUCCEEDED", "ExecutionSucceeded", details)


def _fail(execution: Json, error: str, cause: str) -> None:
    """A stopped execution keeps its status."""
    if execution["status"] == "RUNNING":
        sfn._fail_execution(execution, error, cause)


def _close(execution: Json, status: str, event: str, details: Json) -> None:
    execution["status"] = status
    execution["stopDate"] = now_iso()
    history.add(execution, event, details)
    sfn._emit_execution_status_event(execution)


class _Walk:
    """The states of one execution, one after the other."""

    def __init__(self, execution: Json, machine: Json, definition: Json) -> None:
        self._execution = execution
        self._states: Json = definition["States"]
        self._name, self._data, self._entered = _position(execution, definition["StartAt"])
        limit = definition.get("TimeoutSeconds")
        started = execution.setdefault("started_at", time.time())
        self._ends_at = None if limit is None else started + float(limit)
        execution["ends_at"] = self._ends_at
        self._context: Json = {
            "QueryLanguage": definition.get("QueryLanguage", "JSONPath"),
            "Execution": {
                "Id": execution["executionArn"],
                "Input": json.loads(execution["input"]),
                "Name": execution["name"],
                "RoleArn": machine["roleArn"],
                "StartTime": execution["startDate"],
            },
            "StateMachine": {"Id": execution["stateMachineArn"], "Name": machine["name"]},
            "variables": {},
        }

    def end(self) -> Any:
        """The output of the last state."""
        name: str | None = self._name
        while name is not None and self._execution["status"] == "RUNNING":
            self._check_time()
            name = self._step(name)
        return self._data

    def _check_time(self) -> None:
        if self._ends_at is not None and time.time() >= self._ends_at:
            raise MachineTimedOut

    def _step(self, name: str) -> str | None:
        state = self._states[name]
        kind = state["Type"]
        self._context["State"] = {"Name": name, "EnteredTime": now_iso(), "RetryCount": 0}
        if not self._entered:
            details = {"name": name, "input": json.dumps(self._data)}
            history.add(
                self._execution, f"{kind}StateEntered", {"stateEnteredEventDetails": details}
            )
        self._entered = False
        following = self._ran(state, kind)
        if self._execution["status"] == "RUNNING":
            details = {"name": name, "output": json.dumps(self._data)}
            history.add(self._execution, f"{kind}StateExited", {"stateExitedEventDetails": details})
        return following

    def _ran(self, state: Json, kind: str) -> str | None:
        if kind == "Fail":
            raise sfn._ExecutionError(*sfn._fail_state_error(state, self._data, self._context))
        if kind == "Succeed":
            chosen = sfn._apply_input_path(state, self._data, self._context)
            self._data = sfn._apply_output_path(state, chosen, self._context)
            return None
        handler = getattr(sfn, _STATES[kind])
        extra = [self._execution] if kind in _WITH_EXECUTION else []
        self._data, following = handler(state, self._data, *extra, self._context)
        return following if following is None else str(following)


def _position(execution: Json, start: str) -> tuple[str, Any, bool]:
    """Where to go on: the state that was entered and not left, or the first one."""
    for event in reversed(execution["events"]):
        if event["type"].endswith("StateEntered"):
            entered = event["stateEnteredEventDetails"]
            return entered["name"], json.loads(entered["input"]), True
    return start, json.loads(execution["input"]), False


def start(original: Any, data: Json) -> Any:
    """The same name and input while it runs is the same execution."""
    machine = sfn._resolve_state_machine_arn(str(data.get("stateMachineArn", "")))
    name = data.get("name")
    if machine is None or not name:
        return original(data)
    arn = f"{machine.replace(':stateMachine:', ':execution:')}:{name}"
    known = sfn._executions.get(arn)
    if known is None:
        return _begun(arn, original(data))
    if known["status"] == "RUNNING" and known["input"] == data.get("input", "{}"):
        return json_response({"executionArn": arn, "startDate": known["startDate"]})
    return error_response_json("ExecutionAlreadyExists", f"Execution Already Exists: '{arn}'", 400)


def _begun(arn: str, answer: Any) -> Any:
    started = sfn._executions.get(arn)
    if started is not None:
        started["events"][0].setdefault("previousEventId", 0)
    return answer


def stop(original: Any, data: Json) -> Any:
    """A stopped execution waits for nothing any more."""
    answer = original(data)
    for wait in waits_of(str(data.get("executionArn"))):
        wait.error = ("Aborted", "")
        wait.event.set()
    return answer


def hurry(arn: str) -> int:
    """Let the time of whatever the execution waits for be over now; how many waits there were."""
    waits: list[Wait] = waits_of(arn)
    for wait in waits:
        wait.hurried = True
        wait.event.set()
    return len(waits)


def apply(settings: Settings) -> None:
    """Put our walk, start and stop in place."""
    sfn._run_execution = run
    begin, end = sfn._start_execution, sfn._stop_execution
    sfn._start_execution = lambda data: start(begin, data)
    sfn._stop_execution = lambda data: stop(end, data)
