"""The key desk over HTTP: an administrator gives keys out, and a key works until it is revoked."""

from io import StringIO
from typing import Any

import pytest

from city311 import wiring
from city311.domain.ids import digest
from city311.domain.partner import key_id_of
from tests.functions.conftest import Account
from tests.functions.gateway import Gateway
from tests.functions.test_intake_api import problems
from tests.functions.test_intake_open311 import TREE, accepted, posted, refused
from tests.functions.test_staff import as_
from tests.functions.town import a_town

KEYS = "/api/staff/keys"
WANTED: dict[str, Any] = {
    "owner": " Ward watch ",
    "scopes": ["updates", "requests"],
    "daily_quota": 100,
    "per_minute": 10,
}

TOLD = {
    *("key_id", "owner", "scopes", "daily_quota", "per_minute", "used_today", "last_used_at"),
    *("created_at", "created_by", "revoked_at", "revoked_by"),
}
"""All that is ever told of a key: neither its secret nor the digest of it."""


@pytest.fixture
def admin(gateway: Gateway) -> Gateway:
    """The door, for an administrator."""
    return as_(gateway, "admin")


def issued(admin: Gateway, **changes: Any) -> tuple[str, dict[str, Any]]:
    answer = admin.post_json(KEYS, WANTED | changes)
    assert answer.status == 201
    return answer.json["api_key"], answer.json["key"]


def test_a_key_is_told_once_and_kept_as_a_digest(
    deployed: Account,
    admin: Gateway,
    logged: StringIO,
    capsys: pytest.CaptureFixture[str],
) -> None:
    text, key = issued(admin)

    assert key_id_of(text) == key["key_id"]
    assert (key["owner"], key["scopes"]) == ("Ward watch", ["requests", "updates"])
    assert (key["daily_quota"], key["per_minute"], key["used_today"]) == (100, 10, 0)
    assert (key["created_by"], key["revoked_at"], key["last_used_at"]) == ("s-1", None, None)
    listed = admin.get(KEYS)
    assert listed.json == {"keys": [key]}
    assert listed.headers["Cache-Control"] == "no-store"
    (item,) = deployed.items()
    assert item["digest"] == {"B": bytes.fromhex(digest(text))}
    for written in (listed.body, repr(item), logged.getvalue(), capsys.readouterr().out):
        assert text.partition(".")[2] not in written
        assert digest(text) not in written


def test_a_key_is_told_by_these_fields_and_no_others(deployed: Account, admin: Gateway) -> None:
    created = admin.post_json(KEYS, WANTED).json
    listed = admin.get(KEYS).json
    revoked = admin.post_json(f"{KEYS}/{created['key']['key_id']}/revoke", {}).json

    assert (set(created), set(listed), len(listed["keys"])) == ({"key", "api_key"}, {"keys"}, 1)
    assert [set(key) for key in (created["key"], *listed["keys"], revoked)] == [TOLD] * 3


def test_a_key_works_until_it_is_revoked(deployed: Account, admin: Gateway) -> None:
    deployed.serve(a_town(api_key_required=True))
    text, key = issued(admin)

    request = accepted(posted(admin, TREE | {"api_key": text}))
    (used,) = admin.get(KEYS).json["keys"]
    revoked = admin.post_json(f"{KEYS}/{key['key_id'].lower()}/revoke", {})
    after = posted(admin, TREE | {"api_key": text, "description": "again"})

    assert request.partner == key["key_id"]
    assert (used["used_today"], used["last_used_at"] is None) == (1, False)
    assert (revoked.status, revoked.json["revoked_by"]) == (200, "s-1")
    assert admin.post_json(f"{KEYS}/{key['key_id']}/revoke", {}).json == revoked.json
    assert list(refused(after, 403)) == ["forbidden"]
    assert admin.get(KEYS).json["keys"] == [revoked.json]


def test_a_key_for_internal_services_shows_them_and_counts_nothing(
    deployed: Account, admin: Gateway
) -> None:
    text, _ = issued(admin, scopes=["internal"])
    other, _ = issued(admin)

    def codes(**headers: str) -> set[str]:
        found = admin.get("/open311/v2/services.json", **headers).json
        return {service["service_code"] for service in found}

    assert "sweep" not in codes()
    assert codes(X_API_Key=other) == codes()
    assert codes(X_API_Key=text) == codes() | {"sweep"}
    assert [each["used_today"] for each in admin.get(KEYS).json["keys"]] == [0, 0]


