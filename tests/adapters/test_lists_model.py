"""Any list of any requests is what a plain model makes of them, page by page."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain, count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto import mock_aws

from city311.adapters.dynamodb import streams, walks
from city311.domain.lifecycle import Status
from city311.ports import ListQuery
from tests.adapters.building import an_id
from tests.adapters.conftest import Cabinet, _shared, dynamo_cabinet, memory_cabinet
from tests.adapters.plan import make_table
from tests.adapters.quick import Quick, quick_cabinet
from tests.adapters.shelf import (
    CODES,
    QUERIES,
    SHELVES,
    Kept,
    expected,
    moment,
    shelve,
)

MOST_PAGES = 200
NUMBERS = {an_id(number): number for number in range(100)}
FEW = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))

MANY = settings(FEW, max_examples=100)


@contextmanager
def a_table() -> Iterator[Cabinet]:
    """The cabinet in moto, empty."""
    with mock_aws():
        make_table(_shared("dynamodb"))
        yield dynamo_cabinet(_shared("dynamodb"))


def pages(cabinet: Cabinet, query: ListQuery) -> Iterator[list[int]]:
    """The numbers on each page, until there is no cursor."""
    for _ in range(MOST_PAGES):
        page = cabinet.requests.listed(query)
        yield [NUMBERS[row.service_request_id] for row in page.rows]
        if page.cursor is None:
            return
        query = replace(query, after=page.cursor, skip=0)
    raise AssertionError("a list without an end")


def agree(cabinet: Cabinet, kept: list[Kept], queries: list[ListQuery]) -> None:
    """The cabinet lists what the model lists."""
    shelve(cabinet, kept)
    for query in queries:
        found = list(pages(cabinet, query))
        assert list(chain(*found)) == expected(kept, query)[query.skip :]
        assert all(len(page) == query.limit for page in found[:-1])


@MANY
@given(SHELVES, st.lists(QUERIES, min_size=1, max_size=6))
def test_both_cabinets_list_what_the_model_lists(
    kept: list[Kept], queries: list[ListQuery]
) -> None:
    for cabinet in (memory_cabinet(), quick_cabinet()[0]):
        agree(cabinet, kept, queries)


@FEW
@given(SHELVES, st.lists(QUERIES, min_size=1, max_size=6))
def test_so_does_a_table_that_is_not_ours(kept: list[Kept], queries: list[ListQuery]) -> None:
    with a_table() as cabinet:
        agree(cabinet, kept, queries)


@MANY
@given(SHELVES, QUERIES)
def test_a_page_cut_short_loses_nothing(kept: list[Kept], query: ListQuery) -> None:
    cabinet, _ = quick_cabinet()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(walks, "READS", 13)
        patch.setattr(streams, "FIRST_READ", 1)
        patch.setattr(streams, "_LARGEST_READ", 2)
        shelve(cabinet, kept)

        found = list(pages(cabinet, query))

    assert list(chain(*found)) == expected(kept, query)[query.skip :]


NEWS = st.lists(
    st.tuples(
        st.integers(0, 29),
        st.sampled_from([Status.RECEIVED, Status.ON_HOLD, Status.CLOSED]),
        st.integers(0, 60 * 24 * 30),
    ),
    max_size=6,
)
"""Which request changes, to what, and how many minutes after all that was there."""
AFTER_ALL = 60 * 24 * 420
WIDE = ListQuery(start=moment(-60 * 24 * 400), end=moment(60 * 24 * 800), limit=3)


def tell(cabinet: Cabinet, kept: list[Kept], news: Any) -> list[Kept]:
    """The shelf after one request changed, or a new one came."""
    number, status, minute = news
    if number < len(kept):
        changed = kept[number].later(AFTER_ALL + minute, status=status)
        after = [*kept[:number], changed, *kept[number + 1 :]]
    else:
        changed = replace(kept[0], number=len(kept), at=AFTER_ALL + minute, changed=0)
        after = [*kept, changed]
    shelve(cabinet, [changed])
    return after


@MANY
@given(SHELVES, st.lists(NEWS, max_size=8), st.booleans(), st.frozensets(st.sampled_from(CODES)))
def test_pages_join_while_requests_come_and_change(
    before: list[Kept], news: list[Any], by_updated: bool, codes: frozenset[str]
) -> None:
    query = replace(WIDE, by_updated=by_updated, service_codes=codes)
    for cabinet in (memory_cabinet(), quick_cabinet()[0]):
        shelve(cabinet, before)
        kept, coming, found = before, iter(news), []
        for page in pages(cabinet, query):
            found += page
            for each in next(coming, []):
                kept = tell(cabinet, kept, each)

        assert len(found) == len(set(found))
        # Listed by its last change, a request that changes goes where the walk has been.
        stays = [each for each in before if not by_updated or each in kept]
        assert set(found) >= set(expected(stays, query))
        assert [n for n in found if n in set(expected(stays, query))] == expected(stays, query)


def closing(client: Quick, cabinet: Cabinet, kept: list[Kept], after: dict[int, int]) -> None:
    """Close requests between the reads of ``client``: which one, by the number of the read."""
    reads = count(1)

    def between() -> None:
        number = after.get(next(reads))
        if number is not None:
            shelve(cabinet, [kept[number % len(kept)].later(AFTER_ALL, status=Status.CLOSED)])

    client.after = between


@MANY
@given(
    SHELVES,
    st.dictionaries(st.integers(1, 12), st.integers(0, 29), max_size=8),
    st.frozensets(st.sampled_from(CODES)),
)
def test_a_request_that_is_closed_between_two_reads_is_on_the_page_once(
    kept: list[Kept], after: dict[int, int], codes: frozenset[str]
) -> None:
    query = replace(WIDE, service_codes=codes, limit=30)
    cabinet, client = quick_cabinet()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(walks, "_share", lambda need, shares, rare: 1)
        shelve(cabinet, kept)
        closing(client, cabinet, kept, after)

        found = list(chain(*pages(cabinet, query)))

    assert found == expected(kept, query)


@pytest.mark.parametrize("read", [1, 2, 3, 4])
@pytest.mark.parametrize("number", [0, 1, 2])
def test_an_open_request_cannot_slip_past_the_closed_ones(read: int, number: int) -> None:
    plain = Kept(0, 0, 1, Status.RECEIVED, "tree", None, None, private=False)
    kept = [replace(plain, number=each, at=10 - 2 * each) for each in range(3)]
    kept.append(replace(plain, number=3, at=1, status=Status.CLOSED))
    cabinet, client = quick_cabinet()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(walks, "_share", lambda need, shares, rare: 1)
        shelve(cabinet, kept)
        closing(client, cabinet, kept, {read: number})

        found = list(chain(*pages(cabinet, replace(WIDE, limit=30))))

    assert found == [0, 1, 2, 3]
