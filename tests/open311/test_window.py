"""The window itself: what each read asks of the house, how often, and how it may be kept."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from chalice.app import Response

from city311.api.manners import APART, CATALOGUE, LIVE
from city311.domain.errors import InvalidInput, NotFound
from city311.domain.projection import PublicExtras
from city311.domain.request import PublicRequest
from city311.domain.update import PublicUpdate, UpdateStatus
from city311.open311.discovery import Place
from city311.open311.window import MOST_BYTES, Window
from city311.ports import ListQuery, Page
from tests.builders import ID
from tests.functions.town import a_town
from tests.open311.listing import NOW, Store, a_request

SITE = "https://larkmere.example"
KEY = "insider"


@dataclass(frozen=True)
class Asked:
    """A request as the edge hands it on."""

    path: str = "/open311/v2/requests.json"
    query: Mapping[str, Sequence[str]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def accept(self) -> str:
        return self.header("accept")

    def header(self, name: str) -> str:
        return self.headers.get(name, "")

    def language(self, languages: Sequence[str]) -> str | None:
        assert "en" in languages
        return None


@dataclass
class House:
    """What the window reads from, and what it was asked."""

    rows: list[PublicRequest]
    calls: list[str] = field(default_factory=list)
    queries: list[ListQuery] = field(default_factory=list)

    def public(self, service_request_id: str) -> PublicRequest:
        self.calls.append("public")
        return self.rows[0]

    def listed(self, query: ListQuery) -> Page[PublicRequest]:
        self.calls.append("listed")
        self.queries.append(query)
        return Store(self.rows)(query)

    def by_ids(self, service_request_ids: Iterable[str]) -> Sequence[PublicRequest]:
        self.calls.append("by_ids")
        return self.rows

    def extras(self, service_request_ids: Iterable[str]) -> Mapping[str, PublicExtras]:
        self.calls.append("extras")
        return {
            each: PublicExtras(
                service_request_id=each,
                channel="web",
                district=None,
                detailed_status="received",
                parent=None,
                duplicate=False,
                closed_at=None,
                closure_reason=None,
                photos=(),
                answers=(),
            )
            for each in list(service_request_ids)[1:]
        }

    def updates(self, service_request_id: str) -> Sequence[PublicUpdate]:
        self.calls.append("updates")
        return [
            PublicUpdate(
                service_request_id=service_request_id, seq=1, at=NOW, status=UpdateStatus.OPEN
            )
        ]

    def may_see_internal(self, key: str | None) -> bool:
        self.calls.append(f"key {key}")
        return key == KEY


def window(house: House, **changes: Any) -> Window:
    return Window(
        city=a_town(**changes),
        reads=house,
        may_see_internal=house.may_see_internal,
        clock=lambda: NOW,
        place=Place(site_url=SITE, production=True),
        kept=CATALOGUE,
        live=LIVE,
        apart=APART,
    )


@pytest.fixture
def house() -> House:
    return House([a_request(1), a_request(2), a_request(3)])


def query(**parameters: str) -> dict[str, list[str]]:
    return {name: [value] for name, value in parameters.items()}


def rows(response: Response) -> list[dict[str, Any]]:
    assert response.status_code == 200
    found: list[dict[str, Any]] = json.loads(response.body)
    return found


@pytest.mark.parametrize(
    ("parameters", "calls"),
    [
        ({}, ["listed"]),
        ({"page": "2", "page_size": "2"}, ["listed"]),
        ({"service_request_id": ID}, ["by_ids"]),
        ({"extensions": "true"}, ["listed", "extras"]),
        ({"extensions": "notes"}, ["listed"]),
        ({"extensions": "true", "service_request_id": ID}, ["by_ids", "extras"]),
        ({"extensions": "true", "page": "9"}, ["listed"]),
    ],
)
def test_a_list_asks_once_for_each_thing_it_needs(
    house: House, parameters: dict[str, str], calls: list[str]
) -> None:
    window(house).requests(Asked(query=query(**parameters)))

    assert house.calls == calls


@pytest.mark.parametrize(
    ("extensions", "calls"),
    [
        ("", ["public"]),
        ("attributes", ["public", "extras"]),
        ("notes", ["public", "updates"]),
        ("true", ["public", "extras", "updates"]),
    ],
)
def test_so_does_one_request(house: House, extensions: str, calls: list[str]) -> None:
    asked = Asked(path=f"/open311/v2/requests/{ID}.json", query=query(extensions=extensions))

    (found,) = rows(window(house).request(asked, f"{ID}.json"))

    assert house.calls == calls
    assert ("notes" in found) == ("updates" in calls)


def test_what_has_no_extras_any_more_stands_in_its_row_alone(house: House) -> None:
    found = rows(window(house).requests(Asked(query=query(extensions="true"))))

    assert [
        each["extended_attributes"] and each["extended_attributes"]["channel"] for each in found
    ] == [
        None,
        "web",
        "web",
    ]
    assert all("notes" not in each for each in found)


def test_an_id_that_none_can_be_is_asked_of_nobody(house: House) -> None:
    with pytest.raises(NotFound):
        window(house).request(Asked(), "nonsense.json")

    assert house.calls == []


def test_a_list_that_no_answer_holds_is_cut_and_says_where_it_goes_on() -> None:
    house = House([a_request(number, description="é" * 4000) for number in range(1000)])

    response = window(house).requests(Asked(path="/open311/v2/requests.xml"))

    assert [each.limit for each in house.queries] == [1000, 500, 250]
    assert 1_000_000 < len(response.body.encode()) <= MOST_BYTES
    assert response.headers["X-Page-Size"] == "250"
    assert "requests.xml?" in str(response.headers["X-Next-Page-URL"])
    assert "X-Result-Count" not in response.headers


def test_a_page_that_was_counted_on_is_whole_or_refused() -> None:
    house = House([a_request(number, description="é" * 4000) for number in range(1000)])

    for parameters in ({"page": "1"}, {"service_request_id": ID}):
        with pytest.raises(InvalidInput) as refused:
            window(house).requests(Asked(query=query(**parameters)))
        assert refused.value.problems[0].field == "page_size"


KEPT = [
    ("discovery", "discovery.json", ()),
    ("services", "services.json", ()),
    ("definition", "services/lamp.json", ("lamp.json",)),
    ("capabilities", "capabilities.json", ()),
    ("page", "", ()),
]
KEPT_LIVE = [("requests", "requests.json", ()), ("request", f"requests/{ID}.json", (f"{ID}.json",))]
KEYS: list[dict[str, Mapping[str, Any]]] = [
    {"query": {"api_key": ["some"]}},
    {"headers": {"x-api-key": "some"}},
    {"headers": {"authorization": "bearer some"}},
]
NO_KEYS: list[dict[str, Mapping[str, Any]]] = [
    {},
    {"query": {"api_key": ["", " "]}},
    {"headers": {"authorization": "Basic c29tZQ=="}},
]


@pytest.mark.parametrize(("name", "path", "args"), [*KEPT, *KEPT_LIVE])
def test_what_is_for_all_may_be_kept_and_what_a_key_came_with_may_not(
    house: House, name: str, path: str, args: tuple[str, ...]
) -> None:
    view = getattr(window(house), name)
    seconds = 300 if (name, path, args) in KEPT else 15

    for given in NO_KEYS:
        headers = view(Asked(path=f"/open311/v2/{path}", **given), *args).headers
        assert headers["Cache-Control"] == f"public, max-age={seconds}"
    for given in KEYS:
        headers = view(Asked(path=f"/open311/v2/{path}", **given), *args).headers
        assert headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("name", "path", "args", "vary"),
    [
        ("services", "services.json", (), "Accept-Language"),
        ("services", "services", (), "Accept-Language, Accept"),
        ("definition", "services/lamp", ("lamp",), "Accept-Language, Accept"),
        ("requests", "requests.xml", (), None),
        ("requests", "requests", (), "Accept"),
        ("request", f"requests/{ID}", (ID,), "Accept"),
        ("page", "", (), "Accept-Language"),
    ],
)
def test_caches_are_told_what_an_answer_varies_by(
    house: House, name: str, path: str, args: tuple[str, ...], vary: str | None
) -> None:
    response = getattr(window(house), name)(Asked(path=f"/open311/v2/{path}"), *args)

    assert response.headers.get("Vary") == vary


@pytest.mark.parametrize(("key", "sees"), [(KEY, True), ("other", False)])
def test_services_of_the_staff_are_for_keys_that_may_see_them(
    house: House, key: str, sees: bool
) -> None:
    asked = Asked(query=query(api_key=key))

    found = rows(window(house).services(asked))

    assert ("sweep" in [each["service_code"] for each in found]) is sees
    if sees:
        assert window(house).definition(asked, "sweep.json").status_code == 200
    else:
        with pytest.raises(NotFound):
            window(house).definition(asked, "sweep.json")
    assert house.calls == [f"key {key}"] * 2


def test_without_a_key_nobody_is_asked_about_one(house: House) -> None:
    window(house).services(Asked())
    window(house).definition(Asked(), "lamp.json")

    assert house.calls == []


def test_another_city_is_not_found_by_any_read(house: House) -> None:
    asked = Asked(query=query(jurisdiction_id="other.example"))

    for name, _, args in [*KEPT, *KEPT_LIVE, ("token", "", ("1",))]:
        with pytest.raises(NotFound):
            getattr(window(house), name)(asked, *args)
    assert house.calls == []
