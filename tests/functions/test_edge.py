"""The edge itself: what is logged and counted, and what a fault of ours looks like from outside."""

import hashlib
import json
from io import StringIO
from typing import Any

import pytest
from chalice.app import Response

from city311.api import watch
from city311.api.answers import refuse
from city311.api.edge import Edge, Space
from city311.api.manners import APART, CATALOGUE, finished, language_of
from city311.domain.errors import TooMany
from city311.open311 import answers
from tests.functions.conftest import Account
from tests.functions.gateway import Gateway, event_named
from tests.functions.test_intake_api import TREE, problems

SPACES = (
    Space(prefix="/open311", refuse=answers.refuse, tidy=answers.tidy, headers=answers.CORS),
    Space(prefix="/api", refuse=refuse),
)
SECRETS = ("ada@residents.example", "5550142000", "Adalyn", "under the old oak")


def lines(logged: StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in logged.getvalue().splitlines()]


def test_a_line_for_each_answer_and_nothing_that_was_said(
    deployed: Account, gateway: Gateway, logged: StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    email, phone, name, words = SECRETS
    report = {**TREE, "email": email, "phone": phone, "first_name": name, "description": words}

    answer = gateway.post_json("/api/requests", report, Idempotency_Key="k")
    gateway.post_json("/api/requests", {**report, "lat": words})
    found, _, capability = answer.json["link"].rpartition("#")[2].partition(".")
    gateway.get(f"/api/requests/{found}", X_City311_Key=capability)

    said = lines(logged)
    assert [(line["message"], line["route"], line["status"]) for line in said] == [
        ("answered", "/api/requests", 201),
        ("answered", "/api/requests", 400),
        ("answered", "/api/requests/{service_request_id}", 200),
    ]
    assert all(line["correlation_id"] == answer.headers["X-Request-Id"] for line in said)
    written = logged.getvalue() + capsys.readouterr().out
    for secret in (*SECRETS, capability, found):
        assert secret not in written


def test_what_is_accepted_and_refused_is_counted(
    deployed: Account, gateway: Gateway, capsys: pytest.CaptureFixture[str]
) -> None:
    for changes in ({}, {}, {"lat": 0, "long": 0}):
        gateway.post_json("/api/requests", {**TREE, **changes})
    with deployed.failing("before-call.dynamodb"):
        gateway.post_json("/api/requests", {**TREE, "description": "x"})

    counted = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    names = [
        [m["Name"] for m in each["_aws"]["CloudWatchMetrics"][0]["Metrics"]] for each in counted
    ]
    assert names == [["Accepted", "Answered"], ["Repeated", "Answered"], ["Refused"], ["Failed"]]
    assert {each["_aws"]["CloudWatchMetrics"][0]["Namespace"] for each in counted} == {"City311"}
    assert {each["service"] for each in counted} == {"intake"}


@pytest.fixture
def faulty() -> Edge:
    """An application with a view that fails as nobody foresaw, and one that says nothing."""
    app = Edge("status", SPACES)

    @app.route("/api/fault")
    @app.route("/open311/v2/fault.xml")
    @app.route("/open311/v2/fault.json")
    def fault() -> Response:
        raise RuntimeError("ada@residents.example lives here")

    @app.route("/api/odd")
    def odd() -> Response:
        return {"not": "a response"}  # type: ignore[return-value]

    return app


@pytest.mark.parametrize("path", ["/api/fault", "/open311/v2/fault.xml", "/open311/v2/fault.json"])
def test_a_fault_of_ours_tells_its_number_and_nothing_else(
    faulty: Edge, logged: StringIO, path: str
) -> None:
    answer = Gateway(apps=(faulty,)).get(path)

    number = answer.headers["X-Request-Id"]
    assert answer.status == 500
    assert number in answer.body
    assert answer.headers["Cache-Control"] == "no-store"
    if path.endswith("xml"):
        assert answer.xml.findtext("error/code") == "500"
    elif path.startswith("/open311"):
        assert answer.json[0] | {"description": ""} == {
            "code": 500,
            "description": "",
            "reason": "unexpected",
        }
    else:
        assert problems(answer, 500) == [(None, "unexpected")]
    fault = next(line for line in lines(logged) if line["message"] == "fault")
    assert (fault["kind"], fault["correlation_id"]) == ("RuntimeError", number)
    assert "test_edge.py" in fault["where"][-1]
    assert "ada@" not in logged.getvalue() + answer.body


def test_too_many_calls_are_told_in_each_format_when_to_come_again() -> None:
    app = Edge("status", SPACES)

    @app.route("/api/busy")
    @app.route("/open311/v2/busy.xml")
    @app.route("/open311/v2/busy.json")
    def busy() -> Response:
        raise TooMany("Not now.", retry_after=417)

    door = Gateway(apps=(app,))
    as_api, as_xml, as_json = (
        door.get(path) for path in ("/api/busy", "/open311/v2/busy.xml", "/open311/v2/busy.json")
    )

    assert {each.headers["Retry-After"] for each in (as_api, as_xml, as_json)} == {"417"}
    assert problems(as_api, 429) == [(None, "too_many")]
    assert (as_xml.status, as_xml.xml.findtext("error/description")) == (429, "Not now.")
    assert as_json.json == [{"code": 429, "description": "Not now.", "reason": "too_many"}]


def test_an_answer_that_no_view_should_give_is_a_fault(faulty: Edge) -> None:
    assert problems(Gateway(apps=(faulty,)).get("/api/odd"), 500) == [(None, "unexpected")]


def test_a_wrong_method_of_the_api_says_what_is_allowed(faulty: Edge) -> None:
    event = event_named("rest-api-request")
    event |= {"path": "/api/odd", "resource": "/api/odd"}
    event["requestContext"] |= {"resourcePath": "/api/odd", "httpMethod": "PUT", "requestId": None}

    answer = faulty(event, None)

    assert answer["statusCode"] == 405
    assert answer["headers"]["Allow"] == "GET"
    assert "X-Request-Id" not in answer["headers"]
    assert json.loads(answer["body"])["errors"][0]["reason"] == "wrong_method"


def test_a_path_outside_every_space_is_the_apis(faulty: Edge) -> None:
    event = event_named("rest-api-request")
    event |= {"path": None, "headers": None}
    event["requestContext"] |= {"resourcePath": "/elsewhere"}

    answer = faulty(event, None)

    assert answer["statusCode"] == 405
    assert "errors" in json.loads(answer["body"])


@pytest.mark.parametrize(
    ("accept", "wanted", "found"),
    [
        ("", None, None),
        ("es", None, "es"),
        ("es-MX,es;q=0.9,en;q=0.8", None, "es"),
        ("fr;q=1, en;q=0.5, es;q=0.7", None, "es"),
        ("en", "es_MX", "es"),
        ("es", "fr", "es"),
        ("fr", None, None),
        ("es;q=0", None, None),
        ("ES", None, "es"),
        ("*", None, None),
        (";;;q=,", None, None),
        ("zh-TW, zh-Hant;q=0.9", None, "zh-Hant"),
    ],
)
def test_the_callers_language(accept: str, wanted: str | None, found: str | None) -> None:
    assert language_of(accept, wanted, ("en", "es", "zh-Hant")) == found


BODY = "the answer"
TAG = f'"{hashlib.sha256(BODY.encode()).hexdigest()[:32]}"'


@pytest.mark.parametrize(
    ("known", "status"),
    [
        ("", 200),
        (TAG, 304),
        (f"W/{TAG}", 304),
        (f'"x", W/"y,z",{TAG}', 304),
        (f'"a,W/",  W/{TAG} ', 304),
        ("*", 304),
        (" * ", 304),
        ('"*"', 200),
        (TAG.strip('"'), 200),
        (f"x{TAG}", 200),
        (f'"x{TAG[1:]}', 200),
    ],
)
def test_who_has_an_answer_is_not_sent_it_again(known: str, status: int) -> None:
    answer = Response(body=BODY, headers={**CATALOGUE, "Link": "<x>"}, status_code=200)

    found = finished(answer, {"X-Space": "1"}, {"if-none-match": known}, "id-1")

    assert found.status_code == status
    assert found.body == (BODY if status == 200 else "")
    assert found.headers["ETag"] == TAG
    # A 304 says all that the answer it stands for says.
    assert {"Cache-Control", "Vary", "Link", "X-Space", "X-Request-Id"} <= set(found.headers)


@pytest.mark.parametrize("headers", [{}, APART, {"Cache-Control": "no-store"}])
@pytest.mark.parametrize("status", [200, 404])
def test_what_is_not_for_all_has_no_tag_and_no_shortcut(
    headers: dict[str, str], status: int
) -> None:
    answer = Response(body=BODY, headers=dict(headers), status_code=status)

    found = finished(answer, {}, {"if-none-match": "*"}, "")

    assert (found.status_code, found.body) == (status, BODY)
    assert "no-store" in found.headers["Cache-Control"]
    assert "ETag" not in found.headers


def test_a_room_has_one_logger() -> None:
    assert watch.logger("status") is watch.logger("status")
    assert watch.logger("status") is not watch.logger("intake")
