"""A report comes in from the city's own pages, and the resident's word on the answer."""

from typing import Any

import pytest

from city311 import wiring
from city311.domain.audit import Actor
from city311.domain.effects import CommandFields
from city311.domain.lifecycle import Command, Role, Status
from city311.domain.request import ServiceRequest
from tests.builders import a_decision, an_outcome
from tests.functions.conftest import Account
from tests.functions.gateway import Answer, Gateway

URL = "/api/requests"
TREE: dict[str, Any] = {"service_code": "tree", "lat": 40.02, "long": -75.08}
WHOLE = {
    **TREE,
    "service_code": "lamp",
    "address": " 12 Mill Lane ",
    "address_id": "42",
    "description": "a\x00b",
    "answers": {"side": " no ", "2": ["yes", " "], "unknown": "x", "notes": ""},
    "photos": ["0123456789ABCDEFGHJKMNPQRS", "0123456789ABCDEFGHJKMNPQRS"],
    "email": "ada@residents.example",
    "phone": "555 014 2000",
    "first_name": "Ada",
    "last_name": "",
    "language": "es",
}


def problems(answer: Answer, status: int = 400) -> list[tuple[str | None, str]]:
    assert answer.status == status
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]
    assert all(each["message"] for each in answer.json["errors"])
    return [(each["field"], each["reason"]) for each in answer.json["errors"]]


def test_an_accepted_report_gets_its_private_link(deployed: Account, gateway: Gateway) -> None:
    answer = gateway.post_json(URL, WHOLE)

    found = answer.json["service_request_id"]
    request = wiring.requests().get(found)
    link = answer.json["link"]
    assert answer.status == 201
    assert link.startswith(f"https://larkmere.example/track/#{found}.")
    assert wiring.reading().private(found, link.rpartition(".")[2]).request == request
    assert request.answers == {"1": ("no",), "2": ("yes",)}
    assert request.sender == {"attribute[unknown]": "x"}
    assert request.photos == ("0123456789ABCDEFGHJKMNPQRS",)
    assert (request.place.address, request.place.address_id) == ("12 Mill Lane", "42")
    assert (request.description, request.language, request.channel) == ("ab", "es", "web")
    resident = wiring.residents().get(found)
    assert resident is not None
    assert (resident.first_name, resident.last_name) == ("Ada", None)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_the_language_is_the_callers_where_none_is_named(
    deployed: Account, gateway: Gateway
) -> None:
    answer = gateway.post_json(URL, TREE, Accept_Language="fr, es;q=0.8, en;q=0.1")

    assert wiring.requests().get(answer.json["service_request_id"]).language == "es"


@pytest.mark.parametrize(("named", "found"), [("es-MX", "es"), ("xx", "en"), ("", "en")])
def test_a_language_the_city_does_not_speak_is_not_kept(
    deployed: Account, gateway: Gateway, named: str, found: str
) -> None:
    answer = gateway.post_json(URL, {**TREE, "language": named})

    assert wiring.requests().get(answer.json["service_request_id"]).language == found


def test_the_same_report_twice_shows_the_link_only_to_who_has_the_key(
    deployed: Account, gateway: Gateway
) -> None:
    first = gateway.post_json(URL, TREE, Idempotency_Key="k")
    again = gateway.post_json(URL, TREE, Idempotency_Key="k")
    bare = gateway.post_json(URL, {**TREE, "description": "x"})
    bare_again = gateway.post_json(URL, {**TREE, "description": "x"})

    assert (first.status, again.status) == (201, 200)
    assert again.json == first.json
    assert (bare.status, bare_again.status) == (201, 200)
    assert bare_again.json == {**bare.json, "link": None}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"service_code": ""}, [("service_code", "missing")]),
        ({"lat": None, "long": None}, [("lat", "missing")]),
        ({"lat": "north"}, [("lat", "invalid")]),
        ({"nonsense": 1}, [("nonsense", "unknown")]),
        ({"photos": ["short"]}, [("photos.0", "invalid")]),
        ({"answers": [1]}, [("answers", "invalid")]),
        ({"email": "x", "phone": "y"}, [("email", "invalid"), ("phone", "invalid")]),
        ({"service_code": "lamp"}, [("attribute[1]", "missing")]),
    ],
)
def test_a_refused_report_names_every_field_and_stores_nothing(
    deployed: Account,
    gateway: Gateway,
    changes: dict[str, Any],
    expected: list[tuple[str, str]],
) -> None:
    answer = gateway.post_json(URL, {**TREE, **changes})

    assert problems(answer) == expected
    assert deployed.items() == []


def test_what_was_sent_is_never_repeated(deployed: Account, gateway: Gateway) -> None:
    answer = gateway.post_json(URL, {**TREE, "lat": "ada@residents.example", "phone": 5})

    assert answer.status == 400
    assert "ada@" not in answer.body


@pytest.mark.parametrize(
    "body", ["", "{", "[]", '"x"', "null", "NaN", '{"lat": NaN}', "[" * 9999, '{"a": "\\ud800"}']
)
def test_a_body_that_is_no_object_of_ours_is_refused(
    deployed: Account, gateway: Gateway, body: str
) -> None:
    answer = gateway.post(URL, body, "application/json")

    assert answer.status == 400
    assert answer.json["errors"][0]["field"]


def test_a_body_that_is_too_long_is_refused(deployed: Account, gateway: Gateway) -> None:
    assert problems(gateway.post_json(URL, {"description": "x" * 200_000})) == [
        ("body", "unreadable")
    ]


