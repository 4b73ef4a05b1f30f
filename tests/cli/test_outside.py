"""What the demo sees of the world around a city: mails, queues, executions, and clues."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cli.demo.clues import clues
from cli.demo.outside import LocalOutside, Mail
from cli.failures import Failure
from tests.cli.fakecity import ID, FakeCity

SINCE = datetime(2026, 11, 20, 8, 41, tzinfo=UTC)
MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:Lifecycle"


@dataclass
class FakeLogs:
    """CloudWatch Logs with one group."""

    lines: list[str] = field(default_factory=list)

    def get_paginator(self, _: str) -> "FakeLogs":
        return self

    def paginate(self) -> Iterator[Mapping[str, Any]]:
        return iter([{"logGroups": [{"logGroupName": "/aws/lambda/Photo"}]}])

    def filter_log_events(self, logGroupName: str, startTime: int) -> Mapping[str, Any]:  # noqa: N803
        assert startTime == SINCE.timestamp() * 1000
        return {"events": [{"message": line} for line in self.lines]}


class FakeLocal:
    """The part of a local city that is looked at."""

    def __init__(self, endpoint: str, state: Path) -> None:
        self.urls = SimpleNamespace(endpoint=endpoint, desk="http://127.0.0.1:1/_local/")
        self.outputs = {"DepartmentQueuePrefix": "https://sqs/1/x-", "StateMachineArn": MACHINE}
        self.layout = SimpleNamespace(state=state)
        self.logs = FakeLogs()

    def staff(self) -> tuple[()]:
        return ()

    def clients(self, service: str) -> FakeLogs:
        assert service == "logs"
        return self.logs


@pytest.fixture
def local(city: FakeCity, tmp_path: Path) -> Any:
    return FakeLocal(city.site, tmp_path)


def test_mails_come_oldest_first_and_to_whom_they_were_sent(city: FakeCity, local: Any) -> None:
    def mail(to: str, at: float) -> dict[str, Any]:
        return {"To": [to], "Subject": f"at {at}", "BodyText": "x", "Timestamp": at}

    mails = [mail("a@x", 9.0), mail("b@x", 5.0), mail("a@x", 1.0)]
    city.refusals = [(200, {"messages": {"000000000000": mails}})]

    found = LocalOutside(local).mails("a@x")

    assert found == [
        Mail(to=("a@x",), subject="at 1.0", text="x"),
        Mail(to=("a@x",), subject="at 9.0", text="x"),
    ]


@pytest.mark.parametrize("enveloped", [True, False])
def test_a_queue_is_read_with_and_without_an_envelope(
    city: FakeCity, local: Any, enveloped: bool
) -> None:
    said = json.dumps({"service_request_id": ID, "event": "assigned"})
    body = json.dumps({"TopicArn": "t", "Message": said}) if enveloped else said
    bodies = [{"Body": "no JSON"}, {"Body": "[]"}, {"Body": body}]
    answer = (200, {"messages": {"1": {"us-east-1": {"url": bodies}}}})
    city.refusals = [answer, answer]

    found = LocalOutside(local).queued("streets", ID)

    assert found == {"service_request_id": ID, "event": "assigned"}
    assert "QueueUrl=https%3A%2F%2Fsqs%2F1%2Fx-streets" in city.seen[0][1]
    assert LocalOutside(local).queued("streets", "another") is None


def test_a_department_without_an_account_is_told(local: Any) -> None:
    with pytest.raises(Failure, match="no account for streets"):
        LocalOutside(local).worker("streets")


def test_refusals_and_faults_since_the_start_are_clues(local: Any, tmp_path: Path) -> None:
    rows = [
        {"at": "2026-11-20T08:40:59+00:00", "text": "before"},
        {"at": "2026-11-20T08:41:00+00:00", "text": "may not"},
        {"at": "2026-11-20T08:41:01+00:00", "text": "may not"},
    ]
    (tmp_path / "denials.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    local.logs.lines = [
        "START",
        "[ERROR] TypeError: no clock\nTraceback",
        '{"level": "ERROR", "message": "fault", "kind": "KeyError"}',
        '{"level": "INFO", "message": "answered"}',
    ]

    assert clues(local, SINCE) == [
        "A policy refused: may not",
        "Photo: TypeError: no clock",
        "Photo: fault KeyError",
    ]


def test_where_nothing_went_wrong_there_are_no_clues(local: Any) -> None:
    assert clues(local, SINCE) == []
