"""What a list is asked for, and the pages it answers with."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city311.domain.errors import InvalidInput
from city311.domain.lifecycle import PublicStatus
from city311.domain.request import PublicRequest
from city311.open311 import lists
from city311.open311.fields import Format
from city311.open311.lists import SPAN, answer, asked, page_of
from city311.ports import ListQuery, Page

NOW = datetime(2026, 11, 25, 12, 0, 0, 500_000, tzinfo=UTC)
OPEN = {PublicStatus.RECEIVED, PublicStatus.IN_PROGRESS}


def a_request(number: int = 1, **changes: Any) -> PublicRequest:
    given: dict[str, Any] = {
        "service_request_id": f"R{number}",
        "status": PublicStatus.RECEIVED,
        "status_notes": None,
        "service_code": "pothole",
        "service_name": "Pothole",
        "description": "Deep.",
        "agency_responsible": None,
        "service_notice": None,
        "requested_at": NOW,
        "updated_at": NOW,
        "expected_at": None,
        "address": None,
        "address_id": None,
        "lat": 50.5,
        "long": 10.5,
        "media_url": None,
    }
    return PublicRequest(**{**given, **changes})


def query(**parameters: str) -> dict[str, Sequence[str]]:
    return {name: [value] for name, value in parameters.items()}


def test_nothing_asked_is_the_last_90_days_and_1000_rows() -> None:
    found = asked({}, NOW)

    assert found.query == ListQuery(start=NOW - SPAN, end=NOW, limit=1000)
    assert (found.ids, found.page, found.paged, found.clamped) == (None, 1, False, False)


@pytest.mark.parametrize(
    ("start", "end", "first", "last", "clamped"),
    [
        ("2026-11-01T00:00:00Z", "", "2026-11-01T00:00:00", "2026-11-25T12:00:00.500", False),
        ("2026-01-01T00:00:00Z", "", "2026-01-01T00:00:00", "2026-04-01T00:00:00", False),
        ("2027-01-01T00:00:00Z", "", "2027-01-01T00:00:00", "2027-01-01T00:00:00", False),
        ("", "2026-06-30T00:00:00Z", "2026-04-01T00:00:00.999", "2026-06-30T00:00:00.999", False),
        (
            "2026-01-01T00:00:00Z",
            "2026-12-01T00:00:00Z",
            "2026-09-02T00:00:00.999",
            "2026-12-01T00:00:00.999",
            True,
        ),
        (
            "2026-09-02T00:00:00Z",
            "2026-12-01T00:00:00Z",
            "2026-09-02T00:00:00",
            "2026-12-01T00:00:00.999",
            False,
        ),
    ],
)
def test_the_window(start: str, end: str, first: str, last: str, clamped: bool) -> None:
    found = asked(query(start_date=start, end_date=end), NOW)

    assert found.query.start == datetime.fromisoformat(first + "+00:00")
    assert found.query.end == datetime.fromisoformat(last + "+00:00")
    assert found.clamped is clamped


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
def test_one_instant_in_many_spellings(text: str) -> None:
    assert asked(query(start_date=text), NOW).query.start == datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("parameters", "fields"),
    [
        ({"start_date": "yesterday"}, ["start_date"]),
        ({"end_date": "2026-13-01"}, ["end_date"]),
        ({"start_date": "0001-01-01T00:00:00+14:00"}, ["start_date"]),
        ({"end_date": "9999-12-31T23:59:59-14:00"}, ["end_date"]),
        ({"start_date": "2026-11-02", "end_date": "2026-11-01"}, ["start_date"]),
        ({"status": "open,pending"}, ["status"]),
        ({"page": "two"}, ["page"]),
        ({"page_size": "-1"}, ["page_size"]),
        ({"limit": "1e3"}, ["limit"]),
        ({"page": "11"}, ["page"]),
        ({"page": "101", "page_size": "100"}, ["page"]),
        ({"status": "x", "page": "y", "start_date": "z"}, ["start_date", "status", "page"]),
    ],
)
def test_what_is_no_use_is_named(parameters: dict[str, str], fields: list[str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        asked(query(**parameters), NOW)

    assert [each.field for each in refused.value.problems] == fields


@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_the_calendar_are_no_fault(text: str) -> None:
    for name in ("start_date", "end_date"):
        found = asked(query(**{name: text}), NOW).query
        assert found.start <= found.end
        assert found.end - found.start <= SPAN + timedelta(seconds=1)


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
    assert asked(query(status=text), NOW).query.statuses == found


def test_codes_may_be_listed_or_repeated() -> None:
    found = asked({"service_code": ["a,b", " c ,"]}, NOW)

    assert found.query.service_codes == {"a", "b", "c"}


def test_ids_override_all_else_and_are_read_as_people_write_them() -> None:
    found = asked(
        {
            "service_request_id": ["0000000000, oooo-ooooo,nonsense", "1"],
            "status": ["nonsense"],
            "start_date": ["nonsense"],
        },
        NOW,
    )

    assert found.ids == ("000000000",)
    assert found.paged


def test_too_many_ids_are_refused() -> None:
    def an_id(value: int) -> str:
        symbols = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
        text = ""
        for _ in range(8):
            value, rest = divmod(value, 32)
            text = symbols[rest] + text
        return text

    ids = [an_id(37 * n) + "0" for n in range(1001)]

    with pytest.raises(InvalidInput):
        asked({"service_request_id": [",".join(ids)]}, NOW)
    assert len(asked({"service_request_id": [",".join(ids[1:])]}, NOW).ids or ()) == 1000


@pytest.mark.parametrize(
    ("parameters", "page", "size"),
    [
        ({"page": "0"}, 1, 1000),
        ({"page": "3", "page_size": "50"}, 3, 50),
        ({"page_size": "5000"}, 1, 1000),
        ({"limit": "20"}, 1, 20),
        ({"page_size": "10", "limit": "20"}, 1, 10),
        ({"page": "100", "page_size": "100"}, 100, 100),
    ],
)
def test_pages(parameters: dict[str, str], page: int, size: int) -> None:
    found = asked(query(**parameters), NOW)

    assert (found.page, found.query.limit, found.paged) == (page, size, True)


class Shelf:
    """A list that gives away a few rows at a time, however many are asked for."""

    def __init__(self, length: int, stingy: int) -> None:
        self.rows = tuple(a_request(number) for number in range(length))
        self.stingy = stingy

    def __call__(self, query: ListQuery) -> Page[PublicRequest]:
        start = int(query.after or 0)
        stop = start + min(query.limit, self.stingy)
        cursor = str(stop) if stop < len(self.rows) else None
        return Page(rows=self.rows[start:stop], cursor=cursor)


@settings(deadline=None)
@given(length=st.integers(0, 30), stingy=st.integers(1, 12), size=st.integers(1, 12))
def test_pages_together_are_the_list_once(length: int, stingy: int, size: int) -> None:
    shelf = Shelf(length, stingy)
    walked: list[PublicRequest] = []
    for page in range(1, length // size + 3):
        found = asked(query(page=str(page), page_size=str(size)), NOW)
        rows = page_of(shelf, found)
        assert len(rows) <= size
        walked += rows

    assert walked == list(shelf.rows)


def test_a_clamped_list_says_so() -> None:
    found = asked(query(start_date="2025-01-01", end_date="2026-11-01"), NOW)

    response = answer([], found, Format.JSON, "https://city.example", {"Cache-Control": "x"})

    assert response.headers["X-Open311-Clamped"] == "true"
    assert response.headers["Warning"].startswith("299 ")
    assert response.headers["Cache-Control"] == "x"


def test_a_default_list_is_cut_to_what_an_answer_holds() -> None:
    rows = [a_request(number, description="é" * 4000) for number in range(1000)]

    response = answer(rows, asked({}, NOW), Format.XML, "", {})

    assert 1_000_000 < len(response.body.encode()) <= lists.MOST_BYTES
    assert "<service_request_id>R0</service_request_id>" in response.body


def test_a_page_is_whole_or_refused() -> None:
    rows = [a_request(number, description="é" * 4000) for number in range(1000)]

    with pytest.raises(InvalidInput) as refused:
        answer(rows, asked(query(page="1"), NOW), Format.XML, "", {})

    assert refused.value.problems[0].field == "page_size"