def test_a_service_list_is_not_shortened_because_the_register_is_down(
    deployed: Account, admin: Gateway
) -> None:
    text, _ = issued(admin, scopes=["internal"])

    with deployed.failing("before-call.dynamodb"):
        assert admin.get("/open311/v2/services.json").status == 200
        answer = admin.get("/open311/v2/services.json", X_API_Key=text)

    assert list(refused(answer, 503)) == ["unavailable"]


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"owner": None}, "owner", "invalid"),
        ({"owner": " \x00"}, "owner", "invalid"),
        ({"owner": "x" * 101}, "owner", "too_long"),
        ({"scopes": []}, "scopes", "invalid"),
        ({"scopes": ["everything"]}, "scopes.0", "invalid"),
        ({"scopes": "requests"}, "scopes", "invalid"),
        ({"daily_quota": 0}, "daily_quota", "invalid"),
        ({"daily_quota": 1_000_001}, "daily_quota", "invalid"),
        ({"daily_quota": 1.5}, "daily_quota", "invalid"),
        ({"per_minute": 0}, "per_minute", "invalid"),
        ({"per_minute": 6001}, "per_minute", "invalid"),
        ({"api_key": "mine"}, "api_key", "unknown"),
        ({"key_id": "00000000"}, "key_id", "unknown"),
    ],
)
def test_a_key_that_cannot_be_given_out_is_not(
    deployed: Account, admin: Gateway, changes: Any, field: str, reason: str
) -> None:
    answer = admin.post_json(KEYS, WANTED | changes)

    assert problems(answer) == [(field, reason)]
    assert deployed.items() == []


def test_every_field_of_a_key_is_needed(deployed: Account, admin: Gateway) -> None:
    answer = admin.post_json(KEYS, {})

    assert sorted(problems(answer)) == [(name, "missing") for name in sorted(WANTED)]


@pytest.mark.parametrize("key_id", ["ZZZZZZZZ", "nonsense", "%20", "REQ%23META"])
def test_a_key_that_is_none_is_not_found(deployed: Account, admin: Gateway, key_id: str) -> None:
    answer = admin.post_json(f"{KEYS}/{key_id}/revoke", {})

    assert problems(answer, 404) == [(None, "not_found")]
    assert deployed.items() == []


def test_a_revocation_says_nothing_but_whose(deployed: Account, admin: Gateway) -> None:
    _, key = issued(admin)

    answer = admin.post_json(f"{KEYS}/{key['key_id']}/revoke", {"reason": "leaked"})

    assert problems(answer) == [("reason", "unknown")]
    assert admin.get(KEYS).json == {"keys": [key]}


@pytest.mark.parametrize(
    "groups",
    [
        (),
        ("agent",),
        ("auditor",),
        ("supervisor",),
        ("department", "dept-streets"),
        ("resident",),
        ("partner",),
        ("system",),
    ],
)
@pytest.mark.parametrize(
    ("method", "path"), [("GET", ""), ("POST", ""), ("POST", "/{key_id}/revoke")]
)
def test_nobody_but_an_administrator_touches_a_key(
    deployed: Account, gateway: Gateway, groups: tuple[str, ...], method: str, path: str
) -> None:
    _, key = issued(as_(gateway, "admin"))
    before = deployed.items()
    json = {"Content-Type": "application/json"}
    body = b"{}" if path else str(WANTED).replace("'", '"').encode()

    door = as_(gateway, *groups) if groups else gateway
    answer = door.call(method, KEYS + path.format(key_id=key["key_id"]), body, json)

    assert problems(answer, 403) == [(None, "forbidden")]
    assert key["key_id"] not in answer.body
    assert deployed.items() == before


def test_dice_that_throw_another_keys_id_store_nothing(
    deployed: Account, admin: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiring, "dice", bytes)
    _, key = issued(admin)

    answer = admin.post_json(KEYS, WANTED | {"owner": "Another"})

    assert problems(answer, 409) == [(None, "conflict")]
    assert admin.get(KEYS).json == {"keys": [key]}
