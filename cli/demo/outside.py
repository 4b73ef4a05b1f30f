"""What leaves the building of the city on this computer: mails, department messages, executions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlencode

from cli import history, signing
from cli.api import Desk
from cli.failures import Failure
from cli.history import Execution
from cli.web import Web

if TYPE_CHECKING:
    from local.city import LocalCity


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail as it was handed to SES."""

    to: tuple[str, ...]
    subject: str
    text: str


class Outside(Protocol):
    """The world around the city, as the demo can look at it."""

    def mails(self, to: str) -> list[Mail]:
        """All mails to an address, the oldest first."""

    def queued(self, department: str, service_request_id: str) -> Mapping[str, Any] | None:
        """The message about a request in a department's queue; nobody takes it out by looking."""

    def worker(self, department: str) -> tuple[str, Desk]:
        """Sign in as somebody of a department; their name and their desk."""

    def execution(self, service_request_id: str) -> Execution | None:
        """The first execution of a request."""

    def desk_page(self, execution: Execution) -> str:
        """Where the execution is drawn."""


class LocalOutside:
    """The world around the city on this computer.

    Mails and queues are read where its emulator shows them, which changes neither; executions by
    the AWS API.
    """

    def __init__(self, city: LocalCity) -> None:
        self._city = city
        self._emulator = Web(city.urls.endpoint)

    def mails(self, to: str) -> list[Mail]:
        """All mails to an address, the oldest first."""
        accounts = self._emulator.get("/_ministack/ses/messages").json()["messages"].values()
        found = sorted(
            (mail for mails in accounts for mail in mails if to in mail["To"]),
            key=lambda mail: float(mail["Timestamp"]),
        )
        return [
            Mail(to=tuple(mail["To"]), subject=mail["Subject"], text=mail["BodyText"] or "")
            for mail in found
        ]

    def queued(self, department: str, service_request_id: str) -> Mapping[str, Any] | None:
        """The message about a request in a department's queue, left where it is."""
        address = self._city.outputs["DepartmentQueuePrefix"] + department
        query = urlencode({"QueueUrl": address})
        found = self._emulator.get(f"/_ministack/sqs/messages?{query}").json()["messages"]
        for regions in found.values():
            for queues in regions.values():
                for messages in queues.values():
                    for message in map(_content, messages):
                        if message.get("service_request_id") == service_request_id:
                            return message
        return None

    def worker(self, department: str) -> tuple[str, Desk]:
        """Sign in as the seeded account of a department."""
        group = f"dept-{department}"
        account = next((a for a in self._city.staff() if group in a.groups), None)
        if account is None:
            raise Failure(f"The city on this computer has no account for {department}.")
        return account.email, signing.desk_of(signing.seeded(account.name))

    def execution(self, service_request_id: str) -> Execution | None:
        """The first execution of a request."""
        machine = self._city.outputs["StateMachineArn"]
        name = history.execution_name(service_request_id, 1)
        return history.read(self._city.clients("stepfunctions"), machine, name)

    def desk_page(self, execution: Execution) -> str:
        """Where the execution is drawn."""
        return f"{self._city.urls.desk}executions/{execution.name}"


def _content(message: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the city published: the queue may hold it bare or in SNS's envelope."""
    try:
        body = json.loads(message["Body"])
        inner = (
            json.loads(body["Message"]) if isinstance(body, dict) and "Message" in body else body
        )
    except ValueError:
        return {}
    return inner if isinstance(inner, dict) else {}
