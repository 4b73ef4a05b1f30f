"""What each public list costs, in a town where every kind of request lies among the others."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from city311.adapters.dynamodb.writes import acceptance_actions
from city311.domain.area import Box, Circle
from city311.domain.lifecycle import PublicStatus, Status
from city311.domain.request import Place
from city311.ports import ListQuery
from tests.adapters.building import NOON, SITE, a_query, an_acceptance, an_id, the_public
from tests.adapters.conftest import Cabinet
from tests.adapters.costs import ROUTED, put_all

CODES = ("graffiti", "pothole", "streetlight", "tree")
OPEN = frozenset({PublicStatus.RECEIVED, PublicStatus.IN_PROGRESS})
CLOSED = frozenset({PublicStatus.RESOLVED})
ELSEWHERE = Place(lat=41.2, long=-93.7, address="3 Harbor Road, Quillhaven", district="harbor")
CORNER = Circle(lat=41.123456, long=-93.654321, radius_m=60)
TOWN = Box(south=41.0, west=-94.0, north=42.0, east=-93.0)


def settle(cabinet: Cabinet, numbers: Iterable[int]) -> None:
    """Requests half an hour apart, the first is the newest.

    A third is closed, a quarter of each service, an eighth at the corner, half of each department;
    one of five has never changed.
    """
    items = []
    for number in numbers:
        at = NOON - timedelta(minutes=30 * number)
        request = replace(
            ROUTED.request,
            service_request_id=an_id(number),
            requested_at=at,
            updated_at=at + timedelta(minutes=20 if number % 5 else 0),
            status=Status.ROUTED if number % 3 else Status.CLOSED,
            service_code=CODES[number // 3 % 4],
            place=ELSEWHERE if number % 8 else SITE,
        )
        public = the_public(request, agency_responsible="Water" if number % 2 else "Streets")
        acceptance = an_acceptance(request, public=public)
        items.append(acceptance_actions(cabinet.table, acceptance)[1]["Put"]["Item"])
    put_all(cabinet, items)


def a_town(cabinet: Cabinet) -> None:
    """The newest 600 requests."""
    settle(cabinet, range(1, 601))


def codes(*names: str) -> frozenset[str]:
    return frozenset(names)


LISTS: dict[str, tuple[ListQuery, int, float]] = {
    "list of 50": (a_query(), 2, 5.5),
    "list of 50 closed": (a_query(statuses=CLOSED), 1, 3.5),
    "list of 50 received": (a_query(statuses=frozenset({PublicStatus.RECEIVED})), 1, 3.5),
    "list of 50 of one service": (a_query(service_codes=codes("pothole")), 2, 5.5),
    "list of 50 open of one service": (
        a_query(service_codes=codes("pothole"), statuses=OPEN),
        1,
        3.5,
    ),
    "list of 50 of three services": (a_query(service_codes=codes(*CODES[:3])), 6, 7),
    "list of 50 of seven services": (a_query(service_codes=codes("pothole", *"abcdef")), 7, 16),
    "list of 50 by last change": (a_query(by_updated=True), 4, 10),
    "list of 50 of one service by last change": (
        a_query(by_updated=True, service_codes=codes("pothole")),
        4,
        10,
    ),
    "list of 30 around a corner": (a_query(area=CORNER, limit=30), 1, 2),
    "list of 50 in a large box": (a_query(area=TOWN), 4, 5),
    "list of 50 of one department": (a_query(agency="Streets"), 4, 10.5),
    "third page of 50": (a_query(skip=100), 2, 14.5),
}
"""Name -> the list, its calls, its read units."""


def row(name: str, calls: int, reads: float) -> str:
    """The row of docs/data.md."""
    return f"| {name} | {calls} | 0 | {reads:g} |  |"
