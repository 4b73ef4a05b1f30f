"""docs/open311.md says what the code does: names, numbers and positions are checked against it."""

import re
from pathlib import Path

import pytest

from city311.api.manners import CATALOGUE, LIVE
from city311.domain.outcomes import OutcomeKind
from city311.domain.projection import DETAILED
from city311.open311 import areas, lists, paging, spans
from city311.open311.answers import CORS
from city311.open311.capabilities import POSITIONS
from city311.open311.extensions import NAMES, requests_with
from city311.ports import Page
from functions.status.app import app
from tests.open311.listing import NOW, a_request, query
from tests.towns import TOWN

PAGE = (Path(__file__).parents[2] / "docs" / "open311.md").read_text(encoding="utf-8")
CODE = set(re.findall(r"`([^`]+)`", PAGE))
WORDS = set(re.findall(r"[A-Za-z0-9_-]+", PAGE))


def test_every_parameter_of_a_list_is_there() -> None:
    assert {*lists.REPEATED, *lists.PAGE_SIZES, "page", "cursor", "service_request_id"} <= CODE


def test_every_header_of_a_list_is_there_and_scripts_may_read_it() -> None:
    parameters = query(page="2", page_size="1", start_date="2020-01-01", end_date="2026-01-01")
    asked = lists.asked(parameters, NOW, TOWN)
    said: set[str] = set()
    for cursor in ("c", None):
        page = Page(rows=(a_request(),), cursor=cursor)
        said |= set(paging.headers(asked, parameters, page, "https://city.example"))

    assert len(said) == 8
    assert said <= set(re.findall(r"[A-Z][A-Za-z0-9-]+", PAGE))
    assert said <= set(CORS["Access-Control-Expose-Headers"].split(", "))


@pytest.mark.parametrize(
    "said",
    [
        f"the last {spans.DEFAULT_DAYS} days, newest first, at most {lists.MOST_ROWS}",
        f"at most {spans.MOST_YEARS} calendar years",
        f"{areas.DEFAULT_RADIUS_M:.0f} unless given, at most {areas.MOST_RADIUS_M:.0f}",
        f"1 to {lists.MOST_ROWS}; more is {lists.MOST_ROWS}",
        f"reaches {lists.MOST_WALKED:,} rows",
        CATALOGUE["Cache-Control"],
        LIVE["Cache-Control"],
    ],
)
def test_every_number_is_the_codes(said: str) -> None:
    assert said in PAGE


def test_every_extension_is_there_with_all_its_fields() -> None:
    extended = {
        field.name: [inner.name for inner in field.of]
        for field in requests_with(frozenset(NAMES)).fields
        if field.name in NAMES
    }

    assert set(extended) == set(NAMES)
    for name, inner in extended.items():
        assert {name, *inner} <= CODE
    assert set(DETAILED.values()) | {kind.value for kind in OutcomeKind} <= WORDS


def test_every_choice_of_the_standard_has_a_position() -> None:
    table = PAGE.partition("## Where the standard leaves a choice")[2]

    rows = [line for line in table.splitlines() if line.startswith("| ")][1:]
    assert len(rows) == len(POSITIONS) == 18


def test_every_address_that_is_read_is_there() -> None:
    for path in app.routes:
        if path.startswith("/open311") and "{proxy+}" not in path:
            name = re.sub(r"\.xml$", ".json", path)
            assert name in PAGE or f"{name}.json" in PAGE
