"""Cursors are ours or refused; nothing that a caller sends can break them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city311.adapters import cursors
from city311.domain.errors import InvalidInput
from tests.adapters.building import NOON, an_id

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


def test_months_run_backwards_over_the_new_year() -> None:
    walk = cursors.Span(low="2025-11-30T", high=cursors.sort_key(NOON, "x"), after=None)

    assert list(walk.months())[:3] == ["2026-11", "2026-10", "2026-09"]
    assert list(walk.months())[-2:] == ["2025-12", "2025-11"]
    assert len(list(walk.months())) == 13
