"""One contract, both cabinets: lists, pages, cursors, queues."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from city311.adapters import cursors
from city311.domain.area import Area, Box, Circle
from city311.domain.errors import InvalidInput
from city311.domain.lifecycle import PublicStatus, Status
from city311.domain.location import cell, cells_around
from city311.domain.request import Place, PublicRequest, ServiceRequest
from city311.ports import ListQuery, WorkItem
from tests.adapters.building import (
    NOON,
    a_change,
    a_query,
    a_request,
    an_acceptance,
    an_id,
    minutes,
    the_public,
)
from tests.adapters.conftest import Cabinet


def file(cabinet: Cabinet, number: int, at: datetime, **changes: object) -> ServiceRequest:
    """Accept request ``number`` at that time."""
    times = {"requested_at": at, "updated_at": at, "entered_at": at}
    acceptance = an_acceptance(
        a_request(service_request_id=an_id(number), **{**times, **changes}),
        key=replace(an_acceptance().key, digest=an_id(number), expires_at=at + timedelta(days=1)),
    )
    cabinet.requests.accept(acceptance)
    return acceptance.request


def numbers(rows: tuple[PublicRequest, ...]) -> list[int]:
    """Which requests these are."""
    known = {an_id(number): number for number in range(200)}
    return [known[row.service_request_id] for row in rows]


def walked(cabinet: Cabinet, query: ListQuery) -> list[int]:
    """The whole list, page by page."""
    found: list[int] = []
    while True:
        page = cabinet.requests.listed(query)
        found += numbers(page.rows)
        assert len(page.rows) <= query.limit
        if page.cursor is None:
            return found
        query = replace(query, after=page.cursor)


def over_three_months(cabinet: Cabinet) -> None:
    for number in range(9):
        file(cabinet, number, NOON - timedelta(days=11 * number))


def test_a_list_is_newest_first_across_months(cabinet: Cabinet) -> None:
    over_three_months(cabinet)

    page = cabinet.requests.listed(a_query())

    assert numbers(page.rows) == list(range(9))
    assert page.cursor is None
    assert page.rows[3] == the_public(cabinet.requests.get(an_id(3)))


@pytest.mark.parametrize("limit", [1, 2, 3, 8, 9, 10])
def test_pages_join_without_gap_or_repetition(cabinet: Cabinet, limit: int) -> None:
    over_three_months(cabinet)

    assert walked(cabinet, a_query(limit=limit)) == list(range(9))


def test_the_last_page_has_no_cursor(cabinet: Cabinet) -> None:
    over_three_months(cabinet)

    assert cabinet.requests.listed(a_query(limit=9)).cursor is None
    assert cabinet.requests.listed(a_query(limit=8)).cursor is not None


def test_bounds_are_inclusive_to_the_millisecond(cabinet: Cabinet) -> None:
    tick = timedelta(milliseconds=1)
    for number in range(3):
        file(cabinet, number, NOON + number * tick)

    def between(start: datetime, end: datetime) -> list[int]:
        return numbers(cabinet.requests.listed(ListQuery(start=start, end=end)).rows)

    nearly = timedelta(microseconds=1)
    assert between(NOON, NOON + 2 * tick) == [2, 1, 0]
    assert between(NOON + tick, NOON + tick) == [1]
    assert between(NOON + nearly, NOON + 2 * tick - nearly) == [1]
    assert between(NOON + tick, NOON) == []


def test_bounds_may_come_in_any_zone(cabinet: Cabinet) -> None:
    file(cabinet, 1, NOON)
    there = NOON.astimezone(timezone(timedelta(hours=-11)))

    assert numbers(cabinet.requests.listed(ListQuery(start=there, end=there)).rows) == [1]


def test_requests_of_the_same_millisecond_are_all_listed(cabinet: Cabinet) -> None:
    for number in range(5):
        file(cabinet, number, NOON)

    assert sorted(walked(cabinet, a_query(limit=2))) == [0, 1, 2, 3, 4]


def test_the_list_by_update_follows_changes(cabinet: Cabinet) -> None:
    over_three_months(cabinet)
    changed = a_change(cabinet.requests.get(an_id(7)), updated_at=minutes(5))
    cabinet.requests.change(changed)

    assert walked(cabinet, a_query(by_updated=True, limit=4)) == [7, 0, 1, 2, 3, 4, 5, 6, 8]
    assert walked(cabinet, a_query(limit=4)) == list(range(9))


def test_filters_hold_on_every_page(cabinet: Cabinet) -> None:
    for number in range(12):
        changes = {
            "service_code": ("pothole", "graffiti", "tree")[number % 3],
            "status": (Status.RECEIVED, Status.ON_HOLD, Status.CLOSED, Status.ROUTED)[number % 4],
            "department": "streets",
        }
        file(cabinet, number, NOON - timedelta(days=6 * number), **changes)
    codes = frozenset({"pothole", "tree"})
    open_ones = frozenset({PublicStatus.RECEIVED, PublicStatus.IN_PROGRESS})

    found = walked(cabinet, a_query(service_codes=codes, limit=2))
    both = walked(cabinet, a_query(service_codes=codes, statuses=open_ones, limit=2))
    resolved = walked(cabinet, a_query(statuses=frozenset({PublicStatus.RESOLVED}), limit=1))

    assert found == [0, 2, 3, 5, 6, 8, 9, 11]
    assert both == [0, 3, 5, 8, 9, 11]
    assert resolved == [2, 6, 10]
    assert walked(cabinet, a_query(service_codes=frozenset({"none"}))) == []


def test_a_filter_may_name_five_hundred_services(cabinet: Cabinet) -> None:
    file(cabinet, 1, NOON, service_code="code-499")
    codes = frozenset(f"code-{number:03}" for number in range(500))

    assert walked(cabinet, a_query(service_codes=codes)) == [1]


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "!!!!",
        "cmVxdWVzdGVk",
        "/w==",
        "_w",
        cursors.encoded("requested", "2026-11-24T12:00:00.123Z#" + "A" * 65),
        cursors.encoded("requested", "2026-11-24T12:00:00.123Z#A#B"),
        cursors.encoded("requested", "yesterday#A"),
        cursors.encoded("requested", "2026-11-24T12:00:00.123Z#A\n0"),
        cursors.encoded("requested", "2026-11-24T12:00:00.123Z#A\n01"),
        cursors.encoded("requested", "2026-11-24T12:00:00.123Z#A\n"),
        cursors.encoded("requested", "2026-11-24T12:00:00.123Z#A\n100000"),
        cursors.encoded("requested", "2026-11-24T12:00:00.123Z#A\n1\n1"),
        cursors.encoded("updated", "2026-11-24T12:00:00.123Z#A"),
        cursors.encoded("work streets", "2026-11-24T12:00:00.123Z#A"),
        cursors.encoded("requested", "2026-11-24T12:00:00.123Z#A") + "=",
        cursors.encoded("requested", "2026-11-24T12:00:00.123Z#A") + "\n",
        cursors.encoded("requested", "2025-11-24T12:00:00.123Z#A"),
        cursors.encoded("requested", "2027-11-24T12:00:00.123Z#A"),
        "A" * 301,
    ],
)
def test_a_cursor_that_no_page_gave_is_refused(cabinet: Cabinet, cursor: str) -> None:
    if not cursor:
        assert cabinet.requests.listed(a_query(after=cursor)).rows == ()
        return
    with pytest.raises(InvalidInput) as refusal:
        cabinet.requests.listed(a_query(after=cursor))

    assert [problem.field for problem in refusal.value.problems] == ["after"]


def test_a_cursor_in_another_spelling_is_refused(cabinet: Cabinet) -> None:
    over_three_months(cabinet)
    cursor = cabinet.requests.listed(a_query(limit=4)).cursor
    assert cursor is not None
    last = chr(ord(cursor[-1]) + 1)

    with pytest.raises(InvalidInput):
        cabinet.requests.listed(a_query(after=cursor[:-1] + last))


@pytest.mark.parametrize("limit", [0, -1, 1_001])
def test_a_limit_that_no_page_can_have_is_refused(cabinet: Cabinet, limit: int) -> None:
    for ask in (
        lambda: cabinet.requests.listed(a_query(limit=limit)),
        lambda: cabinet.requests.work("streets", limit=limit),
    ):
        with pytest.raises(InvalidInput) as refusal:
            ask()
        assert [problem.field for problem in refusal.value.problems] == ["limit"]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (datetime(2021, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC), NOON),
        (datetime.max.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)),
        (datetime.min.replace(tzinfo=timezone(timedelta(hours=9))), NOON),
    ],
)
def test_a_span_that_no_list_can_walk_is_refused(
    cabinet: Cabinet, start: datetime, end: datetime
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        cabinet.requests.listed(ListQuery(start=start, end=end))

    assert [problem.field for problem in refusal.value.problems] == ["start"]


def test_five_years_may_be_asked_for_at_once(cabinet: Cabinet) -> None:
    start, end = datetime(2022, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)
    tick = timedelta(milliseconds=1)
    for number, at in enumerate([end, datetime(2024, 1, 1, tzinfo=UTC), start, start - tick]):
        file(cabinet, number, at)
    file(cabinet, 5, datetime(2024, 1, 1, tzinfo=UTC) - tick)

    assert walked(cabinet, a_query(start=start, end=end, limit=1)) == [0, 1, 5, 2]
    assert walked(cabinet, a_query(start=start, end=end, by_updated=True)) == [0, 1, 5, 2]


@pytest.mark.parametrize("skip", [-1, 10_001])
def test_a_skip_that_no_page_can_have_is_refused(cabinet: Cabinet, skip: int) -> None:
    with pytest.raises(InvalidInput) as refusal:
        cabinet.requests.listed(a_query(skip=skip))

    assert [problem.field for problem in refusal.value.problems] == ["skip"]


@pytest.mark.parametrize(("skip", "left"), [(0, 9), (4, 5), (8, 1), (9, 0), (500, 0)])
def test_rows_are_left_out_before_the_first(cabinet: Cabinet, skip: int, left: int) -> None:
    over_three_months(cabinet)
    first = cabinet.requests.listed(a_query(skip=skip, limit=3))

    assert numbers(first.rows) == list(range(9))[skip : skip + 3]
    assert (first.cursor is None) is (left <= 3)
    if first.cursor:
        # A cursor says itself what is left: the skip of the first page does not count again.
        rest = cabinet.requests.listed(a_query(skip=skip, limit=9, after=first.cursor))
        assert numbers(rest.rows) == list(range(9))[skip + 3 :]


def test_a_list_of_one_department_is_found_by_its_public_name(cabinet: Cabinet) -> None:
    for number, department in enumerate(["streets", None, "streets"]):
        file(cabinet, number, NOON - timedelta(days=number), department=department)

    assert walked(cabinet, a_query(agency="Streets", limit=1)) == [0, 2]
    assert walked(cabinet, a_query(agency="Streets", by_updated=True)) == [0, 2]
    assert walked(cabinet, a_query(agency="streets")) == []


@pytest.mark.parametrize("by_updated", [False, True])
def test_the_other_time_may_be_bounded_too(cabinet: Cabinet, by_updated: bool) -> None:
    for number in range(4):
        request = file(cabinet, number, minutes(-10 * number))
        if number % 2:
            cabinet.requests.change(a_change(request, updated_at=minutes(number)))

    def found(**bounds: datetime) -> list[int]:
        return sorted(walked(cabinet, a_query(by_updated=by_updated, **bounds)))

    assert found(updated_from=minutes(0)) == [0, 1, 3]
    assert found(updated_from=minutes(1), updated_to=minutes(1)) == [1]
    assert found(requested_to=minutes(-20)) == [2, 3]
    assert found(requested_from=minutes(-20), updated_to=minutes(0)) == [0, 2]
    assert found(requested_from=minutes(-10) + timedelta(microseconds=1)) == [0]


def test_a_bound_that_no_calendar_has_is_refused(cabinet: Cabinet) -> None:
    file(cabinet, 1, NOON)
    for name in ("requested_from", "updated_from"):
        with pytest.raises(InvalidInput):
            cabinet.requests.listed(a_query(**{name: datetime.max.replace(tzinfo=UTC)}))


CORNER = (41.12, -93.65)
CENTRE = Circle(lat=41.12, long=-93.65, radius_m=200)
WIDE = Circle(lat=41.12, long=-93.65, radius_m=5_000)
HOME = Box(south=41.119, west=-93.651, north=41.12, east=-93.649)
STATE = Box(south=41.0, west=-94.0, north=42.0, east=-93.0)
DATE_LINE = Box(south=-18.0, west=179.0, north=-16.0, east=-179.0)
FIJI = Circle(lat=-17.0, long=-179.9999, radius_m=100)


@pytest.mark.parametrize("by_updated", [False, True])
@pytest.mark.parametrize(
    ("area", "within"),
    [
        (CENTRE, [0, 1]),
        (WIDE, [0, 1, 2, 3]),
        (HOME, [0]),
        (STATE, [0, 1, 2, 3]),
        (DATE_LINE, [4, 5]),
        (FIJI, [4, 5]),
        (Box(south=41.12, west=-93.65, north=41.12, east=-93.65), [0]),
        (Box(south=42.0, west=-94.0, north=41.0, east=-93.0), []),
        (Box(south=-90.0, west=-180.0, north=90.0, east=180.0), [0, 1, 2, 3, 4, 5, 6]),
    ],
)
def test_an_area_holds_what_lies_in_it(
    cabinet: Cabinet, area: Area, within: list[int], by_updated: bool
) -> None:
    lat, long = CORNER
    places = [
        (lat, long),
        (lat + 0.001, long + 0.001),
        # In the box around the circle, and not in the circle.
        (lat + 0.0017, long + 0.0022),
        (lat + 0.01, long),
        (-17.0, 179.9999),
        (-17.0, -179.9999),
        (0.0, 180.0),
    ]
    for number, (here, there) in enumerate(places):
        at = NOON - timedelta(days=number)
        file(cabinet, number, at, place=Place(lat=here, long=there))
    file(cabinet, 7, NOON, place=Place(address="Town hall"))

    assert walked(cabinet, a_query(area=area, by_updated=by_updated, limit=2)) == within


def test_every_filter_holds_at_once(cabinet: Cabinet) -> None:
    fitting = {
        "service_code": "tree",
        "status": Status.ROUTED,
        "department": "streets",
        "place": Place(lat=41.12, long=-93.65),
    }
    changes: list[dict[str, object]] = [
        {},
        {"service_code": "pothole"},
        {"status": Status.CLOSED},
        {"department": None},
        {"place": Place(lat=41.2, long=-93.65)},
        {},
    ]
    for number, change in enumerate(changes):
        file(cabinet, number, NOON - timedelta(days=number), **{**fitting, **change})
    for area in (CENTRE, Box(south=41.1, west=-94.0, north=41.15, east=-93.0)):
        for codes in ({"tree"}, {"tree", *map(str, range(20))}, {"tree", *map(str, range(900))}):
            query = a_query(
                area=area,
                service_codes=frozenset(codes),
                statuses=frozenset({PublicStatus.RECEIVED}),
                agency="Streets",
                requested_from=NOON - timedelta(days=9),
                updated_to=NOON,
                limit=1,
            )
            assert walked(cabinet, query) == [0, 5]
            assert walked(cabinet, replace(query, by_updated=True)) == [0, 5]


def test_a_code_that_no_service_can_have_finds_nothing(cabinet: Cabinet) -> None:
    file(cabinet, 1, NOON)
    endless = "x" * 3_000

    assert walked(cabinet, a_query(service_codes=frozenset({endless}))) == []
    assert walked(cabinet, a_query(service_codes=frozenset({endless, "pothole"}))) == [1]


def test_many_brings_whole_requests_in_the_order_asked(cabinet: Cabinet) -> None:
    for number in (5, 140):
        file(cabinet, number, NOON)
    private = an_acceptance(a_request(service_request_id=an_id(3), private=True), private=True)
    cabinet.requests.accept(private)

    found = cabinet.requests.many([an_id(n) for n in (140, 3, 5, *range(200, 300), 3, 140)])

    assert found == tuple(cabinet.requests.get(an_id(number)) for number in (140, 3, 5))
    assert cabinet.requests.many([]) == ()


def test_by_ids_keeps_the_order_and_leaves_out_what_is_not_public(cabinet: Cabinet) -> None:
    for number in (1, 2, 3):
        file(cabinet, number, NOON)
    cabinet.requests.accept(
        an_acceptance(a_request(service_request_id=an_id(4), private=True), private=True)
    )
    asked = [an_id(number) for number in (3, 9, 1, 4, 3, 2)]

    assert numbers(tuple(cabinet.requests.by_ids(asked))) == [3, 1, 2]
    assert cabinet.requests.by_ids([]) == ()


def test_by_ids_takes_more_than_a_hundred(cabinet: Cabinet) -> None:
    for number in (5, 140):
        file(cabinet, number, NOON)

    found = cabinet.requests.by_ids(an_id(number) for number in range(150))

    assert numbers(tuple(found)) == [5, 140]


def test_nearby_finds_what_lies_in_the_cells_since_then(cabinet: Cabinet) -> None:
    places = [(41.123456, -93.654321), (41.123999, -93.654999), (41.2, -93.7)]
    for number, (lat, long) in enumerate(places):
        at = NOON - timedelta(days=number)
        file(cabinet, number, at, place=Place(lat=lat, long=long))
    around = cells_around(lat=41.1234, long=-93.6543, radius_m=300)
    here = [*around, cell(lat=41.1234, long=-93.6543)]

    def found(since: datetime) -> list[int]:
        return numbers(tuple(cabinet.requests.nearby(here, since)))

    assert found(NOON - timedelta(days=30)) == [0, 1]
    assert found(NOON) == [0]
    assert found(NOON + timedelta(microseconds=1)) == []
    assert cabinet.requests.nearby([], NOON) == ()


def test_work_is_due_first_and_in_the_queue_of_whom_it_waits_for(cabinet: Cabinet) -> None:
    statuses = (
        Status.ROUTED,
        Status.ACCEPTED,
        Status.IN_PROGRESS,
        Status.ON_HOLD,
        Status.IN_TRIAGE,
        Status.RECEIVED,
        Status.RESOLVED,
        Status.CLOSED,
    )
    for number, status in enumerate(statuses):
        due = minutes(100 - number)
        file(cabinet, number, NOON, status=status, department="streets", expected_at=due)

    def queue(name: str) -> list[str]:
        return [row.service_request_id for row in cabinet.requests.work(name, limit=10).rows]

    assert queue("streets") == [an_id(number) for number in (3, 2, 1, 0)]
    assert queue("triage") == [an_id(4)]
    assert queue("water") == []


def test_a_row_of_work_says_what_there_is_to_choose(cabinet: Cabinet) -> None:
    file(cabinet, 1, NOON, status=Status.ROUTED, department="streets", assignee="crew-4")

    rows = cabinet.requests.work("streets", limit=10).rows

    assert rows == (
        WorkItem(
            service_request_id=an_id(1),
            queue="streets",
            status=Status.ROUTED,
            service_code="pothole",
            priority="normal",
            district="riverside",
            due_at=NOON,
            assignee="crew-4",
        ),
    )


def test_work_of_a_private_request_is_still_work(cabinet: Cabinet) -> None:
    request = a_request(private=True, status=Status.ROUTED, department="police")
    cabinet.requests.accept(an_acceptance(request, private=True))

    assert len(cabinet.requests.work("police", limit=10).rows) == 1


@pytest.mark.parametrize("limit", [1, 2, 3, 5])
def test_pages_of_work_join(cabinet: Cabinet, limit: int) -> None:
    for number in range(5):
        due = minutes(10 * (number // 2))
        file(cabinet, number, NOON, status=Status.ROUTED, department="streets", expected_at=due)
    found: list[str] = []
    after: str | None = None
    while True:
        page = cabinet.requests.work("streets", limit=limit, after=after)
        found += [row.service_request_id for row in page.rows]
        after = page.cursor
        if after is None:
            break

    assert sorted(found) == sorted(an_id(number) for number in range(5))
    assert found[-1] == an_id(4)


def test_a_cursor_of_another_queue_is_refused(cabinet: Cabinet) -> None:
    for kind, key in (("work water", "#A"), ("work streets", "#A\n2")):
        cursor = cursors.encoded(kind, f"2026-11-24T12:00:00.123Z{key}")

        with pytest.raises(InvalidInput):
            cabinet.requests.work("streets", limit=5, after=cursor)


def test_work_moves_with_the_request(cabinet: Cabinet) -> None:
    request = file(cabinet, 1, NOON, status=Status.ROUTED, department="streets")

    cabinet.requests.change(a_change(request, department="water", expected_at=minutes(60)))

    assert cabinet.requests.work("streets", limit=5).rows == ()
    assert [row.due_at for row in cabinet.requests.work("water", limit=5).rows] == [minutes(60)]
