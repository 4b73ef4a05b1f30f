"""What the register of partners costs, counted and computed, is what docs/data.md says."""

from datetime import timedelta
from typing import Any

import pytest

from city311.adapters.dynamodb.partners import DynamoPartners
from tests.adapters.building import NOON
from tests.adapters.conftest import Cabinet, a_client, dynamo_cabinet
from tests.adapters.costs import Case, nothing, row
from tests.adapters.meter import Meter
from tests.adapters.plan import TABLE
from tests.adapters.test_costs import PAGE
from tests.partners import DIGEST, KEY_ID, a_key, a_partner

FULL = {"owner": "Ward watch, the app of the neighbourhoods", "daily_quota": 10_000}


def register(cabinet: Cabinet) -> DynamoPartners:
    """The register of a process that has just begun."""
    return DynamoPartners(cabinet.table.client, TABLE)


def given_out(cabinet: Cabinet) -> None:
    register(cabinet).add(a_partner(**FULL, per_minute=60), DIGEST)


def used(cabinet: Cabinet) -> None:
    given_out(cabinet)
    register(cabinet).use(KEY_ID, DIGEST, NOON - timedelta(minutes=1))


def fifty(cabinet: Cabinet) -> None:
    for number in range(50):
        partner = a_partner(**FULL, key_id=a_key(number)[:8], last_used_at=NOON, used_today=1)
        register(cabinet).add(partner, DIGEST)


def use(cabinet: Cabinet) -> object:
    return register(cabinet).use(KEY_ID, DIGEST, NOON)


CASES = (
    Case(
        "give out a key",
        nothing,
        given_out,
        calls=1,
        writes=1,
    ),
    Case("count a use of a key", used, use, calls=1, writes=1),
    Case("count its first use of a day", given_out, use, calls=2, writes=2),
    Case(
        "look at a key",
        used,
        lambda c: register(c).known(KEY_ID, DIGEST),
        calls=1,
        reads=1,
    ),
    Case(
        "revoke a key",
        used,
        lambda c: register(c).revoke(KEY_ID, NOON, "admin-1"),
        calls=1,
        writes=1,
    ),
    Case("list 50 keys", fifty, lambda c: register(c).every(), calls=1, reads=4),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_costs_what_the_plan_says(case: Case, dynamodb: Any) -> None:
    client = a_client("dynamodb")
    cabinet = dynamo_cabinet(client)
    case.before(cabinet)
    meter = Meter(client, dynamodb)

    bill = meter.measure(lambda: case.operation(cabinet))

    assert (len(bill.calls), bill.writes, bill.reads) == (case.calls, case.writes, case.reads)
    assert row(case, bill) in PAGE.read_text(encoding="utf-8")
