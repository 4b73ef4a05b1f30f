"""The staff desk: default deny, and only what a role and a department allow."""

from dataclasses import replace
from typing import Any

import pytest

from city311 import wiring
from city311.api.actors import actor_of
from city311.domain.audit import Actor
from city311.domain.effects import CommandFields
from city311.domain.errors import Forbidden
from city311.domain.lifecycle import Command, Role
from tests.builders import a_decision
from tests.functions.conftest import Account
from tests.functions.gateway import Gateway
from tests.functions.test_intake_api import problems
from tests.functions.test_status_open311 import filed

STAFF = "/api/staff"


def routed(gateway: Gateway, number: int = 1) -> str:
    """A request that the streets department has."""
    found = filed(gateway, number)
    changing = wiring.changing()
    system = Actor(role=Role.SYSTEM, subject="triage")
    fields = CommandFields(decision=a_decision(service_code="tree"))
    changing.take(changing.requests.get(found), changing.doing(Command.ROUTE, system, fields))
    return found


def as_(door: Gateway, *groups: str) -> Gateway:
    return replace(door, claims={"sub": "s-1", "cognito:groups": ",".join(groups)})


@pytest.mark.parametrize(
    "groups",
    [
        ["department", "dept-streets", "dept-water"],
        "department,dept-streets,dept-water",
        "department, dept-streets, dept-water",
        "[department dept-streets dept-water]",
        "[department, dept-streets, dept-water]",
    ],
)
def test_groups_are_read_however_the_gateway_writes_them(groups: Any) -> None:
    actor = actor_of({"authorizer": {"claims": {"sub": "s-1", "cognito:groups": groups}}})

    assert actor == Actor(
        role=Role.DEPARTMENT, subject="s-1", departments=frozenset({"streets", "water"})
    )


@pytest.mark.parametrize(
    ("groups", "role"),
    [
        ("auditor,agent", Role.AGENT),
        ("agent,department", Role.DEPARTMENT),
        ("department,supervisor", Role.SUPERVISOR),
        ("supervisor,admin", Role.ADMIN),
        ("auditor", Role.AUDITOR),
    ],
)
def test_who_holds_several_roles_acts_in_the_first(groups: str, role: Role) -> None:
    assert actor_of({"authorizer": {"claims": {"sub": "s", "cognito:groups": groups}}}).role is role


@pytest.mark.parametrize(
    "context",
    [
        {},
        {"authorizer": None},
        {"authorizer": {"claims": None}},
        {"authorizer": {"claims": {"cognito:groups": "admin"}}},
        {"authorizer": {"claims": {"sub": "", "cognito:groups": "admin"}}},
        {"authorizer": {"claims": {"sub": 7, "cognito:groups": "admin"}}},
        {"authorizer": {"claims": {"sub": "s"}}},
        {"authorizer": {"claims": {"sub": "s", "cognito:groups": ""}}},
        {"authorizer": {"claims": {"sub": "s", "cognito:groups": None}}},
        {"authorizer": {"claims": {"sub": "s", "cognito:groups": 7}}},
        {"authorizer": {"claims": {"sub": "s", "cognito:groups": [7]}}},
        {"authorizer": {"claims": {"sub": "s", "cognito:groups": "system,resident"}}},
        {"authorizer": {"claims": {"sub": "s", "cognito:groups": "dept-streets"}}},
        {"authorizer": {"claims": {"sub": "s", "cognito:groups": "Admin,superadmin"}}},
    ],
)
def test_no_role_is_no_entry(context: Any) -> None:
    with pytest.raises(Forbidden):
        actor_of(context)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/queue?queue=streets"),
        ("GET", "/requests/{found}"),
        ("GET", "/requests/{found}/events"),
        ("POST", "/requests/{found}/accept"),
        ("GET", "/requests/nonsense"),
        ("POST", "/requests/nonsense/nonsense"),
    ],
)
def test_without_a_role_nothing_is_told_and_nothing_done(
    deployed: Account, gateway: Gateway, method: str, path: str
) -> None:
    found = routed(gateway)
    before = deployed.items()
    json = {"Content-Type": "application/json"}

    for door in (gateway, as_(gateway, "resident"), as_(gateway, "dept-streets")):
        answer = door.call(method, STAFF + path.format(found=found), b"{}", json)
        assert problems(answer, 403) == [(None, "forbidden")]

    assert deployed.items() == before


