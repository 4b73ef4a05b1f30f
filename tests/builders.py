"""The smallest valid thing of each kind, overridden by name; a fixed clock and seeded dice."""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from city311.domain.advance import Advanced, advance
from city311.domain.audit import GENESIS, Actor, AuditEvent
from city311.domain.catalogue import City, Priority
from city311.domain.contact import Resident
from city311.domain.effects import CommandFields, Doing
from city311.domain.ids import digest, new_request_id
from city311.domain.ledger import Channel, LedgerEntry, LedgerState, recipient_digest
from city311.domain.lifecycle import Command, PublicStatus, Role, Stage, Status
from city311.domain.outcomes import DEMANDS, Outcome, OutcomeKind
from city311.domain.projection import public_view
from city311.domain.request import Photo, Place, PublicRequest, Report, ServiceRequest
from city311.domain.triage import Decision, Found
from city311.ports import Acceptance, Change, IdempotencyKey, Versions
from tests.towns import TOWN

NOON = datetime(2026, 11, 3, 17, 0, tzinfo=UTC)
"""Tuesday noon in the town, in an ordinary week."""
HERE = Place(lat=40.02, long=-75.08, address="12 Mill Lane", district="west")
CAPABILITY = "0123456789ABCDEFGHJKMNPQRS"
VERSIONS = Versions(code="code-1", catalogue="catalogue-1", lifecycle="lifecycle-1")
EMAIL, PHONE = "ada@residents.example", "+15550142"


