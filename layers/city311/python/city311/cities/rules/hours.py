"""calendar.yaml: a zone that exists, hours that open before they close, days that exist."""

import re
from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from city311.cities.findings import Finding, Level
from city311.cities.sources import Sources

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CLOSED = "closed"
_HOURS = re.compile(r"([0-9]{2}):([0-9]{2})-([0-9]{2}):([0-9]{2})")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_END_OF_DAY = 24 * 60


class BadHours(ValueError):
    """The text is not a span of hours; says what is wrong."""


def opening_hours(text: str) -> tuple[int, int] | None:
    """Opening and closing minute of ``08:00-17:30``; None for ``closed``. Raises BadHours."""
    if text == CLOSED:
        return None
    match = _HOURS.fullmatch(text.replace(" ", ""))
    if not match:
        raise BadHours(f'"{text}" is not like 08:00-17:00, and not "{CLOSED}"')
    first_hour, first_minute, last_hour, last_minute = map(int, match.groups())
    opens, closes = first_hour * 60 + first_minute, last_hour * 60 + last_minute
    if first_minute > 59 or last_minute > 59 or closes > _END_OF_DAY:
        raise BadHours(f'"{text}" has a time that does not exist; 24:00 is the end of the day')
    if opens >= closes:
        raise BadHours(f'"{text}" closes before it opens')
    return opens, closes


def check(sources: Sources) -> Iterator[Finding]:
    """Everything about the calendar."""
    if not sources.calendar:
        return
    document, calendar = sources.calendar.document, sources.calendar.model
    if not _is_zone(calendar.time_zone):
        words = f'there is no time zone "{calendar.time_zone}"; write one like America/New_York'
        yield document.finding(words, "time_zone")
    open_days = 0
    for day, text in calendar.hours.items():
        if day not in WEEKDAYS:
            words = f'"{day}" is no weekday; write monday to sunday'
            yield document.finding(words, "hours", day)
        try:
            open_days += opening_hours(text) is not None
        except BadHours as problem:
            yield document.finding(str(problem), "hours", day)
            open_days += 1
    if not open_days:
        words = "the city is never open, so no promise in business hours would ever end"
        yield document.finding(words, "hours")
    yield from _holidays(sources)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _holidays(sources: Sources) -> Iterator[Finding]:
    assert sources.calendar  # noqa: S101
    document, holidays = sources.calendar.document, sources.calendar.model.holidays
    for day in holidays:
        if not _is_day(day):
            words = f'"{day}" is no date; write year-month-day, like 2027-01-01'
            yield document.finding(words, "holidays", day)
    published = sources.published.model.published_at[:4] if sources.published else ""
    if not published.isdigit():
        return
    for year in (int(published), int(published) + 1):
        if not any(day.startswith(f"{year}-") for day in holidays):
            words = f"no holiday is given for {year}; promises count every weekday as open"
            yield document.finding(words, "holidays", level=Level.WARNING)


def _is_day(text: str) -> bool:
    if not _DAY.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
