"""Many hands at once: what the table promises, kept by its twin (moto is not atomic)."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any

import pytest

from city311.domain.audit import broken_link
from city311.domain.errors import Conflict
from city311.domain.ledger import LedgerState
from city311.ports import Claim, IdTaken
from tests.adapters.building import (
    NOON,
    a_change,
    a_key,
    a_message,
    a_request,
    an_acceptance,
    an_id,
)
from tests.adapters.conftest import Cabinet, memory_cabinet

HANDS = 16


@pytest.fixture
def cabinet() -> Cabinet:
    return memory_cabinet()


def at_once(work: Callable[[int], Any]) -> list[Any]:
    """What every hand got, all of them starting together."""
    gate = Barrier(HANDS)

    def hand(number: int) -> Any:
        gate.wait()
        return work(number)

    with ThreadPoolExecutor(HANDS) as pool:
        return list(pool.map(hand, range(HANDS)))


def test_one_of_many_equal_posts_is_new(cabinet: Cabinet) -> None:
    def post(number: int) -> Any:
        request = a_request(service_request_id=an_id(number))
        return cabinet.requests.accept(an_acceptance(request, key=a_key()))

    answers = at_once(post)

    assert Counter(answer.new for answer in answers) == {True: 1, False: HANDS - 1}
    assert len({answer.service_request_id for answer in answers}) == 1


def test_one_of_many_reports_gets_an_id_that_all_throw(cabinet: Cabinet) -> None:
    def post(number: int) -> str:
        key = a_key(digest=f"key {number}")
        try:
            cabinet.requests.accept(an_acceptance(key=key))
        except IdTaken:
            return "taken"
        return "accepted"

    assert Counter(at_once(post)) == {"accepted": 1, "taken": HANDS - 1}


def test_one_of_many_changes_is_written_each_round(cabinet: Cabinet) -> None:
    cabinet.requests.accept(an_acceptance())

    def change(number: int) -> int:
        written = 0
        for attempt in range(50):
            before = cabinet.requests.get(an_id(1))
            after = a_change(before, assignee=f"hand {number}", status_notes=f"try {attempt}")
            event = replace(after.event, subject=f"hand-{number}-{attempt}").sealed()
            after = replace(after, request=replace(after.request, head=event.hash), event=event)
            try:
                cabinet.requests.change(after)
            except Conflict:
                continue
            written += 1
        return written

    written = sum(at_once(change))

    request = cabinet.requests.get(an_id(1))
    events = cabinet.requests.events(an_id(1))
    assert request.seq == written + 1
    assert broken_link(events, head=request.head, length=request.seq) is None


def test_one_of_many_claims_is_yours(cabinet: Cabinet) -> None:
    answers = at_once(lambda _: cabinet.ledger.claim(a_message(), NOON))

    assert Counter(answers) == {Claim.YOURS: 1, Claim.HELD: HANDS - 1}


def test_one_of_many_marks_moves_a_message(cabinet: Cabinet) -> None:
    cabinet.ledger.claim(a_message(), NOON)

    answers = at_once(lambda _: cabinet.ledger.mark(a_message().ledger_id, LedgerState.SENT))

    assert Counter(answers) == {True: 1, False: HANDS - 1}
