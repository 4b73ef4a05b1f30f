"""Answers as tolerant clients read them, and where tolerance ends."""

import json

import pytest

from cli.conformance.exchange import Answer, Ask
from cli.conformance.reading import error_fault, instant, rows, said, single

ROW = {"service_request_id": "1", "status": "open"}


def an_answer(body: object, fmt: str = "json", kind: str | None = None) -> Answer:
    text = body if isinstance(body, str) else json.dumps(body)
    kind = kind or {"json": "application/json; charset=utf-8", "xml": "text/xml"}[fmt]
    return Answer(
        ask=Ask(url="http://x", fmt=fmt),
        status=400,
        headers={"content-type": kind},
        body=text.encode(),
        seconds=0,
    )


@pytest.mark.parametrize(
    "body",
    [
        [ROW],
        ROW,
        {"service_requests": [ROW]},
        {"service_requests": {"request": [ROW]}},
        {"service_requests": {"request": ROW}},
        [None, ROW, 7],
    ],
)
def test_wrapped_lists_are_read(body: object) -> None:
    assert rows(an_answer(body), "request") == [ROW]


@pytest.mark.parametrize("body", [[], {}, None, 7, [[ROW]], {"service_requests": []}])
def test_what_is_no_list_has_no_rows(body: object) -> None:
    assert rows(an_answer(body), "request") == []


@pytest.mark.parametrize("root", ["service_requests", "requests", "x"])
def test_any_root_is_read(root: str) -> None:
    inner = "<request><service_request_id>1</service_request_id><status>open</status></request>"

    assert rows(an_answer(f"<{root}>{inner}</{root}>", "xml"), "request") == [ROW]


def test_xml_by_the_rule_of_georeport() -> None:
    text = (
        "<service_definition><service_code>01</service_code><attributes><attribute><code>1</code>"
        "<values/><note> </note><more>a</more><more>b</more></attribute></attributes>"
        "</service_definition>"
    )

    assert single(an_answer(text, "xml")) == {
        "service_code": "01",
        "attributes": [{"code": "1", "values": [], "note": None, "more": ["a", "b"]}],
    }


@pytest.mark.parametrize("body", [[ROW], ROW])
def test_an_object_may_come_in_an_array(body: object) -> None:
    assert single(an_answer(body)) == ROW


GOOD = {"code": 400, "description": "Say where it is."}
GOOD_XML = "<errors><error><code>400</code><description>Say where.</description></error></errors>"


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (an_answer([GOOD]), ""),
        (an_answer([GOOD, {**GOOD, "reason": "x"}]), ""),
        (an_answer(GOOD_XML, "xml"), ""),
        (an_answer(GOOD_XML, "xml", "application/xml"), "it is application/xml, not text/xml"),
        (an_answer([GOOD], kind="text/html"), "it is text/html, not application/json"),
        (an_answer(GOOD), "no list"),
        (an_answer({"errors": [GOOD]}), "no list"),
        (an_answer(["words"]), "no list"),
        (an_answer([]), "is empty"),
        (an_answer("<errors/>", "xml"), "is empty"),
        (an_answer([{"code": 400}]), "no description"),
        (an_answer([{"description": "x"}]), "no code"),
        (an_answer("<errors><error><code/></error></errors>", "xml"), "no code"),
        (an_answer("<errors><fault/></errors>", "xml"), "no list"),
        (an_answer("<error_messages/>", "xml"), "no list"),
        (an_answer("<html>", "xml"), "no XML"),
        (an_answer("<html>"), "no JSON"),
    ],
)
def test_the_form_of_errors(answer: Answer, fault: str) -> None:
    found = error_fault(answer)

    assert fault in found
    assert bool(found) is bool(fault)


def test_words_of_a_refusal() -> None:
    assert said(an_answer([GOOD, {"detail": "And what."}])) == "Say where it is. And what."
    assert said(an_answer("<html>")) == ""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00+00:00"),
        ("2026-01-01T02:00:00+02:00", "2026-01-01T02:00:00+02:00"),
        ("2026-01-01 00:00", "2026-01-01T00:00:00+00:00"),
        ("0001-01-01T00:00:00Z", None),
        ("9999-12-31T23:59:59Z", None),
        ("yesterday", None),
        (None, None),
        ([], None),
    ],
)
def test_times(text: object, found: str | None) -> None:
    moment = instant(text)

    assert (moment.isoformat() if moment else None) == found
