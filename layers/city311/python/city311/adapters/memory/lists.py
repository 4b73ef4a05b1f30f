"""The lists of the twin: everything is filtered, sorted and cut, no index in sight."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from city311.adapters import cursors
from city311.adapters.cursors import sort_key, stamp
from city311.adapters.placing import queue_of, work_due_at
from city311.domain.area import Area
from city311.domain.location import cell
from city311.domain.request import PublicRequest, ServiceRequest
from city311.ports import ListQuery, Page, WorkItem

Row = TypeVar("Row")


def listed(rows: Iterable[PublicRequest], query: ListQuery) -> Page[PublicRequest]:
    """A page of the public list, newest first."""
    within = cursors.span(query)
    place = _by_updated if query.by_updated else _by_requested
    last = within.after or within.high
    found = [
        row
        for row in rows
        if within.low <= place(row) <= last and place(row) != within.after and _fits(row, query)
    ]
    found.sort(key=place, reverse=True)
    return _page(
        found[within.skip :], query.limit, lambda row: cursors.list_cursor(query, place(row))
    )


def nearby(
    rows: Sequence[PublicRequest], cells: Iterable[str], since: datetime
) -> Sequence[PublicRequest]:
    """Public requests in these cells, newest first, at most 1,000 a cell."""
    low = cursors.not_before(since)
    found: list[PublicRequest] = []
    for wanted in dict.fromkeys(cells):
        here = [row for row in rows if _cell(row) == wanted and _by_requested(row) >= low]
        found += sorted(here, key=_by_requested, reverse=True)[: cursors.MOST_ROWS]
    return tuple(sorted(found, key=_by_requested, reverse=True))


def work(
    requests: Iterable[ServiceRequest], queue: str, *, limit: int, after: str | None
) -> Page[WorkItem]:
    """A page of a queue, due first."""
    cursors.check_limit(limit)
    kind = cursors.work_kind(queue)
    behind = cursors.decoded(kind, after) if after else ""
    rows = [_work_item(request, queue) for request in requests if queue_of(request) == queue]
    rows = sorted((row for row in rows if _by_due(row) > behind), key=_by_due)
    return _page(rows, limit, lambda row: cursors.encoded(kind, _by_due(row)))


def _fits(row: PublicRequest, query: ListQuery) -> bool:
    return (
        (not query.service_codes or row.service_code in query.service_codes)
        and (not query.statuses or row.status in query.statuses)
        and (query.agency is None or row.agency_responsible == query.agency)
        and _within(row.requested_at, query.requested_from, query.requested_to)
        and _within(row.updated_at, query.updated_from, query.updated_to)
        and (query.area is None or _lies_in(query.area, row))
    )


def _within(at: datetime, start: datetime | None, end: datetime | None) -> bool:
    low, high = cursors.times(start, end)
    return (low is None or low <= stamp(at)) and (high is None or stamp(at) <= high)


def _lies_in(area: Area, row: PublicRequest) -> bool:
    return row.lat is not None and row.long is not None and area.holds(lat=row.lat, long=row.long)


def _by_requested(row: PublicRequest) -> str:
    return sort_key(row.requested_at, row.service_request_id)


def _by_updated(row: PublicRequest) -> str:
    return sort_key(row.updated_at, row.service_request_id)


def _by_due(row: WorkItem) -> str:
    return sort_key(row.due_at, row.service_request_id)


def _cell(row: PublicRequest) -> str | None:
    if row.lat is None or row.long is None:
        return None
    return cell(lat=row.lat, long=row.long)


def _page(rows: list[Row], limit: int, cursor: Callable[[Row], str]) -> Page[Row]:
    more = len(rows) > limit
    return Page(rows=tuple(rows[:limit]), cursor=cursor(rows[limit - 1]) if more else None)


def _work_item(request: ServiceRequest, queue: str) -> WorkItem:
    return WorkItem(
        service_request_id=request.service_request_id,
        queue=queue,
        status=request.status,
        service_code=request.service_code,
        priority=request.priority.value,
        district=request.place.district,
        due_at=work_due_at(request),
        assignee=request.assignee,
    )
