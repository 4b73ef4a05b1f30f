"""Executions, the tokens they wait with, and the watch over what is owed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitToken:
    """A waiting state's task token and the turn the execution had handled when it began to wait."""

    service_request_id: str
    generation: int
    token: str
    turn: int


class Tokens(Protocol):
    """Task tokens of executions that wait for people; one a generation, the newest counts."""

    def put(self, token: WaitToken) -> None:
        """Keep it, in place of an older one."""

    def get(self, service_request_id: str, generation: int) -> WaitToken | None:
        """The token that waits, or None (consistent read)."""

    def drop(self, token: WaitToken) -> None:
        """Forget it, unless a newer one has taken its place."""


class Executions(Protocol):
    """The state machine."""

    def start(self, name: str, service_request_id: str) -> bool:
        """Start it; False if an execution of that name exists or existed."""

    def succeed(self, token: str, output: Mapping[str, object]) -> bool:
        """Complete a waiting state; False if the token is used, timed out or unknown."""


class Watch(Protocol):
    """What is owed and when it should have been done; the reconciler's list."""

    def requests_due(self, before: datetime, limit: int) -> Sequence[str]:
        """Ids of requests whose execution has not heard of them."""

    def messages_due(self, before: datetime, limit: int) -> Sequence[str]:
        """Ledger ids of claims past their lease."""

    def photos_due(self, before: datetime, limit: int) -> Sequence[str]:
        """Photo ids that were processed and belong to no request."""
