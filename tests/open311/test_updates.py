"""The window of updates: what it asks of the house, what it says, and where the list goes on."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from chalice.app import Response
from defusedxml.ElementTree import fromstring

from city311.api.manners import APART, LIVE
from city311.domain.errors import InvalidInput, NotFound
from city311.domain.update import OUTCOMES, PublicUpdate, UpdateStatus
from city311.open311.discovery import Place
from city311.open311.updates import UpdatesWindow
from city311.open311.window import MOST_BYTES
from city311.ports import Page
from city311.usecases.updates import KEY_LIFE
from tests.builders import ID
from tests.open311.listing import LAST, NOW
from tests.open311.test_window import SITE, Asked
from tests.towns import TOWN

PAGE = Path(__file__).parents[2] / "docs" / "open311-updates.md"
UPDATES = "/open311/v2/servicerequestupdates"
ORDER = [
    "update_id",
    "service_request_id",
    "status",
    "updated_datetime",
    "description",
    "media_url",
    "external_status_code",
    "extras",
]


def an_update(seq: int = 2, **changes: Any) -> PublicUpdate:
    values: dict[str, Any] = {
        "service_request_id": ID,
        "seq": seq,
        "at": NOW,
        "status": UpdateStatus.IN_PROGRESS,
    }
    return PublicUpdate(**{**values, **changes})


@dataclass
class Told:
    """Gives out what it has, ``limit`` at a time, and remembers what it was asked."""

    rows: Sequence[PublicUpdate] = ()
    asked: list[tuple[datetime, datetime, int, str | None]] = field(default_factory=list)

    def between(
        self, start: datetime, end: datetime, *, limit: int, after: str | None = None
    ) -> Page[PublicUpdate]:
        self.asked.append((start, end, limit, after))
        rows = self.rows[int(after or 0) :]
        behind = len(self.rows) - len(rows) + limit
        return Page(rows=tuple(rows[:limit]), cursor=str(behind) if len(rows) > limit else None)


def read(told: Told, fmt: str = "json", **query: str) -> Response:
    """GET it."""
    window = UpdatesWindow(
        city=TOWN,
        told=told,
        clock=lambda: NOW,
        place=Place(site_url=SITE, production=True),
        live=LIVE,
        apart=APART,
    )
    headers = {"accept": query.pop("accept", "")}
    path = f"{UPDATES}.{fmt}" if fmt else UPDATES
    return window.updates(Asked(path, {name: [text] for name, text in query.items()}, headers))


def rows(response: Response) -> Any:
    return json.loads(response.body)


def problems(**query: str) -> dict[str, str]:
    """Field by field, why it is no use."""
    told = Told()
    with pytest.raises(InvalidInput) as refusal:
        read(told, **query)
    assert told.asked == []
    return {each.field: each.reason for each in refusal.value.problems}


# What it says -------------------------------------------------------------------------------------


def test_an_update_has_every_field_in_order_in_both_formats() -> None:
    update = an_update(
        description="We filled <it> & left.",
        code="fixed",
        service_code="tree",
        media_urls=("photos/1/large.jpg",),
    )

    (row,) = rows(read(Told([update])))
    root = fromstring(read(Told([update]), "xml").body.encode())

    assert list(row) == ORDER
    assert row == {
        "update_id": f"{ID}-2",
        "service_request_id": ID,
        "status": "in_progress",
        "updated_datetime": "2026-11-25T12:00:00Z",
        "description": "We filled <it> & left.",
        "media_url": f"{SITE}/photos/1/large.jpg",
        "external_status_code": "fixed",
        "extras": {
            "category": TOWN.say(TOWN.services["tree"].name),
            "group": TOWN.say(TOWN.groups.get(TOWN.services["tree"].group, {})),
        },
    }
    assert root.tag == "service_request_updates"
    (element,) = root
    assert element.tag == "request_update"
    assert [child.tag for child in element] == ORDER
    assert element.findtext("description") == "We filled <it> & left."
    assert element.findtext("extras/category") == row["extras"]["category"]


def test_what_there_is_not_is_empty_and_never_left_out() -> None:
    (row,) = rows(read(Told([an_update()])))
    body = read(Told([an_update()]), "xml").body

    assert (row["description"], row["media_url"]) == ("", "")
    assert (row["external_status_code"], row["extras"]) == (None, None)
    for name in ("description", "media_url", "external_status_code", "extras"):
        assert body.count(f"<{name}/>") == 1


def test_several_photos_are_a_list_and_repeated_elements() -> None:
    update = an_update(media_urls=("photos/1.jpg", "/photos/2.jpg"))

    (row,) = rows(read(Told([update])))
    (element,) = fromstring(read(Told([update]), "xml").body.encode())

    assert row["media_url"] == [f"{SITE}/photos/1.jpg", f"{SITE}/photos/2.jpg"]
    assert [each.text for each in element.findall("media_url")] == row["media_url"]


def test_a_service_that_the_city_has_taken_off_its_list_is_no_category() -> None:
    (row,) = rows(read(Told([an_update(service_code="gone")])))

    assert row["extras"] is None


def test_none_is_an_empty_list() -> None:
    assert read(Told()).body == "[]"
    assert read(Told(), "xml").body.endswith("<service_request_updates/>")


@pytest.mark.parametrize("word", UpdateStatus)
def test_every_word_is_written_in_small_letters(word: UpdateStatus) -> None:
    (row,) = rows(read(Told([an_update(status=word)])))

    assert row["status"] == word.value == word.value.lower()


# What it asks -------------------------------------------------------------------------------------


def test_without_dates_it_is_the_last_day() -> None:
    told = Told()
    read(told)

    assert told.asked == [(LAST - timedelta(hours=24), LAST, 1000, None)]


def test_the_end_holds_all_of_its_second_on_the_clock_that_is_shown() -> None:
    told = Told()
    read(told, start_date="2026-11-25T10:00:00Z", end_date="2026-11-25T14:00:00 02:00")

    start = datetime(2026, 11, 25, 10, tzinfo=UTC)
    end = datetime(2026, 11, 25, 12, 0, 0, 999_000, tzinfo=UTC)
    assert told.asked == [(start, end, 1000, None)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"start_date": "2026-11-25T10:00:00Z"}, {"end_date": "missing"}),
        ({"end_date": "2026-11-25T10:00:00Z"}, {"start_date": "missing"}),
        ({"start_date": "2026-11-25T10:00:00Z", "end_date": " "}, {"end_date": "missing"}),
        (
            {"start_date": "2026-11-26T10:00:00Z", "end_date": "2026-11-25T10:00:00Z"},
            {"start_date": "invalid"},
        ),
        ({"start_date": "x", "end_date": "y"}, {"start_date": "invalid", "end_date": "invalid"}),
        ({"start_date": "x"}, {"start_date": "invalid", "end_date": "missing"}),
        ({"page_size": "none"}, {"page_size": "invalid"}),
    ],
)
def test_what_is_no_use_is_named(query: dict[str, str], found: dict[str, str]) -> None:
    assert problems(**query) == found


def test_another_city_is_not_found_here() -> None:
    with pytest.raises(NotFound):
        read(Told(), jurisdiction_id="elsewhere.example")
    assert read(Told(), jurisdiction_id="LARKMERE.example").status_code == 200


def test_a_page_goes_on_where_it_ended_with_the_same_dates() -> None:
    told = Told([an_update(seq) for seq in range(2, 7)])

    first = read(told, "xml", page_size="2", jurisdiction_id="larkmere.example")
    url = str(first.headers["X-Next-Page-URL"])
    query = {name: text for name, (text,) in parse_qs(urlsplit(url).query).items()}
    told.asked.clear()
    second = read(told, "xml", **query)

    assert url.startswith(f"{SITE}{UPDATES}.xml?")
    assert first.headers["Link"] == f'<{url}>; rel="next"'
    assert told.asked == [(LAST - timedelta(hours=24, microseconds=999_000), LAST, 2, "2")]
    assert second.body.count("<request_update>") == 2
    third = read(told, page_size="2", cursor="4")
    assert "Link" not in third.headers
    assert len(rows(third)) == 1


def test_a_page_has_at_most_a_thousand() -> None:
    told = Told()
    read(told, page_size="5000")

    assert told.asked[0][2] == 1000


def test_what_is_too_long_for_one_answer_is_cut_and_goes_on() -> None:
    long = "x" * 4_000
    told = Told([an_update(seq, description=long) for seq in range(2, 902)])

    response = read(told)

    assert len(response.body.encode()) <= MOST_BYTES
    assert [limit for _, _, limit, _ in told.asked] == [1000, 450]
    assert (len(rows(response)), "cursor=450" in response.headers["Link"]) == (450, True)


def test_anybody_may_keep_it_for_a_moment_but_not_what_was_asked_with_a_key() -> None:
    assert read(Told()).headers["Cache-Control"] == LIVE["Cache-Control"]
    assert read(Told(), api_key="").headers["Cache-Control"] == LIVE["Cache-Control"]
    assert read(Told(), api_key="anything").headers["Cache-Control"] == APART["Cache-Control"]
    assert read(Told(), "", accept="application/json").headers["Vary"] == "Accept"


def test_the_page_for_partners_says_which_word_each_outcome_has() -> None:
    page = PAGE.read_text(encoding="utf-8")

    for kind, telling in OUTCOMES.items():
        assert telling.word is not None
        assert f"| `{telling.word.value}` | `{kind.value}` |" in page
    assert all(f"| `{name}` |" in page for name in ORDER)
    assert f"{KEY_LIFE.days} days" in page
