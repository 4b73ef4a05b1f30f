"""Staff at their desk: sign-in, queues, and every step with what it must carry."""

import json
import time
from typing import Any

import pytest

from cli import session
from cli.session import Session
from tests.cli.conftest import Run
from tests.cli.fakecity import ID, TOKEN, FakeCity, refusal

_PATH = f"/api/staff/requests/{ID}"


def test_nobody_signed_in_is_told_how(run: Run) -> None:
    result = run("queue", "streets")

    assert result.exit_code == 2
    assert result.stderr == "Error: Nobody is signed in: run `city311 sign-in --help` first.\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["sign-in"], "Say which city"),
        (["sign-in", "--local", "--stack", "S"], "Say which city"),
        (["sign-in", "--city-url", "https://x.example"], "--client-id and --region"),
        (
            ["sign-in", "--city-url", "http://x.example", "--client-id", "c", "--region", "r"],
            "https",
        ),
    ],
)
def test_a_sign_in_must_say_which_city(run: Run, arguments: list[str], words: str) -> None:
    result = run(*arguments)

    assert result.exit_code == 2
    assert words in result.stderr


@pytest.mark.parametrize("arguments", [["sign-in", "--as", "streets"], ["sign-in", "--local"]])
def test_a_sign_in_here_needs_a_city_that_runs(run: Run, arguments: list[str]) -> None:
    result = run(*arguments)

    assert result.exit_code == 1
    assert "city311 local start" in result.stderr


def test_signing_out_forgets(run: Run, staff: Session) -> None:
    assert "Signed out." in run("sign-out").stdout
    assert session.found() is None
    assert "Nobody was signed in." in run("sign-out").stdout


def test_a_queue_is_a_table(run: Run, staff: Session, city: FakeCity) -> None:
    city.status = "routed"

    result = run("queue", "streets")

    assert result.exit_code == 0
    assert all(word in result.stdout for word in (ID, "pothole", "north", "Work of streets"))


def test_an_empty_queue_says_so(run: Run, staff: Session) -> None:
    assert run("queue", "water").stdout == "Nothing is waiting for water.\n"


def test_a_queue_for_programs(run: Run, staff: Session, city: FakeCity) -> None:
    city.status = "routed"

    rows = json.loads(run("queue", "streets", "--json").stdout)

    assert [row["service_request_id"] for row in rows] == [ID]


def test_a_queue_without_a_name_needs_an_account_of_one_department(
    run: Run, staff: Session
) -> None:
    result = run("queue")

    assert result.exit_code == 2
    assert "Say which queue" in result.stderr


def test_a_token_that_ends_is_renewed_and_kept(run: Run, staff: Session, city: FakeCity) -> None:
    session.save(staff.renewed("old", time.time() - 1))

    assert run("queue", "water").exit_code == 0
    assert session.load().id_token == TOKEN


def test_a_refused_token_says_sign_in(run: Run, staff: Session) -> None:
    session.save(staff.renewed("stranger", time.time() + 3600))

    result = run("queue", "water")

    assert result.exit_code == 1
    assert result.stderr.endswith("Error: Sign in first: this address is for staff.\n")


_OUTCOME = ["--outcome", "duplicate", "--note", "It is the same hole.", "--duplicate-of"]


@pytest.mark.parametrize(
    ("arguments", "body"),
    [
        (["accept", ID], {}),
        (["start", "7h2k-9mq4-x"], {}),
        (["return", ID, "--reason", "why"], {"reason": "why"}),
        (["reopen", ID, "--reason", "why"], {"reason": "why"}),
        (
            ["reassign", ID, "--department", "water", "--reason", "why"],
            {"department": "water", "reason": "why"},
        ),
        (["triage", ID, "--service", "pothole"], {"service_code": "pothole"}),
        (
            ["wait", ID, "--reason", "why", "--until", "2026-12-24T15:00+01:00"],
            {"reason": "why", "until": "2026-12-24T15:00:00+01:00"},
        ),
        (
            ["resolve", ID, *_OUTCOME, ID.lower()],
            {
                "note": "It is the same hole.",
                "outcome": {
                    "kind": "duplicate",
                    "note": "It is the same hole.",
                    "duplicate_of": ID,
                },
            },
        ),
    ],
)
def test_each_step_carries_what_it_must(
    run: Run, staff: Session, city: FakeCity, arguments: list[str], body: dict[str, Any]
) -> None:
    result = run("work", *arguments)

    assert result.exit_code == 0, result.stderr
    assert [sent for _, sent in city.calls("POST", f"{_PATH}/{arguments[0]}")] == [body]
    assert f"{ID} is " in result.stdout
    assert "Next: start, resolve." in result.stdout


def test_a_date_means_its_end_on_this_computers_clock(
    run: Run, staff: Session, city: FakeCity
) -> None:
    run("work", "wait", ID, "--reason", "why", "--until", "2026-12-24")

    until = city.calls("POST", f"{_PATH}/wait")[0][1]["until"]
    assert until.startswith("2026-12-24T23:59:00")
    assert len(until) > len("2026-12-24T23:59:00")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["accept", "7H2K9MQ4Y"], "is no request id"),
        (["wait", ID, "--reason", "why", "--until", "tomorrow"], "is no date"),
        (["resolve", ID, *_OUTCOME, "nine"], "is no request id"),
    ],
)
def test_what_cannot_be_meant_is_not_tried(
    run: Run, staff: Session, city: FakeCity, arguments: list[str], words: str
) -> None:
    result = run("work", *arguments)

    assert result.exit_code == 2
    assert words in result.stderr
    assert city.seen == []


def test_a_step_the_city_refuses_is_one_sentence(run: Run, staff: Session, city: FakeCity) -> None:
    city.refusals = [(409, refusal("A request that is closed cannot be changed by accept."))]

    result = run("work", "accept", ID)

    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1] == (
        "Error: A request that is closed cannot be changed by accept."
    )


def test_a_step_for_programs(run: Run, staff: Session) -> None:
    assert json.loads(run("work", "accept", ID, "--json").stdout)["status"] == "accepted"
