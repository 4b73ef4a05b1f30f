"""Requests on a shelf, and lists of them as a plain model makes them: filter, sort, cut."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from city311.adapters.dynamodb.values import Item
from city311.adapters.dynamodb.writes import acceptance_actions
from city311.domain.area import Box, Circle
from city311.domain.lifecycle import PUBLIC, PublicStatus, Status
from city311.domain.request import Place
from city311.ports import Acceptance, ListQuery
from tests.adapters.building import a_request, an_acceptance, an_id, the_public
from tests.adapters.conftest import Cabinet
from tests.adapters.costs import put_all

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
CODES = ("graffiti", "pothole", "tree")
AGENCIES = ("Streets", "Water")
POINTS = ((41.12, -93.65), (41.1205, -93.6505), (41.13, -93.64), (41.5, -93.1), (-17.0, 179.9999))


@dataclass(frozen=True)
class Kept:
    """One request, as far as a list can tell. ``at``, ``changed``: minutes from New Year."""

    number: int
    at: int
    changed: int
    status: Status
    code: str
    agency: str | None
    point: tuple[float, float] | None
    private: bool

    @property
    def requested_at(self) -> datetime:
        return moment(self.at)

    @property
    def updated_at(self) -> datetime:
        return moment(self.at + self.changed)

    def acceptance(self) -> Acceptance:
        """What would have written it."""
        lat, long = self.point or (None, None)
        request = a_request(
            service_request_id=an_id(self.number),
            requested_at=self.requested_at,
            updated_at=self.updated_at,
            entered_at=self.updated_at,
            status=self.status,
            service_code=self.code,
            place=Place(lat=lat, long=long),
            private=self.private,
        )
        public = the_public(request, agency_responsible=self.agency)
        return an_acceptance(request, public=None if self.private else public)

    def later(self, minute: int, **changes: Any) -> "Kept":
        """The same request, changed then."""
        return replace(self, changed=minute - self.at, **changes)


def moment(minute: int) -> datetime:
    return NEW_YEAR + timedelta(minutes=minute)


def shelve(cabinet: Cabinet, kept: list[Kept]) -> None:
    """Put them where an acceptance would, in place of what was there."""
    if cabinet.store is not None:
        put_all(cabinet, [item_of(cabinet, each) for each in kept])
        return
    for each in kept:
        table = cabinet.requests._table  # type: ignore[attr-defined]
        table.filed.pop(an_id(each.number), None)
        table.keys.clear()
        cabinet.requests.accept(each.acceptance())


def item_of(cabinet: Cabinet, kept: Kept) -> Item:
    item: Item = acceptance_actions(cabinet.table, kept.acceptance())[1]["Put"]["Item"]
    return item


def expected(kept: list[Kept], query: ListQuery) -> list[int]:
    """The numbers of the whole list, without ``skip`` and pages."""
    found = [each for each in kept if not each.private and _fits(each, query)]
    found.sort(key=lambda each: (place(each, query), an_id(each.number)), reverse=True)
    return [each.number for each in found]


def place(kept: Kept, query: ListQuery) -> datetime:
    return kept.updated_at if query.by_updated else kept.requested_at


def _fits(kept: Kept, query: ListQuery) -> bool:
    return all(_checks(kept, query))


def _checks(kept: Kept, query: ListQuery) -> Iterator[bool]:
    yield query.start <= place(kept, query) <= query.end
    yield not query.service_codes or kept.code in query.service_codes
    yield not query.statuses or PUBLIC[kept.status] in query.statuses
    yield query.agency is None or kept.agency == query.agency
    for at, start, end in (
        (kept.requested_at, query.requested_from, query.requested_to),
        (kept.updated_at, query.updated_from, query.updated_to),
    ):
        yield start is None or start <= at
        yield end is None or at <= end
    if query.area is not None:
        yield kept.point is not None and query.area.holds(lat=kept.point[0], long=kept.point[1])


MINUTES = st.integers(-30, 30).map(lambda each: each * 24 * 60 * 12) | st.integers(-3, 3)
KEPT = st.builds(
    Kept,
    number=st.just(0),
    at=MINUTES,
    changed=st.sampled_from([0, 0, 1, 2, 60 * 24 * 40]),
    status=st.sampled_from(Status),
    code=st.sampled_from(CODES),
    agency=st.none() | st.sampled_from(AGENCIES),
    point=st.none() | st.sampled_from(POINTS),
    private=st.sampled_from([False, False, False, True]),
)
SHELVES = st.lists(KEPT, min_size=1, max_size=30).map(
    lambda rows: [replace(row, number=number) for number, row in enumerate(rows)]
)
RARELY = st.none() | st.none()
SELDOM = st.just(frozenset[Any]()) | st.just(frozenset[Any]())
WHEN = RARELY | st.none() | MINUTES.map(moment)
AREAS = st.sampled_from(
    [
        Circle(lat=41.1202, long=-93.6502, radius_m=100),
        Circle(lat=41.12, long=-93.65, radius_m=4_000),
        Box(south=41.119, west=-93.66, north=41.1204, east=-93.64),
        Box(south=41.0, west=-94.0, north=42.0, east=-93.0),
        Box(south=-90.0, west=170.0, north=90.0, east=-170.0),
        Box(south=-17.001, west=179.9998, north=-16.999, east=-179.9999),
    ]
)
QUERIES = st.builds(
    ListQuery,
    start=st.sampled_from([moment(-60 * 24 * 400), moment(-60 * 24 * 400), moment(-2), moment(0)]),
    end=st.sampled_from([moment(60 * 24 * 400), moment(60 * 24 * 400), moment(2), moment(0)]),
    by_updated=st.booleans(),
    service_codes=SELDOM | st.frozensets(st.sampled_from([*CODES, "none"]), max_size=4),
    statuses=SELDOM | st.frozensets(st.sampled_from(PublicStatus), max_size=3),
    requested_from=WHEN,
    requested_to=WHEN,
    updated_from=WHEN,
    updated_to=WHEN,
    agency=RARELY | st.sampled_from([*AGENCIES, "Parks"]),
    area=RARELY | AREAS,
    limit=st.integers(1, 9),
    skip=st.sampled_from([0, 0, 1, 2, 5, 40]),
)
