"""Which way a list is read, how much a read looks at, and that no page depends on either."""

from dataclasses import replace

import pytest

from city311.domain.area import Circle
from city311.domain.lifecycle import Status
from city311.ports import ListQuery
from tests.adapters.building import an_id
from tests.adapters.quick import Quick, quick_cabinet
from tests.adapters.shelf import Kept, expected, moment, shelve

HERE, ELSEWHERE = (41.12, -93.65), (41.5, -93.1)
CORNER = Circle(lat=41.12, long=-93.65, radius_m=60)
ALL = ListQuery(start=moment(-60), end=moment(60 * 400), limit=10)
NUMBERS = {an_id(number): number for number in range(1_000)}
PLAIN = Kept(0, 0, 0, Status.RECEIVED, "pothole", "Streets", HERE, private=False)


def hourly(count: int, *, rare: str = "pothole") -> list[Kept]:
    """So many requests an hour apart; one of 40 is of the rare service."""
    rows = [replace(PLAIN, number=number, at=60 * number) for number in range(count)]
    return [replace(row, code=rare if row.number % 40 == 0 else row.code) for row in rows]


def read(kept: list[Kept], *queries: ListQuery) -> tuple[Quick, list[int]]:
    """The client with its bill, and the rows of these pages."""
    cabinet, client = quick_cabinet()
    shelve(cabinet, kept)
    found, after = [], None
    for number, query in enumerate(queries):
        if number and after is None:
            break
        page = cabinet.requests.listed(replace(query, after=after))
        found += [NUMBERS[row.service_request_id] for row in page.rows]
        after = page.cursor
    return client, found


def indexes(client: Quick) -> list[str | None]:
    return [each.index for each in client.asked]


def test_a_rare_service_at_a_corner_is_read_from_the_service_alone() -> None:
    kept = hourly(400, rare="tree")
    query = replace(ALL, area=CORNER, service_codes=frozenset({"tree"}))

    client, found = read(kept, query)

    assert found == expected(kept, query)
    assert set(indexes(client)) == {"service"}
    assert sum(each.looked_at for each in client.asked) <= len(found) + 2 == 12


def test_a_frequent_service_at_a_quiet_corner_is_read_from_the_map() -> None:
    kept = [replace(row, point=HERE if row.number % 40 == 0 else ELSEWHERE) for row in hourly(400)]
    query = replace(ALL, area=CORNER, service_codes=frozenset({"pothole"}))

    client, found = read(kept, query)

    assert found == expected(kept, query)
    assert indexes(client) == ["service", "service", "nearby"]
    assert client.asked[-1].looked_at == len(found) == 10


@pytest.mark.parametrize("limit", [30, 50, 70])
def test_pages_join_whichever_way_each_of_them_was_read(limit: int) -> None:
    kept = [
        replace(row, point=ELSEWHERE if row.number >= 200 and row.number % 20 else HERE)
        for row in hourly(400)
    ]
    query = replace(ALL, area=CORNER, service_codes=frozenset({"pothole"}), limit=limit)

    client, found = read(kept, *[query] * 8)

    assert found == expected(kept, query)
    assert {"service", "nearby"} == set(indexes(client))


def test_a_read_looks_at_as_much_as_the_one_before_let_through() -> None:
    kept = [replace(row, agency="Water" if row.number % 4 else "Streets") for row in hourly(400)]
    query = replace(ALL, agency="Streets", limit=20)

    client, found = read(kept, query)

    assert found == expected(kept, query)[:20]
    looked_at = [each.looked_at for each in client.asked if each.looked_at]
    # Half of 21 rows at first; 2 of those 11 are wanted, so 1.25 x 19 x 11 / 2, but 4 x 11 at most,
    # and the one where it stopped. Then 11 more are: 1.25 x 8 x 56 / 13.
    assert looked_at == [11, 45, 45]


def test_nothing_is_looked_at_below_what_is_known_to_fill_the_page() -> None:
    kept = [
        replace(row, code="tree" if row.number >= 380 or row.number % 40 == 0 else "pothole")
        for row in hourly(400)
    ]
    query = replace(ALL, service_codes=frozenset({"tree", "pothole"}), limit=38)

    client, found = read(kept, query)

    assert found == expected(kept, query)[:38]
    # 20 rows of each fill the page; older trees are not looked for, only the one where it stopped.
    assert [each.looked_at for each in client.asked if each.given] == [20, 20, 1]


def test_a_filter_that_lets_nothing_through_is_looked_through_in_few_reads() -> None:
    kept = hourly(400)
    query = replace(ALL, agency="Water", limit=50)

    client, found = read(kept, query)

    assert found == []
    assert len(client.asked) <= 8
    assert sum(each.looked_at for each in client.asked) <= 400 + len(client.asked)
