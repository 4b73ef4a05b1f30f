"""Promises on the city's own calendar: business hours, holidays, its time zone and both changes."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from city311.domain.catalogue import Calendar, Clock

_LOOK_AHEAD_DAYS = 3660
"""A calendar without a single open hour in ten years is an error of the city's files."""


def due(start: datetime, *, hours: int, clock: Clock, calendar: Calendar) -> datetime:
    """The moment when ``hours`` hours of the clock have run since ``start`` (both aware, UTC)."""
    return after(start, length=timedelta(hours=hours), clock=clock, calendar=calendar)


def after(start: datetime, *, length: timedelta, clock: Clock, calendar: Calendar) -> datetime:
    """The moment when ``length`` of the clock has run since ``start``."""
    if clock is Clock.ALWAYS:
        return start + length
    left = length
    for opening, closing in _open_spans(start, calendar):
        if closing - opening >= left:
            return opening + left
        left -= closing - opening
    raise ValueError("the calendar has no open hours")


def elapsed(start: datetime, end: datetime, *, clock: Clock, calendar: Calendar) -> timedelta:
    """How much of the clock runs from ``start`` to ``end``; zero if ``end`` is not later."""
    if end <= start:
        return timedelta()
    if clock is Clock.ALWAYS:
        return end - start
    total = timedelta()
    for opening, closing in _open_spans(start, calendar):
        if opening >= end:
            break
        total += min(closing, end) - opening
    return total


def _open_spans(start: datetime, calendar: Calendar) -> Iterator[tuple[datetime, datetime]]:
    """Open hours from ``start`` on, as UTC moments: a day of 23 or 25 hours counts right."""
    zone, hours, holidays = calendar.time_zone, calendar.hours, calendar.holidays
    first = start.astimezone(ZoneInfo(zone)).toordinal()
    for day in range(first, first + _LOOK_AHEAD_DAYS):
        span = hours.get((day - 1) % 7)  # The first day of all was a Monday.
        if span is None:
            continue
        name, opening, closing = _open(zone, day, span)
        if closing >= start and name not in holidays:
            yield max(opening, start), closing


@lru_cache(maxsize=4096)
def _open(time_zone: str, day: int, span: tuple[int, int]) -> tuple[str, datetime, datetime]:
    """A day, its opening and closing: a promise of months asks for the same days each time."""
    found = date.fromordinal(day)
    midnight = datetime.combine(found, time(), tzinfo=ZoneInfo(time_zone))
    opening, closing = (_wall(midnight, minute) for minute in span)
    return found.isoformat(), opening, closing


def _wall(midnight: datetime, minute: int) -> datetime:
    """A wall-clock minute of that day as a UTC moment (aware arithmetic stays on the wall)."""
    return (midnight + timedelta(minutes=minute)).astimezone(UTC)
