"""The headers of pages, and walks along them while the list grows."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city311.domain.request import PublicRequest
from city311.open311 import lists, paging
from city311.open311.asking import Query
from city311.ports import Page
from tests.open311.listing import NOW, Store, a_request, query
from tests.towns import TOWN

HERE = "https://city.example/open311/v2/requests.json"


def headers(
    parameters: Query, rows: int, cursor: str | None = None, later: timedelta = timedelta()
) -> dict[str, str]:
    asked = lists.asked(parameters, NOW + later, TOWN)
    page = Page(rows=tuple(a_request(n) for n in range(rows)), cursor=cursor)
    return paging.headers(asked, parameters, page, HERE)


def parameters_of(url: str) -> dict[str, str]:
    assert url.startswith(f"{HERE}?")
    found = parse_qs(urlsplit(url).query, strict_parsing=True)
    assert all(len(values) == 1 for values in found.values())
    return {name: values[0] for name, values in found.items()}


def test_a_list_that_ends_here_says_how_long_it_is() -> None:
    assert headers({}, 3) == {
        "X-Page-Size": "1000",
        "X-Result-Count": "3",
        "X-Page-Count": "1",
    }
    assert headers(query(page_size="10"), 0)["X-Page-Count"] == "0"


def test_a_list_that_goes_on_says_where_and_for_how_long_it_is_that_list() -> None:
    said = headers({}, 1000, "abc")

    assert parameters_of(said["X-Next-Page-URL"]) == {
        "end_date": "2026-11-25T12:00:00Z",
        "cursor": "abc",
    }
    assert said["Link"] == f'<{said["X-Next-Page-URL"]}>; rel="next"'
    assert {"X-Result-Count", "X-Page-Count", "X-Previous-Page-URL"}.isdisjoint(said)


def test_what_was_asked_is_asked_again_but_for_keys_and_pages() -> None:
    given_ = {
        "service_code": ["a,b", "a c"],
        "status": ["Open"],
        "updated_after": ["2026-11-01T02:00:00 02:00"],
        "bbox": ["-75.1,40,-75,40.1"],
        "agency_responsible": ["Streets & Roads"],
        "extensions": ["true"],
        "jurisdiction_id": [""],
        "page": ["2"],
        "limit": ["20"],
        "api_key": ["secret"],
        "q": ["tree"],
    }

    said = headers(given_, 20, "abc")

    assert parameters_of(said["X-Next-Page-URL"]) == {
        "service_code": "a,b,a c",
        "status": "Open",
        "updated_after": "2026-11-01T02:00:00 02:00",
        "updated_before": "2026-11-25T12:00:00Z",
        "bbox": "-75.1,40,-75,40.1",
        "agency_responsible": "Streets & Roads",
        "extensions": "true",
        "page_size": "20",
        "cursor": "abc",
    }
    assert parameters_of(said["X-Previous-Page-URL"])["page"] == "1"
    assert "secret" not in str(said)


def test_a_page_before_this_one_is_known_only_by_number() -> None:
    assert "X-Previous-Page-URL" not in headers(query(page="1"), 3)
    assert "X-Previous-Page-URL" not in headers(query(cursor="abc"), 3)
    assert "X-Previous-Page-URL" in headers(query(page="3", page_size="5"), 0)


def test_ids_are_counted_and_have_no_pages() -> None:
    assert headers(query(service_request_id="000000000,1"), 1) == {"X-Result-Count": "1"}


def test_what_was_cut_down_is_said() -> None:
    span = headers(query(start_date="2025-01-01", end_date="2026-11-01"), 0)
    circle = headers(query(lat="40", long="-75", radius="6000"), 0)
    years = headers(query(updated_after="2001-01-01"), 0)

    assert span["X-Open311-Clamped"] == circle["X-Open311-Clamped"] == "true"
    assert span["Warning"] == '299 - "Only the last 90 days of the span are listed"'
    assert circle["Warning"] == '299 - "Only what lies within 5000 metres is listed"'
    assert years["Warning"] == '299 - "Only the last 5 calendar years of the span are listed"'


@settings(deadline=None)
@given(
    words=st.dictionaries(
        st.sampled_from(["service_code", "agency_responsible", "jurisdiction_id", "page_size"]),
        st.text(max_size=30),
    )
)
def test_nothing_that_is_typed_breaks_out_of_a_header(words: dict[str, str]) -> None:
    words.pop("page_size", None)

    for value in headers(query(page="2", page_size="5", **words), 5, "abc").values():
        assert value.isascii()
        assert value.isprintable()
        assert len(value) < 10_000


def walk(store: Store, first: Query) -> Iterator[tuple[PublicRequest, ...]]:
    """Page after page, each by the address that the one before it gave, a second apart."""
    parameters, seconds = first, 0
    while True:
        asked = lists.asked(parameters, NOW + timedelta(seconds=seconds), TOWN)
        page = lists.page_of(store, asked)
        yield page.rows
        said = paging.headers(asked, parameters, page, HERE)
        if "X-Next-Page-URL" not in said:
            return
        parameters = {name: [text] for name, text in parameters_of(said["X-Next-Page-URL"]).items()}
        seconds += 1


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"start_date": "2026-11-20T00:00:00Z"},
        {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-12-01T00:00:00Z"},
        {"updated_after": "2026-11-20T00:00:00Z"},
        {"updated_before": "2026-11-25T12:00:00Z"},
        {"updated_after": "2026-11-20T00:00:00Z", "start_date": "2026-11-20T00:00:00Z"},
        {"updated_after": "2026-11-20T00:00:00Z", "start_date": "2026-11-19T00:00:00Z"},
        {"updated_after": "2026-01-20T00:00:00Z", "start_date": "2026-11-19T00:00:00Z"},
    ],
    ids=str,
)
@pytest.mark.parametrize("size", [1, 3, 7])
@pytest.mark.parametrize("stingy", [2, 1000])
def test_a_walk_meets_each_row_once_while_others_report(
    asked: dict[str, str], size: int, stingy: int
) -> None:
    store = Store([a_request(number) for number in range(20)], stingy=stingy)
    before = [row.service_request_id for row in store.rows]

    met = []
    for number, rows in enumerate(walk(store, query(**asked, page_size=str(size)))):
        met += [row.service_request_id for row in rows]
        fresh = NOW + timedelta(seconds=number, milliseconds=100)
        store.rows.append(a_request(1000 + number, requested_at=fresh, updated_at=fresh))

    assert met == before
