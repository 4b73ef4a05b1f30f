"""Which days a list covers: one date, two, the other two, or all four."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from city311.domain.errors import InvalidInput
from city311.open311.asking import Reader
from city311.open311.spans import DEFAULT_DAYS, MOST_YEARS, Span, Times, span
from tests.open311.listing import LAST, NOW, query

DAYS = timedelta(days=DEFAULT_DAYS)
OPEN = Times(start=None, end=None)


def found(**parameters: str) -> Span:
    reader = Reader(query(**parameters))
    spanned = span(reader, NOW)
    reader.refuse()
    return spanned


def at(text: str) -> datetime:
    return datetime.fromisoformat(text + "+00:00")


def test_nothing_asked_is_the_last_90_days() -> None:
    assert found() == Span(start=LAST - DAYS, end=LAST)


@pytest.mark.parametrize(
    ("start", "end", "first", "last", "clamped"),
    [
        ("2026-11-01T00:00:00Z", "", "2026-11-01T00:00:00", "2026-11-25T12:00:00.999", False),
        ("2026-01-01T00:00:00Z", "", "2026-01-01T00:00:00", "2026-04-01T00:00:00.999", False),
        ("2027-01-01T00:00:00Z", "", "2027-01-01T00:00:00", "2027-01-01T00:00:00", False),
        ("", "2026-06-30T00:00:00Z", "2026-04-01T00:00:00.999", "2026-06-30T00:00:00.999", False),
        (
            "2026-01-01T00:00:00Z",
            "2026-11-01T00:00:00Z",
            "2026-08-03T00:00:00.999",
            "2026-11-01T00:00:00.999",
            True,
        ),
        # Beyond now there is nothing, and the last 90 days are those that have been.
        (
            "2026-01-01T00:00:00Z",
            "2099-12-31T00:00:00Z",
            "2026-08-27T12:00:00.999",
            "2026-11-25T12:00:00.999",
            True,
        ),
        (
            "2026-09-02T00:00:00Z",
            "2026-12-01T00:00:00Z",
            "2026-09-02T00:00:00",
            "2026-11-25T12:00:00.999",
            False,
        ),
    ],
)
def test_by_when_it_was_requested(
    start: str, end: str, first: str, last: str, clamped: bool
) -> None:
    spanned = found(start_date=start, end_date=end)

    assert (spanned.start, spanned.end) == (at(first), at(last))
    assert (spanned.by_updated, spanned.updated) == (False, OPEN)
    assert (spanned.clamped is not None) is clamped


@pytest.mark.parametrize(
    ("after", "before", "first", "last", "clamped"),
    [
        ("2026-11-01T00:00:00Z", "", "2026-11-01T00:00:00", "2026-11-25T12:00:00.999", False),
        # 90 days are the default for requested dates only: who asks what changed gets all of it.
        ("2023-01-01T00:00:00Z", "", "2023-01-01T00:00:00", "2026-11-25T12:00:00.999", False),
        ("", "2026-06-30T00:00:00Z", "2022-01-01T00:00:00", "2026-06-30T00:00:00.999", False),
        ("2020-05-01T00:00:00Z", "", "2022-01-01T00:00:00", "2026-11-25T12:00:00.999", True),
        ("2027-01-01T00:00:00Z", "", "2027-01-01T00:00:00", "2027-01-01T00:00:00", False),
    ],
)
def test_by_when_it_changed(after: str, before: str, first: str, last: str, clamped: bool) -> None:
    spanned = found(updated_after=after, updated_before=before)

    assert (spanned.start, spanned.end, spanned.by_updated) == (at(first), at(last), True)
    assert spanned.requested == OPEN
    assert (spanned.clamped is not None) is clamped


def test_one_value_for_both_means_what_changed() -> None:
    same = found(start_date="2026-11-01T00:00:00Z", updated_after="2026-11-01T02:00:00+02:00")
    bounded = found(
        start_date="2026-11-01", updated_after="2026-11-01", end_date="2026-11-05T00:00:00Z"
    )

    assert (same.start, same.by_updated, same.requested) == (at("2026-11-01T00:00:00"), True, OPEN)
    assert bounded.requested == Times(start=None, end=at("2026-11-05T00:00:00.999"))


def test_of_two_spans_the_narrower_is_walked_and_the_other_holds() -> None:
    day = {"start_date": "2026-11-10T00:00:00Z", "end_date": "2026-11-11T00:00:00Z"}
    weeks = {"updated_after": "2026-11-01T00:00:00Z", "updated_before": "2026-11-24T00:00:00Z"}
    year = {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-11-20T00:00:00Z"}

    one, other = found(**day, **weeks), found(**year, **weeks)

    assert (one.start, one.end) == (at("2026-11-10T00:00:00"), at("2026-11-11T00:00:00.999"))
    assert (one.by_updated, one.requested) == (False, OPEN)
    assert one.updated == Times(start=at("2026-11-01T00:00:00"), end=at("2026-11-24T00:00:00.999"))
    assert (other.start, other.end) == (at("2026-11-01T00:00:00"), at("2026-11-24T00:00:00.999"))
    assert (other.by_updated, other.updated) == (True, OPEN)
    assert other.requested == Times(
        start=at("2026-01-01T00:00:00"), end=at("2026-11-20T00:00:00.999")
    )
    assert one.clamped is other.clamped is None


def test_the_default_days_do_not_hold_beside_what_changed() -> None:
    old = found(start_date="2024-01-01", updated_after="2026-11-24")

    assert old.requested == Times(start=at("2024-01-01T00:00:00"), end=None)
    assert old.by_updated


TEXTS = st.none() | st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)).map(  # noqa: DTZ001
    lambda moment: moment.replace(microsecond=0).isoformat() + "Z"
)


@settings(deadline=None)
@given(start=TEXTS, end=TEXTS, after=TEXTS, before=TEXTS)
def test_any_dates_are_a_span_that_can_be_served_or_refused(
    start: str | None, end: str | None, after: str | None, before: str | None
) -> None:
    given_ = {
        "start_date": start,
        "end_date": end,
        "updated_after": after,
        "updated_before": before,
    }
    reader = Reader(query(**{name: text for name, text in given_.items() if text}))
    spanned = span(reader, NOW)
    if reader.problems:
        assert {each.field for each in reader.problems} <= {"start_date", "updated_after"}
        return
    assert spanned.start <= spanned.end
    if after or before:
        assert spanned.end.year - spanned.start.year < MOST_YEARS
    else:
        assert spanned.end - spanned.start <= DAYS + timedelta(seconds=1)


@settings(deadline=None)
@example(
    start="2027-01-01T00:00:00Z",
    end=None,
    after="2027-01-01T00:00:00Z",
    before="4053-01-01T00:00:00Z",
    later=0,
)
@given(start=TEXTS, end=TEXTS, after=TEXTS, before=TEXTS, later=st.integers(0, 10**6))
def test_the_address_of_the_next_page_names_the_same_list(
    start: str | None, end: str | None, after: str | None, before: str | None, later: int
) -> None:
    given_ = {
        name: text
        for name, text in (
            ("start_date", start),
            ("end_date", end),
            ("updated_after", after),
            ("updated_before", before),
        )
        if text
    }
    try:
        first = found(**given_)
    except InvalidInput:
        return
    if first.start > NOW:  # Nothing is to come of it, so it has no next page.
        return
    fixed = "updated_before" if first.by_updated else "end_date"
    moment = first.end.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    reader = Reader(query(**{**given_, fixed: moment}))

    again = span(reader, NOW + timedelta(seconds=later))

    assert not reader.problems
    assert (again.by_updated, again.clamped) == (first.by_updated, first.clamped)
    assert again.end == first.end.replace(microsecond=999_000)
    assert abs(again.start - first.start) < timedelta(seconds=1)
