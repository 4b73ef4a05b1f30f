"""A deterministic Step Functions: it runs the very ASL file, on a clock that tests move.

Only what the file uses is understood (JSONPath, lambda:invoke with and without a task token,
sns:publish, Choice, Succeed, Fail, Retry, Catch, TimeoutSecondsPath, States.Format); anything else
is refused, so that the file cannot grow past what is tested.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

Task = Callable[[dict[str, Any]], object]
TIMEOUTS = ("States.Timeout", "States.HeartbeatTimeout")
_LAMBDA = "arn:aws:states:::lambda:invoke"
_WAITING = f"{_LAMBDA}.waitForTaskToken"
_PUBLISH = "arn:aws:states:::sns:publish"


class ServiceException(Exception):
    """The Lambda service failed, not the function."""

    error = "Lambda.ServiceException"


@dataclass
class Execution:
    """One run: where it is, what it knows, and every state it has entered."""

    name: str
    data: Any
    state: str
    states: list[str] = field(default_factory=list)
    status: str = "RUNNING"
    token: str | None = None
    problem: str | None = None
    tries: int = 0
    wake_at: datetime | None = None
    answer: tuple[str, Any] | None = None


class Machine:
    """Keeps the port ``Executions``; runs when told to, so that tests can come in between.

    ``walked``: every arrow that any machine of this process has taken.
    """

    walked: ClassVar[set[tuple[str, str]]] = set()

    def __init__(
        self,
        definition: str,
        *,
        tasks: Mapping[str, Task],
        publish: Callable[[str, dict[str, Any]], None],
        clock: Callable[[], datetime],
    ) -> None:
        self._states = json.loads(_substituted(definition))["States"]
        self._first = json.loads(definition)["StartAt"]
        self._tasks = tasks
        self._publish = publish
        self._clock = clock
        self._tokens = 0
        self.executions: dict[str, Execution] = {}

    def start(self, name: str, service_request_id: str) -> bool:
        if name in self.executions:
            return False
        data = {"service_request_id": service_request_id}
        self.executions[name] = Execution(name=name, data=data, state=self._first)
        return True

    def succeed(self, token: str, output: Mapping[str, object]) -> bool:
        for execution in self.executions.values():
            if execution.token == token and execution.status == "RUNNING":
                execution.token = None
                execution.answer = ("output", json.loads(json.dumps(output)))
                return True
        return False

    def ready(self) -> Iterator[Execution]:
        """Executions that can go on now."""
        now = self._clock()
        for execution in list(self.executions.values()):
            due = execution.wake_at is None or execution.wake_at <= now
            if execution.status == "RUNNING" and (execution.answer or due):
                yield execution

    def next_timer(self) -> datetime | None:
        """When the next wait or retry ends by itself."""
        times = [e.wake_at for e in self.executions.values() if e.wake_at and e.status == "RUNNING"]
        return min(times, default=None)

    def step(self, execution: Execution) -> None:
        """Do one thing: enter a state, take a wait's answer, or let its time run out."""
        state = self._states[execution.state]
        if execution.answer:
            (_, output), execution.answer = execution.answer, None
            execution.wake_at = None
            self._leave(execution, state, output)
        elif execution.token and execution.wake_at and execution.wake_at <= self._clock():
            execution.token = execution.wake_at = None
            self._failed(execution, state, "States.Timeout")
        else:
            execution.wake_at = None
            self._enter(execution, state)

    def _enter(self, execution: Execution, state: dict[str, Any]) -> None:
        if execution.tries == 0:
            execution.states.append(execution.state)
        kind = state["Type"]
        if kind == "Choice":
            self._go(execution, _chosen(state, execution.data))
        elif kind == "Succeed":
            execution.status = "SUCCEEDED"
        elif kind == "Fail":
            execution.status, execution.problem = "FAILED", state["Error"]
        elif kind == "Task":
            self._task(execution, state)
        else:
            raise NotImplementedError(kind)

    def _task(self, execution: Execution, state: dict[str, Any]) -> None:
        self._tokens += 1
        token = f"token-{self._tokens}"
        context = {"Execution": {"Name": execution.name}, "Task": {"Token": token}}
        sent = _filled(state["Parameters"], execution.data, context)
        waits = state["Resource"] == _WAITING
        if waits:
            execution.token = token
            seconds = _read(state["TimeoutSecondsPath"], execution.data, context)
            execution.wake_at = self._clock() + timedelta(seconds=seconds)
        try:
            result = self._call(state["Resource"], sent)
        except Exception as failure:  # every failure of a function has a name in the ASL
            execution.token = execution.wake_at = None
            self._failed(execution, state, getattr(failure, "error", type(failure).__name__))
            return
        if not waits:
            self._leave(execution, state, result)

    def _call(self, resource: str, sent: dict[str, Any]) -> object:
        if resource in (_LAMBDA, _WAITING):
            payload = self._tasks[sent["FunctionName"]](sent["Payload"])
            return {"Payload": json.loads(json.dumps(payload))}
        if resource == _PUBLISH:
            self._publish(sent["TopicArn"], sent)
            return {"MessageId": "m"}
        raise NotImplementedError(resource)

    def _leave(self, execution: Execution, state: dict[str, Any], result: Any) -> None:
        execution.tries = 0
        if "ResultPath" in state and state["ResultPath"] is None:
            result = execution.data
        elif "OutputPath" in state:
            result = _read(state["OutputPath"], result, {})
        execution.data = result
        if state.get("End"):
            execution.status = "SUCCEEDED"
        else:
            self._go(execution, state["Next"])

    def _failed(self, execution: Execution, state: dict[str, Any], error: str) -> None:
        for retry in state.get("Retry", []):
            if _covers(retry, error) and execution.tries < retry["MaxAttempts"]:
                pause = retry["IntervalSeconds"] * retry["BackoffRate"] ** execution.tries
                execution.tries += 1
                pause = min(pause, retry["MaxDelaySeconds"])
                execution.wake_at = self._clock() + timedelta(seconds=pause)
                return
        execution.tries = 0
        for catch in state.get("Catch", []):
            if _covers(catch, error):
                if "ResultPath" in catch:
                    execution.data = {**execution.data, "problem": {"Error": error}}
                self._go(execution, catch["Next"])
                return
        execution.status, execution.problem = "FAILED", error

    def _go(self, execution: Execution, state: str) -> None:
        self.walked.add((execution.state, state))
        execution.state, execution.tries = state, 0


