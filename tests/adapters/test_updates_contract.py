"""Updates and posted changes: the twin and the real one keep the same promises."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.stub import Stubber
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from city311.adapters.dynamodb.requests import DynamoRequests
from city311.domain.errors import Conflict, InvalidInput, Unavailable
from city311.domain.ids import digest
from city311.domain.request import ServiceRequest
from city311.domain.update import PublicUpdate, UpdateStatus
from city311.ports import Change, IdempotencyKey, Repeated
from tests.adapters.building import (
    NOON,
    a_change,
    a_photo,
    a_request,
    an_acceptance,
    an_id,
    minutes,
)
from tests.adapters.conftest import Cabinet, a_client, dynamo_cabinet, memory_cabinet
from tests.adapters.plan import TABLE

DAY = timedelta(days=1)


def an_update(request: ServiceRequest, **changes: Any) -> PublicUpdate:
    """What is told of the last change of this request."""
    values: dict[str, Any] = {
        "service_request_id": request.service_request_id,
        "seq": request.seq,
        "at": request.updated_at,
        "status": UpdateStatus.IN_PROGRESS,
        "description": "A crew is on its way.",
        "code": "accepted",
    }
    return PublicUpdate(**{**values, **changes})


def a_key(name: str = "update", **changes: Any) -> IdempotencyKey:
    values: dict[str, Any] = {
        "digest": digest(name),
        "content": "",
        "expires_at": NOON + timedelta(days=90),
    }
    return IdempotencyKey(**{**values, **changes})


def told(before: ServiceRequest, **changes: Any) -> Change:
    """The next change, with what is told of it."""
    key, photos = changes.pop("key", None), changes.pop("photos", ())
    shown = changes.pop("update", {})
    change = a_change(before, **changes)
    return replace(change, update=an_update(change.request, **shown), key=key, photos=photos)


def filed(cabinet: Cabinet, number: int = 1, at: datetime = NOON, **kwargs: Any) -> ServiceRequest:
    """A request in the cabinet."""
    request = a_request(service_request_id=an_id(number), requested_at=at, updated_at=at)
    cabinet.requests.accept(an_acceptance(request, **kwargs))
    return cabinet.requests.get(request.service_request_id)


def ids(cabinet: Cabinet, start: datetime, end: datetime, **kwargs: Any) -> list[str]:
    rows = cabinet.requests.updates_between(
        start, end, limit=kwargs.pop("limit", 10), **kwargs
    ).rows
    return [each.update_id for each in rows]


# Written with the change --------------------------------------------------------------------------


def test_an_update_is_written_with_its_change_and_read_back_whole(cabinet: Cabinet) -> None:
    change = told(filed(cabinet), update={"service_code": "tree", "photos": ("P" * 26,)})
    cabinet.requests.change(change)
    later = told(change.request, update={"description": "", "code": None})
    cabinet.requests.change(later)

    assert cabinet.requests.updates(an_id(1)) == (change.update, later.update)
    page = cabinet.requests.updates_between(NOON, NOON + DAY, limit=10)
    assert page.rows == (change.update, later.update)
    assert page.cursor is None


def test_a_change_that_is_not_told_leaves_no_update(cabinet: Cabinet) -> None:
    cabinet.requests.change(a_change(filed(cabinet)))

    assert cabinet.requests.updates(an_id(1)) == ()
    assert ids(cabinet, NOON, NOON + DAY) == []


def test_a_change_that_is_refused_tells_nothing(cabinet: Cabinet) -> None:
    before = filed(cabinet)
    cabinet.requests.change(a_change(before))

    with pytest.raises(Conflict):
        cabinet.requests.change(told(before, updated_at=minutes(11), key=a_key()))

    assert cabinet.requests.updates(an_id(1)) == ()
    # Nor is its key used up.
    cabinet.requests.change(told(cabinet.requests.get(an_id(1)), key=a_key()))


def test_photos_that_come_with_a_change_are_the_requests_from_then_on(cabinet: Cabinet) -> None:
    photo = a_photo()
    cabinet.photos.clean(photo)
    cabinet.requests.change(told(filed(cabinet), photos=(photo.photo_id,)))

    record = cabinet.photos.get(photo.photo_id)
    assert record is not None
    assert record.service_request_id == an_id(1)
    assert cabinet.watch.photos_due(NOON + timedelta(days=9), 10) == ()


# Once ---------------------------------------------------------------------------------------------


def test_a_key_that_was_used_answers_what_came_of_it_and_nothing_is_written(
    cabinet: Cabinet,
) -> None:
    first = told(filed(cabinet), key=a_key())
    cabinet.requests.change(first)

    with pytest.raises(Repeated) as repeated:
        cabinet.requests.change(told(first.request, key=a_key(expires_at=NOON + 9 * DAY)))

    assert repeated.value.update_id == f"{an_id(1)}-2"
    assert cabinet.requests.get(an_id(1)) == first.request
    assert (
        len(cabinet.requests.events(an_id(1))) == len(cabinet.requests.updates(an_id(1))) + 1 == 2
    )


def test_a_used_key_counts_more_than_a_stale_reading(cabinet: Cabinet) -> None:
    before = filed(cabinet)
    cabinet.requests.change(told(before, key=a_key()))

    with pytest.raises(Repeated):
        cabinet.requests.change(told(before, updated_at=minutes(11), key=a_key()))


def test_a_key_is_one_for_all_requests(cabinet: Cabinet) -> None:
    cabinet.requests.change(told(filed(cabinet), key=a_key()))

    with pytest.raises(Repeated) as repeated:
        cabinet.requests.change(told(filed(cabinet, 2), key=a_key()))

    assert repeated.value.update_id == f"{an_id(1)}-2"
    assert cabinet.requests.updates(an_id(2)) == ()


def test_the_same_change_twice_is_one_change_with_its_key_too(cabinet: Cabinet) -> None:
    change = told(filed(cabinet), key=a_key())

    cabinet.requests.change(change)
    cabinet.requests.change(change)

    assert cabinet.requests.updates(an_id(1)) == (change.update,)


def test_an_expired_key_is_as_good_as_new(cabinet: Cabinet) -> None:
    first = told(filed(cabinet), key=a_key(expires_at=minutes(20)))
    cabinet.requests.change(first)

    again = told(first.request, key=a_key())
    cabinet.requests.change(again)
    assert again.request.updated_at == minutes(20)

    with pytest.raises(Repeated) as repeated:
        cabinet.requests.change(told(again.request, key=a_key()))
    assert repeated.value.update_id == f"{an_id(1)}-3"


def test_a_key_that_vanishes_between_two_reads_is_a_conflict(filed_at: Cabinet) -> None:
    change = told(filed(filed_at), key=a_key())
    filed_at.requests.change(change)
    client = filed_at.table.client

    def vanish(**_: Any) -> None:
        client.meta.events.unregister("before-call.dynamodb.GetItem", vanish)
        key = {"pk": {"S": f"KEY#{digest('update')}"}, "sk": {"S": "KEY"}}
        client.delete_item(TableName=filed_at.table.name, Key=key)

    client.meta.events.register("before-call.dynamodb.GetItem", vanish)
    with pytest.raises(Conflict):
        filed_at.requests.change(told(change.request, key=a_key()))


@pytest.mark.parametrize(
    ("codes", "error"),
    [
        (("None", "None", "None", "TransactionConflict"), Conflict),
        (("None", "None", "None", "ThrottlingError"), Unavailable),
        (("TransactionConflict", "None", "None", "None"), Conflict),
    ],
    ids=["an equal post at this moment", "throttled", "another change at this moment"],
)
def test_why_a_posted_change_was_cancelled(
    aws: None, codes: tuple[str, ...], error: type[Exception]
) -> None:
    client = a_client("dynamodb")
    with Stubber(client) as stub:
        stub.add_client_error(
            "transact_write_items",
            service_error_code="TransactionCanceledException",
            http_status_code=400,
            modeled_fields={"CancellationReasons": [{"Code": code} for code in codes]},
        )
        with pytest.raises(error):
            DynamoRequests(client, TABLE).change(told(a_request(), key=a_key()))


@pytest.fixture
def filed_at(dynamodb: Any) -> Cabinet:
    """A cabinet in DynamoDB with a client of its own, to be listened to."""
    return dynamo_cabinet(a_client("dynamodb"))


# Read by time -------------------------------------------------------------------------------------


def test_both_bounds_are_inclusive_to_the_millisecond(cabinet: Cabinet) -> None:
    change = told(filed(cabinet))
    cabinet.requests.change(change)
    at, moment = change.request.updated_at, timedelta(milliseconds=1)
    name = [f"{an_id(1)}-2"]

    assert ids(cabinet, at, at) == name
    assert ids(cabinet, at - moment, at) == ids(cabinet, at, at + moment) == name
    assert ids(cabinet, at + moment, at + DAY) == []
    assert ids(cabinet, at - DAY, at - moment) == []
    # Rows are whole milliseconds: a start a little later shuts this one out.
    assert ids(cabinet, at + timedelta(microseconds=1), at + DAY) == []
    assert ids(cabinet, at + moment, at - moment) == []


def several(cabinet: Cabinet, *times: datetime) -> list[str]:
    """One update of a request of its own at each of these times; the ids, in order of time."""
    names = []
    for number, at in enumerate(times, start=1):
        cabinet.requests.change(told(filed(cabinet, number, at - DAY), updated_at=at))
        names.append((at, f"{an_id(number)}-2"))
    return [name for _, name in sorted(names)]


TURN = datetime(2026, 12, 31, 23, 59, 59, 999000, tzinfo=UTC)
NEW_YEAR = TURN + timedelta(milliseconds=1)


def test_pages_go_on_across_years_oldest_first_and_show_each_once(cabinet: Cabinet) -> None:
    expected = several(
        cabinet, NEW_YEAR, NOON, TURN, NEW_YEAR, NEW_YEAR + 400 * DAY, TURN, NOON - 300 * DAY
    )
    span = (NOON - 400 * DAY, NEW_YEAR + 500 * DAY)

    for limit in range(1, 9):
        found, cursor = [], None
        for _ in range(10):
            page = cabinet.requests.updates_between(*span, limit=limit, after=cursor)
            assert len(page.rows) <= limit
            found += [each.update_id for each in page.rows]
            cursor = page.cursor
            if cursor is None:
                break
            assert len(page.rows) == limit
        assert found == expected


def test_what_one_moment_tells_of_a_request_stays_in_order(cabinet: Cabinet) -> None:
    request = filed(cabinet)
    for _ in range(11):
        change = told(request, updated_at=NOON)
        cabinet.requests.change(change)
        request = change.request

    assert ids(cabinet, NOON, NOON, limit=20) == [f"{an_id(1)}-{seq}" for seq in range(2, 13)]


def test_a_cursor_says_where_and_the_times_of_the_next_question_bound_it(
    cabinet: Cabinet,
) -> None:
    names = several(cabinet, NOON, NOON + DAY, NOON + 2 * DAY)
    cursor = cabinet.requests.updates_between(NOON, NOON + 9 * DAY, limit=1).cursor

    assert ids(cabinet, NOON, NOON + DAY, after=cursor) == names[1:2]
    assert ids(cabinet, NOON + 2 * DAY, NOON + 9 * DAY, after=cursor) == names[2:]
    assert ids(cabinet, NOON - DAY, NOON - DAY, after=cursor) == []


@pytest.mark.parametrize(
    ("start", "end", "more"),
    [
        (NOON, NOON, {"limit": 0}),
        (NOON, NOON, {"limit": 1001}),
        (NOON, NOON, {"after": "not a cursor of ours"}),
        (NOON.replace(year=2021), NOON, {}),
        (datetime.max.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC), {}),
    ],
    ids=["none", "too many", "cursor", "years", "no such time"],
)
def test_a_question_that_cannot_be_answered_is_refused(
    cabinet: Cabinet, start: datetime, end: datetime, more: dict[str, Any]
) -> None:
    with pytest.raises(InvalidInput):
        ids(cabinet, start, end, **more)


@given(
    times=st.lists(st.integers(0, 40), max_size=12),
    low=st.integers(0, 40),
    width=st.integers(0, 40),
)
@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_whatever_is_between_is_listed_in_order(times: list[int], low: int, width: int) -> None:
    cabinet = memory_cabinet()
    for number, at in enumerate(times, start=1):
        when = minutes(at)
        cabinet.requests.change(told(filed(cabinet, number, when - DAY), updated_at=when))

    rows = cabinet.requests.updates_between(minutes(low), minutes(low + width), limit=50).rows

    keys = [(each.at, each.update_id) for each in rows]
    assert keys == sorted(
        (minutes(at), f"{an_id(number)}-2")
        for number, at in enumerate(times, start=1)
        if low <= at <= low + width
    )
