"""The filing cabinet: requests and their audit events, each change one transaction."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from city311.adapters import told
from city311.adapters.dynamodb import keys, lists, updates
from city311.adapters.dynamodb.items import PUBLIC_ATTRIBUTES, public_from, request_from
from city311.adapters.dynamodb.people import event_from, same_content
from city311.adapters.dynamodb.placed import watched
from city311.adapters.dynamodb.table import (
    BUSY_ITEM,
    FAILED,
    Cancelled,
    ConditionFailed,
    Table,
    Terms,
)
from city311.adapters.dynamodb.writes import (
    KEY,
    REQUEST_AND_REST,
    acceptance_actions,
    change_actions,
    obstacle,
)
from city311.adapters.placing import seconds
from city311.adapters.refusals import conflict, mismatch, not_found
from city311.domain.audit import AuditEvent
from city311.domain.request import PublicRequest, ServiceRequest
from city311.domain.update import PublicUpdate, update_id_of
from city311.ports import (
    Acceptance,
    Accepted,
    Change,
    IdempotencyKey,
    IdTaken,
    ListQuery,
    Page,
    Repeated,
    WorkItem,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


class DynamoRequests:
    """Requests in DynamoDB."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._table = Table(client, table)

    def accept(self, acceptance: Acceptance) -> Accepted:
        """Write request, contact, event, key and photo slots in one transaction, or replay."""
        try:
            self._table.transact(acceptance_actions(self._table, acceptance))
        except Cancelled as cancelled:
            return self._refused(acceptance, cancelled)
        return Accepted(service_request_id=acceptance.request.service_request_id, new=True)

    def get(self, service_request_id: str) -> ServiceRequest:
        """The request as it stands now, or NotFound."""
        item = self._table.get(keys.request(service_request_id), consistent=True)
        if item is None:
            raise not_found()
        return request_from(item)

    def public(self, service_request_id: str) -> PublicRequest:
        """Its public view, or NotFound; nothing else of it leaves the table."""
        wanted = (*PUBLIC_ATTRIBUTES, lists.PUBLIC_ONLY)
        item = self._table.get(keys.request(service_request_id), attributes=wanted)
        if item is None or lists.PUBLIC_ONLY not in item:
            raise not_found()
        return public_from(item)

    def change(self, change: Change) -> None:
        """Write it whole, or Conflict. The same change twice is one change.

        Repeated if the key, which stands last, was used before by another change.
        """
        try:
            self._table.transact(change_actions(self._table, change))
        except Cancelled as cancelled:
            self._refused_change(change, cancelled)

    def settle(
        self, service_request_id: str, turn: int, generation: int, *, until: datetime | None
    ) -> None:
        """Watch it until then only, or not at all, if it has not moved on meanwhile."""
        terms = Terms()
        if until is None:
            expression = terms.update({}, ("watch", "watch_key"))
        else:
            expression = terms.update(watched(until, service_request_id), ())
        now = {"turn": {"N": str(turn)}, "generation": {"N": str(generation)}}
        conditions = [terms.equal(name, value) for name, value in now.items()]
        key = keys.request(service_request_id)
        try:
            self._table.update(key, expression, " AND ".join(conditions), terms)
        except ConditionFailed:
            return  # A later change is under watch in its own right.

    def events(self, service_request_id: str) -> Sequence[AuditEvent]:
        """All its events in order."""
        found = self._table.partition(keys.events_of(service_request_id))
        return tuple(event_from(item) for item in found)

    def updates(self, service_request_id: str) -> Sequence[PublicUpdate]:
        """What the public was told of a request, in order."""
        found = self._table.partition(keys.updates_of(service_request_id))
        return tuple(updates.update_from(item) for item in found)

    def updates_between(
        self, start: datetime, end: datetime, *, limit: int, after: str | None = None
    ) -> Page[PublicUpdate]:
        """What the public was told of all requests, oldest first; also of private ones."""
        bounds = told.bounds(start, end, limit=limit, after=after)
        return updates.between(self._table, bounds, limit)

    def listed(self, query: ListQuery) -> Page[PublicRequest]:
        """A page of the public list."""
        return lists.listed(self._table, query)

    def by_ids(self, service_request_ids: Iterable[str]) -> Sequence[PublicRequest]:
        """The public ones, in the order asked, each once."""
        return lists.by_ids(self._table, service_request_ids)

    def many(self, service_request_ids: Iterable[str]) -> Sequence[ServiceRequest]:
        """Those that exist, private ones too, in the order asked, each once."""
        return lists.many(self._table, service_request_ids)

    def nearby(self, cells: Iterable[str], since: datetime) -> Sequence[PublicRequest]:
        """Public requests in these cells, newest first, at most 1,000 a cell."""
        return lists.nearby(self._table, cells, since)

    def work(self, queue: str, *, limit: int, after: str | None = None) -> Page[WorkItem]:
        """Open work of a queue, due first."""
        return lists.work(self._table, queue, limit=limit, after=after)

    def _refused(self, acceptance: Acceptance, cancelled: Cancelled) -> Accepted:
        """What a cancelled acceptance means. A key that is being written may be written by now."""
        if cancelled.codes[KEY] in (FAILED, BUSY_ITEM):
            return self._replayed(acceptance)
        if FAILED in cancelled.codes[REQUEST_AND_REST]:
            raise IdTaken from cancelled
        raise obstacle(cancelled) from cancelled

    def _replayed(self, acceptance: Acceptance) -> Accepted:
        request, key = acceptance.request, acceptance.key
        found = self._table.get(keys.idempotency(key.digest), consistent=True)
        if found is None or int(found["ttl"]["N"]) <= seconds(request.requested_at):
            raise conflict()
        if not same_content(found, key):
            raise mismatch()
        # Our own id: this is the acceptance itself, whose first answer was lost on the way.
        first: str = found["service_request_id"]["S"]
        return Accepted(service_request_id=first, new=first == request.service_request_id)

    def _has(self, event: AuditEvent) -> bool:
        item = self._table.get(keys.event(event.service_request_id, event.seq), consistent=True)
        return item is not None and event_from(item).hash == event.hash

    def _refused_change(self, change: Change, cancelled: Cancelled) -> None:
        """What a cancelled change means: it is written already, or why it cannot be."""
        before = self._came_of(change.key) if cancelled.codes[-1] == FAILED else None
        mine = update_id_of(change.event.service_request_id, change.event.seq)
        if before in (None, mine) and FAILED in cancelled.codes and self._has(change.event):
            return
        raise (Repeated(before) if before else obstacle(cancelled)) from cancelled

    def _came_of(self, key: IdempotencyKey | None) -> str | None:
        """The update that came of the key the first time, unless it has just been forgotten."""
        if key is None:
            return None
        found = self._table.get(keys.idempotency(key.digest), consistent=True)
        return found["update_id"]["S"] if found else None
