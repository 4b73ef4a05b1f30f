"""One contract, both cabinets: lists, pages, cursors, queues."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from city311.adapters import cursors
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
        (NOON - timedelta(days=800), NOON),
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


def test_two_years_may_be_asked_for_at_once(cabinet: Cabinet) -> None:
    file(cabinet, 1, NOON)
    file(cabinet, 2, datetime(2025, 1, 5, tzinfo=UTC))

    start = datetime(2025, 1, 1, tzinfo=UTC)
    assert walked(cabinet, a_query(start=start, end=minutes(1), limit=1)) == [1, 2]


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
    cursor = cursors.encoded("work water", "2026-11-24T12:00:00.123Z#A")

    with pytest.raises(InvalidInput):
        cabinet.requests.work("streets", limit=5, after=cursor)


def test_work_moves_with_the_request(cabinet: Cabinet) -> None:
    request = file(cabinet, 1, NOON, status=Status.ROUTED, department="streets")

    cabinet.requests.change(a_change(request, department="water", expected_at=minutes(60)))

    assert cabinet.requests.work("streets", limit=5).rows == ()
    assert [row.due_at for row in cabinet.requests.work("water", limit=5).rows] == [minutes(60)]
