"""The list of requests: what a query string asks for, and the answer to it."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from chalice.app import Response

from city311.domain.errors import FieldProblem, InvalidInput
from city311.domain.ids import read_request_id
from city311.domain.lifecycle import PublicStatus
from city311.domain.request import PublicRequest
from city311.open311.answers import document
from city311.open311.fields import REQUESTS, Format
from city311.open311.requests import row
from city311.ports import ListQuery, Page

Query = Mapping[str, Sequence[str]]
"""Query parameters, each with all the values it came with."""
Headers = Mapping[str, str]
Listing = Callable[[ListQuery], Page[PublicRequest]]

SPAN = timedelta(days=90)
MOST_ROWS = 1000
MOST_WALKED = 10_000
"""Rows a page number may lie behind; further back, narrower dates cost nobody anything."""
MOST_BYTES = 3_000_000
"""Lambda hands on 6 MB, within which the document is quoted once more as JSON."""
_CLAMPED = '299 - "Only the last 90 days of the span are listed"'
_STATUSES = {
    "open": frozenset({PublicStatus.RECEIVED, PublicStatus.IN_PROGRESS}),
    "closed": frozenset({PublicStatus.RESOLVED}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a list was asked for. ``ids`` overrides all else. ``clamped``: 90 days were kept.

    ``paged``: the caller counts on getting these rows, all of them.
    """

    ids: tuple[str, ...] | None
    query: ListQuery
    page: int = 1
    paged: bool = False
    clamped: bool = False


def asked(query: Query, now: datetime) -> Asked:
    """The question in the query string, or InvalidInput with every parameter that is no use."""
    if every(query, "service_request_id"):
        found = (read_request_id(each) for each in every(query, "service_request_id"))
        ids = tuple(dict.fromkeys(each for each in found if each))
        if len(ids) > MOST_ROWS:
            advice = f"Ask for at most {MOST_ROWS} requests at a time."
            raise InvalidInput(FieldProblem(field="service_request_id", advice=advice))
        return Asked(ids=ids, query=ListQuery(start=now, end=now), paged=True)
    problems: list[FieldProblem] = []
    start, end, clamped = _window(query, now, problems)
    statuses = _statuses(query, problems)
    page = _count(query, ("page",), 1, problems)
    size = min(_count(query, ("page_size", "limit"), MOST_ROWS, problems), MOST_ROWS)
    if page * size > max(MOST_WALKED, size):
        advice = f"Ask for dates nearer to each other: page numbers reach {MOST_WALKED} requests."
        problems.append(FieldProblem(field="page", advice=advice, reason="too_far"))
    if problems:
        raise InvalidInput(*problems)
    codes = frozenset(every(query, "service_code"))
    listed = ListQuery(start=start, end=end, service_codes=codes, statuses=statuses, limit=size)
    paged = any(first(query, name) for name in ("page", "page_size", "limit"))
    return Asked(ids=None, query=listed, page=page, paged=paged, clamped=clamped)


def page_of(listing: Listing, asked: Asked) -> list[PublicRequest]:
    """The rows of one numbered page; past the end there are none."""
    size = asked.query.limit
    before = (asked.page - 1) * size
    rows: list[PublicRequest] = []
    query = asked.query
    while True:
        page = listing(query)
        skipped = min(before, len(page.rows))
        before -= skipped
        rows.extend(page.rows[skipped:])
        if page.cursor is None or len(rows) >= size:
            return rows[:size]
        query = replace(query, after=page.cursor)


def answer(
    rows: Sequence[PublicRequest], asked: Asked, fmt: Format, site_url: str, headers: Headers
) -> Response:
    """The list. One that no answer can hold is cut if it is the default one, else refused."""
    if asked.clamped:
        headers = {**headers, "X-Open311-Clamped": "true", "Warning": _CLAMPED}
    response = document(REQUESTS, [row(each, site_url) for each in rows], fmt, headers)
    if len(response.body.encode()) <= MOST_BYTES:
        return response
    if asked.paged:
        advice = "Ask for fewer requests at a time: together, their texts are too long."
        raise InvalidInput(FieldProblem(field="page_size", advice=advice, reason="too_many"))
    return answer(rows[: len(rows) // 2], asked, fmt, site_url, headers)


def every(query: Query, name: str) -> tuple[str, ...]:
    """All values of a parameter, repeated or in a comma list; blank ones are absent."""
    values = (each.strip() for text in query.get(name, ()) for each in text.split(","))
    return tuple(each for each in values if each)


def first(query: Query, name: str) -> str | None:
    """The first value of a parameter that is not blank."""
    return next((text.strip() for text in query.get(name, ()) if text.strip()), None)


def _window(
    query: Query, now: datetime, problems: list[FieldProblem]
) -> tuple[datetime, datetime, bool]:
    """Start, end, and whether the span was longer than 90 days and its newest part was kept."""
    start, end = (_time(query, name, problems) for name in ("start_date", "end_date"))
    if end is not None:
        # The wire shows whole seconds: the one asked for belongs to the span with all its parts.
        end = end.replace(microsecond=999_000)
    if start is None:
        last = end or now
        return _earlier(last), last, False
    if end is None:
        return start, max(start, min(_later(start), now)), False
    if start > end:
        advice = "Give a start_date that is not after end_date."
        problems.append(FieldProblem(field="start_date", advice=advice))
    clamped = end - start > SPAN + timedelta(seconds=1)
    return (_earlier(end) if clamped else start), end, clamped


def _time(query: Query, name: str, problems: list[FieldProblem]) -> datetime | None:
    text = first(query, name)
    if text is None:
        return None
    # A raw + in a query string arrives as a space.
    offset = re.sub(r" (?=\d{2}:?\d{2}$)", "+", text) if "T" in text.upper() else text
    try:
        at = datetime.fromisoformat(offset)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        advice = "Write a date and time with its zone, such as 2027-03-01T00:00:00Z."
        problems.append(FieldProblem(field=name, advice=advice))
        return None


def _statuses(query: Query, problems: list[FieldProblem]) -> frozenset[PublicStatus]:
    found: frozenset[PublicStatus] = frozenset()
    for word in every(query, "status"):
        if word.lower() not in _STATUSES:
            problems.append(FieldProblem(field="status", advice="Write open, closed or both."))
            break
        found |= _STATUSES[word.lower()]
    return found


def _count(query: Query, names: tuple[str, ...], default: int, problems: list[FieldProblem]) -> int:
    name, text = next(((n, t) for n in names if (t := first(query, n))), (names[0], None))
    if text is None:
        return default
    if not re.fullmatch(r"[0-9]{1,9}", text):
        problems.append(FieldProblem(field=name, advice="Write a whole number."))
        return default
    return max(int(text), 1)


def _earlier(at: datetime) -> datetime:
    return at - min(SPAN, at - datetime.min.replace(tzinfo=UTC))


def _later(at: datetime) -> datetime:
    return at + min(SPAN, datetime.max.replace(tzinfo=UTC) - at)
