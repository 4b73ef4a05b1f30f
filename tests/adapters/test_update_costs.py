"""What updates cost, counted and computed, is what docs/data.md says."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from city311.adapters.dynamodb.updates import update_item
from city311.domain.ids import digest
from city311.domain.update import PublicUpdate, UpdateStatus
from city311.ports import IdempotencyKey, Repeated
from tests.adapters.building import NOON, a_change, an_id
from tests.adapters.conftest import Cabinet, a_client, dynamo_cabinet
from tests.adapters.costs import ACCEPTED, REPORTED, Case, accepted, put_all, routed, row
from tests.adapters.meter import Meter
from tests.adapters.test_costs import PAGE

WORDS = "The crew was here on Tuesday, but the hole next to the kerb is still as deep as it was."
TOLD = replace(
    ACCEPTED,
    update=PublicUpdate(
        service_request_id=REPORTED.service_request_id,
        seq=ACCEPTED.request.seq,
        at=ACCEPTED.request.updated_at,
        status=UpdateStatus.IN_PROGRESS,
        code="accepted",
    ),
)
_COMMENT = a_change(ACCEPTED.request, signals=False)
COMMENT = replace(
    _COMMENT,
    update=PublicUpdate(
        service_request_id=REPORTED.service_request_id,
        seq=_COMMENT.request.seq,
        at=_COMMENT.request.updated_at,
        status=UpdateStatus.UNCHANGED,
        description=WORDS,
    ),
    key=IdempotencyKey(digest=digest("update"), content="", expires_at=NOON + timedelta(days=90)),
)


def commented(cabinet: Cabinet) -> None:
    accepted(cabinet)
    cabinet.requests.change(COMMENT)


def again(cabinet: Cabinet) -> None:
    after = a_change(COMMENT.request, signals=False)
    with pytest.raises(Repeated):
        cabinet.requests.change(replace(after, update=None, key=COMMENT.key))


def fill(cabinet: Cabinet, numbers: Iterable[int]) -> None:
    """Updates of as many requests, a minute apart, newest last; only the updates."""
    assert COMMENT.update is not None
    items = [
        update_item(
            replace(
                COMMENT.update,
                service_request_id=an_id(number),
                at=NOON + timedelta(minutes=number),
            )
        )
        for number in numbers
    ]
    put_all(cabinet, items)


def sixty_told(cabinet: Cabinet) -> None:
    fill(cabinet, range(60))


CASES = (
    Case(
        "the department accepts it, told to all",
        routed,
        lambda c: c.requests.change(TOLD),
        calls=1,
        writes=19,
    ),
    Case("a partner's comment", accepted, lambda c: c.requests.change(COMMENT), calls=1, writes=18),
    Case("the same comment again", commented, again, calls=2, writes=8, reads=1),
    Case(
        "what was told of a request",
        commented,
        lambda c: c.requests.updates(an_id(1)),
        calls=1,
        reads=1,
    ),
    Case(
        "50 updates of a day",
        sixty_told,
        lambda c: c.requests.updates_between(NOON, NOON + timedelta(days=1), limit=50),
        calls=1,
        reads=1.5,
    ),
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


def test_a_page_costs_the_same_in_a_fuller_year(dynamodb: Any) -> None:
    client = a_client("dynamodb")
    cabinet = dynamo_cabinet(client)
    sixty_told(cabinet)
    meter = Meter(client, dynamodb)
    case = next(each for each in CASES if each.name == "50 updates of a day")
    small = meter.measure(lambda: case.operation(cabinet))
    fill(cabinet, range(60, 400))

    large = meter.measure(lambda: case.operation(cabinet))

    assert (large.calls, large.reads) == (small.calls, small.reads)
