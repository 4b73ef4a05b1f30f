"""A report is what a resident tells us; a service request is what the city accepted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from city311.domain.catalogue import Priority
from city311.domain.lifecycle import PUBLIC, PublicStatus, Status
from city311.domain.outcomes import Outcome
from city311.domain.triage import Decision

Answers = Mapping[str, tuple[str, ...]]
"""Question code -> values; one value but for a multivaluelist."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where: a point, words, or both. Degrees WGS 84, at most 6 decimals."""

    lat: float | None = None
    long: float | None = None
    address: str | None = None
    address_id: str | None = None
    district: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a resident says, checked, before the city accepts it.

    ``sender``: fields of the sending system that we keep but do not understand. ``photos``: slot
    ids of uploads. ``media_urls``: kept as said, never fetched from here. ``partner``: the key id
    of the partner who sent it (None: nobody showed a key).
    """

    service_code: str
    place: Place
    description: str = ""
    answers: Answers = field(default_factory=dict)
    photos: tuple[str, ...] = ()
    media_urls: tuple[str, ...] = ()
    sender: Mapping[str, str] = field(default_factory=dict)
    channel: str = "open311"
    partner: str | None = None
    language: str | None = None
    email: str | None = None
    phone: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    device_id: str | None = None
    account_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A photo that was decoded, re-encoded and may be served. Keys are paths under the site."""

    photo_id: str
    thumb: str
    medium: str
    large: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Why work waits and until when; the only thing that stops the promise's clock."""

    reason: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRequest:
    """An accepted report, with id and status. Holds no contact data: see contact.Resident.

    ``generation`` counts executions, ``round`` how often the resident was answered anew,
    ``turn`` the changes a waiting execution must hear of; ``tell_turn`` is the last of them that
    owes the resident a message. A generation began at ``generation_turn`` and ``generation_at``
    (None: when the request was made). ``seq`` and ``head`` are number and hash of the last audit
    event; a change is written only if ``seq`` is still what was read. ``entered_at``: when it
    entered its status, the start of every timer. ``not_by``: the subject who closed what was
    disputed, and so may not take it again.
    ``dispute``: why the resident disagrees, in their words, for staff only. ``closed_at``: when it
    was answered for good, as residents see it (None: it is open). ``partner``: the key id of the
    partner who filed it (None: a resident did), for staff only.
    """

    service_request_id: str
    jurisdiction_id: str
    catalogue_version: str
    report_code: str
    service_code: str
    description: str
    place: Place
    status: Status
    requested_at: datetime
    updated_at: datetime
    entered_at: datetime
    capability_digest: str
    seq: int
    head: str
    generation: int = 1
    round: int = 1
    turn: int = 1
    tell_turn: int = 0
    generation_turn: int = 1
    generation_at: datetime | None = None
    private: bool = False
    priority: Priority = Priority.NORMAL
    department: str | None = None
    assignee: str | None = None
    not_by: str | None = None
    expected_at: datetime | None = None
    escalation: int = 0
    language: str = "en"
    channel: str = "open311"
    partner: str | None = None
    answers: Answers = field(default_factory=dict)
    sender: Mapping[str, str] = field(default_factory=dict)
    photos: tuple[str, ...] = ()
    shown: tuple[Photo, ...] = ()
    media_urls: tuple[str, ...] = ()
    decision: Decision | None = None
    outcome: Outcome | None = None
    hold: Hold | None = None
    status_notes: str | None = None
    dispute: str | None = None
    closed_at: datetime | None = None

    @property
    def public_status(self) -> PublicStatus:
        """What residents see."""
        return PUBLIC[self.status]

    @property
    def execution_name(self) -> str:
        """The one name its execution may have: the same each time it is started."""
        return f"{self.service_request_id}-g{self.generation}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicRequest:
    """What anybody may see: an allow-list, the only type that leaves through a public read.

    ``place`` has no address of a private kind by construction: private requests have no public
    projection at all. ``media_url`` is the first served photo, as a path under the site.
    """

    service_request_id: str
    status: PublicStatus
    status_notes: str | None
    service_code: str
    service_name: str
    description: str
    agency_responsible: str | None
    service_notice: str | None
    requested_at: datetime
    updated_at: datetime
    expected_at: datetime | None
    address: str | None
    address_id: str | None
    lat: float | None
    long: float | None
    media_url: str | None
