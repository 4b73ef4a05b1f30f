"""Past requests come whole and each once: however lists are cut, sorted, shifted or broken off."""

import json
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cli.failures import Failure, Misuse, Refused
from cli.importing.archive import Archive
from cli.importing.endpoint import Endpoint
from cli.importing.orders import Order, Pulled
from cli.importing.past import past_request
from cli.importing.pulling import pull
from tests.importing.profiles import elements
from tests.importing.world import NOW, Query, Raw, Server, answer, as_json, as_xml, client, web_page

ENDPOINT = Endpoint(base="https://311.gross.example/open311/v2")
SINCE = datetime(2026, 6, 1, tzinfo=UTC)
YEAR = Order(since=SINCE, until=NOW)


def rows(count: int, every: timedelta = timedelta(hours=6)) -> list[dict[str, Any]]:
    """Requests back from NOW, the newest first."""
    return [
        {
            "service_request_id": f"R{n:05}",
            "service_code": "1",
            "status": "open",
            "requested_datetime": (NOW - timedelta(seconds=7) - n * every).strftime(
                "%Y-%m-%dT%H:%M:%SZ"
            ),
        }
        for n in range(count)
    ]


def asked(query: Query, name: str) -> datetime:
    read = datetime.fromisoformat(query[name])
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def when(row: dict[str, Any]) -> datetime:
    return _read(row["requested_datetime"])


_read = cache(datetime.fromisoformat)


class City:
    """A server of requests. `cap`: rows of one answer; each call may change what it holds."""

    def __init__(self, held: list[dict[str, Any]], cap: int = 50) -> None:
        self.held = held
        self.cap = cap
        self.pages = True
        self.dates = True
        self.order: Callable[[list[dict[str, Any]]], list[dict[str, Any]]] = lambda found: found
        self.each_call: Callable[[int], None] = lambda n: None
        self.calls = 0
        self.longest = timedelta(0)

    def __call__(self, path: str, query: Query) -> Raw:
        assert path.endswith("/requests.json")
        self.calls += 1
        self.each_call(self.calls)
        low, high = asked(query, "start_date"), asked(query, "end_date")
        self.longest = max(self.longest, high - low)
        found = [r for r in self.held if not self.dates or low <= when(r) <= high]
        found = self.order(sorted(found, key=when, reverse=True))
        start = (int(query.get("page", "1")) - 1) * self.cap if self.pages else 0
        return as_json(found[start : start + self.cap])


def run(
    city: Callable[[str, Query], Raw],
    path: Path,
    order: Order = YEAR,
    limit: int | None = None,
) -> Pulled:
    with Archive.at(path, ENDPOINT.base) as archive:
        return pull(client(Server(city)), ENDPOINT, archive, order, limit=limit, page_size=500)


def ids(path: Path) -> list[str]:
    return [json.loads(line)["id"] for line in path.read_text(encoding="utf-8").splitlines()]


def exactly(path: Path, held: list[dict[str, Any]]) -> None:
    """The file holds these requests, each once."""
    assert sorted(ids(path)) == sorted(row["service_request_id"] for row in held)


