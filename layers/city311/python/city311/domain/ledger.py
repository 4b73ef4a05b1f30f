"""The ledger of messages: each is claimed, sent and closed by what the provider says of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from city311.domain.ids import digest
from city311.domain.lifecycle import Stage

LEASE = timedelta(minutes=5)
"""How long a claim holds without evidence; above the slowest Send event SES was seen to give."""


class Channel(StrEnum):
    """How a message travels."""

    EMAIL = "email"
    SMS = "sms"


class LedgerState(StrEnum):
    """How far a message got. DELIVERED, FAILED are final; a late lesser event changes nothing."""

    CLAIMED = "claimed"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"


RANK = {state: rank for rank, state in enumerate(LedgerState)}


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One message: (request, stage, round, channel, recipient). The recipient only as a digest.

    ``claims`` counts how often it was claimed; ``provider_id`` is SES's or SNS's message id.
    """

    service_request_id: str
    stage: Stage
    round: int
    channel: Channel
    recipient_digest: str
    state: LedgerState
    lease_until: datetime
    claims: int = 1
    provider_id: str | None = None
    problem: str | None = None

    @property
    def ledger_id(self) -> str:
        """The id that tags the message, so that provider events find the entry."""
        parts = (self.stage, str(self.round), self.channel, self.recipient_digest[:12])
        return "_".join((self.service_request_id, *parts))


def recipient_digest(service_request_id: str, recipient: str) -> str:
    """A digest of the address that differs from request to request."""
    return digest(f"{service_request_id}\n{recipient.strip().lower()}")