def test_a_department_works_on_its_own(deployed: Account, staff_door: Gateway) -> None:
    found = routed(staff_door)

    queue = staff_door.get(f"{STAFF}/queue?queue=streets&limit=10")
    accepted = staff_door.post_json(f"{STAFF}/requests/{found.lower()}/accept", {})
    held = staff_door.post_json(
        f"{STAFF}/requests/{found}/wait",
        {"reason": "The depot is closed.", "until": "2100-01-01T00:00:00Z"},
    )
    staff_door.post_json(f"{STAFF}/requests/{found}/start", {})
    outcome = {"kind": "fixed", "note": "We filled the hole.", "evidence": "work order 17"}
    resolved = staff_door.post_json(
        f"{STAFF}/requests/{found}/resolve", {"outcome": outcome, "note": "We filled the hole."}
    )
    events = staff_door.get(f"{STAFF}/requests/{found}/events")

    assert [row["service_request_id"] for row in queue.json["rows"]] == [found]
    assert queue.json["rows"][0]["status"] == "routed"
    assert (queue.json["next"], accepted.json["status"]) == (None, "accepted")
    assert held.json["hold"]["reason"] == "The depot is closed."
    assert resolved.json["outcome"]["evidence"] == "work order 17"
    assert resolved.json["can"] == []
    assert [event["action"] for event in events.json["events"]] == [
        "receive",
        "route",
        "accept",
        "wait",
        "start",
        "resolve",
    ]
    assert [event["seq"] for event in events.json["events"]] == [1, 2, 3, 4, 5, 6]
    assert events.json["events"][2]["subject"] == "5d1a2b3c-0000-4000-8000-1234567890ab"


def test_staff_see_the_request_but_neither_contact_nor_the_residents_secret(
    deployed: Account, gateway: Gateway
) -> None:
    found = filed(gateway, email="ada@residents.example", first_name="Adalyn")
    request = wiring.requests().get(found)

    answer = as_(gateway, "agent").get(f"{STAFF}/requests/{found}")

    assert answer.json["status"] == "received"
    assert answer.json["place"]["district"] == "west"
    assert answer.json["decision"] is None
    assert answer.headers["Cache-Control"] == "no-store"
    for secret in ("ada@", "Adalyn", request.capability_digest):
        assert secret not in answer.body


def test_another_department_finds_nothing(deployed: Account, gateway: Gateway) -> None:
    found = routed(gateway)
    water = as_(gateway, "department", "dept-water")

    assert problems(water.get(f"{STAFF}/requests/{found}"), 404) == [(None, "not_found")]
    assert problems(water.get(f"{STAFF}/requests/{found}/events"), 404) == [(None, "not_found")]
    assert problems(water.get(f"{STAFF}/queue?queue=streets"), 403) == [(None, "forbidden")]
    denied = water.post_json(f"{STAFF}/requests/{found}/accept", {})
    assert problems(denied, 404) == [(None, "not_found")]


@pytest.mark.parametrize(
    ("command", "body", "status", "field"),
    [
        ("fly", {}, 404, None),
        ("confirm", {}, 409, None),
        ("close", {}, 409, None),
        ("resolve", {}, 409, None),
        ("accept", {"nonsense": 1}, 400, "nonsense"),
        ("accept", {"outcome": {"kind": "gone", "note": "x"}}, 400, "outcome.kind"),
        ("accept", {"outcome": {"kind": "fixed", "note": "We filled it."}}, 400, "evidence"),
        ("accept", {"until": "tomorrow"}, 400, "until"),
        ("reassign", {}, 400, "department"),
    ],
)
def test_a_refused_command_says_why_and_changes_nothing(
    deployed: Account,
    staff_door: Gateway,
    command: str,
    body: Any,
    status: int,
    field: str | None,
) -> None:
    found = routed(staff_door)
    before = deployed.items()

    answer = staff_door.post_json(f"{STAFF}/requests/{found}/{command}", body)

    assert problems(answer, status)[0][0] == field
    assert deployed.items() == before


def test_a_role_takes_only_its_own_steps(deployed: Account, gateway: Gateway) -> None:
    found = routed(gateway)

    answer = as_(gateway, "agent").post_json(f"{STAFF}/requests/{found}/accept", {})

    assert problems(answer, 403) == [(None, "forbidden")]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", (400, "queue")),
        ("?queue=nonsense", (404, None)),
        ("?queue=triage&limit=0", (400, "limit")),
        ("?queue=triage&after=nonsense", (400, "after")),
    ],
)
def test_a_queue_that_is_none(
    deployed: Account, gateway: Gateway, query: str, expected: tuple[int, str | None]
) -> None:
    status, field = expected

    answer = as_(gateway, "agent").get(f"{STAFF}/queue{query}")

    assert problems(answer, status)[0][0] == field


def test_a_queue_goes_on_behind_its_cursor(deployed: Account, gateway: Gateway) -> None:
    made = {routed(gateway, number) for number in range(2)}
    desk = as_(gateway, "supervisor")

    page = desk.get(f"{STAFF}/queue?queue=streets&limit=1").json
    rest = desk.get(f"{STAFF}/queue?queue=streets&limit=1&after={page['next']}").json

    assert [len(page["rows"]), len(rest["rows"])] == [1, 1]
    assert {row["service_request_id"] for row in (*page["rows"], *rest["rows"])} == made
