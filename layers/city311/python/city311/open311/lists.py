"""The list of requests: what a query string asks for, and how a page of it is got."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from city311.domain.catalogue import City
from city311.domain.errors import FieldProblem, InvalidInput
from city311.domain.ids import read_request_id
from city311.domain.lifecycle import PublicStatus
from city311.domain.request import PublicRequest
from city311.open311 import areas, spans
from city311.open311.asking import Query, Reader, every, first
from city311.open311.extensions import asked_names
from city311.ports import ListQuery, Page

Listing = Callable[[ListQuery], Page[PublicRequest]]

MOST_ROWS = 1000
MOST_WALKED = 10_000
"""Rows a page number may lie behind; further back, a cursor costs nobody anything."""
MOST_QUERY = 3_000
"""Characters of a query that the address of the next page repeats: headers take 10 KB in all."""
PAGE_SIZES = ("page_size", "per_page", "limit")
REPEATED = (
    "jurisdiction_id",
    "service_code",
    "status",
    "start_date",
    "end_date",
    "updated_after",
    "updated_before",
    "agency_responsible",
    "bbox",
    "lat",
    "long",
    "radius",
    "extensions",
)
"""What the address of another page says again; a key that was sent is never among it."""
_CIRCLE = f"Only what lies within {areas.MOST_RADIUS_M:.0f} metres is listed"
_STATUSES = {
    "open": frozenset({PublicStatus.RECEIVED, PublicStatus.IN_PROGRESS}),
    "closed": frozenset({PublicStatus.RESOLVED}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a list was asked for. ``ids`` overrides all else.

    ``page`` None: the caller does not count on a page's size. ``numbered``: the caller goes on by
    the numbers of pages. ``clamped``: what was kept of a span or circle larger than we serve, in
    words. ``extensions``: the names of the extensions asked for.
    """

    ids: tuple[str, ...] | None
    query: ListQuery
    extensions: frozenset[str] = frozenset()
    page: int | None = None
    numbered: bool = False
    clamped: str | None = None


def asked(query: Query, now: datetime, city: City) -> Asked:
    """The question in the query string, or InvalidInput with every parameter that is no use."""
    extensions = asked_names(query)
    if every(query, "service_request_id"):
        ids = _ids(query)
        return Asked(ids=ids, query=ListQuery(start=now, end=now), extensions=extensions)
    reader = Reader(query)
    span = spans.span(reader, now)
    place = areas.where(reader, city)
    listed = ListQuery(
        start=span.start,
        end=span.end,
        by_updated=span.by_updated,
        requested_from=span.requested.start,
        requested_to=span.requested.end,
        updated_from=span.updated.start,
        updated_to=span.updated.end,
        service_codes=frozenset(every(query, "service_code")),
        statuses=_statuses(reader),
        agency=_agency(first(query, "agency_responsible"), city),
        area=place.area,
    )
    paged, page = _paged(reader, listed)
    _short(reader)
    reader.refuse()
    return Asked(
        ids=None,
        query=paged,
        extensions=extensions,
        page=page,
        numbered=page is not None and first(query, "page") is not None,
        clamped=span.clamped or (_CIRCLE if place.clamped else None),
    )


def page_of(listing: Listing, asked: Asked) -> Page[PublicRequest]:
    """One page, for which the store is asked once: its reads are bounded, and so are ours.

    A filter that finds little may spend them before the page is full. Who follows cursors goes on;
    who counts pages would never see what a short one left out, and is told so (InvalidInput).
    """
    query = asked.query
    page = _asked_of(listing, query)
    if asked.numbered and page.cursor is not None and len(page.rows) < query.limit:
        advice = "Few requests are like that: ask for dates nearer to each other, or without page, "
        advice += "and follow X-Next-Page-URL."
        raise InvalidInput(FieldProblem(field="page", advice=advice, reason="too_rare"))
    return page


def _asked_of(listing: Listing, query: ListQuery) -> Page[PublicRequest]:
    try:
        return listing(query)
    except InvalidInput as refused:
        # The store speaks of its own words for what this query string calls a cursor.
        problems = [replace(each, field="cursor") for each in refused.problems]
        raise InvalidInput(*(problems if query.after else refused.problems)) from None


def smaller(asked: Asked, rows: int) -> Asked:
    """The same list in a page that an answer can hold; InvalidInput for who counts on its size."""
    if asked.ids is not None or asked.page is not None:
        advice = "Ask for fewer requests at a time: together, their texts are too long."
        raise InvalidInput(FieldProblem(field="page_size", advice=advice, reason="too_many"))
    return replace(asked, query=replace(asked.query, limit=max(rows // 2, 1)))


def counted(asked: Asked, page: Page[PublicRequest]) -> int | None:
    """How many rows the whole list has, where this page shows it; never a guess."""
    if page.cursor is not None or asked.query.after or (asked.query.skip and not page.rows):
        return None
    return asked.query.skip + len(page.rows)


def pages(count: int, size: int) -> int:
    """How many pages of ``size`` hold ``count`` rows."""
    return math.ceil(count / size)


def _ids(query: Query) -> tuple[str, ...]:
    found = (read_request_id(each) for each in every(query, "service_request_id"))
    ids = tuple(dict.fromkeys(each for each in found if each))
    if len(ids) > MOST_ROWS:
        advice = f"Ask for at most {MOST_ROWS} requests at a time."
        raise InvalidInput(FieldProblem(field="service_request_id", advice=advice))
    return ids


def _paged(reader: Reader, listed: ListQuery) -> tuple[ListQuery, int | None]:
    """The list with its page, and the page's number; None where the caller does not count."""
    size = min(reader.whole(PAGE_SIZES, MOST_ROWS, least=1), MOST_ROWS)
    number = max(reader.whole(("page",), 1, least=0), 1)
    cursor = first(reader.query, "cursor")
    if cursor:
        return replace(listed, limit=size, after=cursor), None
    skip = (number - 1) * size
    if skip + size > max(MOST_WALKED, size):
        advice = f"Page numbers reach {MOST_WALKED} requests: go on by the address of the next page"
        reader.wrong("page", f"{advice}, or ask for dates nearer to each other.", "too_far")
    # Who names the size of a page counts on getting it.
    counts = reader.first("page", *PAGE_SIZES)[1] is not None
    return replace(listed, limit=size, skip=skip), number if counts else None


def _statuses(reader: Reader) -> frozenset[PublicStatus]:
    found: frozenset[PublicStatus] = frozenset()
    for word in every(reader.query, "status"):
        if word.lower() not in _STATUSES:
            reader.wrong("status", "Write open, closed or both.")
            break
        found |= _STATUSES[word.lower()]
    return found


def _agency(text: str | None, city: City) -> str | None:
    """The name that requests carry: a department may be asked for in any case or language."""
    if text is None:
        return None
    for department in city.departments.values():
        known = {department.department_id, *department.name.values()}
        if text.casefold() in {each.casefold() for each in known}:
            return city.say(department.name)
    return text


def _short(reader: Reader) -> None:
    lengths = {each: sum(map(len, reader.query.get(each, ()))) for each in REPEATED}
    if sum(lengths.values()) > MOST_QUERY:
        longest = max(lengths, key=lengths.__getitem__)
        advice = f"Ask for less at a time: filters may have {MOST_QUERY} characters together."
        reader.wrong(longest, advice, "too_long")
