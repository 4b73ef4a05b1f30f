"""Pages: where a list begins, ends and goes on, and cursors that only we can have given."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from city311.domain.errors import FieldProblem, InvalidInput
from city311.ports import ListQuery

MOST_ROWS = 1_000
MOST_SKIPPED = 10_000
MOST_YEARS = 5
"""Calendar years that a list may touch."""
FIRST_OF_YEAR = "-01-01T00:00:00.000Z#!"
"""Behind a year: sorts before every key of that year, and may stand in a cursor."""
_CURSOR = re.compile(r"[A-Za-z0-9_-]{1,300}")
_KEY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z#[!-\"$-}]{1,64}"
_PLACE = re.compile(rf"({_KEY})(?:\n([1-9][0-9]{{0,4}}))?")
_STAMP = 24
AFTER_ALL = "~"
"""Sorts behind ``#`` and every symbol of an id."""


def stamp(at: datetime) -> str:
    """RFC 3339, UTC, whole milliseconds: 24 characters whose order is the order of time."""
    if at.tzinfo is None:
        raise ValueError("a time without a zone is no time")
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def time_of(key: str) -> datetime:
    """The time that a sort key begins with."""
    return datetime.fromisoformat(key[:_STAMP])


def sort_key(at: datetime, key: str) -> str:
    """A sort key by time; the id makes it unique."""
    return f"{stamp(at)}#{key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The sort keys of a public list: inclusive bounds, and the key to go on behind, if any.

    ``skip``: rows to leave out before the first that is wanted.
    """

    low: str
    high: str
    after: str | None = None
    skip: int = 0


def span(query: ListQuery) -> Span:
    """The span of a list. InvalidInput for a wrong limit, skip or cursor, or for too many years."""
    check_limit(query.limit)
    if not 0 <= query.skip <= MOST_SKIPPED:
        raise _problem("skip", f"Leave out at most {MOST_SKIPPED} rows.")
    with _on_a_calendar():
        low, high = not_before(query.start), stamp(query.end) + AFTER_ALL
    if int(high[:4]) - int(low[:4]) >= MOST_YEARS:
        raise _problem("start", f"Ask for at most {MOST_YEARS} calendar years at a time.")
    if not query.after:
        return Span(low=low, high=high, skip=query.skip)
    after, skip = _place_in(_kind(query), query.after)
    if not low <= after <= high:
        raise _not_ours()
    return Span(low=low, high=high, after=after, skip=skip)


def not_before(at: datetime) -> str:
    """The lowest sort key at or after this moment.

    Rows are in whole milliseconds: a bound between two of them shuts out the earlier one.
    """
    return stamp(at + timedelta(microseconds=999))


def times(start: datetime | None, end: datetime | None) -> tuple[str | None, str | None]:
    """Inclusive bounds of a time as it is stored. InvalidInput for what no calendar has."""
    with _on_a_calendar():
        return not_before(start) if start else None, stamp(end) if end else None


def work_kind(queue: str) -> str:
    """The kind of a cursor in a work queue."""
    return f"work {queue}"


def list_cursor(query: ListQuery, key: str, skip: int = 0) -> str:
    """The cursor to go on behind ``key`` in the list that ``query`` asks for.

    ``skip``: rows that are still to be left out there, where a page ended before its first row.
    """
    return encoded(_kind(query), f"{key}\n{skip}" if skip else key)


def encoded(kind: str, key: str) -> str:
    """An opaque cursor; ``kind`` is the list it belongs to."""
    return urlsafe_b64encode(f"{kind}\n{key}".encode()).decode().rstrip("=")


def decoded(kind: str, cursor: str) -> str:
    """The key in a cursor of this kind, or InvalidInput: it is not one that we gave."""
    key, skip = _place_in(kind, cursor)
    if skip:
        raise _not_ours()
    return key


def check_limit(limit: int) -> None:
    """InvalidInput unless a page of ``limit`` rows can be had."""
    if not 1 <= limit <= MOST_ROWS:
        raise _problem("limit", f"Ask for 1 to {MOST_ROWS} rows.")


@contextmanager
def _on_a_calendar() -> Iterator[None]:
    try:
        yield
    except OverflowError:
        raise _problem("start", "Ask for times that a calendar has.") from None


def _kind(query: ListQuery) -> str:
    return "updated" if query.by_updated else "requested"


def _place_in(kind: str, cursor: str) -> tuple[str, int]:
    """The key in a cursor, and how many rows are still to be left out behind it."""
    if not _CURSOR.fullmatch(cursor) or len(cursor) % 4 == 1:
        raise _not_ours()
    try:
        text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except UnicodeDecodeError:
        raise _not_ours() from None
    found, _, place = text.partition("\n")
    match = _PLACE.fullmatch(place)
    if found != kind or match is None or encoded(kind, place) != cursor:
        raise _not_ours()
    return match[1], int(match[2] or 0)


def _not_ours() -> InvalidInput:
    return _problem("after", "Use a cursor as a page gave it, with the same list, or none.")


def _problem(field: str, advice: str) -> InvalidInput:
    return InvalidInput(FieldProblem(field=field, advice=advice))
