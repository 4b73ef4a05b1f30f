"""What the twins share: one state behind one lock."""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import RLock
from typing import Any

from city311.adapters.dynamodb.items import public_from, request_from, request_item
from city311.domain.audit import AuditEvent, canonical
from city311.domain.contact import Resident
from city311.domain.ledger import LedgerEntry
from city311.domain.partner import Partner
from city311.domain.request import PublicRequest, ServiceRequest
from city311.domain.update import PublicUpdate
from city311.ports import PhotoRecord, WaitToken


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """A request, its public view, and until when its execution should have heard of it."""

    request: ServiceRequest
    public: PublicRequest | None
    due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyUsed:
    """An idempotency key that was used, and for what."""

    content: str
    service_request_id: str
    expires: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The key of a posted change that was used, and what came of it."""

    update_id: str
    expires: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoKept:
    """A photo record, when it should have been claimed, and when it is forgotten."""

    record: PhotoRecord
    due_at: datetime | None = None


@dataclass(slots=True)
class MemoryTable:
    """The state of all twins of one city. Hold ``lock`` while you read or write it."""

    lock: Any = field(default_factory=RLock)
    filed: dict[str, Filed] = field(default_factory=dict)
    events: dict[str, list[AuditEvent]] = field(default_factory=dict)
    updates: dict[str, list[PublicUpdate]] = field(default_factory=dict)
    posted: dict[str, Answered] = field(default_factory=dict)
    residents: dict[str, Resident] = field(default_factory=dict)
    keys: dict[str, KeyUsed] = field(default_factory=dict)
    tokens: dict[tuple[str, int], tuple[WaitToken, datetime]] = field(default_factory=dict)
    ledger: dict[str, LedgerEntry] = field(default_factory=dict)
    photos: dict[str, PhotoKept] = field(default_factory=dict)
    partners: dict[str, tuple[Partner, str]] = field(default_factory=dict)


def as_stored(
    request: ServiceRequest, public: PublicRequest | None, due_at: datetime | None
) -> Filed:
    """What the table would give back of it: whole milliseconds, plain dicts and tuples."""
    item = request_item(request, public)
    kept = public_from(item) if public else None
    return Filed(request=request_from(item), public=kept, due_at=due_at)


def event_as_stored(event: AuditEvent) -> AuditEvent:
    """The event with its details as they come back from canonical JSON."""

    def plain(value: Any) -> Any:
        return json.loads(canonical(dict(value)))

    return replace(event, details=plain(event.details), versions=plain(event.versions))


def oldest_due(due: dict[str, datetime], before: datetime, limit: int) -> tuple[str, ...]:
    """The keys that were due before a moment, oldest first."""
    late = sorted((at, key) for key, at in due.items() if at < before)
    return tuple(key for _, key in late[:limit])
