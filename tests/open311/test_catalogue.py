"""What the city offers, all of it or what was asked for; and where its endpoint is."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from defusedxml.ElementTree import fromstring

from city311.domain.errors import InvalidInput, NotFound
from city311.open311 import capabilities, catalogue, fields, page
from city311.open311.catalogue import Filters, filters
from city311.open311.discovery import Place, discovery
from city311.open311.extensions import SERVICES_GROUPED
from city311.open311.fields import Format
from city311.open311.wire import as_json, render
from tests.functions.town import LAMP
from tests.open311.listing import query
from tests.towns import SWEEP, TOWN, a_city, text, with_service

CITY = with_service(LAMP)
SITE = "https://311.larkmere.example"
LIVE = Place(site_url=SITE, production=True)
TRIAL = Place(site_url=SITE, production=False)
EVERYTHING = Filters()
ALL = {"pothole", "main_break", "tree", "noise", "other", "lamp"}


def codes(wanted: Filters = EVERYTHING, *, internal: bool = False) -> set[object]:
    rows = catalogue.service_rows(CITY, wanted, None, internal=internal)
    return {row["service_code"] for row in rows}


def test_all_that_is_offered_and_for_staff_their_own_too() -> None:
    assert codes() == ALL
    assert codes(internal=True) == ALL | {"sweep"}


def test_services_of_the_staff_say_so() -> None:
    rows = catalogue.service_rows(CITY, Filters(), None, internal=True)
    keywords = {row["service_code"]: row["keywords"] for row in rows}

    assert (keywords["sweep"], keywords["noise"]) == ("sweep,staff", "private")


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ({}, ALL),
        ({"group": ["Water"]}, {"main_break"}),
        ({"group": ["water,PARKS"]}, {"main_break", "tree"}),
        ({"group": ["Parks (es)"]}, {"tree"}),
        ({"group": ["nothing"]}, set()),
        ({"keywords": ["bache"]}, {"pothole"}),
        ({"keywords": ["Light", "rama"]}, {"lamp", "tree"}),
        ({"keywords": ["private"]}, {"noise"}),
        ({"keywords": ["light"], "group": ["parks"]}, set()),
        ({"group": [" "], "keywords": [""]}, ALL),
        ({"lat": ["40.02"], "long": ["-75.08"]}, ALL),
        ({"lat": ["41.02"], "long": ["-75.08"]}, set()),
        # In the lake that is not the city's.
        ({"lat": ["40.05"], "long": ["-75.03"]}, set()),
    ],
)
def test_a_part_of_them_only_where_a_part_is_asked_for(
    parameters: dict[str, list[str]], found: set[str]
) -> None:
    assert codes(filters(parameters)) == found


@pytest.mark.parametrize("parameters", [{"lat": "40"}, {"lat": "40", "long": "east"}])
def test_half_a_place_is_refused(parameters: dict[str, str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        filters(query(**parameters))

    assert [each.field for each in refused.value.problems] == ["long"]


def test_groups_are_told_to_who_wants_several() -> None:
    rows = catalogue.service_rows(CITY, Filters(), "es")

    grouped = fromstring(render(SERVICES_GROUPED, rows, Format.XML))
    plain = fromstring(render(fields.SERVICES, rows, Format.XML))

    assert grouped[0].findtext("groups/group") == grouped[0].findtext("group") == "Streets (es)"
    assert plain.find("service/groups") is None


def test_metadata_is_true_where_there_is_a_question_and_only_there() -> None:
    for row in catalogue.service_rows(CITY, Filters(), None, internal=True):
        definition = catalogue.definition_row(CITY, str(row["service_code"]), None, internal=True)
        assert row["metadata"] is bool(definition["attributes"])


def test_a_definition_of_the_staff_is_theirs() -> None:
    assert catalogue.definition_row(CITY, "sweep", None, internal=True)["attributes"] == []
    for code, internal in (("sweep", False), ("sign", True), ("unknown", True)):
        with pytest.raises(NotFound):
            catalogue.definition_row(CITY, code, None, internal=internal)


def test_production_is_one_endpoint_and_the_one_to_try_things_out() -> None:
    alone = discovery(TOWN, LIVE, None)["endpoints"]
    both = discovery(a_city(test_endpoint="https://t.example/open311/v2"), LIVE, None)["endpoints"]

    assert [(e["type"], e["url"]) for e in alone] == [  # type: ignore[union-attr, index, call-overload]
        ("production", f"{SITE}/open311/v2")
    ]
    assert [(e["type"], e["url"]) for e in both] == [  # type: ignore[union-attr, index, call-overload]
        ("production", f"{SITE}/open311/v2"),
        ("test", "https://t.example/open311/v2"),
    ]


def test_elsewhere_this_deployment_is_both() -> None:
    city = a_city(test_endpoint="https://t.example/open311/v2")

    found = json.loads(render(fields.DISCOVERY, [discovery(city, TRIAL, None)], Format.JSON))

    assert [(e["type"], e["url"]) for e in found["endpoints"]] == [
        ("production", f"{SITE}/open311/v2"),
        ("test", f"{SITE}/open311/v2"),
    ]


@pytest.mark.parametrize("place", [LIVE, TRIAL])
def test_what_validators_want_of_discovery(place: Place) -> None:
    row = discovery(TOWN, place, "es")
    as_xml = fromstring(render(fields.DISCOVERY, [row], Format.XML))
    found = json.loads(render(fields.DISCOVERY, [row], Format.JSON))

    for said in (found, *found["endpoints"]):
        assert datetime.fromisoformat(said["changeset"]) < datetime.now(UTC)
        assert all(said.values())
    assert found["contact"] == as_xml.findtext("contact") == "Call us. (es)"
    assert found["key_service"] == as_xml.findtext("key_service")
    for endpoint, element in zip(found["endpoints"], as_xml.find("endpoints"), strict=True):
        assert endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2"
        assert endpoint["url"] == element.findtext("url")
        assert len(element.findall("formats/format")) == len(endpoint["formats"]) == 2


def test_keys_are_needed_or_not_and_come_from_the_city() -> None:
    opened, closed = (
        str(discovery(a_city(api_key_required=needed), LIVE, None)["key_service"])
        for needed in (False, True)
    )

    assert opened.startswith("No key is needed.")
    assert closed.startswith("A key is needed to report.")
    assert opened.endswith("Call us.")
    assert closed.endswith("Call us.")


def test_what_the_standard_has_no_words_for_is_said_to_programs() -> None:
    found = json.loads(as_json(capabilities.capabilities(CITY)))

    assert found["limits"]["page_size_max"] == 1000
    assert found["extensions"]["requests"] == ["extended_attributes", "attributes", "notes"]
    assert found["districts"] == {"west": "West", "east": "East"}
    assert len(found["positions"]) == 18
    assert {
        "service_code": "lamp",
        "attribute": "7",
        "required": True,
        "when": {"attribute": "1", "values": ["yes"]},
    } in found["conditions"]
    assert {each["service_code"] for each in found["conditions"]} == {"lamp", "pothole"}
    hidden = with_service(replace(SWEEP, questions=LAMP.questions))
    assert "sweep" not in as_json(capabilities.capabilities(hidden))


def test_the_page_carries_nothing_but_one_style_that_its_policy_knows() -> None:
    html = page.page(a_city(name="<b>Lark & Mere"), TRIAL, "es")

    (style,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in page.policy()
    assert page.policy().startswith("default-src 'none'")
    assert not re.search(r"<(script|link|img|iframe|form)\b|style=|\bon\w+=|@import|url\(", html)
    assert "<b>Lark" not in html
    assert "&lt;b&gt;Lark &amp; Mere" in html


def test_the_page_can_be_read_by_all() -> None:
    html = page.page(a_city(contact=text("Call us.", "Llámenos.")), LIVE, "es")
    root = fromstring(re.sub(r"<(meta)([^>]*)>", r"<\1\2/>", html.split("\n", 1)[1]))

    assert root.attrib["lang"] == "en"
    assert root.findtext("head/title") == root.findtext("body/main/h1") == "Open311 in Larkmere"
    spoken = [each for each in root.iter("p") if each.get("lang") == "es"]
    assert [each.text for each in spoken][-1] == "Llámenos."
    names = [link.text for link in root.iter("a")]
    assert "color-scheme:light dark;background:Canvas;color:CanvasText" in html
    assert all(names)
    assert len(names) == len(set(names))
    for link in root.iter("a"):
        assert link.attrib["href"].startswith((SITE, "/", "http://wiki.open311.org/"))
    assert len([a for a in root.iter("a") if a.attrib["href"].endswith((".json", ".xml"))]) == 7
