"""Executions: states in order, and none where there was none."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cli import history
from cli.failures import Failure

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:Lifecycle"


class FakeStates:
    """Step Functions with one execution, told in pages."""

    def __init__(self, *pages: list[dict[str, Any]], code: str | None = None) -> None:
        self._pages, self._code = pages, code
        self.asked: list[str] = []

    def describe_execution(self, executionArn: str) -> Mapping[str, Any]:  # noqa: N803
        self.asked.append(executionArn)
        if self._code:
            raise ClientError({"Error": {"Code": self._code, "Message": "no"}}, "x")
        return {"status": "RUNNING"}

    def get_paginator(self, name: str) -> "FakeStates":
        assert name == "get_execution_history"
        return self

    def paginate(self, executionArn: str) -> Iterator[Mapping[str, Any]]:  # noqa: N803
        return iter({"events": page} for page in self._pages)


def entered(state: str, second: int) -> dict[str, Any]:
    at = NOON + timedelta(seconds=second)
    details = {"name": state}
    return {"type": "TaskStateEntered", "timestamp": at, "stateEnteredEventDetails": details}


def left(second: int) -> dict[str, Any]:
    return {"type": "TaskStateExited", "timestamp": NOON + timedelta(seconds=second)}


def test_states_come_in_order_over_all_pages() -> None:
    started = {"type": "ExecutionStarted", "timestamp": NOON}
    states = FakeStates([started, entered("Triage", 0), left(2)], [entered("Wait", 2)])

    found = history.read(states, MACHINE, "X-g1")

    assert found is not None
    assert found.states == ("Triage", "Wait")
    assert [visit.seconds for visit in found.visits] == [2.0, None]
    assert states.asked == ["arn:aws:states:us-east-1:000000000000:execution:Lifecycle:X-g1"]


def test_an_execution_that_is_gone_is_none() -> None:
    assert history.read(FakeStates(code="ExecutionDoesNotExist"), MACHINE, "X-g1") is None


def test_what_aws_refuses_is_a_sentence() -> None:
    with pytest.raises(Failure, match="Step Functions does not tell: no"):
        history.read(FakeStates(code="AccessDeniedException"), MACHINE, "X-g1")
