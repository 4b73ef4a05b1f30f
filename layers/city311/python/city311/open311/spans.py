"""When: which days a list covers, and by which of the two times of a request."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from city311.open311.asking import Reader, second_of

DEFAULT_DAYS = 90
MOST_YEARS = 5
"""Calendar years that a list by the time of change may touch."""
_SPAN = timedelta(days=DEFAULT_DAYS)
_FIRST = datetime.min.replace(tzinfo=UTC)
_LAST = datetime.max.replace(tzinfo=UTC, microsecond=999_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Bounds of one of the two times, either of them open."""

    start: datetime | None
    end: datetime | None

    def width(self, now: datetime) -> timedelta:
        """How much of time lies within, if nothing is known beyond ``now``."""
        return (_known(self.end, now) or now) - (self.start or _FIRST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The list's own time, from start to end, and what bounds the other.

    ``clamped``: what of the span was kept, in words, where it was longer than we serve.
    """

    start: datetime
    end: datetime
    by_updated: bool = False
    requested: Times = Times(start=None, end=None)
    updated: Times = Times(start=None, end=None)
    clamped: str | None = None


def span(reader: Reader, now: datetime) -> Span:
    """The span in the query. What is no use is kept by the reader."""
    now = second_of(now)
    requested = _times(reader, "start_date", "end_date")
    updated = _times(reader, "updated_after", "updated_before")
    if updated == Times(start=None, end=None):
        return _by_requested(requested, now)
    if requested.start == updated.start:
        # Sent with one value for both by clients that mean the second.
        requested = Times(start=None, end=requested.end)
    if updated.width(now) <= requested.width(now):
        return _long(updated, now, by_updated=True, requested=requested)
    return _long(requested, now, by_updated=False, updated=updated)


def _times(reader: Reader, after: str, before: str) -> Times:
    start, end = reader.time(after), reader.time(before, last=True)
    if start and end and start > end:
        reader.wrong(after, f"Give a {after} that is not after {before}.")
    return Times(start=start, end=end)


def _by_requested(times: Times, now: datetime) -> Span:
    """90 days at most: the newest of them, or those that begin with the one bound there is."""
    start, end = times.start, _known(times.end, now)
    if start is None:
        last = end or now
        return Span(start=_earlier(last), end=last)
    if end is None:
        return Span(start=start, end=max(start, min(_later(start), now)))
    end = max(start, end)
    if end - start > _SPAN + timedelta(seconds=1):
        words = f"Only the last {DEFAULT_DAYS} days of the span are listed"
        return Span(start=_earlier(end), end=end, clamped=words)
    return Span(start=start, end=end)


def _long(own: Times, now: datetime, *, by_updated: bool, **other: Times) -> Span:
    end = _known(own.end, now) or now
    end = max(own.start or end, end)
    earliest = datetime(max(end.year - MOST_YEARS + 1, 1), 1, 1, tzinfo=UTC)
    start = own.start or earliest
    clamped = start < earliest
    return Span(
        start=max(start, earliest),
        end=end,
        by_updated=by_updated,
        clamped=f"Only the last {MOST_YEARS} calendar years of the span are listed"
        if clamped
        else None,
        **other,
    )


def _known(end: datetime | None, now: datetime) -> datetime | None:
    """A span ends now at the latest: else its last 90 days could all be days to come."""
    return min(end, now) if end else None


def _earlier(at: datetime) -> datetime:
    return at - min(_SPAN, at - _FIRST)


def _later(at: datetime) -> datetime:
    return second_of(at + min(_SPAN, _LAST - at))
