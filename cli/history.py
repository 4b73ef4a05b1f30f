"""An execution as Step Functions tells it: which states, when, for how long."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from cli.failures import Failure

GONE = "ExecutionDoesNotExist"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One stay in one state. `left_at` None: it is there now."""

    state: str
    entered_at: datetime
    left_at: datetime | None

    @property
    def seconds(self) -> float | None:
        """How long it stayed."""
        return (self.left_at - self.entered_at).total_seconds() if self.left_at else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One generation's execution. Every visit is one billed transition; retries come on top."""

    name: str
    arn: str
    status: str
    visits: tuple[Visit, ...]

    @property
    def states(self) -> tuple[str, ...]:
        """The states in the order they were entered."""
        return tuple(visit.state for visit in self.visits)


def execution_name(service_request_id: str, generation: int) -> str:
    """The one name that a generation's execution may have."""
    return f"{service_request_id}-g{generation}"


def read(client: Any, state_machine: str, name: str) -> Execution | None:
    """The execution with its states, or None where it was never started or is over 90 days old.

    `client` is a boto3 Step Functions client. Failure when AWS does not tell.
    """
    arn = f"{state_machine.replace(':stateMachine:', ':execution:')}:{name}"
    try:
        status = str(client.describe_execution(executionArn=arn)["status"])
        pages = client.get_paginator("get_execution_history").paginate(executionArn=arn)
        visits = _visits(event for page in pages for event in page["events"])
    except ClientError as error:
        said = error.response.get("Error", {})
        if said.get("Code") == GONE:
            return None
        raise Failure(f"Step Functions does not tell: {said.get('Message', error)}") from None
    except BotoCoreError as error:
        raise Failure(f"Step Functions cannot be asked: {error}") from None
    return Execution(name=name, arn=arn, status=status, visits=visits)


def _visits(events: Iterable[Mapping[str, Any]]) -> tuple[Visit, ...]:
    found: list[Visit] = []
    for event in events:
        kind, at = str(event["type"]), event["timestamp"]
        if kind.endswith("StateEntered"):
            name = str(event["stateEnteredEventDetails"]["name"])
            found.append(Visit(state=name, entered_at=at, left_at=None))
        elif kind.endswith("StateExited") and found:
            last = found[-1]
            found[-1] = Visit(state=last.state, entered_at=last.entered_at, left_at=at)
    return tuple(found)
