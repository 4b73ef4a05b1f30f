"""Messages: the ledger that each is claimed in, and the two ways out of the building."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from city311.domain.ledger import LedgerEntry, LedgerState


class Claim(StrEnum):
    """What came of claiming a message."""

    YOURS = "yours"
    HELD = "held"
    DONE = "done"


class Ledger(Protocol):
    """The ledger of messages."""

    def claim(self, entry: LedgerEntry, now: datetime) -> Claim:
        """Claim it: YOURS if new or its lease ran out without evidence; HELD; or DONE."""

    def mark(
        self,
        ledger_id: str,
        state: LedgerState,
        *,
        provider_id: str | None = None,
        problem: str | None = None,
    ) -> bool:
        """Move it forward; False if it is unknown or already further (a late event)."""

    def entries(self, service_request_id: str) -> Sequence[LedgerEntry]:
        """All messages of a request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One e-mail, rendered."""

    ledger_id: str
    to: str
    subject: str
    text: str
    html: str


class PermanentFailure(Exception):
    """The provider will never take this message: do not try again."""


class TransientFailure(Exception):
    """The provider did not take it now: try again later."""


class Mailer(Protocol):
    """SES, behind one verb."""

    def send(self, mail: Mail) -> str:
        """Hand it over and return the provider's id. PermanentFailure or TransientFailure."""


class Texter(Protocol):
    """SNS's text messages, behind one verb."""

    def send(self, ledger_id: str, to: str, text: str) -> str:
        """Hand it over and return the provider's id. PermanentFailure or TransientFailure."""
