"""What a list is asked for, and how a page of it is got."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from city311.domain.errors import FieldProblem, InvalidInput
from city311.domain.lifecycle import PublicStatus
from city311.domain.request import PublicRequest
from city311.open311 import lists
from city311.open311.lists import (
    MOST_QUERY,
    MOST_ROWS,
    MOST_WALKED,
    Asked,
    counted,
    page_of,
    smaller,
)
from city311.ports import ListQuery, Page
from tests.open311.listing import NOW, Store, a_request, query
from tests.towns import TOWN

OPEN = {PublicStatus.RECEIVED, PublicStatus.IN_PROGRESS}


def asked(parameters: dict[str, Sequence[str]]) -> Asked:
    return lists.asked(parameters, NOW, TOWN)


def refused(parameters: dict[str, Sequence[str]]) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        asked(parameters)
    return [each.field for each in caught.value.problems]


def test_nothing_asked_is_a_page_of_1000_that_nobody_counts() -> None:
    found = asked({})

    assert (found.ids, found.page, found.clamped, found.extensions) == (None, None, None, set())
    assert (found.query.limit, found.query.skip, found.query.after) == (MOST_ROWS, 0, None)
    assert found.query == ListQuery(start=found.query.start, end=found.query.end, limit=MOST_ROWS)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-01T00:00:00Z",
        "2026-11-01T02:00:00+02:00",
        "2026-11-01T02:00:00 02:00",
        "2026-11-01T02:00:00 0200",
        "2026-10-31T19:00:00-05:00",
        "2026-11-01",
        "2026-11-01T00:00:00.000Z",
        " 2026-11-01T00:00:00 ",
        "2026-11-01T00:00:00",
    ],
)
@pytest.mark.parametrize("name", ["start_date", "updated_after"])
def test_one_instant_in_many_spellings(name: str, text: str) -> None:
    assert asked(query(**{name: text})).query.start == datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("parameters", "fields"),
    [
        ({"start_date": "yesterday"}, ["start_date"]),
        ({"end_date": "2026-13-01"}, ["end_date"]),
        ({"updated_after": "x", "updated_before": "y"}, ["updated_after", "updated_before"]),
        ({"start_date": "0001-01-01T00:00:00+14:00"}, ["start_date"]),
        ({"end_date": "9999-12-31T23:59:59-14:00"}, ["end_date"]),
        ({"start_date": "2026-11-02", "end_date": "2026-11-01"}, ["start_date"]),
        ({"updated_after": "2026-11-02", "updated_before": "2026-11-01"}, ["updated_after"]),
        ({"status": "open,pending"}, ["status"]),
        ({"page": "two"}, ["page"]),
        ({"page_size": "-1"}, ["page_size"]),
        ({"page_size": "0"}, ["page_size"]),
        ({"per_page": "x"}, ["per_page"]),
        ({"limit": "1e3"}, ["limit"]),
        ({"page": "11"}, ["page"]),
        ({"page": "101", "page_size": "100"}, ["page"]),
        ({"bbox": "1,2"}, ["bbox"]),
        (
            {"status": "x", "page": "y", "start_date": "z", "lat": "n"},
            ["start_date", "lat", "long", "status", "page"],
        ),
    ],
)
def test_what_is_no_use_is_named(parameters: dict[str, str], fields: list[str]) -> None:
    assert refused(query(**parameters)) == fields


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", set()),
        ("open", OPEN),
        ("CLOSED", {PublicStatus.RESOLVED}),
        ("open,closed", set(PublicStatus)),
    ],
)
def test_status_words(text: str, found: set[PublicStatus]) -> None:
    assert asked(query(status=text)).query.statuses == found


def test_codes_may_be_listed_or_repeated() -> None:
    assert asked({"service_code": ["a,b", " c ,"]}).query.service_codes == {"a", "b", "c"}


@pytest.mark.parametrize("text", ["Streets", "streets", "CALLES", "Calles "])
def test_an_agency_is_known_by_any_of_its_names(text: str) -> None:
    assert asked(query(agency_responsible=text)).query.agency == "Streets"


def test_an_agency_of_before_keeps_its_name() -> None:
    assert asked(query(agency_responsible="Lamplighters")).query.agency == "Lamplighters"
    assert asked(query(agency_responsible=" ")).query.agency is None


def test_a_place_and_a_circle_cut_down_are_in_the_question() -> None:
    found = asked(query(lat="40.02", long="-75.08", radius="9999"))

    assert found.query.area is not None
    assert found.clamped == "Only what lies within 5000 metres is listed"


def test_ids_override_all_else_and_are_read_as_people_write_them() -> None:
    found = asked(
        {
            "service_request_id": ["0000000000, oooo-ooooo,nonsense", "1"],
            "status": ["nonsense"],
            "start_date": ["nonsense"],
            "page": ["nonsense"],
            "extensions": ["true"],
        }
    )

    assert found.ids == ("000000000",)
    assert "attributes" in found.extensions


def test_too_many_ids_are_refused() -> None:
    def an_id(value: int) -> str:
        symbols = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
        text = ""
        for _ in range(8):
            value, rest = divmod(value, 32)
            text = symbols[rest] + text
        return text

    ids = [an_id(37 * n) + "0" for n in range(1001)]

    assert refused({"service_request_id": [",".join(ids)]}) == ["service_request_id"]
    assert len(asked({"service_request_id": [",".join(ids[1:])]}).ids or ()) == 1000


@pytest.mark.parametrize(
    ("parameters", "page", "size"),
    [
        ({"page": "0"}, 1, 1000),
        ({"page": "3", "page_size": "50"}, 3, 50),
        ({"page_size": "5000"}, 1, 1000),
        ({"limit": "20"}, 1, 20),
        ({"per_page": "30", "limit": "20"}, 1, 30),
        ({"page_size": "10", "limit": "20"}, 1, 10),
        ({"page": "100", "page_size": "100"}, 100, 100),
    ],
)
def test_pages_are_counted_by_skipping(parameters: dict[str, str], page: int, size: int) -> None:
    found = asked(query(**parameters))

    assert (found.page, found.query.limit, found.query.skip) == (page, size, (page - 1) * size)
    assert found.query.skip + size <= MOST_WALKED


def test_a_cursor_is_where_the_list_goes_on_whatever_the_page_is_called() -> None:
    found = asked(query(cursor="abc", page="99", page_size="500"))

    assert (found.query.after, found.query.skip, found.page) == ("abc", 0, None)


def test_filters_must_fit_into_the_address_of_the_next_page() -> None:
    codes = "x" * (MOST_QUERY + 1)

    assert refused({"service_code": [codes], "status": ["open"]}) == ["service_code"]
    assert asked({"service_code": [codes[:MOST_QUERY]], "fields": [codes]}).query.service_codes


def test_a_page_that_the_store_cut_short_goes_on_by_its_cursor() -> None:
    store = Store([a_request(number) for number in range(50)], stingy=8)

    page = page_of(store, asked(query(page_size="20")))

    assert [row.service_request_id for row in page.rows] == [f"R{n}" for n in range(8)]
    assert len(store.calls) == 1
    assert page.cursor is not None


@pytest.mark.parametrize("page", ["1", "2"])
def test_who_counts_pages_is_not_given_a_short_one(page: str) -> None:
    store = Store([a_request(number) for number in range(50)], stingy=8)

    with pytest.raises(InvalidInput) as caught:
        page_of(store, asked(query(page_size="20", page=page)))

    assert [each.reason for each in caught.value.problems] == ["too_rare"]


def test_a_cursor_that_is_none_is_named_as_it_was_sent() -> None:
    def refusing(_: ListQuery) -> Page[PublicRequest]:
        raise InvalidInput(FieldProblem(field="after", advice="Use a cursor as a page gave it."))

    for parameters, name in (({"cursor": "x"}, "cursor"), ({}, "after")):
        with pytest.raises(InvalidInput) as caught:
            page_of(refusing, asked(query(**parameters)))
        assert [each.field for each in caught.value.problems] == [name]


@pytest.mark.parametrize("length", [0, 1, 9, 10, 11, 30])
@pytest.mark.parametrize("size", [1, 10, 1000])
def test_pages_together_are_the_list_once_and_then_nothing(length: int, size: int) -> None:
    store = Store([a_request(number) for number in range(length)])
    walked = []
    for number in range(1, length // size + 3):
        if number * size > MOST_WALKED:
            break
        rows = page_of(store, asked(query(page=str(number), page_size=str(size)))).rows
        assert len(rows) <= size
        walked += rows

    assert walked == sorted(store.rows, key=lambda row: row.requested_at, reverse=True)


@pytest.mark.parametrize(
    ("parameters", "rows", "cursor", "count"),
    [
        ({}, 3, None, 3),
        ({}, 0, None, 0),
        ({}, 3, "more", None),
        ({"page": "3", "page_size": "10"}, 4, None, 24),
        ({"page": "3", "page_size": "10"}, 10, "more", None),
        # Past the end nothing shows how much there was before it.
        ({"page": "3", "page_size": "10"}, 0, None, None),
        ({"cursor": "c"}, 4, None, None),
    ],
)
def test_rows_are_counted_only_where_the_count_is_known(
    parameters: dict[str, str], rows: int, cursor: str | None, count: int | None
) -> None:
    page = Page(rows=tuple(a_request(n) for n in range(rows)), cursor=cursor)

    assert counted(asked(query(**parameters)), page) == count


def test_a_list_that_no_answer_holds_is_asked_for_in_smaller_pages() -> None:
    assert smaller(asked({}), 1000).query.limit == 500
    assert smaller(asked(query(cursor="c", page_size="200")), 200).query.limit == 100
    assert smaller(asked({}), 1).query.limit == 1


@pytest.mark.parametrize("parameters", [{"page": "1"}, {"limit": "9"}, {"service_request_id": "1"}])
def test_unless_the_caller_counts_on_its_size(parameters: dict[str, str]) -> None:
    with pytest.raises(InvalidInput) as caught:
        smaller(asked(query(**parameters)), 1000)

    assert caught.value.problems[0].field == "page_size"
