"""An api key at the door: every kind, in every place, where a key is needed and where it is not."""

import json
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from io import StringIO
from typing import Any
from urllib.parse import urlencode

import pytest

from city311 import wiring
from city311.domain.ids import digest
from city311.domain.partner import Scope
from tests.builders import NOON, FixedClock
from tests.functions.conftest import Account
from tests.functions.gateway import Answer, Gateway
from tests.functions.test_intake_api import TREE as PLAIN
from tests.functions.test_intake_open311 import FORM, JSON, TREE, XML, accepted, refused
from tests.functions.town import a_town
from tests.partners import (
    DIGEST,
    KEY,
    KEY_ID,
    UNKNOWN,
    WRONG_SECRET,
    a_key,
    a_partner,
)

SECRET = KEY.partition(".")[2]
PLACES = ("form", "query", "X-API-Key", "Authorization")
UPDATE, ACCEPT = "UpdateItem", "TransactWriteItems"
VALID = "Send a valid api_key. Call us."


@dataclass
class Calls:
    """What DynamoDB is asked, call by call."""

    client: Any = field(repr=False)
    names: list[str] = field(default_factory=list)

    def listen(self, model: Any, **_: Any) -> None:
        self.names.append(model.name)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FixedClock:
    """The time in all rooms."""
    found = FixedClock()
    monkeypatch.setattr(wiring, "utc_now", found)
    return found


@pytest.fixture
def door(clock: FixedClock, deployed: Account) -> Account:
    """The town under that clock, with one key, which was used once a minute ago."""
    wiring.partners().add(a_partner(), DIGEST)
    assert wiring.partners().use(KEY_ID, DIGEST, NOON - timedelta(minutes=1))
    return deployed


@pytest.fixture
def calls(door: Account) -> Iterator[Calls]:
    found = Calls(door.dynamodb)
    door.dynamodb.meta.events.register("provide-client-params.dynamodb", found.listen)
    yield found
    door.dynamodb.meta.events.unregister("provide-client-params.dynamodb", found.listen)


def close(account: Account) -> None:
    """The city wants a key now; what the process knew of the register it knows no longer."""
    account.serve(a_town(api_key_required=True))


def posted(gateway: Gateway, place: str, key: str | None, url: str = JSON, **more: str) -> Answer:
    """The report with the key in this place."""
    fields, headers = dict(TREE, **more), {}
    if key is not None and place == "form":
        fields["api_key"] = key
    elif key is not None and place == "query":
        url += "?" + urlencode({"api_key": key})
    elif key is not None:
        headers[place] = f"Bearer {key}" if place == "Authorization" else key
    return gateway.post(url, urlencode(fields), FORM, **headers)


def partner_item(account: Account) -> dict[str, Any]:
    (found,) = (item for item in account.items() if item["pk"]["S"] == "PAR#keys")
    return found


def requests_in(account: Account) -> list[dict[str, Any]]:
    return [item for item in account.items() if item["sk"]["S"] == "META"]


def counted(printed: str) -> dict[str, int]:
    """Metrics of keys by their names, from what was printed for CloudWatch."""
    found: dict[str, int] = {}
    for line in printed.splitlines():
        if line.startswith("{") and '"_aws"' in line:
            entry = json.loads(line)
            for name in (each for each in entry if each.startswith("Key")):
                found[name] = found.get(name, 0) + int(sum(entry[name]))
    return found


def revoke(_: Account) -> None:
    wiring.partners().revoke(KEY_ID, NOON, "admin-1")


def narrow(account: Account) -> None:
    scopes = {"L": [{"S": Scope.UPDATES.value}]}
    account.dynamodb.put_item(TableName="city", Item=partner_item(account) | {"scopes": scopes})


def use_up(_: Account) -> None:
    for _ in range(3):
        assert wiring.partners().use(KEY_ID, DIGEST, NOON)


@dataclass(frozen=True)
class Kind:
    """A key, how things stand with it, and what comes of it in an open and in a closed city.

    ``calls`` come before the report is accepted, if it is. ``counts``: as a use.
    """

    key: str | None
    opened: tuple[int, str | None]
    closed: tuple[int, str | None]
    calls: int = 0
    counts: bool = False
    before: Callable[[Account], None] = lambda _: None
    down: bool = False


