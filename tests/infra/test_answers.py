"""What the gateway says by itself can be read by those who hear it."""

import json
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring

from infra.routes import read_routes
from tests.infra.template import Template
from tests.infra.test_api import real_apps

EVERY_KIND = {
    *("ACCESS_DENIED", "AUTHORIZER_CONFIGURATION_ERROR", "AUTHORIZER_FAILURE"),
    *("BAD_REQUEST_BODY", "BAD_REQUEST_PARAMETERS", "DEFAULT_4XX", "DEFAULT_5XX"),
    *("EXPIRED_TOKEN", "INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT", "INVALID_API_KEY"),
    *("INVALID_SIGNATURE", "MISSING_AUTHENTICATION_TOKEN", "QUOTA_EXCEEDED"),
    *("REQUEST_TOO_LARGE", "RESOURCE_NOT_FOUND", "THROTTLED", "UNAUTHORIZED"),
    *("UNSUPPORTED_MEDIA_TYPE", "WAF_FILTERED"),
}
"""All that API Gateway knows but API_CONFIGURATION_ERROR, which is a DEFAULT_5XX."""
STAFF = {
    *("ACCESS_DENIED", "AUTHORIZER_CONFIGURATION_ERROR", "AUTHORIZER_FAILURE"),
    *("BAD_REQUEST_BODY", "EXPIRED_TOKEN", "UNAUTHORIZED"),
}
SPOKEN = {"400", "403", "404", "429", "500", "503"}


def answers(app: Template) -> dict[str, dict[str, Any]]:
    return {a["ResponseType"]: a for a in app.props("AWS::ApiGateway::GatewayResponse")}


def header(answer: dict[str, Any], name: str) -> str | None:
    found = answer["ResponseParameters"].get(f"gatewayresponse.header.{name}")
    return found if found is None else str(found)


def test_every_answer_of_the_gateway_is_ours(app: Template) -> None:
    assert set(answers(app)) == EVERY_KIND


@pytest.mark.parametrize("kind", sorted(EVERY_KIND))
def test_json_is_what_its_callers_read(app: Template, kind: str) -> None:
    answer = answers(app)[kind]
    said = json.loads(answer["ResponseTemplates"]["application/json"])

    if kind in STAFF:
        (entry,) = said["errors"]
        assert set(said) == {"errors", "request_id"}
        assert said["request_id"] == "$context.requestId"
        assert set(entry) == {"field", "message", "reason", "call"}
        assert entry["message"]
    else:
        (entry,) = said
        assert set(entry) == {"code", "description", "reason"}
        assert str(entry["code"]) == answer["StatusCode"]
        assert entry["description"].endswith(".")


@pytest.mark.parametrize("kind", sorted(EVERY_KIND))
def test_xml_says_the_same(app: Template, kind: str) -> None:
    answer = answers(app)[kind]
    text = answer["ResponseTemplates"]["text/xml"]
    root: Element = fromstring(text.encode())

    assert text.startswith('<?xml version="1.0" encoding="utf-8"?>')
    assert [each.tag for each in root.iter()] == ["errors", "error", "code", "description"]
    assert root.findtext("error/code") == answer["StatusCode"]
    assert (
        str(root.findtext("error/description")) in answer["ResponseTemplates"]["application/json"]
    )


@pytest.mark.parametrize("kind", sorted(EVERY_KIND))
def test_no_answer_repeats_what_was_sent_or_is_kept(app: Template, kind: str) -> None:
    answer = answers(app)[kind]
    late = answer["StatusCode"] in {"429", "503"}

    assert "$context.error" not in json.dumps(answer["ResponseTemplates"])
    assert set(answer["ResponseTemplates"]) == {"application/json", "text/xml"}
    assert header(answer, "Cache-Control") == "'no-store'"
    assert header(answer, "Access-Control-Allow-Origin") == "'*'"
    assert header(answer, "X-Request-Id") == "context.requestId"
    assert header(answer, "Retry-After") == ("'5'" if late else None)
    # It would be the same for both templates.
    assert header(answer, "Content-Type") is None


def test_statuses_are_those_that_open311_clients_know(app: Template) -> None:
    found = {kind: answer["StatusCode"] for kind, answer in answers(app).items()}

    assert found.pop("UNAUTHORIZED") == "401"
    assert set(found.values()) == SPOKEN
    assert found["REQUEST_TOO_LARGE"] == found["UNSUPPORTED_MEDIA_TYPE"] == "400"
    assert found["MISSING_AUTHENTICATION_TOKEN"] == "404"


def test_under_open311_a_function_answers_whatever_is_asked() -> None:
    """So the gateway's own words are left for what never reaches a function."""
    routes = [r for r in read_routes(real_apps()) if r.for_programs]
    any_method = {r.path for r in routes if r.method == "ANY"}

    assert "/open311/{proxy+}" in any_method
    assert {r.path for r in routes} == any_method
    assert not any(r.for_staff or r.takes_json_only for r in routes)
