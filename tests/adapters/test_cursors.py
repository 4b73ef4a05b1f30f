"""Cursors are ours or refused; nothing that a caller sends can break them."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city311.adapters import cursors
from city311.domain.errors import InvalidInput
from city311.ports import ListQuery
from tests.adapters.building import an_id

kinds = st.sampled_from(["requested", "updated", "work streets"])


@given(kinds, st.datetimes(timezones=st.just(UTC)), st.integers(0, 10**9))
def test_a_cursor_leads_back_to_its_key(kind: str, at: datetime, number: int) -> None:
    key = cursors.sort_key(at, an_id(number))

    assert cursors.decoded(kind, cursors.encoded(kind, key)) == key


@given(kinds, st.text(max_size=80))
def test_any_other_text_is_refused_in_plain_words(kind: str, text: str) -> None:
    with pytest.raises(InvalidInput):
        cursors.decoded(kind, text)


@given(st.text(alphabet="ABCDabcd0123_-", min_size=1, max_size=60))
def test_any_other_base64_is_refused_in_plain_words(text: str) -> None:
    with pytest.raises(InvalidInput):
        cursors.decoded("requested", text)


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_cursor_of_our_making_with_another_key_is_refused(kind: str, key: str) -> None:
    with pytest.raises(InvalidInput):
        cursors.decoded("requested", cursors.encoded(kind, key))


@given(st.datetimes(timezones=st.just(UTC)), st.integers(0, 10_000), st.booleans())
def test_a_cursor_of_a_list_says_what_is_left_out_behind_it(
    at: datetime, skip: int, by_updated: bool
) -> None:
    at = at.replace(microsecond=at.microsecond // 1000 * 1000)
    query = ListQuery(start=at, end=at, by_updated=by_updated)
    key = cursors.sort_key(at, an_id(1))

    within = cursors.span(replace(query, after=cursors.list_cursor(query, key, skip)))

    assert (within.after, within.skip) == (key, skip)


@pytest.mark.parametrize("year", [1, 2026, 9999])
def test_a_year_begins_before_its_first_key(year: int) -> None:
    first = cursors.sort_key(datetime(year, 1, 1, tzinfo=UTC), an_id(0))
    begin = f"{year:04}{cursors.FIRST_OF_YEAR}"

    assert begin < first
    assert f"{year - 1:04}-12-31T23:59:59.999Z#~" < begin
    assert cursors.decoded("requested", cursors.encoded("requested", begin)) == begin
