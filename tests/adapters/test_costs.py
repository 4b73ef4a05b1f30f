"""What each access pattern costs, counted and computed, is what docs/data.md says."""

from pathlib import Path
from typing import Any

import pytest

from tests.adapters import capacity
from tests.adapters.conftest import a_client, dynamo_cabinet
from tests.adapters.costs import CASES, Case, row
from tests.adapters.meter import Meter

PAGE = Path(__file__).parents[2] / "docs" / "data.md"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_costs_what_the_plan_says(case: Case, dynamodb: Any) -> None:
    client = a_client("dynamodb")
    cabinet = dynamo_cabinet(client)
    case.before(cabinet)
    meter = Meter(client, dynamodb)

    bill = meter.measure(lambda: case.operation(cabinet))

    assert (len(bill.calls), bill.writes, bill.reads) == (case.calls, case.writes, case.reads)
    assert row(case, bill) in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": "é"}, 2),
        ({"N": "-93.654321"}, 6),
        ({"N": "0"}, 2),
        ({"N": "100"}, 2),
        ({"B": b"1234"}, 4),
        ({"BOOL": True}, 1),
        ({"L": [{"S": "ab"}, {"S": "c"}]}, 8),
        ({"M": {"ab": {"S": "c"}}}, 7),
    ],
)
def test_sizes_follow_the_published_rules(value: dict[str, Any], size: int) -> None:
    assert capacity.value_size(value) == size


def test_an_index_entry_is_paid_when_it_moves_and_not_when_it_stays() -> None:
    here = {"pk": {"S": "a"}, "sk": {"S": "b"}, "watch": {"S": "x"}, "watch_key": {"S": "1"}}
    there = here | {"watch_key": {"S": "2"}}
    quiet = here | {"other": {"S": "3"}}

    paid = [
        capacity.index_units(before, after, "watch")
        for before, after in ((None, here), (here, there), (here, quiet), (here, None))
    ]

    assert paid == [1, 2, 0, 1]