def mixed(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return found[::2] + found[1::2]


@pytest.mark.parametrize("pages", [True, False])
@pytest.mark.parametrize(
    "order", [lambda found: found, lambda found: found[::-1], mixed], ids=["new", "old", "mixed"]
)
def test_all_and_each_once_in_windows_of_90_days(
    order: Callable[[list[dict[str, Any]]], list[dict[str, Any]]], pages: bool, tmp_path: Path
) -> None:
    city = City(rows(1_000))
    city.order, city.pages = order, pages

    pulled = run(city, tmp_path / "past.jsonl")

    exactly(tmp_path / "past.jsonl", city.held)
    assert (pulled.new, pulled.total, pulled.whole, pulled.notes) == (1_000, 1_000, True, [])
    assert city.longest <= timedelta(days=90)
    assert city.calls <= (91 if order is mixed else 52)


def open_first(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """In order within each status: a page looks sorted, and the list is not."""
    return sorted(found, key=lambda row: row["status"] != "open")


@pytest.mark.parametrize("closed", [2, 5, 9])
def test_a_list_that_only_looks_sorted_is_read_whole(closed: int, tmp_path: Path) -> None:
    city = City(rows(600))
    for n, row in enumerate(city.held):
        row["status"] = "closed" if n * 7919 % 10 < closed and n > 75 else "open"
    city.order = open_first

    run(city, tmp_path / "past.jsonl")

    exactly(tmp_path / "past.jsonl", city.held)
    assert city.calls < 120


@pytest.mark.parametrize("order", [lambda found: found, mixed], ids=["new", "mixed"])
def test_requests_that_appear_and_vanish_meanwhile_move_nothing(
    order: Callable[[list[dict[str, Any]]], list[dict[str, Any]]], tmp_path: Path
) -> None:
    """New ones on top push rows down a page, hidden ones pull rows up a page."""
    city = City(rows(750))
    city.order = order
    stay = [row["service_request_id"] for n, row in enumerate(city.held) if n % 25]
    hidden = [row for n, row in enumerate(city.held) if not n % 25]

    def shift(call: int) -> None:
        if call % 2 and hidden:
            city.held.remove(hidden.pop(0))
            late = NOW - timedelta(minutes=call)
            city.held.append(
                {"service_request_id": f"N{call}", "requested_datetime": late.isoformat()}
            )

    city.each_call = shift
    run(city, tmp_path / "past.jsonl")

    found = ids(tmp_path / "past.jsonl")
    assert len(found) == len(set(found))
    assert set(stay) <= set(found)


@settings(max_examples=60, deadline=None, database=None)
@given(
    gaps=st.lists(st.sampled_from([0, 0, 1, 30, 3_600, 86_400, 864_000]), max_size=150),
    cap=st.integers(3, 60),
    order=st.sampled_from([list, mixed, open_first, lambda found: found[::-1]]),
    form=st.sampled_from(["Z", "+", "T", ""]),
)
@example(gaps=[0, 1, 0, 0], cap=3, order=open_first, form="Z")
def test_whatever_the_times_the_order_and_the_length_of_answers(
    gaps: list[int], cap: int, order: Callable[[Any], Any], form: str
) -> None:
    moment, held = NOW, []
    for n, gap in enumerate(gaps):
        moment -= timedelta(seconds=gap)
        status = "open" if n % 3 else "closed"
        held.append(
            {
                "service_request_id": str(n),
                "status": status,
                "requested_datetime": moment.isoformat(),
            }
        )
    held = [row for row in held if when(row) > SINCE]
    city = City(held, cap)
    city.order = order

    def picky(path: str, query: Query) -> Raw:
        start = query["start_date"]
        known = {"Z": True, "+": "Z" not in start, "T": start[-1] != "Z" and "+" not in start}
        return city(path, query) if known.get(form, "T" not in start) else as_json([], 400)

    with tempfile.TemporaryDirectory() as room:
        run(picky, Path(room) / "past.jsonl")
        exactly(Path(room) / "past.jsonl", held)


def test_an_answer_as_long_as_answers_get_is_not_trusted(tmp_path: Path) -> None:
    """The newest window holds exactly as many as one answer; the one before holds more."""
    city = City(rows(350))
    city.held = [row for n, row in enumerate(city.held) if n >= 300 or n < 50]
    old = datetime(2026, 9, 1, tzinfo=UTC)
    for n, row in enumerate(city.held[50:]):
        row["requested_datetime"] = (old - timedelta(hours=n)).isoformat()
    city.held += [
        {
            "service_request_id": f"O{n}",
            "requested_datetime": (old - timedelta(minutes=n)).isoformat(),
        }
        for n in range(1, 200)
    ]
    city.order = mixed

    run(city, tmp_path / "past.jsonl")

    exactly(tmp_path / "past.jsonl", city.held)


def test_a_line_that_was_cut_off_is_taken_away(tmp_path: Path) -> None:
    path = tmp_path / "past.jsonl"
    city = City(rows(20))
    run(city, path)
    with path.open("ab") as file:
        file.write(b'{"id": "cut off in the mid')

    run(city, path)

    exactly(path, city.held)


def test_many_of_one_second_are_read_by_pages(tmp_path: Path) -> None:
    city = City(rows(225, timedelta(0)) + rows(150))
    for n, row in enumerate(city.held):
        row["service_request_id"] = f"X{n}"

    run(city, tmp_path / "past.jsonl")

    exactly(tmp_path / "past.jsonl", city.held)


def test_what_cannot_be_told_apart_is_said(tmp_path: Path) -> None:
    city = City(rows(225, timedelta(0)))
    city.pages = False

    pulled = run(city, tmp_path / "past.jsonl")

    assert pulled.new == 50
    assert pulled.notes == [
        "The server shows no more than 50 requests of one span; some are missing."
    ]


@pytest.mark.parametrize("cut", [1, 2, 3, 7, 12])
@pytest.mark.parametrize("order", [lambda found: found, lambda found: found[::-1], mixed])
def test_broken_off_it_goes_on_where_it_was(
    cut: int, order: Callable[[list[dict[str, Any]]], list[dict[str, Any]]], tmp_path: Path
) -> None:
    path = tmp_path / "past.jsonl"
    city = City(rows(750))
    city.order = order

    def stop(call: int) -> None:
        if call == cut:
            raise KeyboardInterrupt

    city.each_call = stop
    with pytest.raises(KeyboardInterrupt):
        run(city, path)
    with path.open("ab") as file:
        file.write(b'{"id": "cut off in the mid')
    before = ids_whole(path)
    pulled = run(city, path)

    exactly(path, city.held)
    assert pulled.new == 750 - before
    assert not list(tmp_path.glob("*.new"))


def ids_whole(path: Path) -> int:
    return path.read_bytes().count(b"\n")


def test_a_resumed_pull_does_not_begin_anew(tmp_path: Path) -> None:
    fresh = City(rows(750))
    run(fresh, tmp_path / "fresh.jsonl")
    city = City(rows(750))

    def stop(call: int) -> None:
        if call == 20:
            raise KeyboardInterrupt

    city.each_call = stop
    with pytest.raises(KeyboardInterrupt):
        run(city, tmp_path / "past.jsonl")
    run(city, tmp_path / "past.jsonl")

    assert city.calls <= fresh.calls + 8
    assert fresh.calls < 45


def test_later_it_takes_what_is_new_and_what_came_late(tmp_path: Path) -> None:
    path = tmp_path / "past.jsonl"
    city = City(rows(250))
    run(city, path)
    calls = city.calls
    city.held.append({"service_request_id": "L", "requested_datetime": "2027-03-01T01:00:00Z"})
    city.held.append({"service_request_id": "N", "requested_datetime": "2027-03-02T01:00:00Z"})

    pulled = run(city, path, Order(since=SINCE, until=NOW + timedelta(days=2)))

    assert pulled.new == 2
    assert city.calls - calls <= 6
    exactly(path, city.held)


def test_further_back_goes_on_from_the_oldest(tmp_path: Path) -> None:
    path = tmp_path / "past.jsonl"
    city = City(rows(250))
    run(city, path, Order(since=NOW - timedelta(days=20), until=NOW))
    assert len(ids(path)) == 80

    run(city, path)

    exactly(path, city.held)


def test_since_until_and_limit(tmp_path: Path) -> None:
    city = City(rows(250))
    span = Order(since=NOW - timedelta(days=30), until=NOW - timedelta(days=10))

    run(city, tmp_path / "span.jsonl", span)
    first = run(city, tmp_path / "few.jsonl", limit=60)
    second = run(city, tmp_path / "few.jsonl", limit=60)

    assert len(ids(tmp_path / "span.jsonl")) == 80
    assert (first.new, first.whole) == (60, False)
    assert (second.new, second.total) == (60, 120)
    assert ids(tmp_path / "few.jsonl") == [row["service_request_id"] for row in city.held[:120]]
    assert run(city, tmp_path / "all.jsonl", limit=250).whole


def test_a_span_apart_from_the_files_is_refused(tmp_path: Path) -> None:
    city = City(rows(250))
    run(city, tmp_path / "past.jsonl", Order(since=NOW - timedelta(days=30), until=NOW))

    with pytest.raises(Misuse, match="does not touch it"):
        run(city, tmp_path / "past.jsonl", Order(since=SINCE, until=NOW - timedelta(days=90)))
    with pytest.raises(Misuse, match="must be before"):
        Order.of(NOW, None, NOW)
    assert Order.of(None, None, NOW) == Order(since=NOW - timedelta(days=365), until=NOW)


def test_a_server_that_takes_no_dates_is_read_by_pages(tmp_path: Path) -> None:
    city = City(rows(750))
    city.dates = False
    span = Order(since=NOW - timedelta(days=150), until=NOW - timedelta(days=5))

    pulled = run(city, tmp_path / "past.jsonl", span)

    assert pulled.notes == ["The server takes no dates: what it shows by itself was taken."]
    found = {
        row["service_request_id"] for row in city.held if span.since <= when(row) <= span.until
    }
    assert found <= set(ids(tmp_path / "past.jsonl"))
    assert city.calls < 40
    calls = city.calls
    assert run(city, tmp_path / "past.jsonl", span).new == 0
    assert city.calls == calls


@pytest.mark.parametrize("refused", ["Z", "+00:00", "T", "page_size"])
def test_dates_are_written_as_the_server_takes_them(refused: str, tmp_path: Path) -> None:
    """Chicago wants no Z; others no zone, no time, or no page_size."""
    city = City(rows(450))

    def picky(path: str, query: Query) -> Raw:
        if (
            refused in query
            or refused in query["start_date"]
            or (refused == "Z" and "+" in query["start_date"])
        ):
            return as_json([{"code": 400, "description": "bad date"}], 400)
        return city(path, query)

    run(picky, tmp_path / "past.jsonl")

    exactly(tmp_path / "past.jsonl", city.held)


def test_a_server_that_refuses_every_way_is_said(tmp_path: Path) -> None:
    def no(path: str, query: Query) -> Raw:
        return as_json([{"code": 400, "description": "No."}], 400)

    with pytest.raises(Refused, match=r"answered 400: No\."):
        run(no, tmp_path / "past.jsonl")


def test_a_login_a_page_and_nothing_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="answered 401: Not authenticated"):
        run(lambda path, query: as_json({"detail": "Not authenticated"}, 401), tmp_path / "a.jsonl")
    with pytest.raises(Refused, match="answered 404"):
        run(lambda path, query: web_page(404), tmp_path / "a.jsonl")
    with pytest.raises(Failure, match="neither JSON nor XML"):
        run(lambda path, query: answer("It works!"), tmp_path / "a.jsonl")
    assert run(lambda path, query: as_json([]), tmp_path / "a.jsonl").total == 0


def test_404_for_an_empty_window_is_empty(tmp_path: Path) -> None:
    city = City(rows(200))

    def handler(path: str, query: Query) -> Raw:
        found = city(path, query)
        return found if json.loads(found.body) else as_json([{"code": 404}], 404)

    run(handler, tmp_path / "past.jsonl")

    exactly(tmp_path / "past.jsonl", city.held)


@pytest.mark.parametrize("shape", ["wrapped", "nested", "xml", "numbers"])
def test_lists_in_every_shape(shape: str, tmp_path: Path) -> None:
    city = City(rows(120), cap=50)

    def handler(path: str, query: Query) -> Raw:
        found = json.loads(city(path, query).body)
        if shape == "xml":
            return as_xml(elements("requests", "request", found), kind="application/xml")
        if shape == "numbers":
            return as_json(
                [r | {"service_request_id": int(r["service_request_id"][1:])} for r in found]
            )
        if shape == "wrapped":
            return as_json({"service_requests": found})
        return as_json({"service_requests": {"request": found[0] if len(found) == 1 else found}})

    run(handler, tmp_path / "past.jsonl")

    assert len(set(ids(tmp_path / "past.jsonl"))) == len(ids(tmp_path / "past.jsonl")) == 120


def test_requests_without_id_or_time(tmp_path: Path) -> None:
    held = [{"token": "t", "service_code": "1"}, {"service_request_id": "1"}, *rows(3)]

    pulled = run(lambda path, query: as_json(held), tmp_path / "past.jsonl")

    assert sorted(ids(tmp_path / "past.jsonl")) == ["1", "R00000", "R00001", "R00002"]
    assert any("without an id were left out" in note for note in pulled.notes)


def test_a_line_has_the_same_keys_whatever_the_server_sends() -> None:
    full = past_request(
        {
            "service_request_id": 12,
            "service_code": "A:B c",
            "service_name": "Pothole",
            "status": "CLOSED",
            "status_notes": "Done &amp; <b>dusted</b>",
            "description": "A\r\nhole",
            "agency_responsible": {"recipient": ["Roads", {"name": "Parks"}]},
            "requested_datetime": "2027-02-01T10:00:00.123-05:00",
            "updated_datetime": "02/03/2027 04:05:06 PM",
            "address": "12 Main St",
            "lat": "40,5",
            "long": -40,
            "media_url": ["https://x.example/a.jpg", "https://x.example/b.jpg"],
        },
        ENDPOINT,
    )
    assert full == {
        "id": "12",
        "service_code": "A:B c",
        "service_name": "Pothole",
        "status": "closed",
        "requested_at": "2027-02-01T10:00:00-05:00",
        "updated_at": "2027-02-03T16:05:06",
        "closed_at": "2027-02-03T16:05:06",
        "description": "A\nhole",
        "notes": "Done & dusted",
        "agency": "Roads, Parks",
        "address": "12 Main St",
        "lat": 40.5,
        "long": -40.0,
        "media_url": "https://x.example/a.jpg",
        "source_url": "https://311.gross.example/open311/v2/requests/12.json",
    }
    extended = {"closed_datetime": "2027-02-04T00:00:00Z"}
    bare = past_request(
        {"service_request_id": "1", "lat": 0, "long": 0, "extended_attributes": extended}, ENDPOINT
    )
    assert bare is not None
    assert list(bare) == list(full)
    assert bare["closed_at"] == "2027-02-04T00:00:00+00:00"
    assert (bare["lat"], bare["long"], bare["requested_at"]) == (None, None, None)
    assert past_request({"token": "x"}, ENDPOINT) is None


def test_a_file_that_is_something_else_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "past.jsonl"
    path.write_text('{"name": "x"}\n', encoding="utf-8")
    with pytest.raises(Misuse, match=r"past.jsonl:1 is no past request"):
        run(City([]), path)
    assert path.read_text(encoding="utf-8") == '{"name": "x"}\n'
    (tmp_path / "dir").mkdir()
    with pytest.raises(Misuse, match="cannot be written"):
        run(City([]), tmp_path / "dir")


def test_the_state_belongs_to_its_server(tmp_path: Path) -> None:
    path = tmp_path / "past.jsonl"
    run(City(rows(3)), path)
    with pytest.raises(Misuse, match=r"holds requests of https://311\.gross"):
        Archive.at(path, "https://other.example")
    (tmp_path / "past.jsonl.state.json").write_text("{", encoding="utf-8")
    with pytest.raises(Misuse, match="delete it to begin anew"):
        Archive.at(path, ENDPOINT.base)
    path.unlink()
    (tmp_path / "past.jsonl.state.json").unlink()
    run(City(rows(3)), path)
    path.unlink()
    assert run(City(rows(3)), path).new == 3
