"""Promises on the city's calendar: nights, weekends, holidays and both changes of the clock."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city311.domain.catalogue import Calendar, Clock
from city311.domain.deadline import after, due, elapsed
from tests.towns import CALENDAR

BUSINESS, ALWAYS = Clock.BUSINESS, Clock.ALWAYS
NEVER_CLOSED = Calendar(
    time_zone="America/New_York", hours=dict.fromkeys(range(7), (0, 1440)), holidays={}
)
SMALL_HOURS = dict.fromkeys(range(7), (60, 240))
"""One to four at night, when clocks are changed."""


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def promise(start: str, hours: int, calendar: Calendar = CALENDAR) -> datetime:
    return due(at(start), hours=hours, clock=BUSINESS, calendar=calendar)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        # Winter: nine to five is 14:00 to 22:00 UTC.
        ("2026-11-03T15:00", 2, "2026-11-03T17:00"),
        ("2026-11-03T21:00", 2, "2026-11-04T15:00"),
        ("2026-11-03T03:00", 1, "2026-11-03T15:00"),
        ("2026-11-03T14:00", 8, "2026-11-03T22:00"),
        ("2026-11-03T22:00", 1, "2026-11-04T15:00"),
        # Friday afternoon goes on on Monday; Saturday and Sunday begin on Monday.
        ("2026-11-06T21:00", 2, "2026-11-09T15:00"),
        ("2026-11-07T17:00", 1, "2026-11-09T15:00"),
        ("2026-11-08T17:00", 1, "2026-11-09T15:00"),
        # Thanksgiving is a Thursday: Wednesday evening goes on on Friday.
        ("2026-11-25T21:00", 2, "2026-11-27T15:00"),
        ("2026-11-26T17:00", 8, "2026-11-27T22:00"),
    ],
)
def test_only_open_hours_count(start: str, hours: int, end: str) -> None:
    assert promise(start, hours) == at(end)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-11-03T15:30", "2026-11-03T15:30"),
        ("2026-11-03T22:00", "2026-11-03T22:00"),
        ("2026-11-03T23:00", "2026-11-04T14:00"),
        ("2026-11-07T15:00", "2026-11-09T14:00"),
    ],
)
def test_nothing_to_wait_for_is_over_at_once_or_when_the_city_opens(start: str, end: str) -> None:
    assert promise(start, 0) == at(end)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/New_York", "2026-03-08", 2),
        ("America/New_York", "2026-11-01", 4),
        ("Australia/Sydney", "2026-10-04", 2),
        ("Australia/Sydney", "2026-04-05", 4),
        ("Australia/Sydney", "2026-04-12", 3),
    ],
)
def test_a_night_on_which_the_clock_changes_has_the_hours_it_has(
    zone: str, day: str, hours: int
) -> None:
    night = Calendar(time_zone=zone, hours=SMALL_HOURS, holidays={})
    noon_before = at(f"{day}T12:00") - timedelta(days=1, hours=10 if "Sydney" in zone else -5)
    noon = noon_before + timedelta(days=1)

    ran = elapsed(noon_before, noon, clock=BUSINESS, calendar=night)

    assert ran == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        # Friday at four, two hours: Monday at ten, before and after the change alike.
        ("2026-03-06T21:00", "2026-03-09T14:00"),
        ("2026-10-30T20:00", "2026-11-02T15:00"),
    ],
)
def test_opening_time_stays_on_the_wall_when_the_clock_changes(start: str, end: str) -> None:
    assert promise(start, 2) == at(end)


def test_the_city_opens_by_its_own_zone() -> None:
    sydney = replace(CALENDAR, time_zone="Australia/Sydney")

    assert promise("2026-11-03T15:00", 1, sydney) == at("2026-11-03T23:00")


@pytest.mark.parametrize("start", ["2026-11-07T03:00", "2026-03-08T06:30", "2026-11-26T12:00"])
def test_a_clock_that_never_rests_knows_no_calendar(start: str) -> None:
    ends = due(at(start), hours=30, clock=ALWAYS, calendar=CALENDAR)

    assert ends == at(start) + timedelta(hours=30)
    assert elapsed(at(start), ends, clock=ALWAYS, calendar=CALENDAR) == timedelta(hours=30)


def test_a_calendar_without_an_open_hour_is_an_error_and_not_a_promise() -> None:
    closed = replace(CALENDAR, hours={})

    with pytest.raises(ValueError, match="no open hours"):
        promise("2026-11-03T15:00", 1, closed)
    assert elapsed(
        at("2026-11-03T15:00"), at("2026-11-09T15:00"), clock=BUSINESS, calendar=closed
    ) == timedelta(0)


@pytest.mark.parametrize("clock", Clock)
@pytest.mark.parametrize("end", ["2026-11-03T15:00", "2026-11-03T14:59"])
def test_no_time_runs_backwards(clock: Clock, end: str) -> None:
    start = at("2026-11-03T15:00")

    assert elapsed(start, at(end), clock=clock, calendar=CALENDAR) == timedelta(0)


YEAR_START = datetime(2026, 1, 1, tzinfo=UTC)
moments = st.integers(0, 2 * 365 * 86_400).map(lambda s: YEAR_START + timedelta(seconds=s))
calendars = st.builds(
    lambda zone, opening, length: replace(
        CALENDAR,
        time_zone=zone,
        hours=dict.fromkeys((0, 1, 2, 4, 6), (opening, opening + length)),
    ),
    st.sampled_from(["America/New_York", "Australia/Sydney", "Asia/Kathmandu"]),
    st.integers(0, 700),
    st.integers(241, 740),
)
lengths = st.integers(0, 200 * 60).map(lambda minutes: timedelta(minutes=minutes))


@given(start=moments, length=lengths, calendar=calendars, clock=st.sampled_from(Clock))
def test_as_much_runs_as_was_promised(
    start: datetime, length: timedelta, calendar: Calendar, clock: Clock
) -> None:
    end = after(start, length=length, clock=clock, calendar=calendar)

    assert end >= start
    assert elapsed(start, end, clock=clock, calendar=calendar) == length


@given(start=moments, length=lengths)
def test_a_city_that_never_closes_needs_no_calendar(start: datetime, length: timedelta) -> None:
    by_calendar = after(start, length=length, clock=BUSINESS, calendar=NEVER_CLOSED)

    assert by_calendar == start + length


@given(start=moments, first=lengths, second=lengths, calendar=calendars)
def test_a_longer_promise_is_never_due_earlier(
    start: datetime, first: timedelta, second: timedelta, calendar: Calendar
) -> None:
    short, long = sorted((first, second))

    assert after(start, length=short, clock=BUSINESS, calendar=calendar) <= after(
        start, length=long, clock=BUSINESS, calendar=calendar
    )