KINDS = {
    "none": Kind(None, (200, None), (403, "KeyRefused")),
    "blank": Kind("", (200, None), (403, "KeyRefused")),
    "white space": Kind("  ", (200, None), (403, "KeyRefused")),
    "malformed": Kind("let me in", (200, "KeyIgnored"), (403, "KeyRefused")),
    "made up": Kind(f"{KEY[:-4]}0000", (200, "KeyIgnored"), (403, "KeyRefused")),
    "unknown": Kind(UNKNOWN, (200, "KeyIgnored"), (403, "KeyRefused"), calls=1),
    "wrong secret": Kind(WRONG_SECRET, (200, "KeyIgnored"), (403, "KeyRefused"), calls=1),
    "revoked": Kind(KEY, (200, "KeyIgnored"), (403, "KeyRefused"), calls=1, before=revoke),
    "for something else": Kind(
        KEY, (403, "KeyRefused"), (403, "KeyRefused"), calls=1, counts=True, before=narrow
    ),
    "right": Kind(KEY, (200, "KeyAdmitted"), (200, "KeyAdmitted"), calls=1, counts=True),
    "used up": Kind(KEY, (429, "KeyThrottled"), (429, "KeyThrottled"), calls=1, before=use_up),
    "unchecked": Kind(KEY, (200, "KeyUnchecked"), (503, "KeyUnchecked"), calls=1, down=True),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
def test_every_key_in_every_place(
    door: Account,
    gateway: Gateway,
    calls: Calls,
    logged: StringIO,
    capsys: pytest.CaptureFixture[str],
    closed: bool,
    name: str,
    place: str,
) -> None:
    kind = KINDS[name]
    if closed:
        close(door)
    kind.before(door)
    stood = partner_item(door)
    capsys.readouterr()
    calls.names.clear()

    down = door.failing(f"before-call.dynamodb.{UPDATE}") if kind.down else nullcontext()
    with down:
        answer = posted(gateway, place, kind.key)

    status, metric = kind.closed if closed else kind.opened
    assert answer.status == status
    assert calls.names == [UPDATE] * kind.calls + [ACCEPT] * (status == 200)
    printed = capsys.readouterr().out
    assert counted(printed) == ({metric: 1} if metric else {})
    if status == 200:
        (stored,) = requests_in(door)
        by = KEY_ID if metric == "KeyAdmitted" else None
        assert accepted(answer).partner == by
        assert stored.get("partner") == ({"S": by} if by else None)
        (event,) = wiring.requests().events(stored["service_request_id"]["S"])
        expected = ("partner", f"partner:{KEY_ID}") if by else ("resident", "open311")
        assert (event.role, event.subject) == expected
    else:
        assert requests_in(door) == []
        assert list(refused(answer, status)) == [
            {403: "forbidden", 429: "too_many", 503: "unavailable"}[status]
        ]
    uses = {"used_today": {"N": str(int(stood["used_today"]["N"]) + 1)}}
    uses |= {"used_this_minute": {"N": "1"}, "last_used_at": {"S": "2026-11-03T17:00:00.000Z"}}
    assert partner_item(door) == stood | (uses if kind.counts else {})
    # Nothing that was given as a key is written down, said again, or kept.
    written = (logged.getvalue(), printed, answer.body, repr(dict(answer.headers)))
    for text in (*written, repr(door.items())):
        assert not [secret for secret in given(kind.key) if secret in text]


def given(key: str | None) -> list[str]:
    """The parts of a key that only its owner may know."""
    whole = (key or "").strip()
    return [part for part in (whole, whole.partition(".")[2], DIGEST) if part]


@pytest.mark.parametrize("name", ["none", "malformed", "unknown", "wrong secret", "revoked"])
def test_a_closed_city_tells_nobody_what_is_wrong_with_a_key(
    door: Account, gateway: Gateway, name: str
) -> None:
    close(door)
    KINDS[name].before(door)

    answer = posted(gateway, "form", KINDS[name].key)

    assert refused(answer, 403) == {"forbidden": VALID}
    as_xml = posted(gateway, "form", KINDS[name].key, XML).xml
    assert (as_xml.findtext("error/code"), as_xml.findtext("error/description")) == ("403", VALID)


def test_a_key_for_something_else_is_told_so(door: Account, gateway: Gateway) -> None:
    narrow(door)

    assert refused(posted(gateway, "form", KEY), 403) == {
        "forbidden": "This key was not given out for requests. Call us."
    }


@pytest.mark.parametrize("closed", [False, True])
def test_a_key_that_is_used_up_says_when_it_opens_again(
    door: Account, gateway: Gateway, clock: FixedClock, closed: bool
) -> None:
    if closed:
        close(door)
    use_up(door)
    clock.move(seconds=20)

    as_json, as_xml = (posted(gateway, "form", KEY, url) for url in (JSON, XML))

    said = "This key was used 3 times in this minute, as often as it may be. "
    assert refused(as_json, 429) == {"too_many": said + "It may be used again in 40 s."}
    assert (as_xml.status, as_xml.xml.findtext("error/code")) == (429, "429")
    assert (as_json.headers["Retry-After"], as_xml.headers["Retry-After"]) == ("40", "40")
    assert as_json.headers["Cache-Control"] == "no-store"
    clock.move(seconds=40)
    accepted(posted(gateway, "form", KEY))


def test_a_day_that_is_used_up_opens_at_midnight(
    door: Account, gateway: Gateway, clock: FixedClock
) -> None:
    for _ in range(4):
        clock.move(minutes=1)
        accepted(posted(gateway, "form", KEY, description=str(clock.now)))
    clock.move(minutes=1)

    answer = posted(gateway, "form", KEY)

    assert (answer.status, answer.headers["Retry-After"]) == (429, str(7 * 3600 - 5 * 60))
    assert "5 times on this day (UTC)" in answer.body
    clock.move(hours=7)
    accepted(posted(gateway, "form", KEY))


@pytest.mark.parametrize("closed", [False, True])
def test_what_a_key_has_used_up_starves_no_resident_and_no_other_partner(
    door: Account, gateway: Gateway, closed: bool
) -> None:
    other = a_key(2)
    wiring.partners().add(a_partner(key_id=other[:8]), digest(other))
    if closed:
        close(door)
    use_up(door)

    assert posted(gateway, "form", KEY).status == 429
    assert posted(gateway, "form", other).status == 200
    assert gateway.post_json("/api/requests", PLAIN).status == 201
    assert posted(gateway, "form", None).status == (403 if closed else 200)


def test_an_owner_sees_what_is_left_of_the_day(door: Account, gateway: Gateway) -> None:
    answers = [posted(gateway, "X-API-Key", KEY, description=str(n)) for n in range(2)]

    left = [(a.headers["RateLimit-Limit"], a.headers["RateLimit-Remaining"]) for a in answers]
    assert left == [("5", "3"), ("5", "2")]
    exposed = answers[0].headers["Access-Control-Expose-Headers"].split(", ")
    assert {"RateLimit-Limit", "RateLimit-Remaining", "Retry-After"} <= set(exposed)
    assert "RateLimit-Limit" not in posted(gateway, "form", None).headers


@pytest.mark.parametrize(
    ("keys", "by"),
    [
        ((KEY, None, None, None), KEY_ID),
        (("no", KEY, KEY, KEY), None),
        (("", KEY, "no", "no"), KEY_ID),
        ((" ", "no", KEY, KEY), None),
        ((None, "", KEY, "no"), KEY_ID),
        ((None, None, "no", KEY), None),
        ((None, None, " ", KEY), KEY_ID),
        ((f" {KEY}\n", None, None, None), KEY_ID),
    ],
)
def test_the_first_key_that_is_not_blank_counts(
    door: Account, gateway: Gateway, keys: tuple[str | None, ...], by: str | None
) -> None:
    form, query, header, bearer = keys
    fields = TREE | ({} if form is None else {"api_key": form})
    url = JSON if query is None else f"{JSON}?{urlencode({'api_key': query})}"
    headers = {} if header is None else {"X-API-Key": header}
    headers |= {} if bearer is None else {"Authorization": f"bearer {bearer}"}

    assert accepted(gateway.post(url, urlencode(fields), FORM, **headers)).partner == by


@pytest.mark.parametrize("scheme", ["", "Basic ", "Bearer", "Bearer: "])
def test_another_authorization_is_no_key(door: Account, gateway: Gateway, scheme: str) -> None:
    answer = gateway.post(JSON, urlencode(TREE), FORM, Authorization=scheme + KEY)

    assert accepted(answer).partner is None


def test_a_key_comes_in_json_and_in_parts_as_well(door: Account, gateway: Gateway) -> None:
    body = {"service_code": "tree", "lat": 40.02, "long": -75.08, "api_key": KEY}
    parts = "".join(
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in (TREE | {"api_key": KEY, "description": "other"}).items()
    )

    assert accepted(gateway.post_json(JSON, body)).partner == KEY_ID
    kind = "multipart/form-data; boundary=b"
    assert accepted(gateway.post(JSON, f"{parts}--b--\r\n", kind)).partner == KEY_ID


def test_the_same_post_of_a_partner_is_one_request_and_of_a_resident_another(
    door: Account, gateway: Gateway
) -> None:
    first, again = (posted(gateway, "form", KEY).json for _ in range(2))

    assert first == again
    assert first != posted(gateway, "form", None).json
    assert len(requests_in(door)) == 2


def test_what_is_refused_for_its_content_counts_as_a_use(door: Account, gateway: Gateway) -> None:
    assert posted(gateway, "form", KEY, lat="0").status == 400
    assert partner_item(door)["used_this_minute"] == {"N": "1"}


def test_another_citys_report_is_refused_before_a_use_is_counted(
    door: Account, gateway: Gateway, calls: Calls
) -> None:
    assert posted(gateway, "form", KEY, jurisdiction_id="elsewhere.example").status == 404
    assert calls.names == []


def test_who_filed_it_is_for_staff_and_nobody_else(door: Account, gateway: Gateway) -> None:
    found = posted(gateway, "form", KEY).json[0]["service_request_id"]
    staff = Gateway(apps=gateway.apps, claims={"sub": "s-1", "cognito:groups": "agent"})

    assert staff.get(f"/api/staff/requests/{found}").json["partner"] == KEY_ID
    for path in (
        f"/open311/v2/requests/{found}.json",
        f"/open311/v2/requests/{found}.json?extensions=true",
        f"/open311/v2/requests/{found}.xml",
        "/open311/v2/requests.json?extensions=true",
        f"/api/requests/{found}",
    ):
        answer = gateway.get(path)
        assert answer.status == 200
        assert KEY_ID not in answer.body
