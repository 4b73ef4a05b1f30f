"""Documents: the two formats say the same, and nothing can break either."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st

from city311.open311 import fields
from city311.open311.extensions import NAMES, SERVICES_GROUPED, requests_with
from city311.open311.fields import Field, Format, Kind, Resource
from city311.open311.wire import legal, render, time_text

OLDEST = datetime(1900, 1, 1)  # noqa: DTZ001 - the zone is drawn apart
texts = st.none() | st.text(alphabet=st.characters(codec="utf-8"), max_size=60)
anything = st.text(max_size=60)
"""Lone surrogates and control characters included: what a careless sender can produce."""


def spark(field: Field, element: ElementTree.Element) -> Any:
    """An element as JSON, by the rules of the wire and not by our renderer."""
    if field.item:
        assert {child.tag for child in element} <= {field.item}
        return [spark_row(field.of, c) if field.of else (c.text or "") for c in element]
    if field.of:
        return spark_row(field.of, element) if len(element) else None
    text = element.text
    if text is None:
        return None
    match field.kind:
        case Kind.BOOLEAN:
            return {"true": True, "false": False}[text]
        case Kind.INTEGER:
            return int(text)
        case Kind.DEGREES:
            return float(text)
    return text


def spark_row(row: tuple[Field, ...], element: ElementTree.Element) -> dict[str, Any]:
    known = [field for field in row if not field.json_only]
    assert [child.tag for child in element] == [field.name for field in known]
    return {f.name: spark(f, c) for f, c in zip(known, element, strict=True)}


def spark_document(resource: Resource, text: str) -> Any:
    root = fromstring(text.encode())
    assert root.tag == resource.root
    if resource.item is None:
        return spark_row(resource.fields, root)
    assert {child.tag for child in root} <= {resource.item}
    return [spark_row(resource.fields, child) for child in root]


values = {
    Kind.TEXT: anything | st.none(),
    Kind.BOOLEAN: st.booleans() | st.none(),
    Kind.INTEGER: st.integers(min_value=0, max_value=10**6) | st.none(),
    Kind.DEGREES: st.floats(min_value=-180, max_value=180) | st.none(),
    Kind.TIME: st.datetimes(min_value=OLDEST, timezones=st.just(UTC)) | st.none(),
}


def a_value(field: Field) -> st.SearchStrategy[Any]:
    if field.item is None and field.of:
        return st.none() | a_row(field.of)
    if field.item is None:
        return values[field.kind]
    return st.lists(a_row(field.of) if field.of else st.text(min_size=1).filter(legal), max_size=3)


def a_row(row: tuple[Field, ...]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({field.name: a_value(field) for field in row})


@pytest.mark.parametrize(
    "resource",
    [
        fields.DISCOVERY,
        fields.SERVICES,
        SERVICES_GROUPED,
        fields.DEFINITION,
        fields.CREATED,
        fields.REQUESTS,
        requests_with(frozenset(NAMES)),
    ],
    ids=lambda resource: f"{resource.root}-{len(resource.fields)}",
)
@settings(deadline=None)
@given(data=st.data())
def test_xml_says_what_json_says(resource: Resource, data: st.DataObject) -> None:
    rows = data.draw(
        st.lists(a_row(resource.fields), max_size=3)
        if resource.item
        else st.lists(a_row(resource.fields), min_size=1, max_size=1)
    )

    as_json = json.loads(render(resource, rows, Format.JSON))
    as_xml = spark_document(resource, render(resource, rows, Format.XML))

    assert as_xml == as_json
    assert isinstance(as_json, list if resource.item else dict)


@settings(deadline=None)
@given(text=anything)
def test_any_text_comes_back_but_for_what_xml_cannot_carry(text: str) -> None:
    rows = [{"code": 400, "description": text, "reason": text}]

    written = render(fields.ERRORS, rows, Format.XML)
    read = fromstring(written.encode()).findtext("error/description")

    assert read == legal(text)
    assert set(text) - set(legal(text)) <= {
        c for c in text if not (c in "\t\n\r" or ord(c) >= 0x20)
    } | {c for c in text if "\ud800" <= c <= "\udfff" or c in "\ufffe\uffff"}


def test_the_machines_reason_is_in_json_only() -> None:
    rows = [{"code": 404, "description": "Nothing here.", "reason": "not_found"}]

    assert render(fields.ERRORS, rows, Format.XML) == (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        "<errors><error><code>404</code><description>Nothing here.</description></error></errors>"
    )
    assert json.loads(render(fields.ERRORS, rows, Format.JSON)) == rows


def test_no_rows_are_an_empty_list_in_both() -> None:
    assert render(fields.REQUESTS, [], Format.JSON) == "[]"
    assert render(fields.REQUESTS, [], Format.XML).endswith("\n<service_requests/>")


@pytest.mark.parametrize(
    ("at", "written"),
    [
        (datetime(2026, 3, 1, 9, 30, 5, 999_000, tzinfo=UTC), "2026-03-01T09:30:05Z"),
        (
            datetime(2026, 3, 1, 1, 0, tzinfo=timezone(timedelta(hours=2))),
            "2026-02-28T23:00:00Z",
        ),
    ],
)
def test_a_time_has_seconds_and_a_zone_and_no_fraction(at: datetime, written: str) -> None:
    assert time_text(at) == written


@pytest.mark.parametrize(
    ("degrees", "written"),
    [(41.5, "41.5"), (-0.000001, "-0.000001"), (0.00000001, "0"), (100.0, "100"), (7, "7")],
)
def test_degrees_have_a_decimal_point_and_never_an_exponent(degrees: float, written: str) -> None:
    row = {"lat": degrees}

    assert f"<lat>{written}</lat>" in render(fields.REQUESTS, [row], Format.XML)
    assert json.loads(render(fields.REQUESTS, [row], Format.JSON))[0]["lat"] == float(written)


def test_ids_that_look_like_numbers_stay_text() -> None:
    row = {"service_request_id": "0012", "service_code": "007", "address_id": "42"}

    found = json.loads(render(fields.REQUESTS, [row], Format.JSON))[0]

    assert [found[name] for name in row] == ["0012", "007", "42"]


@given(text=st.text())
def test_what_can_be_printed_is_legal(text: str) -> None:
    assert not text.isprintable() or legal(text) == text
    assert legal(legal(text)) == legal(text)
    assert (
        fromstring(f"<a>{escape(legal(text)).replace(chr(13), '&#13;')}</a>".encode()) is not None
    )


def test_every_element_is_there_when_nothing_is_known() -> None:
    (request,) = fromstring(render(fields.REQUESTS, [{}], Format.XML).encode())

    assert [child.tag for child in request] == [field.name for field in fields.REQUESTS.fields]
    assert [child.text for child in request] == [None] * len(fields.REQUESTS.fields)
    assert set(json.loads(render(fields.REQUESTS, [{}], Format.JSON))[0].values()) == {None}


def test_a_value_of_the_wrong_kind_is_text_or_nothing() -> None:
    row = {"requested_datetime": "soon", "lat": "north"}

    (found,) = json.loads(render(fields.REQUESTS, [row], Format.JSON))

    assert (found["requested_datetime"], found["lat"]) == ("soon", None)


def test_html_is_only_text() -> None:
    row = {"description": "<script>alert('&')</script>"}

    written = render(fields.REQUESTS, [row], Format.XML)

    assert "<script>" not in written
    assert fromstring(written.encode()).findtext("request/description") == row["description"]
