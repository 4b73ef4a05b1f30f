"""Every access pattern once, with what it may cost; docs/data.md prints what it does cost."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from city311.adapters.dynamodb.values import Item
from city311.adapters.dynamodb.writes import acceptance_actions
from city311.domain.catalogue import Priority
from city311.domain.ledger import LedgerState
from city311.domain.lifecycle import Status
from city311.domain.location import cell
from city311.domain.request import ServiceRequest
from city311.domain.triage import Decision, Found, Suggestion
from city311.ports import WaitToken
from tests.adapters.building import (
    NOON,
    SITE,
    a_change,
    a_message,
    a_photo,
    a_request,
    an_acceptance,
    an_id,
    minutes,
)
from tests.adapters.conftest import Cabinet
from tests.adapters.meter import Bill

DECISION = Decision(
    found=Found.CHOSEN,
    service_code="pothole",
    priority=Priority.NORMAL,
    department="streets",
    route_reason="Potholes are the work of Streets in every district.",
    reasons=("The resident chose this service.",),
    suggestions=(Suggestion(service_code="pothole", confidence=900, words=("pothole",)),),
)
REPORTED = a_request(expected_at=minutes(5 * 24 * 60), channel="web")
ROUTED = a_change(
    REPORTED, signals=False, status=Status.ROUTED, department="streets", decision=DECISION
)
ACCEPTED = a_change(ROUTED.request, status=Status.ACCEPTED, tell_turn=2, entered_at=minutes(20))
TOKEN = WaitToken(service_request_id=an_id(1), generation=1, token="A" * 700, turn=1)


@dataclass(frozen=True, slots=True)
class Case:
    """One row: what is there before, what is done, and what the design allows for it."""

    name: str
    before: Callable[[Cabinet], object]
    operation: Callable[[Cabinet], object]
    calls: int
    writes: int = 0
    reads: float = 0


def nothing(_: Cabinet) -> None:
    return None


def one(cabinet: Cabinet) -> None:
    cabinet.requests.accept(an_acceptance(REPORTED))


def routed(cabinet: Cabinet) -> None:
    one(cabinet)
    cabinet.requests.change(ROUTED)


def accepted(cabinet: Cabinet) -> None:
    routed(cabinet)
    cabinet.requests.change(ACCEPTED)


def sixty(cabinet: Cabinet) -> None:
    fill(cabinet, range(1, 61))


def fill(cabinet: Cabinet, numbers: Iterable[int]) -> None:
    """Routed requests, an hour apart, as an acceptance writes them; only the requests."""
    items = []
    for number in numbers:
        at = NOON - timedelta(hours=number)
        request = replace(
            ROUTED.request,
            service_request_id=an_id(number),
            requested_at=at,
            updated_at=at,
            entered_at=at,
        )
        items.append(acceptance_actions(cabinet.table, an_acceptance(request))[1]["Put"]["Item"])
    put_all(cabinet, items)


def put_all(cabinet: Cabinet, items: list[Item]) -> None:
    """Store items 25 at a time: moto copies its whole table for every transaction."""
    for at in range(0, len(items), 25):
        puts: Any = [{"PutRequest": {"Item": item}} for item in items[at : at + 25]]
        cabinet.table.client.batch_write_item(RequestItems={cabinet.table.name: puts})


def with_photos(request: ServiceRequest, count: int) -> ServiceRequest:
    return replace(request, photos=tuple(f"{number:026}" for number in range(count)))


def claimed(cabinet: Cabinet) -> None:
    cabinet.ledger.claim(a_message(), NOON)


def photo_of_request(cabinet: Cabinet) -> None:
    cabinet.requests.accept(an_acceptance(replace(REPORTED, photos=(a_photo().photo_id,))))


CASES = (
    Case(
        "accept an ordinary report",
        nothing,
        lambda c: c.requests.accept(an_acceptance(REPORTED)),
        calls=1,
        writes=12,
    ),
    Case(
        "accept it with two photos",
        nothing,
        lambda c: c.requests.accept(an_acceptance(with_photos(REPORTED, 2))),
        calls=1,
        writes=16,
    ),
    Case(
        "accept a private report",
        nothing,
        lambda c: c.requests.accept(an_acceptance(REPORTED, private=True)),
        calls=1,
        writes=9,
    ),
    Case(
        "the same report again",
        one,
        lambda c: c.requests.accept(an_acceptance(replace(REPORTED, service_request_id=an_id(1)))),
        calls=2,
        writes=8,
        reads=1,
    ),
    Case("triage routes it", one, lambda c: c.requests.change(ROUTED), calls=1, writes=12),
    Case(
        "the department accepts it",
        routed,
        lambda c: c.requests.change(ACCEPTED),
        calls=1,
        writes=16,
    ),
    Case(
        "its execution has heard of it",
        accepted,
        lambda c: c.requests.settle(an_id(1), 2, 1, until=minutes(60)),
        calls=1,
        writes=4,
    ),
    Case("read by id, public", one, lambda c: c.requests.public(an_id(1)), calls=1, reads=0.5),
    Case("read by id, consistent", one, lambda c: c.requests.get(an_id(1)), calls=1, reads=1),
    Case("its three events", accepted, lambda c: c.requests.events(an_id(1)), calls=1, reads=1),
    Case(
        "50 by their ids",
        sixty,
        lambda c: c.requests.by_ids([an_id(number) for number in range(1, 51)]),
        calls=1,
        reads=25,
    ),
    Case(
        "50 whole, by their ids",
        sixty,
        lambda c: c.requests.many([an_id(number) for number in range(1, 51)]),
        calls=1,
        reads=25,
    ),
    Case(
        "nearby, 60 in one cell",
        sixty,
        lambda c: c.requests.nearby([_here()], NOON - timedelta(days=30)),
        calls=1,
        reads=4,
    ),
    Case(
        "50 of a department's queue",
        sixty,
        lambda c: c.requests.work("streets", limit=50),
        calls=1,
        reads=1,
    ),
    Case("contact data", one, lambda c: c.residents.get(an_id(1)), calls=1, reads=1),
    Case("erase a resident", one, lambda c: c.residents.erase(an_id(1)), calls=1, writes=1),
    Case("store a token", nothing, lambda c: c.tokens.put(TOKEN), calls=1, writes=1),
    Case(
        "read a token", lambda c: c.tokens.put(TOKEN), lambda c: c.tokens.get(an_id(1), 1), 1, 0, 1
    ),
    Case(
        "drop a token",
        lambda c: c.tokens.put(TOKEN),
        lambda c: c.tokens.drop(TOKEN),
        calls=1,
        writes=1,
    ),
    Case(
        "claim a message", nothing, lambda c: c.ledger.claim(a_message(), NOON), calls=1, writes=2
    ),
    Case(
        "mark it sent",
        claimed,
        lambda c: c.ledger.mark(a_message().ledger_id, LedgerState.SENT, provider_id="0100-ses"),
        calls=1,
        writes=2,
    ),
    Case("messages of a request", claimed, lambda c: c.ledger.entries(an_id(1)), 1, 0, 1),
    Case(
        "what is owed",
        sixty,
        lambda c: c.watch.requests_due(NOON + timedelta(hours=1), 50),
        calls=1,
        reads=0.5,
    ),
    Case("a photo before its request", nothing, lambda c: c.photos.clean(a_photo()), 1, 2),
    Case("a photo after its request", photo_of_request, lambda c: c.photos.clean(a_photo()), 2, 2),
)


def _here() -> str:
    assert SITE.lat is not None
    assert SITE.long is not None
    return cell(lat=SITE.lat, long=SITE.long)


def row(case: Case, bill: Bill) -> str:
    """The row of docs/data.md."""
    sizes = ", ".join(f"{name} {size}" for name, size in sorted(bill.sizes.items()))
    reads = f"{bill.reads:g}"
    return f"| {case.name} | {len(bill.calls)} | {bill.writes} | {reads} | {sizes} |"
