"""The smallest valid things, and an ordinary report; override by name."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from city311.domain.audit import GENESIS, AuditEvent
from city311.domain.contact import Resident
from city311.domain.ids import commitment, digest, new_request_id
from city311.domain.ledger import LEASE, Channel, LedgerEntry, LedgerState
from city311.domain.lifecycle import Stage, Status
from city311.domain.request import Photo, Place, PublicRequest, ServiceRequest
from city311.ports import Acceptance, Change, IdempotencyKey, ListQuery

NOON = datetime(2026, 11, 24, 12, 0, 0, 123000, tzinfo=UTC)
SITE = Place(
    lat=41.123456,
    long=-93.654321,
    address="1204 Juniper Street, Quillhaven",
    address_id="QH-0012345",
    district="riverside",
)
WORDS = (
    "Deep pothole in the right lane just past the bus stop, about two feet wide. "
    "Cars swerve into the bike lane to get around it, and it fills with water."
)


def an_id(number: int) -> str:
    """The request id that these dice throw."""
    return new_request_id(lambda count: (number * 37).to_bytes(count, "big"))


def minutes(count: float) -> datetime:
    """Noon, and so many minutes."""
    return NOON + timedelta(minutes=count)


def a_request(**changes: Any) -> ServiceRequest:
    values: dict[str, Any] = {
        "service_request_id": an_id(1),
        "jurisdiction_id": "quillhaven.example",
        "catalogue_version": "9f2c1b7a40d3",
        "report_code": "pothole",
        "service_code": "pothole",
        "description": WORDS,
        "place": SITE,
        "status": Status.RECEIVED,
        "requested_at": NOON,
        "updated_at": NOON,
        "entered_at": NOON,
        "capability_digest": digest("capability"),
        "seq": 1,
        "head": digest("event"),
        "answers": {"1001": ("deep",), "1002": ("right_lane",), "1003": ("yes", "bus")},
    }
    return ServiceRequest(**{**values, **changes})


def the_public(request: ServiceRequest, **changes: Any) -> PublicRequest:
    """What anybody may see of it."""
    place = request.place
    values: dict[str, Any] = {
        "service_request_id": request.service_request_id,
        "status": request.public_status,
        "status_notes": request.status_notes,
        "service_code": request.service_code,
        "service_name": "Pothole",
        "description": request.description,
        "agency_responsible": request.department and "Streets",
        "service_notice": None,
        "requested_at": request.requested_at,
        "updated_at": request.updated_at,
        "expected_at": request.expected_at,
        "address": place.address,
        "address_id": place.address_id,
        "lat": place.lat,
        "long": place.long,
        "media_url": request.shown[0].large if request.shown else None,
    }
    return PublicRequest(**{**values, **changes})


def an_event(request: ServiceRequest, **changes: Any) -> AuditEvent:
    values: dict[str, Any] = {
        "service_request_id": request.service_request_id,
        "seq": request.seq,
        "at": request.updated_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "role": "resident",
        "subject": "open311",
        "action": "accept",
        "details": {
            "to": "received",
            "channel": "open311",
            "service_code": request.service_code,
            "district": "riverside",
            "private": False,
            "photos": 0,
            "promised": "2026-12-01T17:00:00.000Z",
            "description": commitment("key", request.description),
            "contact": commitment("key", "resident"),
        },
        "versions": {"catalogue": "9f2c1b7a40d3", "code": "1.0.0+abcdef0", "lifecycle": "1"},
        "prev": GENESIS,
    }
    return AuditEvent(**{**values, **changes}).sealed()


def a_resident(request: ServiceRequest, **changes: Any) -> Resident:
    values: dict[str, Any] = {
        "service_request_id": request.service_request_id,
        "capability": "7H2K9MQ4XX7H2K9MQ4XX7H2K9M",
        "commitment_key": "QX4RX7H2K9M7H2K9MQ4XX7H2K9",
        "language": "en",
        "email": "river.alvarez@example.com",
        "phone": "+15155550123",
        "first_name": "River",
        "last_name": "Alvarez",
    }
    return Resident(**{**values, **changes})


def a_key(**changes: Any) -> IdempotencyKey:
    values: dict[str, Any] = {
        "digest": digest("key"),
        "content": digest("content"),
        "expires_at": NOON + timedelta(hours=24),
    }
    return IdempotencyKey(**{**values, **changes})


def an_acceptance(
    request: ServiceRequest | None = None, *, private: bool = False, **changes: Any
) -> Acceptance:
    """An acceptance of this request under a key of its own."""
    request = request or a_request()
    event = changes.pop("event", None) or an_event(request)
    request = replace(request, head=event.hash)
    values: dict[str, Any] = {
        "request": request,
        "resident": a_resident(request),
        "event": event,
        "key": a_key(digest=digest(request.service_request_id)),
        "public": None if private else the_public(request),
    }
    return Acceptance(**{**values, **changes})


def a_change(
    before: ServiceRequest, *, signals: bool = True, private: bool = False, **changes: Any
) -> Change:
    """The next change of a request, ten minutes after the last one unless told otherwise."""
    at = changes.pop("updated_at", before.updated_at + timedelta(minutes=10))
    after = replace(
        before,
        seq=before.seq + 1,
        turn=before.turn + 1 if signals else before.turn,
        updated_at=at,
        **changes,
    )
    event = an_event(
        after, role="department", subject="staff-1", action="change", prev=before.head, details={}
    )
    after = replace(after, head=event.hash)
    public = None if private else the_public(after)
    return Change(request=after, event=event, public=public, signals=signals)


def a_message(request_id: str | None = None, **changes: Any) -> LedgerEntry:
    values: dict[str, Any] = {
        "service_request_id": request_id or an_id(1),
        "stage": Stage.IN_PROGRESS,
        "round": 1,
        "channel": Channel.EMAIL,
        "recipient_digest": digest("river.alvarez@example.com"),
        "state": LedgerState.CLAIMED,
        "lease_until": NOON + LEASE,
    }
    return LedgerEntry(**{**values, **changes})


def a_photo(photo_id: str = "7H2K9MQ4XX7H2K9MQ4XX7H2K9M") -> Photo:
    folder = f"photos/{digest(photo_id)[:32]}"
    return Photo(
        photo_id=photo_id,
        thumb=f"{folder}/thumb.jpg",
        medium=f"{folder}/medium.jpg",
        large=f"{folder}/large.jpg",
    )


def a_query(**changes: Any) -> ListQuery:
    values: dict[str, Any] = {"start": NOON - timedelta(days=90), "end": NOON + timedelta(days=1)}
    return ListQuery(**{**values, **changes})
