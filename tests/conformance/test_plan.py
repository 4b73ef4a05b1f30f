"""What a run files, and for which service: chosen so that it disturbs least."""

import json
from typing import Any

import pytest

from cli.conformance.endpoint import Endpoint
from cli.conformance.exchange import Answer, Ask
from cli.conformance.plan import Plan, keywords, planned, sample
from cli.conformance.survey import Survey
from cli.failures import Misuse

CHOICES = [{"key": "a", "name": "A"}, {"key": "b", "name": "B"}]


def service(code: str, **more: Any) -> dict[str, Any]:
    return {"service_code": code, "service_name": code, "metadata": False, **more}


def question(code: str, datatype: str = "string", **more: Any) -> dict[str, Any]:
    return {"code": code, "datatype": datatype, "required": True, "values": [], **more}


def planning(
    services: list[dict[str, Any]],
    definitions: dict[str, list[dict[str, Any]]] | None = None,
    *asked: str,
    requests: list[dict[str, Any]] | None = None,
) -> Plan:
    documents: dict[str, Any] = {
        "/services.json": services,
        "/requests.json": [{"lat": 1.5, "long": 2.5}] if requests is None else requests,
    }
    for code, attributes in (definitions or {}).items():
        documents[f"/services/{code}.json"] = {"service_code": code, "attributes": attributes}

    def transport(ask: Ask) -> Answer:
        path = ask.url.removeprefix("http://x").partition("?")[0]
        status = 200 if path in documents else 404
        body = json.dumps(documents.get(path, [])).encode()
        return Answer(ask=ask, status=status, headers={}, body=body, seconds=0)

    endpoint = Endpoint(base="http://x", transport=transport)
    return planned(Survey(endpoint=endpoint, formats=("json",)), asked)


@pytest.mark.parametrize(
    ("services", "general"),
    [
        ([service("a"), service("b")], "a"),
        ([service("fire"), service("general-question")], "general-question"),
        ([service("a", keywords="private, test"), service("b")], "b"),
        ([service("a", type="batch"), service("b", type="realtime")], "b"),
        ([service("a", keywords="private")], "a"),
    ],
)
def test_the_service_that_is_disturbed_least(services: list[dict[str, Any]], general: str) -> None:
    assert planning(services).general == general


def test_the_service_that_asks_least() -> None:
    services = [service("other", metadata=True), service("b")]

    plan = planning(services, {"other": [question("1")]})

    assert plan.general == "b"
    assert plan.required == "other"
    assert plan.services == ["b", "other"]
    assert plan.answers == {"b": [], "other": [("attribute[1]", "test")]}


def test_services_for_each_kind_of_question() -> None:
    services = [service(code, metadata=True) for code in ("free", "one", "many")]
    definitions = {
        "free": [question("1", required=False)],
        "one": [question("1", "singlevaluelist", required=False, values=CHOICES)],
        "many": [question("1", "multivaluelist", values=CHOICES)],
    }

    plan = planning([*services, service("late", type="batch")], definitions)

    assert (plan.general, plan.required, plan.single) == ("free", "many", "one")
    assert (plan.several, plan.batch) == ("many", "late")


def test_a_list_without_values_is_none() -> None:
    plan = planning([service("a", metadata=True)], {"a": [question("1", "singlevaluelist")]})

    assert plan.single is None


def test_the_services_that_were_named_and_no_others() -> None:
    services = [service("a"), service("b", metadata=True), service("c", type="batch")]

    plan = planning(services, {"b": [question("1")]}, "a")

    assert plan.services == ["a"]
    assert plan.required is None


def test_texts_are_not_answered() -> None:
    text = question("1", variable=False)
    plan = planning([service("a", metadata=True)], {"a": [text]})

    assert plan.answers["a"] == []


@pytest.mark.parametrize(
    ("datatype", "answer"),
    [("number", "1"), ("text", "test"), ("odd", "test"), ("multivaluelist", "a")],
)
def test_answers_fit_their_questions(datatype: str, answer: str) -> None:
    values = CHOICES if "list" in datatype else []

    assert sample(question("1", datatype, values=values)) == answer


def test_a_time_is_answered_with_a_time() -> None:
    assert sample(question("1", "datetime")).endswith("Z")


@pytest.mark.parametrize("found", ["Private, Else", ["private", "else"]])
def test_keywords_of_any_shape(found: object) -> None:
    assert keywords({"keywords": found}) == {"private", "else"}


def test_no_place_is_misuse() -> None:
    with pytest.raises(Misuse, match="--lat"):
        planning([service("a")], requests=[{"lat": None, "long": None}])


def test_no_service_is_misuse() -> None:
    with pytest.raises(Misuse, match="no service at all"):
        planning([])
