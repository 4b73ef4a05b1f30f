"""One small city for all conformance tests, on ports of its own."""

import json
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from local.assembly import Assembly
from local.city import LocalCity
from local.emulator import ACCOUNT, REGION
from tests.local import small

ROOT = Path(__file__).resolve().parents[2]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.local)


def free_ports() -> int:
    """A port that is free together with the next one."""
    for _ in range(50):
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port
    raise AssertionError("no two free ports in a row")


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Town:
    """The running city and the questions that tests ask it."""

    def __init__(self, city: LocalCity) -> None:
        self.city = city

    def client(self, service: str) -> Any:
        return self.city.clients(service)

    def output(self, name: str) -> str:
        return self.city.outputs[name]

    def invoke(self, event: Any, function: str = "ProbeName") -> tuple[str | None, Any]:
        answer = self.client("lambda").invoke(
            FunctionName=self.output(function), Payload=json.dumps(event)
        )
        return answer.get("FunctionError"), json.loads(answer["Payload"].read())

    def call(self, service: str, operation: str, **arguments: Any) -> tuple[str | None, Any]:
        """An AWS call made by a function, with its role and nothing else."""
        return self.invoke(
            {"act": "call", "service": service, "operation": operation, "arguments": arguments}
        )

    def run(self, path: str, name: str | None = None, **data: Any) -> str:
        answer = self.client("stepfunctions").start_execution(
            stateMachineArn=self.output("StateMachineArn"),
            name=name or uuid4().hex,
            input=json.dumps({"path": path, **data}),
        )
        return str(answer["executionArn"])

    def ended(self, execution: str, seconds: float = 15) -> dict[str, Any]:
        states = self.client("stepfunctions")
        return eventually(
            lambda: _closed(states.describe_execution(executionArn=execution)), seconds
        )

    def events(self, execution: str) -> list[dict[str, Any]]:
        states = self.client("stepfunctions")
        return list(states.get_execution_history(executionArn=execution, maxResults=1000)["events"])

    def notes(self, name: str) -> list[dict[str, Any]]:
        """What the probe kept under a name."""
        answer = self.client("dynamodb").query(
            TableName=self.output("TableName"),
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": f"NOTE#{name}"}},
        )
        return [json.loads(item["note"]["S"]) for item in answer["Items"]]

    def messages(self, queue: str, seconds: float = 10) -> list[dict[str, Any]]:
        """The first messages that arrive, taken out of the queue."""
        sqs, url = self.client("sqs"), self.output(queue)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = sqs.receive_message(
                QueueUrl=url,
                MaxNumberOfMessages=10,
                MessageAttributeNames=["All"],
                WaitTimeSeconds=1,
            ).get("Messages", [])
            for message in found:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            if found:
                return list(found)
        return []

    def http(
        self, path: str, method: str = "GET", body: bytes | None = None, **headers: str
    ) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(self.city.urls.site + path, body, named, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return Answer(answer.status, dict(answer.headers), answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, dict(error.headers), error.read())


def _closed(execution: dict[str, Any]) -> dict[str, Any] | None:
    return None if execution["status"] == "RUNNING" else execution


def eventually(look: Callable[[], Any], seconds: float = 15) -> Any:
    """What `look` finds, once it finds something."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < deadline, f"not within {seconds} seconds"
        time.sleep(0.1)


@pytest.fixture(scope="session")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    folder = tmp_path_factory.mktemp("assembly") / "cdk.out"
    small.write(folder)
    return Assembly(folder, ACCOUNT, REGION)


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory, assembly: Assembly) -> Iterator[Town]:
    city = LocalCity(ROOT, tmp_path_factory.mktemp("state"), free_ports())
    city.start(lambda _: None, assembly=assembly)
    yield Town(city)
    city.stop()
