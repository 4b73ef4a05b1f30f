"""What a request says when it is asked for more."""

import json
from datetime import UTC, datetime

import pytest
from defusedxml.ElementTree import fromstring

from city311.domain.projection import PublicAnswer, PublicExtras
from city311.domain.update import PublicUpdate, UpdateStatus
from city311.open311.extensions import (
    NAMES,
    asked_names,
    extra_row,
    grouped,
    note_rows,
    requests_with,
)
from city311.open311.fields import REQUESTS, Format
from city311.open311.requests import row
from city311.open311.wire import render
from tests.open311.listing import a_request, query

AT = datetime(2026, 11, 3, 17, 0, 5, 250_000, tzinfo=UTC)
EXTRAS = PublicExtras(
    service_request_id="R1",
    channel="web",
    district="west",
    detailed_status="closed",
    parent="7H2K9MQ4X",
    duplicate=True,
    closed_at=AT,
    closure_reason="duplicate",
    photos=("photos/1/large.jpg", "photos/2/large.jpg"),
    answers=(PublicAnswer(code="1", label="Deep?", name="Yes & <no>", value="yes"),),
)
UPDATES = (
    PublicUpdate(service_request_id="R1", seq=1, at=AT, status=UpdateStatus.OPEN),
    PublicUpdate(
        service_request_id="R1",
        seq=4,
        at=AT,
        status=UpdateStatus.CLOSED,
        description="Done.",
        code="fixed",
    ),
)
SITE = "https://city.example"
CORE = row(a_request(), SITE)


@pytest.mark.parametrize("text", ["true", "TRUE", "1", "yes", "all", "notes,true"])
def test_all_of_them_may_be_asked_for(text: str) -> None:
    assert asked_names(query(extensions=text)) == set(NAMES)
    assert grouped(query(extensions=text))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", set()),
        ("false", set()),
        ("citysdk,unknown", set()),
        ("notes", {"notes"}),
        ("Attributes, extended_attributes", {"attributes", "extended_attributes"}),
    ],
)
def test_or_some_by_name(text: str, names: set[str]) -> None:
    assert asked_names(query(extensions=text)) == names
    assert not grouped(query(extensions=text))
    assert grouped(query(extensions=f"{text},groups"))


def test_a_request_with_all_of_them() -> None:
    whole = {**CORE, **extra_row(EXTRAS, SITE), **note_rows(UPDATES)}

    (found,) = json.loads(render(requests_with(frozenset(NAMES)), [whole], Format.JSON))

    assert list(found) == [*(field.name for field in REQUESTS.fields), *NAMES]
    assert found["extended_attributes"] == {
        "channel": "web",
        "district": "west",
        "detailed_status": "closed",
        "duplicate": True,
        "parent_service_request_id": "7H2K9MQ4X",
        "closed_datetime": "2026-11-03T17:00:05Z",
        "closure_reason": "duplicate",
        "photos": [
            {"media_url": f"{SITE}/photos/1/large.jpg", "title": None, "created_at": None},
            {"media_url": f"{SITE}/photos/2/large.jpg", "title": None, "created_at": None},
        ],
        "media_urls": [f"{SITE}/photos/1/large.jpg", f"{SITE}/photos/2/large.jpg"],
    }
    assert found["attributes"] == [
        {"code": "1", "label": "Deep?", "name": "Yes & <no>", "value": "yes"}
    ]
    assert found["notes"] == [
        {
            "datetime": "2026-11-03T17:00:05Z",
            "type": "open",
            "description": None,
            "summary": "open",
        },
        {
            "datetime": "2026-11-03T17:00:05Z",
            "type": "closed",
            "description": "Done.",
            "summary": "fixed",
        },
    ]


def test_the_core_is_the_same_with_and_without_them() -> None:
    (plain,) = json.loads(render(REQUESTS, [CORE], Format.JSON))
    whole = {**CORE, **extra_row(EXTRAS, SITE), **note_rows(UPDATES)}

    (found,) = json.loads(render(requests_with(frozenset(NAMES)), [whole], Format.JSON))

    assert {name: found[name] for name in plain} == plain


def test_xml_nests_them_after_the_known_elements() -> None:
    whole = {**CORE, **extra_row(EXTRAS, SITE), **note_rows(UPDATES)}

    (request,) = fromstring(render(requests_with(frozenset(NAMES)), [whole], Format.XML))

    assert [child.tag for child in request][-3:] == list(NAMES)
    assert request.findtext("extended_attributes/duplicate") == "true"
    assert [p.text for p in request.iterfind("extended_attributes/media_urls/media_url")] == [
        f"{SITE}/photos/1/large.jpg",
        f"{SITE}/photos/2/large.jpg",
    ]
    assert request.findtext("extended_attributes/photos/photo/media_url") is not None
    assert request.findtext("attributes/attribute/name") == "Yes & <no>"
    assert [n.text for n in request.iterfind("notes/note/type")] == ["open", "closed"]


def test_of_a_request_that_is_private_by_now_nothing_is_added() -> None:
    whole = {**CORE, **extra_row(None, SITE)}
    names = frozenset({"extended_attributes", "attributes"})

    (found,) = json.loads(render(requests_with(names), [whole], Format.JSON))

    assert (found["extended_attributes"], found["attributes"]) == (None, [])
    assert "<extended_attributes/><attributes/></request>" in render(
        requests_with(names), [whole], Format.XML
    )


def test_a_table_is_made_once() -> None:
    assert requests_with(frozenset({"notes"})) is requests_with(frozenset({"notes"}))
    assert [field.name for field in requests_with(frozenset()).fields] == [
        field.name for field in REQUESTS.fields
    ]