def test_another_content_type_is_refused(deployed: Account, gateway: Gateway) -> None:
    assert problems(gateway.post(URL, "a=1", "text/plain"), 415) == [(None, "wrong_type")]
    assert gateway.post(URL, "{}", "application/json; charset=utf-8").status == 400


def test_an_unknown_service_and_a_stop_are_told_apart(deployed: Account, gateway: Gateway) -> None:
    unknown = gateway.post_json(URL, {**TREE, "service_code": "unknown"})
    stop = gateway.post_json(URL, {**TREE, "service_code": "main_break", "answers": {"10": "yes"}})

    assert problems(unknown, 404) == [(None, "not_found")]
    assert problems(stop) == [("attribute[10]", "stopped")]
    assert stop.json["errors"][0]["call"] == "555-0199"


def test_the_same_key_with_other_content_is_a_conflict(deployed: Account, gateway: Gateway) -> None:
    gateway.post_json(URL, TREE, Idempotency_Key="k")

    answer = gateway.post_json(URL, {**TREE, "description": "x"}, Idempotency_Key="k")

    assert problems(answer, 409) == [("idempotency_key", "used_before")]


def test_a_photo_slot_is_a_form_for_one_upload(deployed: Account, gateway: Gateway) -> None:
    answer = gateway.post_json("/api/photos", {"content_type": "image/heic"})

    slot = answer.json
    assert answer.status == 201
    assert slot["fields"]["key"] == f"uploads/{slot['photo_id']}"
    assert slot["fields"]["Content-Type"] == "image/heic"
    assert slot["max_bytes"] == 12 * 1024 * 1024
    assert slot["expires_at"].endswith("Z")
    assert "quarantine" in slot["url"]


@pytest.mark.parametrize("body", [{"content_type": "image/gif"}, {}, {"content_type": 1}])
def test_a_slot_for_what_is_no_photo_is_refused(
    deployed: Account, gateway: Gateway, body: Any
) -> None:
    assert [field for field, _ in problems(gateway.post_json("/api/photos", body))] == [
        "content_type"
    ]


def resolved(gateway: Gateway) -> tuple[ServiceRequest, str]:
    """A request that a department has answered, and the secret of its private link."""
    link = gateway.post_json(URL, TREE).json["link"]
    found, _, capability = link.rpartition("#")[2].partition(".")
    changing = wiring.changing()
    system = Actor(role=Role.SYSTEM, subject="triage")
    worker = Actor(role=Role.DEPARTMENT, subject="w", departments=frozenset({"streets"}))
    decided = CommandFields(decision=a_decision(service_code="tree"))
    request = changing.requests.get(found)
    for actor, command, fields in (
        (system, Command.ROUTE, decided),
        (worker, Command.ACCEPT, CommandFields()),
        (worker, Command.RESOLVE, CommandFields(outcome=an_outcome(), note="Done and done.")),
    ):
        request = changing.take(request, changing.doing(command, actor, fields))
    return request, capability


def test_the_residents_word_ends_or_renews_the_request(deployed: Account, gateway: Gateway) -> None:
    request, capability = resolved(gateway)
    path = f"{URL}/{request.service_request_id.lower()}"

    confirmed = gateway.post_json(f"{path}/confirm", {}, X_City311_Key=capability)
    closed = wiring.requests().get(request.service_request_id).status
    disputed = gateway.post_json(
        f"{path}/dispute", {"reason": "It is still there."}, X_City311_Key=capability
    )

    assert (confirmed.json["status"], closed) == ("resolved", Status.CLOSED)
    assert disputed.json == {
        "service_request_id": request.service_request_id,
        "status": "received",
    }
    assert wiring.requests().get(request.service_request_id).generation == 2


def test_the_word_of_somebody_else_finds_nothing(deployed: Account, gateway: Gateway) -> None:
    request, _ = resolved(gateway)
    path = f"{URL}/{request.service_request_id}/confirm"

    wrong = gateway.post_json(path, {}, X_City311_Key="wrong")
    missing = gateway.post_json(path, {})
    unknown = gateway.post_json(f"{URL}/000000000/confirm", {}, X_City311_Key="wrong")
    nonsense = gateway.post_json(f"{URL}/nonsense/confirm", {}, X_City311_Key="wrong")

    answers = (wrong, missing, unknown, nonsense)
    assert [problems(answer, 404) for answer in answers] == [[(None, "not_found")]] * 4
    assert wiring.requests().get(request.service_request_id) == request


@pytest.mark.parametrize(
    ("body", "expected"),
    [({}, ("reason", "missing")), ({"reason": " "}, ("reason", "missing"))],
)
def test_a_dispute_says_why(
    deployed: Account, gateway: Gateway, body: Any, expected: tuple[str, str]
) -> None:
    request, capability = resolved(gateway)
    path = f"{URL}/{request.service_request_id}/dispute"

    assert problems(gateway.post_json(path, body, X_City311_Key=capability)) == [expected]


def test_a_step_that_does_not_exist_is_a_conflict(deployed: Account, gateway: Gateway) -> None:
    link = gateway.post_json(URL, TREE).json["link"]
    found, _, capability = link.rpartition("#")[2].partition(".")

    answer = gateway.post_json(f"{URL}/{found}/confirm", {}, X_City311_Key=capability)

    assert problems(answer, 409) == [(None, "forbidden_transition")]