def _covers(rule: dict[str, Any], error: str) -> bool:
    # States.ALL covers a time-out too, unless a rule before it has taken it.
    return error in rule["ErrorEquals"] or "States.ALL" in rule["ErrorEquals"]


def _chosen(state: dict[str, Any], data: Any) -> str:
    for choice in state["Choices"]:
        if all(_true(test, data) for test in choice.get("And", [choice])):
            return str(choice["Next"])
    return str(state["Default"])


def _true(test: dict[str, Any], data: Any) -> bool:
    value = _read(test["Variable"], data, {})
    wanted = test["StringEquals"] if "StringEquals" in test else test["BooleanEquals"]
    return bool(value == wanted) and type(value) is type(wanted)


def _filled(template: Any, data: Any, context: dict[str, Any]) -> Any:
    if not isinstance(template, dict):
        return template
    out = {}
    for name, value in template.items():
        if name.endswith(".$"):
            out[name[:-2]] = _read(value, data, context)
        else:
            out[name] = _filled(value, data, context)
    return out


def _read(path: str, data: Any, context: dict[str, Any]) -> Any:
    if path.startswith("States.Format("):
        text, *rest = re.findall(r"'([^']*)'|(\$[\w.$]+)", path)
        values = [_read(each, data, context) for _, each in rest]
        return text[0].format(*values)
    root, steps = (context, path[3:]) if path.startswith("$$.") else (data, path[2:])
    for step in steps.split("."):
        root = root[step]
    return root


def _substituted(definition: str) -> str:
    return re.sub(r"\$\{(\w+)\}", r"\1", definition)
