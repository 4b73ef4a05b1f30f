"""The asked format, in every answer."""

import json
from dataclasses import dataclass

import pytest
from defusedxml.ElementTree import fromstring

from city311.domain.errors import (
    CityError,
    Conflict,
    FieldProblem,
    Forbidden,
    ForbiddenTransition,
    IdempotencyMismatch,
    InvalidInput,
    NotFound,
    Stopped,
    Unavailable,
)
from city311.open311.answers import format_of, named, refuse, tidy
from city311.open311.fields import Format


@dataclass(frozen=True)
class Asked:
    path: str
    accept: str = ""


@pytest.mark.parametrize(
    ("path", "accept", "fmt"),
    [
        ("/open311/v2/requests.json", "text/xml", Format.JSON),
        ("/open311/v2/requests.XML", "application/json", Format.XML),
        ("/open311/v2/requests/7H2.json", "", Format.JSON),
        ("/open311/v2/requests/7H2", "text/html, application/json;q=0.5", Format.JSON),
        ("/open311/v2/requests/7H2", "*/*", Format.XML),
        ("/open311/v2/requests/7H2.csv", "application/json", Format.XML),
        ("/open311/v2/requests.json/", "", Format.JSON),
        ("", "", Format.XML),
    ],
)
def test_the_suffix_counts_then_accept_then_xml(path: str, accept: str, fmt: Format) -> None:
    assert format_of(path, accept) is fmt


@pytest.mark.parametrize(
    ("parameter", "name"), [("pot.json", "pot"), ("pot.XML", "pot"), ("pot", "pot"), ("a.b", "a.b")]
)
def test_the_suffix_is_no_part_of_the_name(parameter: str, name: str) -> None:
    assert named(parameter) == name


@pytest.mark.parametrize(
    ("path", "accept", "meant"),
    [
        ("/open311/v2//requests.json", "", "/open311/v2/requests.json"),
        ("//open311///v2/services/pot.xml", "", "/open311/v2/services/pot.xml"),
        ("/open311/v2/requests", "application/json", "/open311/v2/requests.json"),
        ("/open311/v2/services/", "", "/open311/v2/services.xml"),
        ("/open311/v2/services/pot", "", "/open311/v2/services/pot"),
    ],
)
def test_sloppy_paths_are_tidied(path: str, accept: str, meant: str) -> None:
    assert tidy(path, accept) == meant


TWO = InvalidInput(
    FieldProblem(field="lat", advice="Write <degrees>.", reason="missing"),
    FieldProblem(field="attribute[12]", advice="Answer: Which side?"),
)


@pytest.mark.parametrize(
    ("problem", "status", "entries"),
    [
        (
            TWO,
            400,
            [
                ("lat: Write <degrees>.", "missing:lat"),
                ("attribute[12]: Answer: Which side?", "invalid:attribute[12]"),
            ],
        ),
        (
            IdempotencyMismatch(FieldProblem(field="idempotency_key", advice="New key.")),
            400,
            [("idempotency_key: New key.", "invalid:idempotency_key")],
        ),
        (
            Stopped("Call now.", question="1", call="555"),
            400,
            [("Call now. (555)", "stopped:attribute[1]")],
        ),
        (
            Stopped("Call 555.", question="1", call="555"),
            400,
            [("Call 555.", "stopped:attribute[1]")],
        ),
        (Stopped("No.", question="1", call=None), 400, [("No.", "stopped:attribute[1]")]),
        (NotFound("Gone."), 404, [("Gone.", "not_found")]),
        (Forbidden("No key."), 403, [("No key.", "forbidden")]),
        (ForbiddenTransition("No."), 400, [("No.", "forbidden_transition")]),
        (Conflict("Again."), 400, [("Again.", "conflict")]),
        (Unavailable("Later."), 503, [("Later.", "unavailable")]),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, CityError) else "",
)
def test_refusals(problem: CityError, status: int, entries: list[tuple[str, str]]) -> None:
    as_json = refuse(problem, Asked("/x.json"))
    as_xml = refuse(problem, Asked("/x.xml"))

    assert as_json.status_code == as_xml.status_code == status
    assert as_json.headers == {"Content-Type": "application/json; charset=utf-8"}
    assert as_xml.headers == {"Content-Type": "text/xml; charset=utf-8"}
    assert json.loads(as_json.body) == [
        {"code": status, "description": text, "reason": reason} for text, reason in entries
    ]
    root = fromstring(as_xml.body.encode())
    assert root.tag == "errors"
    assert [[(c.tag, c.text) for c in error] for error in root] == [
        [("code", str(status)), ("description", text)] for text, _ in entries
    ]
