"""A list costs what it returns: counted in a town, and again when the town has grown old."""

from dataclasses import replace
from pathlib import Path

import pytest

from city311.adapters.dynamodb import streams, walks
from city311.domain.request import PublicRequest
from city311.ports import ListQuery, Page
from tests.adapters.building import a_query
from tests.adapters.conftest import Cabinet
from tests.adapters.listcosts import CODES, LISTS, a_town, row, settle
from tests.adapters.quick import Quick, quick_cabinet

PAGE = Path(__file__).parents[2] / "docs" / "data.md"
Town = tuple[Cabinet, Quick]


@pytest.fixture(scope="module", params=[(), range(601, 901)], ids=["small", "grown"])
def town(request: pytest.FixtureRequest) -> Town:
    """The town, alone or before a long history."""
    cabinet, client = quick_cabinet()
    a_town(cabinet)
    settle(cabinet, request.param)
    return cabinet, client


def billed(town: Town, query: ListQuery) -> tuple[Page[PublicRequest], int, float]:
    """The page, its calls and its read units."""
    cabinet, client = town
    pages: list[Page[PublicRequest]] = []
    calls, reads = client.bill(lambda: pages.append(cabinet.requests.listed(query)))
    return pages[0], calls, reads


@pytest.mark.parametrize("name", LISTS)
def test_a_list_costs_what_the_plan_says_whatever_else_there_is(name: str, town: Town) -> None:
    query, *plan = LISTS[name]

    page, calls, reads = billed(town, query)

    assert [calls, reads] == plan
    assert len(page.rows) == query.limit
    assert row(name, calls, reads) in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "query",
    [
        a_query(agency="Nobody"),
        a_query(agency="Nobody", by_updated=True),
        a_query(agency="Nobody", service_codes=frozenset(CODES)),
    ],
)
def test_a_page_stops_when_its_budget_is_spent(
    town: Town, query: ListQuery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "FIRST_READ", 2)
    monkeypatch.setattr(streams, "_LARGEST_READ", 4)

    page, calls, _ = billed(town, replace(query, limit=1))

    assert calls == walks.READS == 20
    assert page.rows == ()
    assert page.cursor is not None


@pytest.mark.parametrize("by_updated", [False, True])
@pytest.mark.parametrize("codes", [CODES[:1], CODES[:3], CODES])
def test_no_page_takes_more_reads_than_its_budget(
    town: Town, by_updated: bool, codes: tuple[str, ...]
) -> None:
    for limit in (1, 150):
        query = a_query(limit=limit, by_updated=by_updated, service_codes=frozenset(codes))

        page, calls, _ = billed(town, query)

        assert len(page.rows) == limit
        assert calls <= walks.READS
