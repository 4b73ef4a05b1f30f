"""The JSON API's reads: the city, its services, public requests, a resident's own page."""

from typing import Any

import pytest

from city311 import wiring
from tests.functions.conftest import Account
from tests.functions.gateway import Answer, Gateway
from tests.functions.test_intake_api import TREE, problems, resolved
from tests.functions.test_status_open311 import filed, resolve


def link(gateway: Gateway, **changes: Any) -> tuple[str, str]:
    """A new request and the secret of its private link."""
    found = gateway.post_json("/api/requests", {**TREE, **changes}).json["link"]
    number, _, capability = found.rpartition("#")[2].partition(".")
    return number, capability


def rows(answer: Answer) -> list[str]:
    assert answer.status == 200
    return [row["service_request_id"] for row in answer.json["requests"]]


def test_the_city(deployed: Account, gateway: Gateway) -> None:
    answer = gateway.get("/api/city", Accept_Language="es")

    assert answer.json == {
        "jurisdiction_id": "larkmere.example",
        "name": "Larkmere",
        "version": "catalogue-1",
        "language": "es",
        "languages": ["en", "es"],
        "contact": "Call us. (es)",
        "phone": "555-0100",
        "emergency_number": "911",
        "time_zone": "America/New_York",
        "groups": {each: f"{each.title()} (es)" for each in ("streets", "water", "parks", "other")},
    }
    assert gateway.get("/api/city").json["language"] == "en"
    assert answer.headers["Cache-Control"] == "public, max-age=300"


def test_services_with_conditions_and_stops(deployed: Account, gateway: Gateway) -> None:
    found = {s["service_code"]: s for s in gateway.get("/api/services").json["services"]}

    assert set(found) == {"pothole", "main_break", "tree", "noise", "other", "lamp"}
    assert found["noise"]["private"] is True
    assert found["pothole"]["notice"] == "Crews look within two days."
    questions = {q["code"]: q for q in found["lamp"]["questions"]}
    assert questions["7"]["when"] == {"question": "side", "answers": ["yes"]}
    assert questions["1"]["when"] is None
    assert (questions["3"]["hint"], questions["1"]["hint"]) == ("In metres", None)
    assert found["main_break"]["questions"][0]["choices"] == [
        {
            "key": "yes",
            "name": "Yes",
            "stop": {"message": "Call the utility now.", "call": "555-0199"},
        },
        {"key": "no", "name": "No", "stop": None},
    ]


def test_health_asks_nobody_else(deployed: Account, gateway: Gateway) -> None:
    with deployed.failing("before-call.dynamodb"):
        answer = gateway.get("/api/health")

    assert answer.json == {
        "status": "ok",
        "jurisdiction_id": "larkmere.example",
        "versions": {"code": "code-1", "catalogue": "catalogue-1", "lifecycle": "lifecycle-1"},
    }
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_public_list(deployed: Account, gateway: Gateway) -> None:
    first, second = filed(gateway, 1), filed(gateway, 2, service_code="other")
    filed(gateway, 3, service_code="noise")
    resolve(first)

    def listed(query: str) -> list[str]:
        return rows(gateway.get(f"/api/requests?{query}"))

    assert sorted(listed("")) == sorted([first, second])
    assert listed("status=resolved") == [first]
    assert sorted(listed("status=resolved,received&status=in_progress")) == sorted([first, second])
    assert listed("service_code=other") == [second]
    assert listed("end=2020-01-01T00:00:00Z") == []
    assert listed("start=2030-01-01T00:00:00Z&end=2030-02-01T00:00:00Z") == []
    assert sorted(listed("start=2000-01-01T00:00:00Z&after=")) == sorted([first, second])
    assert listed("end=0001-01-01T00:00:00Z") == []


def test_the_public_list_goes_on_behind_its_cursor(deployed: Account, gateway: Gateway) -> None:
    made = {filed(gateway, number) for number in range(3)}

    page = gateway.get("/api/requests?limit=2")
    rest = gateway.get(f"/api/requests?limit=2&after={page.json['next']}")

    assert [len(rows(page)), len(rows(rest))] == [2, 1]
    assert {*rows(page), *rows(rest)} == made
    assert rest.json["next"] is None


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=many", "limit"),
        ("status=open", "status.0"),
        ("start=yesterday", "start"),
        ("start=2026-01-01T00:00:00", "start"),
        ("after=nonsense", "after"),
        ("nonsense=1", "nonsense"),
    ],
)
def test_a_bad_query_names_the_parameter(
    deployed: Account, gateway: Gateway, query: str, field: str
) -> None:
    assert [found for found, _ in problems(gateway.get(f"/api/requests?{query}"))] == [field]


def test_anybody_sees_the_public_projection(deployed: Account, gateway: Gateway) -> None:
    found, _ = link(gateway, email="ada@residents.example")

    answer = gateway.get(f"/api/requests/{found.lower()}")

    assert answer.json["service_request_id"] == found
    assert answer.json["status"] == "received"
    assert answer.json["media_url"] is None
    assert answer.json["requested_at"].endswith("Z")
    assert "ada@" not in answer.body
    assert answer.headers["Cache-Control"] == "public, max-age=15"
    assert answer.headers["Vary"] == "X-City311-Key"


def test_the_private_link_shows_the_residents_own_page(deployed: Account, gateway: Gateway) -> None:
    request, capability = resolved(gateway)
    found = request.service_request_id

    answer = gateway.get(f"/api/requests/{found}", X_City311_Key=capability)

    own = answer.json
    assert answer.headers["Cache-Control"] == "no-store"
    assert own["request"]["public_status"] == "resolved"
    assert own["request"]["outcome"] == {
        "kind": "fixed",
        "note": "We filled the hole.",
        "whose": None,
        "duplicate_of": None,
        "until": None,
    }
    assert own["request"]["photos"] == 0
    assert own["request"]["place"]["district"] == "west"
    assert (own["service_name"], own["department_name"]) == ("Fallen tree", "Streets")
    assert own["timeline"][0]["words"] == "received"
    assert set(own["can"]) == {"confirm", "dispute"}
    for secret in (request.capability_digest, capability, "work order 17"):
        assert secret not in answer.body


def test_a_private_request_opens_only_to_its_link(deployed: Account, gateway: Gateway) -> None:
    found, capability = link(gateway, service_code="noise")
    url = f"/api/requests/{found}"

    opened = gateway.get(url, X_City311_Key=capability)
    closed = [
        gateway.get(url),
        gateway.get(url, X_City311_Key="wrong"),
        gateway.get("/api/requests/000000000", X_City311_Key=capability),
        gateway.get("/api/requests/nonsense"),
    ]

    assert opened.json["request"]["service_code"] == "noise"
    assert opened.json["request"]["outcome"] is None
    assert [problems(answer, 404) for answer in closed] == [[(None, "not_found")]] * 4


def test_reading_changes_nothing(deployed: Account, gateway: Gateway) -> None:
    found, capability = link(gateway)
    before = deployed.items()

    gateway.get(f"/api/requests/{found}", X_City311_Key=capability)
    gateway.get(f"/open311/v2/requests/{found}.json")

    assert deployed.items() == before
    assert wiring.requests().get(found).seq == 1
