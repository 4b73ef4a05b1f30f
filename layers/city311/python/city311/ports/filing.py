"""The filing cabinet and what crosses its counter: acceptances, changes, lists, contacts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from city311.domain.area import Area
from city311.domain.audit import AuditEvent
from city311.domain.contact import Resident
from city311.domain.lifecycle import PublicStatus, Status
from city311.domain.request import PublicRequest, ServiceRequest
from city311.domain.update import PublicUpdate

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class IdempotencyKey:
    """What makes two posts the same one. ``digest`` names it, ``content`` is what it came with."""

    digest: str
    content: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """Everything that one accepted report writes, in one transaction.

    ``public`` None: a private request, which has no public projection and no public index.
    """

    request: ServiceRequest
    resident: Resident
    event: AuditEvent
    key: IdempotencyKey
    public: PublicRequest | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """What became of an acceptance: the id it got, or had got before. ``new`` False: a replay."""

    service_request_id: str
    new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A request after one command, with the event that says so; written only if ``seq`` fits.

    ``request.seq`` is already the new event's; the store checks that it held ``seq - 1``.
    ``signals``: a waiting execution must hear of it, so it goes under watch until it has.
    ``update``: what the public is told of it, written beside it. ``photos``: slot ids that came
    with this change and are the request's from now on. ``key``: what makes two posts the same one,
    where the change was posted by a partner; written beside it, once.
    """

    request: ServiceRequest
    event: AuditEvent
    public: PublicRequest | None
    signals: bool
    update: PublicUpdate | None = None
    photos: tuple[str, ...] = ()
    key: IdempotencyKey | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery:
    """A public list, newest first. Times are inclusive; ``after`` is the last page's cursor.

    ``start`` and ``end`` bound when a request was made or, ``by_updated``, when it last changed:
    that is also the order of the list. ``requested_from`` to ``updated_to`` bound the one time
    beside the other. Empty sets and None let everything through. ``skip``: rows to leave out
    before the first, for callers who count pages; they are read, and cost what rows cost.
    """

    start: datetime
    end: datetime
    by_updated: bool = False
    service_codes: frozenset[str] = frozenset()
    statuses: frozenset[PublicStatus] = frozenset()
    requested_from: datetime | None = None
    requested_to: datetime | None = None
    updated_from: datetime | None = None
    updated_to: datetime | None = None
    agency: str | None = None
    area: Area | None = None
    limit: int = 50
    skip: int = 0
    after: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Row]):
    """Some rows and, if there may be more, the cursor to go on from."""

    rows: tuple[Row, ...]
    cursor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItem:
    """A row of a department's queue, or of the triage queue: enough to choose, nothing personal."""

    service_request_id: str
    queue: str
    status: Status
    service_code: str
    priority: str
    district: str | None
    due_at: datetime
    assignee: str | None


class IdTaken(Exception):
    """The new id belongs to another request: throw the dice again. Nothing was written."""


class Repeated(Exception):
    """The change's key was used before; ``update_id`` is what came of it. Nothing was written."""

    def __init__(self, update_id: str) -> None:
        super().__init__(update_id)
        self.update_id = update_id


class Requests(Protocol):
    """The filing cabinet: requests with their audit events."""

    def accept(self, acceptance: Acceptance) -> Accepted:
        """Write it whole, once. IdempotencyMismatch if its key came with other content before.

        IdTaken if the id is another's. A key that was seen with this content answers its id.
        """

    def get(self, service_request_id: str) -> ServiceRequest:
        """The request as it stands now (consistent read), or NotFound."""

    def public(self, service_request_id: str) -> PublicRequest:
        """Its public projection (may lag by a moment), or NotFound, private ones included."""

    def change(self, change: Change) -> None:
        """Write the change, its event, update and key together, or raise Conflict and write none.

        Repeated if its key was used before, whatever it came with then.
        """

    def settle(
        self, service_request_id: str, turn: int, generation: int, *, until: datetime | None
    ) -> None:
        """Its execution has heard of this turn and generation: look again ``until`` then.

        None: never again, it is closed. Silent if the request has moved on meanwhile.
        """

    def events(self, service_request_id: str) -> Sequence[AuditEvent]:
        """All its events in order; empty if there is none."""

    def listed(self, query: ListQuery) -> Page[PublicRequest]:
        """A page of the public list."""

    def by_ids(self, service_request_ids: Iterable[str]) -> Sequence[PublicRequest]:
        """Those of the ids that are public, in the order asked."""

    def many(self, service_request_ids: Iterable[str]) -> Sequence[ServiceRequest]:
        """Those of the requests that exist (may lag by a moment), in the order asked, each once."""

    def updates(self, service_request_id: str) -> Sequence[PublicUpdate]:
        """What the public was told of a request, in order."""

    def updates_between(
        self, start: datetime, end: datetime, *, limit: int, after: str | None = None
    ) -> Page[PublicUpdate]:
        """Updates of all requests in this time (inclusive), oldest first; also of private ones."""

    def nearby(self, cells: Iterable[str], since: datetime) -> Sequence[PublicRequest]:
        """Public requests in these geohash cells (precision 6), requested since then."""

    def work(self, queue: str, *, limit: int, after: str | None = None) -> Page[WorkItem]:
        """Open work of a department (or of ``triage``), due first."""


class Residents(Protocol):
    """Contact data, one record a request."""

    def get(self, service_request_id: str) -> Resident | None:
        """The record, or None once it is erased."""

    def erase(self, service_request_id: str) -> None:
        """Destroy it, the commitment key with it."""
