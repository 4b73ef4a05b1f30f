"""Api keys at the command line: told once, listed without secrets, taken back."""

import json
from typing import Any

import pytest

from cli.session import Session
from tests.cli.conftest import Run
from tests.cli.fakecity import API_KEY, FakeCity, refusal

KEYS = "/api/staff/keys"
CREATE = ["keys", "create", "--owner", " Ward watch "]


def made(city: FakeCity, **changes: Any) -> None:
    city.keys["0A1B2C3D"] = {
        "key_id": "0A1B2C3D",
        "owner": "Ward watch",
        "scopes": ["requests", "updates"],
        "daily_quota": 500,
        "per_minute": 30,
        "used_today": 17,
        "last_used_at": "2026-11-20T08:41:07Z",
        "created_at": "2026-11-01T08:00:00Z",
        "created_by": "s",
        "revoked_at": None,
        "revoked_by": None,
    } | changes


@pytest.mark.parametrize(
    ("arguments", "scopes", "quota", "per_minute"),
    [
        ([], ["requests"], 1000, 30),
        (["--scope", "updates", "--scope", "requests"], ["requests", "updates"], 1000, 30),
        (["--scope", "internal", "--quota", "1", "--per-minute", "2"], ["internal"], 1, 2),
    ],
)
def test_a_key_is_asked_for_as_it_was_said(
    run: Run,
    staff: Session,
    city: FakeCity,
    arguments: list[str],
    scopes: list[str],
    quota: int,
    per_minute: int,
) -> None:
    assert run(*CREATE, *arguments).exit_code == 0

    ((_, sent),) = city.calls("POST", KEYS)
    assert sent == {
        "owner": "Ward watch",
        "scopes": scopes,
        "daily_quota": quota,
        "per_minute": per_minute,
    }


def test_the_key_alone_is_the_result_and_what_to_do_with_it_stands_beside(
    run: Run, staff: Session
) -> None:
    result = run(*CREATE, "--quota", "500")

    assert result.stdout == f"{API_KEY}\n"
    said = " ".join(result.stderr.split())
    assert API_KEY not in said
    for words in (
        "the key of Ward watch for requests: 500 uses a day, 30 a minute",
        "Nobody can show it again",
        "X-API-Key",
        "city311 keys revoke 0A1B2C3D",
    ):
        assert words in said


def test_a_key_for_programs(run: Run, staff: Session) -> None:
    found = json.loads(run(*CREATE, "--json").stdout)

    assert found["api_key"] == API_KEY
    assert found["key"]["owner"] == "Ward watch"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["create"], "--owner"),
        (["create", "--owner", " "], "say whose key it is"),
        (["create", "--owner", "x", "--scope", "all"], "'all' is not one of"),
        (["create", "--owner", "x", "--quota", "0"], "--quota"),
        (["create", "--owner", "x", "--per-minute", "6001"], "--per-minute"),
        (["revoke", "nonsense"], "is no key id"),
        (["revoke", "0A1B2C3"], "is no key id"),
        (["revoke", "../keys"], "is no key id"),
    ],
)
def test_what_cannot_be_meant_is_not_tried(
    run: Run, staff: Session, city: FakeCity, arguments: list[str], words: str
) -> None:
    result = run("keys", *arguments)

    assert result.exit_code == 2
    assert words in result.stderr
    assert city.seen == []


@pytest.mark.parametrize("arguments", [CREATE, ["keys", "list"], ["keys", "revoke", "0A1B2C3D"]])
def test_who_is_not_an_administrator_is_told_so(
    run: Run, staff: Session, city: FakeCity, arguments: list[str]
) -> None:
    city.refusals = [(403, refusal("Only an administrator may give out api keys."))]

    result = run(*arguments)

    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.splitlines()[-1] == "Error: Only an administrator may give out api keys."


@pytest.mark.parametrize("arguments", [CREATE, ["keys", "list"], ["keys", "revoke", "0A1B2C3D"]])
def test_nobody_signed_in_is_told_how(run: Run, arguments: list[str]) -> None:
    result = run(*arguments)

    assert result.exit_code == 2
    assert "city311 sign-in" in result.stderr


def test_keys_are_listed_with_what_was_used(run: Run, staff: Session, city: FakeCity) -> None:
    made(city)

    (row,) = (line for line in run("keys", "list").stdout.splitlines() if "0A1B2C3D" in line)

    for words in ("Ward watch", "requests, updates", "17 of 500", "30", "2026-11-20", "in force"):
        assert words in row


def test_a_revoked_key_is_listed_as_one(run: Run, staff: Session, city: FakeCity) -> None:
    made(city, revoked_at="2026-11-20T08:41:07Z", last_used_at=None)

    shown = run("keys", "list").stdout

    assert "revoked" in shown
    assert "in force" not in shown


def test_where_no_key_was_given_out_it_says_how(run: Run, staff: Session) -> None:
    assert "city311 keys create" in run("keys", "list").stdout


def test_keys_for_programs(run: Run, staff: Session, city: FakeCity) -> None:
    made(city)

    assert json.loads(run("keys", "list", "--json").stdout) == list(city.keys.values())


@pytest.mark.parametrize("named", ["0A1B2C3D", " 0a1b2c3d ", API_KEY])
def test_a_key_is_revoked_by_its_id_and_its_secret_stays_here(
    run: Run, staff: Session, city: FakeCity, named: str
) -> None:
    made(city)

    result = run("keys", "revoke", named)

    assert result.stdout == "0A1B2C3D of Ward watch is out of force.\n"
    assert [sent for _, sent in city.calls("POST", f"{KEYS}/0A1B2C3D/revoke")] == [{}]
    assert all(API_KEY[9:] not in f"{where}{body!r}" for _, where, _, body in city.seen)


def test_a_revoked_key_for_programs(run: Run, staff: Session, city: FakeCity) -> None:
    made(city)

    found = json.loads(run("keys", "revoke", "0A1B2C3D", "--json").stdout)

    assert (found["key_id"], found["revoked_by"]) == ("0A1B2C3D", "s")


def test_a_key_that_is_none_cannot_be_revoked(run: Run, staff: Session) -> None:
    result = run("keys", "revoke", "ZZZZZZZZ")

    assert result.exit_code == 1
    assert result.stderr.endswith("Error: There is no api key with this id.\n")
