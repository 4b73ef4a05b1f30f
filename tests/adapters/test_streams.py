"""Indexes lag: a row may stand in two partitions for a moment, in two states."""

from typing import Any, cast

import pytest

from city311.adapters import cursors
from city311.adapters.dynamodb import keys, plans
from city311.adapters.dynamodb.table import Table
from city311.adapters.dynamodb.values import Item
from city311.adapters.dynamodb.walks import walked
from tests.adapters.building import a_query, a_request, an_acceptance, minutes
from tests.adapters.conftest import Cabinet
from tests.adapters.shelf import moment


class Script:
    """A table that answers queries with what was written down for each of them."""

    def __init__(self, *answers: list[Item]) -> None:
        self.answers = list(answers)

    def query(self, *_: Any, **__: Any) -> tuple[list[Item], None]:
        return self.answers.pop(0), None


def a_row(minute: int) -> Item:
    """One and the same request, as it was then."""
    return {
        **keys.request("R1"),
        "requested_key": {"S": cursors.sort_key(minutes(0), "R1")},
        "updated_at": {"S": cursors.stamp(minutes(minute))},
    }


@pytest.mark.parametrize(("opened", "closed"), [(5, 9), (9, 5), (5, 5)])
def test_a_row_in_two_states_is_listed_once_as_it_was_last(opened: int, closed: int) -> None:
    query = a_query()
    table = Script([a_row(opened)], [a_row(closed)])
    within = cursors.span(query)

    walk = walked(cast("Table", table), plans.ways(query, within), within, 9)

    assert [row["updated_at"] for _, row in walk.rows] == [
        a_row(9 if opened != closed else 5)["updated_at"]
    ]
    assert table.answers == []


def test_a_list_that_goes_on_from_where_it_ends_has_ended(cabinet: Cabinet) -> None:
    start = moment(0)
    cabinet.requests.accept(
        an_acceptance(a_request(requested_at=start, updated_at=start, entered_at=start))
    )
    query = a_query(start=start, after=cursors.encoded("requested", f"2026{cursors.FIRST_OF_YEAR}"))

    page = cabinet.requests.listed(query)

    assert (page.rows, page.cursor) == ((), None)
