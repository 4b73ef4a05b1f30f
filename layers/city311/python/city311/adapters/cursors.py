"""Pages: where a list begins, ends and goes on, and cursors that only we can have given."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from city311.domain.errors import FieldProblem, InvalidInput
from city311.ports import ListQuery

MOST_ROWS = 1_000
MOST_MONTHS = 24
_CURSOR = re.compile(r"[A-Za-z0-9_-]{1,300}")
_KEY = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z#[!-\"$-}]{1,64}")
_AFTER_ALL = "~"
"""Sorts behind ``#`` and every symbol of an id."""


def stamp(at: datetime) -> str:
    """RFC 3339, UTC, whole milliseconds: 24 characters whose order is the order of time."""
    if at.tzinfo is None:
        raise ValueError("a time without a zone is no time")
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def sort_key(at: datetime, key: str) -> str:
    """A sort key by time; the id makes it unique."""
    return f"{stamp(at)}#{key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The sort keys of a public list: inclusive bounds, and the key to go on behind, if any."""

    low: str
    high: str
    after: str | None

    def months(self) -> Iterator[str]:
        """The months it touches, newest first, from where it goes on."""
        month, last = (self.after or self.high)[:7], self.low[:7]
        while self.low <= self.high and month >= last:
            yield month
            year, number = int(month[:4]), int(month[5:])
            month = f"{year:04}-{number - 1:02}" if number > 1 else f"{year - 1:04}-12"


def span(query: ListQuery) -> Span:
    """The span of a list. InvalidInput for a wrong limit or cursor, or for too many months."""
    check_limit(query.limit)
    low, high = _bounds(query)
    if _months_between(low, high) > MOST_MONTHS:
        raise _problem("start", f"Ask for at most {MOST_MONTHS} months at a time.")
    after = decoded(_kind(query), query.after) if query.after else None
    if after is not None and not low <= after <= high:
        raise _not_ours()
    return Span(low=low, high=high, after=after)


def not_before(at: datetime) -> str:
    """The lowest sort key at or after this moment.

    Rows are in whole milliseconds: a bound between two of them shuts out the earlier one.
    """
    return stamp(at + timedelta(microseconds=999))


def work_kind(queue: str) -> str:
    """The kind of a cursor in a work queue."""
    return f"work {queue}"


def list_cursor(query: ListQuery, key: str) -> str:
    """The cursor to go on behind ``key`` in the list that ``query`` asks for."""
    return encoded(_kind(query), key)


def encoded(kind: str, key: str) -> str:
    """An opaque cursor; ``kind`` is the list it belongs to."""
    return urlsafe_b64encode(f"{kind}\n{key}".encode()).decode().rstrip("=")


def decoded(kind: str, cursor: str) -> str:
    """The key in a cursor of this kind, or InvalidInput: it is not one that we gave."""
    if not _CURSOR.fullmatch(cursor) or len(cursor) % 4 == 1:
        raise _not_ours()
    try:
        text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except UnicodeDecodeError:
        raise _not_ours() from None
    found, _, key = text.partition("\n")
    if found != kind or not _KEY.fullmatch(key) or encoded(kind, key) != cursor:
        raise _not_ours()
    return key


def check_limit(limit: int) -> None:
    """InvalidInput unless a page of ``limit`` rows can be had."""
    if not 1 <= limit <= MOST_ROWS:
        raise _problem("limit", f"Ask for 1 to {MOST_ROWS} rows.")


def _bounds(query: ListQuery) -> tuple[str, str]:
    try:
        return not_before(query.start), stamp(query.end) + _AFTER_ALL
    except OverflowError:
        raise _problem("start", "Ask for times that a calendar has.") from None


def _kind(query: ListQuery) -> str:
    return "updated" if query.by_updated else "requested"


def _months_between(low: str, high: str) -> int:
    return (int(high[:4]) - int(low[:4])) * 12 + int(high[5:7]) - int(low[5:7]) + 1


def _not_ours() -> InvalidInput:
    return _problem("after", "Use a cursor as a page gave it, with the same list, or none.")


def _problem(field: str, advice: str) -> InvalidInput:
    return InvalidInput(FieldProblem(field=field, advice=advice))
