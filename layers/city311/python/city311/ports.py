"""What the use cases need from the world: protocols only, each kept by an adapter and its twin."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from city311.domain.audit import AuditEvent
from city311.domain.contact import Resident
from city311.domain.ledger import LedgerEntry, LedgerState
from city311.domain.lifecycle import PublicStatus, Status
from city311.domain.request import Photo, PublicRequest, ServiceRequest

Clock = Callable[[], datetime]
"""The time now, aware, UTC, in whole milliseconds."""
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
    """

    request: ServiceRequest
    event: AuditEvent
    public: PublicRequest | None
    signals: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery:
    """A public list, newest first. Times are inclusive; ``after`` is the last page's cursor."""

    start: datetime
    end: datetime
    by_updated: bool = False
    service_codes: frozenset[str] = frozenset()
    statuses: frozenset[PublicStatus] = frozenset()
    limit: int = 50
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
        """Write the change and its event together, or raise Conflict and write neither."""

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


class Watch(Protocol):
    """What is owed and when it should have been done; the reconciler's list."""

    def requests_due(self, before: datetime, limit: int) -> Sequence[str]:
        """Ids of requests whose execution has not heard of them."""

    def messages_due(self, before: datetime, limit: int) -> Sequence[str]:
        """Ledger ids of claims past their lease."""

    def photos_due(self, before: datetime, limit: int) -> Sequence[str]:
        """Photo ids that were processed and belong to no request."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadForm:
    """A presigned POST: exact key, exact type, a size range, a short life."""

    photo_id: str
    url: str
    fields: Mapping[str, str]
    expires_at: datetime
    max_bytes: int


class Uploads(Protocol):
    """The quarantine, as intake sees it."""

    def form(self, photo_id: str, content_type: str) -> UploadForm:
        """A form to upload one photo with."""

    def put(self, photo_id: str, content_type: str, content: bytes) -> None:
        """Store bytes that came inside a multipart post."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoRecord:
    """What is known of a photo: whose it is, and how it may be served, once either is known.

    ``problem`` says why it was refused.
    """

    photo_id: str
    service_request_id: str | None = None
    photo: Photo | None = None
    problem: str | None = None


class PhotoRecords(Protocol):
    """What the photo function found out about uploads."""

    def get(self, photo_id: str) -> PhotoRecord | None:
        """The record, or None."""

    def clean(self, photo: Photo) -> None:
        """It was re-encoded and may be served; the first result counts."""

    def refuse(self, photo_id: str, problem: str) -> None:
        """It is not a photo we can serve."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """What was in force when something was decided; on every audit event."""

    code: str
    catalogue: str
    lifecycle: str
    extra: Mapping[str, str] = field(default_factory=dict)

    def on_record(self) -> Mapping[str, str]:
        """As an audit event carries them."""
        named = {"code": self.code, "catalogue": self.catalogue, "lifecycle": self.lifecycle}
        return {**self.extra, **named}
