"""The twin of the filing cabinet."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from city311.adapters import told
from city311.adapters.memory import lists, updates
from city311.adapters.memory.table import (
    Filed,
    KeyUsed,
    MemoryTable,
    PhotoKept,
    as_stored,
    event_as_stored,
)
from city311.adapters.placing import most_photos_checked, seconds
from city311.adapters.refusals import conflict, mismatch, not_found
from city311.domain.audit import AuditEvent
from city311.domain.request import PublicRequest, ServiceRequest
from city311.domain.update import PublicUpdate
from city311.ports import (
    Acceptance,
    Accepted,
    Change,
    IdTaken,
    ListQuery,
    Page,
    PhotoRecord,
    Repeated,
    WorkItem,
)


class MemoryRequests:
    """Requests in memory."""

    def __init__(self, table: MemoryTable) -> None:
        self._table = table

    def accept(self, acceptance: Acceptance) -> Accepted:
        """All of it or nothing, or the answer to a replay."""
        request, key = acceptance.request, acceptance.key
        photos = most_photos_checked(request.photos)
        new_id, now = request.service_request_id, seconds(request.requested_at)
        with self._table.lock:
            used = self._table.keys.get(key.digest)
            if used is not None and used.expires > now:
                if used.content != key.content:
                    raise mismatch()
                first = used.service_request_id
                return Accepted(service_request_id=first, new=first == new_id)
            if new_id in self._table.filed:
                raise IdTaken
            self._table.keys[key.digest] = KeyUsed(
                content=key.content, service_request_id=new_id, expires=seconds(key.expires_at)
            )
            self._table.filed[new_id] = as_stored(
                request, acceptance.public, datetime.fromisoformat(acceptance.event.at)
            )
            self._table.residents[new_id] = acceptance.resident
            self._table.events[new_id] = [event_as_stored(acceptance.event)]
            for photo_id in photos:
                self._claim(photo_id, new_id)
        return Accepted(service_request_id=new_id, new=True)

    def get(self, service_request_id: str) -> ServiceRequest:
        """The request as it stands now, or NotFound."""
        return self._filed(service_request_id).request

    def public(self, service_request_id: str) -> PublicRequest:
        """Its public view, or NotFound."""
        public = self._filed(service_request_id).public
        if public is None:
            raise not_found()
        return public

    def change(self, change: Change) -> None:
        """Write it whole, or Conflict; the same change twice is one change."""
        request, new = change.request, event_as_stored(change.event)
        with self._table.lock:
            filed = self._table.filed.get(request.service_request_id)
            events = self._table.events.get(new.service_request_id, [])
            if any(new.hash == each.hash and new.seq == each.seq for each in events):
                return
            before = updates.answered(self._table, change)
            if before is not None:
                raise Repeated(before)
            if filed is None or filed.request.seq != request.seq - 1 or len(events) >= new.seq:
                raise conflict()
            due_at = datetime.fromisoformat(new.at) if change.signals else filed.due_at
            self._table.filed[request.service_request_id] = as_stored(
                request, change.public, due_at
            )
            events.append(new)
            updates.keep(self._table, change)
            for photo_id in most_photos_checked(change.photos):
                self._claim(photo_id, request.service_request_id)

    def settle(
        self, service_request_id: str, turn: int, generation: int, *, until: datetime | None
    ) -> None:
        """Watch it until then only, or not at all, if it has not moved on meanwhile."""
        with self._table.lock:
            filed = self._table.filed.get(service_request_id)
            if filed and (filed.request.turn, filed.request.generation) == (turn, generation):
                self._table.filed[service_request_id] = Filed(
                    request=filed.request, public=filed.public, due_at=until
                )

    def events(self, service_request_id: str) -> Sequence[AuditEvent]:
        """All its events in order."""
        with self._table.lock:
            return tuple(self._table.events.get(service_request_id, ()))

    def updates(self, service_request_id: str) -> Sequence[PublicUpdate]:
        """What the public was told of a request, in order."""
        with self._table.lock:
            return tuple(self._table.updates.get(service_request_id, ()))

    def updates_between(
        self, start: datetime, end: datetime, *, limit: int, after: str | None = None
    ) -> Page[PublicUpdate]:
        """What the public was told of all requests, oldest first; also of private ones."""
        bounds = told.bounds(start, end, limit=limit, after=after)
        with self._table.lock:
            every = [each for told_of in self._table.updates.values() for each in told_of]
        return updates.between(every, bounds, limit)

    def listed(self, query: ListQuery) -> Page[PublicRequest]:
        """A page of the public list, newest first."""
        return lists.listed(self._public_rows(), query)

    def by_ids(self, service_request_ids: Iterable[str]) -> Sequence[PublicRequest]:
        """The public ones, in the order asked, each once."""
        public = {row.service_request_id: row for row in self._public_rows()}
        return tuple(public[each] for each in dict.fromkeys(service_request_ids) if each in public)

    def many(self, service_request_ids: Iterable[str]) -> Sequence[ServiceRequest]:
        """Those that exist, private ones too, in the order asked, each once."""
        with self._table.lock:
            filed = dict(self._table.filed)
        ids = dict.fromkeys(service_request_ids)
        return tuple(filed[each].request for each in ids if each in filed)

    def nearby(self, cells: Iterable[str], since: datetime) -> Sequence[PublicRequest]:
        """Public requests in these cells, newest first, at most 1,000 a cell."""
        return lists.nearby(self._public_rows(), cells, since)

    def work(self, queue: str, *, limit: int, after: str | None = None) -> Page[WorkItem]:
        """Open work of a queue, due first."""
        with self._table.lock:
            requests = [each.request for each in self._table.filed.values()]
        return lists.work(requests, queue, limit=limit, after=after)

    def _filed(self, service_request_id: str) -> Filed:
        with self._table.lock:
            filed = self._table.filed.get(service_request_id)
        if filed is None:
            raise not_found()
        return filed

    def _public_rows(self) -> list[PublicRequest]:
        with self._table.lock:
            return [filed.public for filed in self._table.filed.values() if filed.public]

    def _claim(self, photo_id: str, service_request_id: str) -> None:
        kept = self._table.photos.get(photo_id)
        before = kept.record if kept else PhotoRecord(photo_id=photo_id)
        self._table.photos[photo_id] = PhotoKept(
            record=PhotoRecord(
                photo_id=photo_id,
                service_request_id=before.service_request_id or service_request_id,
                photo=before.photo,
                problem=before.problem,
            )
        )