@dataclass(slots=True)
class FixedClock:
    """A clock that stands still until it is moved."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def move(self, **time: float) -> datetime:
        """Let this much time pass."""
        self.now += timedelta(**time)
        return self.now


@dataclass(slots=True)
class SeededDice:
    """Throws that look random and are the same in every run."""

    seed: str = "dice"
    throws: int = 0

    def __call__(self, count: int) -> bytes:
        self.throws += 1
        return hashlib.shake_256(f"{self.seed}{self.throws}".encode()).digest(count)


@dataclass(slots=True)
class LoadedDice:
    """Throws in the order given, then seeded ones."""

    throws: list[bytes]
    rest: SeededDice = field(default_factory=SeededDice)

    def __call__(self, count: int) -> bytes:
        if self.throws and len(self.throws[0]) == count:
            return self.throws.pop(0)
        return self.rest(count)


def an_id(number: int = 1) -> str:
    """A valid public id, the same for the same number."""
    return new_request_id(SeededDice(seed=f"id-{number}-"))


ID = an_id()


def an_actor(role: Role = Role.ADMIN, subject: str = "", *departments: str) -> Actor:
    """Somebody of a role, with an account of their own."""
    return Actor(role=role, subject=subject or f"{role}-1", departments=frozenset(departments))


def a_worker(*departments: str, subject: str = "worker-1") -> Actor:
    """Somebody of a department, Streets unless said."""
    return an_actor(Role.DEPARTMENT, subject, *(departments or ("streets",)))


SYSTEM = Actor(role=Role.SYSTEM, subject="lifecycle")


def a_report(**changes: Any) -> Report:
    """A report of a pothole, with an e-mail address."""
    values: dict[str, Any] = {
        "service_code": "pothole",
        "place": Place(lat=40.02, long=-75.08),
        "description": "A deep hole",
        "email": EMAIL,
    }
    return Report(**{**values, **changes})


def a_resident(**changes: Any) -> Resident:
    """The resident behind the request."""
    values: dict[str, Any] = {
        "service_request_id": ID,
        "capability": CAPABILITY,
        "commitment_key": "COMMITMENT0KEY",
        "language": "en",
        "email": EMAIL,
    }
    return Resident(**{**values, **changes})


def a_request(status: Status = Status.RECEIVED, **changes: Any) -> ServiceRequest:
    """A request as it stands in this status, with all that the status implies."""
    values: dict[str, Any] = {
        "service_request_id": ID,
        "jurisdiction_id": TOWN.jurisdiction_id,
        "catalogue_version": TOWN.version,
        "report_code": "pothole",
        "service_code": "pothole",
        "description": "A deep hole",
        "place": HERE,
        "status": status,
        "requested_at": NOON,
        "updated_at": NOON,
        "entered_at": NOON,
        "capability_digest": digest(CAPABILITY),
        "seq": 1,
        "head": an_event().hash,
        "expected_at": NOON + timedelta(days=7),
    }
    if status not in (Status.RECEIVED, Status.IN_TRIAGE):
        values["department"] = "streets"
    if status in (Status.RESOLVED, Status.CLOSED):
        values |= {"outcome": an_outcome(), "assignee": "worker-1"}
        values["status_notes"] = values["outcome"].note
    return ServiceRequest(**{**values, **changes})


def an_event(**changes: Any) -> AuditEvent:
    """The first event of the request."""
    values: dict[str, Any] = {
        "service_request_id": ID,
        "seq": 1,
        "at": "2026-11-03T17:00:00.000Z",
        "role": "resident",
        "subject": "open311",
        "action": "accept",
        "details": {"to": "received"},
        "versions": VERSIONS.on_record(),
        "prev": GENESIS,
    }
    return AuditEvent(**{**values, **changes}).sealed()


def an_outcome(kind: OutcomeKind = OutcomeKind.FIXED, **changes: Any) -> Outcome:
    """An outcome with what its kind demands."""
    demanded: dict[str, Any] = {
        "evidence": "work order 17",
        "whose": "The county",
        "duplicate_of": an_id(2),
        "until": NOON + timedelta(days=90),
    }
    values = {name: demanded[name] for name in DEMANDS[kind]}
    return Outcome(kind=kind, **{"note": "We filled the hole.", **values, **changes})


def a_decision(**changes: Any) -> Decision:
    """The decision of triage that the chosen service stands."""
    values: dict[str, Any] = {
        "found": Found.CHOSEN,
        "service_code": "pothole",
        "priority": Priority.NORMAL,
        "department": "streets",
        "route_reason": "Streets does what lies on a street.",
        "reasons": ("The resident chose this service.",),
    }
    return Decision(**{**values, **changes})


def a_photo(number: int = 1) -> Photo:
    """A photo that may be served."""
    folder = f"photos/{number:032d}"
    return Photo(
        photo_id=f"{number:026d}",
        thumb=f"{folder}/thumb.jpg",
        medium=f"{folder}/medium.jpg",
        large=f"{folder}/large.jpg",
    )


def an_entry(**changes: Any) -> LedgerEntry:
    """A message that was claimed."""
    values: dict[str, Any] = {
        "service_request_id": ID,
        "stage": Stage.RECEIVED,
        "round": 1,
        "channel": Channel.EMAIL,
        "recipient_digest": recipient_digest(ID, EMAIL),
        "state": LedgerState.CLAIMED,
        "lease_until": NOON + timedelta(minutes=5),
    }
    return LedgerEntry(**{**values, **changes})


def a_public_request(**changes: Any) -> PublicRequest:
    """What anybody may see of the request."""
    shown = public_view(a_request(), TOWN)
    assert shown is not None
    return replace(shown, **{"status": PublicStatus.RECEIVED, **changes})


FIELDS = CommandFields(
    reason="The depot is closed.",
    until=NOON + timedelta(days=3),
    department="water",
    service_code="pothole",
    outcome=an_outcome(),
    decision=a_decision(),
    photo=a_photo(),
)
"""All that any command may carry."""


def a_doing(command: Command, actor: Actor = SYSTEM, **changes: Any) -> Doing:
    """A command at noon, with all that it may carry."""
    values: dict[str, Any] = {
        "command": command,
        "actor": actor,
        "now": NOON,
        "city": TOWN,
        "versions": VERSIONS.on_record(),
        "fields": FIELDS,
    }
    return Doing(**{**values, **changes})


def taken(
    request: ServiceRequest, command: Command, actor: Actor = SYSTEM, **changes: Any
) -> ServiceRequest:
    """The request after the step."""
    return advance(request, a_doing(command, actor, **changes)).request


def an_acceptance(**changes: Any) -> Acceptance:
    """Everything that one accepted report writes; ``request`` may be given by name."""
    request: ServiceRequest = changes.pop("request", a_request())
    event = an_event(service_request_id=request.service_request_id)
    request = replace(request, seq=1, head=event.hash)
    values: dict[str, Any] = {
        "request": request,
        "resident": a_resident(service_request_id=request.service_request_id),
        "event": event,
        "key": IdempotencyKey(
            digest=digest(request.service_request_id),
            content=digest("content"),
            expires_at=NOON + timedelta(hours=24),
        ),
        "public": public_view(request, TOWN),
    }
    return Acceptance(**{**values, **changes})


def a_change(advanced: Advanced, city: City = TOWN) -> Change:
    """What is written of a step."""
    return Change(
        request=advanced.request,
        event=advanced.event,
        public=public_view(advanced.request, city),
        signals=advanced.step.signals,
        update=advanced.update,
    )


def dice(seed: int) -> SeededDice:
    """Dice of their own for each seed."""
    return SeededDice(seed=f"{seed}-")
