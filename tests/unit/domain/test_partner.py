"""Api keys: their text, what they may do, and how their uses are counted."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city311.domain.audit import Actor
from city311.domain.errors import TooMany
from city311.domain.ids import ALPHABET
from city311.domain.lifecycle import Role
from city311.domain.partner import (
    Issued,
    Partner,
    Scope,
    is_key_id,
    key_id_of,
    new_key,
    used_once_more,
)
from tests.builders import NOON, SeededDice

NEW_YORK = ZoneInfo("America/New_York")


def a_partner(**changes: Any) -> Partner:
    values: dict[str, Any] = {
        "key_id": "0A1B2C3D",
        "owner": "Ward watch",
        "scopes": frozenset({Scope.REQUESTS}),
        "daily_quota": 5,
        "per_minute": 2,
        "created_at": NOON,
        "created_by": "admin-1",
    }
    return Partner(**{**values, **changes})


def used(partner: Partner, *times: datetime) -> Partner:
    for at in times:
        partner = used_once_more(partner, at)
    return partner


@given(st.binary(min_size=5, max_size=5), st.binary(min_size=14, max_size=14))
def test_the_text_of_a_key_says_its_id(first: bytes, second: bytes) -> None:
    throws = iter([first, second])
    key = new_key(lambda _: next(throws))
    key_id, _, secret = key.partition(".")

    assert (len(key_id), len(secret)) == (8, 26)
    assert set(key_id + secret) <= set(ALPHABET)
    assert key_id_of(key) == key_id
    assert is_key_id(key_id)


def test_keys_differ_in_every_random_bit() -> None:
    low, high = (new_key(lambda count, byte=byte: byte * count) for byte in (b"\0", b"\xff"))

    assert low[:8] == "0" * 8
    assert low[9:31] == "0" * 22
    assert high[:8] == "Z" * 8
    assert high[9:31] == "Z" * 22
    assert new_key(SeededDice("a")) != new_key(SeededDice("b"))


@given(st.integers(0, 34), st.sampled_from(ALPHABET))
def test_one_wrong_symbol_is_seen_but_in_one_of_a_million(place: int, symbol: str) -> None:
    key = new_key(SeededDice("key"))
    wrong = key[:place] + symbol + key[place + 1 :]

    assert key_id_of(wrong) == (key[:8] if wrong == key else None)


KEY = new_key(SeededDice("key"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "wrong",
        KEY.lower(),
        KEY[:-1],
        KEY + "0",
        KEY + "\n",
        " " + KEY,
        KEY.replace(".", ""),
        KEY.replace(".", ":"),
        KEY[:8],
        KEY[9:],
        KEY[:-4] + "0000",
        "00000000." + KEY[9:],
        "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
        KEY.replace(KEY[0], "\u0661", 1),
        "I" * 8 + KEY[8:],
    ],
)
def test_what_is_no_key_of_ours_is_known_without_asking(text: str) -> None:
    assert key_id_of(text) is None


@pytest.mark.parametrize("text", ["", "0A1B2C3", "0A1B2C3DE", "0a1b2c3d", "0A1B2C3I", "PAR#keys"])
def test_what_cannot_be_the_id_of_a_key(text: str) -> None:
    assert not is_key_id(text)


def test_a_partner_acts_under_the_public_half_of_the_key() -> None:
    assert a_partner().actor == Actor(role=Role.PARTNER, subject="partner:0A1B2C3D")


def test_a_key_does_what_it_was_given_out_for_until_it_is_revoked() -> None:
    assert a_partner().may(Scope.REQUESTS)
    assert not a_partner().may(Scope.UPDATES)
    assert not a_partner(revoked_at=NOON).may(Scope.REQUESTS)


def test_a_new_key_is_shown_to_nobody_who_only_looks_at_it() -> None:
    assert KEY not in repr(Issued(partner=a_partner(), api_key=KEY))


def test_uses_of_a_minute_and_of_a_day_are_counted() -> None:
    later = NOON + timedelta(minutes=1)
    after = used(a_partner(), NOON, NOON + timedelta(seconds=59), later)

    assert (after.used_today, after.used_this_minute, after.last_used_at) == (3, 1, later)
    assert after.left_today() == 2


def test_a_full_minute_opens_with_the_next_one() -> None:
    full = used(a_partner(), NOON, NOON)

    with pytest.raises(TooMany) as refused:
        used(full, NOON + timedelta(seconds=20, milliseconds=1))

    assert refused.value.retry_after == 40
    assert "2 times in this minute" in refused.value.message
    assert used(full, NOON + timedelta(seconds=60)).used_this_minute == 1


def test_a_full_day_opens_at_midnight_utc_whatever_the_minute_says() -> None:
    full = used(a_partner(daily_quota=2), NOON, NOON)

    with pytest.raises(TooMany) as refused:
        used(full, NOON)

    assert refused.value.retry_after == 7 * 3600
    assert "2 times on this day (UTC)" in refused.value.message
    midnight = datetime(2026, 11, 4, tzinfo=UTC)
    with pytest.raises(TooMany) as last:
        used(full, midnight - timedelta(milliseconds=1))
    assert last.value.retry_after == 1
    assert used(full, midnight).used_today == 1


@pytest.mark.parametrize(
    ("before", "after", "new_day"),
    [
        # The clocks go back in New York: the second half past one is an hour after the first.
        ((2026, 11, 1, 1, 30, 0), (2026, 11, 1, 1, 30, 1), False),
        ((2026, 10, 31, 19, 59, 0), (2026, 10, 31, 20, 0, 0), True),
        ((2026, 11, 1, 18, 59, 0), (2026, 11, 1, 19, 0, 0), True),
        # They go forward: the day there has 23 hours, here 24.
        ((2026, 3, 8, 1, 59, 0), (2026, 3, 8, 3, 0, 0), False),
        ((2026, 3, 8, 19, 59, 0), (2026, 3, 8, 20, 0, 0), True),
        ((2026, 7, 1, 23, 59, 0), (2026, 7, 2, 0, 1, 0), False),
    ],
)
def test_a_day_is_a_day_of_utc_when_the_clocks_change(
    before: tuple[int, ...], after: tuple[int, ...], *, new_day: bool
) -> None:
    def at(parts: tuple[int, ...]) -> datetime:
        *when, fold = parts
        return datetime(*when, tzinfo=NEW_YORK, fold=fold)  # type: ignore[arg-type, misc]

    second = used(a_partner(), at(before), at(after))

    assert second.used_today == (1 if new_day else 2)
    assert second.used_this_minute == 1


def test_a_clock_that_is_behind_opens_nothing_again() -> None:
    midnight = datetime(2026, 11, 4, tzinfo=UTC)
    late = midnight - timedelta(seconds=30)
    one = used(a_partner(), midnight)

    two = used(one, late)

    assert (two.used_today, two.used_this_minute, two.last_used_at) == (2, 2, midnight)
    with pytest.raises(TooMany) as refused:
        used(two, late)
    assert refused.value.retry_after == 90


def test_counts_as_of_now_forget_what_is_over() -> None:
    partner = used(a_partner(), NOON, NOON)

    assert partner.as_of(NOON) == partner
    assert partner.as_of(NOON - timedelta(days=1)) == partner
    minute, day = (
        partner.as_of(NOON + time) for time in (timedelta(minutes=1), timedelta(hours=7))
    )
    assert (minute.used_today, minute.used_this_minute) == (2, 0)
    assert (day.used_today, day.used_this_minute) == (0, 0)
    assert a_partner().as_of(NOON) == a_partner()


@given(
    st.lists(st.integers(0, 3 * 86_400), max_size=60).map(sorted),
    st.integers(1, 9),
    st.integers(1, 3),
)
def test_no_day_and_no_minute_sees_more_than_its_limit(
    seconds: list[int], quota: int, per_minute: int
) -> None:
    start = datetime(2026, 11, 3, tzinfo=UTC)
    partner = a_partner(daily_quota=quota, per_minute=per_minute)
    days: dict[Any, int] = {}
    minutes: dict[Any, int] = {}
    for at in (start + timedelta(seconds=each) for each in seconds):
        day, minute = at.date(), at.replace(second=0)
        open_still = days.get(day, 0) < quota and minutes.get(minute, 0) < per_minute
        try:
            partner = used_once_more(partner, at)
        except TooMany:
            assert not open_still
        else:
            assert open_still
            days[day] = days.get(day, 0) + 1
            minutes[minute] = minutes.get(minute, 0) + 1
