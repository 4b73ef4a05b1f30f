"""Updates over HTTP, both ways: a partner says something, and everybody reads what happened."""

import re
from io import StringIO
from typing import Any
from urllib.parse import urlencode

import pytest

from city311 import wiring
from city311.domain.audit import Actor
from city311.domain.effects import CommandFields
from city311.domain.lifecycle import Command, Role, Status
from city311.domain.partner import Grant, Scope
from city311.usecases.updates import NOT_THEIRS, UNUSABLE
from functions.intake.photo import handle as develop
from tests.builders import FixedClock, a_decision, an_outcome
from tests.functions.conftest import Account
from tests.functions.gateway import Answer, Gateway, event_named
from tests.functions.photos import a_jpeg
from tests.functions.test_intake_open311 import FORM, PARTS, TREE, refused
from tests.functions.town import a_town
from tests.open311.test_multipart import a_body, a_field

JSON, XML = (f"/open311/v2/servicerequestupdates.{fmt}" for fmt in ("json", "xml"))
ADMIN = Actor(role=Role.ADMIN, subject="ada")
WORKER = Actor(role=Role.DEPARTMENT, subject="w", departments=frozenset({"streets"}))
SYSTEM = Actor(role=Role.SYSTEM, subject="triage")
EXACT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FixedClock:
    """The time in all rooms."""
    found = FixedClock()
    monkeypatch.setattr(wiring, "utc_now", found)
    return found


@pytest.fixture
def town(clock: FixedClock, deployed: Account) -> Account:
    """The town under that clock."""
    return deployed


def a_key(*scopes: Scope) -> str:
    """The text of a new key."""
    grant = Grant(owner="FixMyTown", scopes=frozenset(scopes), daily_quota=99, per_minute=99)
    return wiring.key_desk().issue(ADMIN, grant).api_key


def filed(gateway: Gateway, key: str = "", **fields: str) -> str:
    body = urlencode({**TREE, "description": "A tree fell", "api_key": key, **fields})
    (entry,) = gateway.post("/open311/v2/requests.json", body, FORM).json
    return str(entry["service_request_id"])


def do(found: str, command: Command, actor: Actor = WORKER, **fields: Any) -> None:
    changing = wiring.changing()
    doing = changing.doing(command, actor, CommandFields(**fields))
    changing.take(changing.requests.get(found), doing)


def resolved(gateway: Gateway, key: str = "", **fields: str) -> str:
    found = filed(gateway, key, **fields)
    do(found, Command.ROUTE, SYSTEM, decision=a_decision(service_code="tree"))
    do(found, Command.ACCEPT)
    do(found, Command.RESOLVE, outcome=an_outcome())
    return found


def an_update(found: str, key: str, **changes: str) -> dict[str, str]:
    return {
        "api_key": key,
        "service_request_id": found,
        "update_id": "501",
        "status": "FIXED",
        "updated_datetime": "2026-11-03T17:00:00Z",
        "description": "It was mended overnight",
        "email": "zelda@residents.example",
        "first_name": "Zelda",
        "last_name": "-",
    } | changes


def post(gateway: Gateway, fields: dict[str, str], url: str = JSON) -> Answer:
    return gateway.post(url, urlencode(fields), FORM)


def told(gateway: Gateway, url: str = JSON, **query: str) -> list[dict[str, Any]]:
    """What anybody reads."""
    answer = gateway.get(f"{url}?{urlencode(query)}" if query else url)
    assert answer.status == 200
    found: list[dict[str, Any]] = answer.json
    return found


# Reading ------------------------------------------------------------------------------------------


def test_what_happened_is_read_oldest_first_with_dates_that_clients_accept(
    town: Account, gateway: Gateway, clock: FixedClock
) -> None:
    found = filed(gateway)
    do(found, Command.ROUTE, SYSTEM, decision=a_decision(service_code="tree"))
    clock.move(minutes=5, milliseconds=250)
    do(found, Command.ACCEPT)
    clock.move(minutes=5)
    do(found, Command.RESOLVE, outcome=an_outcome(note="The tree is gone now."))

    rows = told(gateway)

    assert [(row["status"], row["external_status_code"]) for row in rows] == [
        ("in_progress", "accepted"),
        ("fixed", "fixed"),
    ]
    assert {row["service_request_id"] for row in rows} == {found}
    assert len({row["update_id"] for row in rows}) == 2
    assert [row["description"] for row in rows] == ["", "The tree is gone now."]
    assert rows[0]["updated_datetime"] == "2026-11-03T17:05:00Z"
    assert all(EXACT.fullmatch(row["updated_datetime"]) for row in rows)


def test_what_is_shown_lies_within_what_was_asked_for(
    town: Account, gateway: Gateway, clock: FixedClock
) -> None:
    found = filed(gateway)
    do(found, Command.ROUTE, SYSTEM, decision=a_decision(service_code="tree"))
    clock.move(milliseconds=999)
    do(found, Command.ACCEPT)
    second, before, after = (f"2026-11-03T{time}Z" for time in ("17:00:00", "16:59:59", "17:00:01"))

    assert len(told(gateway, start_date=second, end_date=second)) == 1
    assert told(gateway, start_date=before, end_date=before) == []
    assert told(gateway, start_date=after, end_date=after) == []


def test_both_formats_say_the_same(town: Account, gateway: Gateway) -> None:
    resolved(gateway)

    (row, _) = told(gateway)
    (element, _) = gateway.get(XML).xml

    assert [child.tag for child in element] == list(row)
    assert {c.tag: c.text or "" for c in element} == {k: v or "" for k, v in row.items()}


def test_a_private_request_is_told_of_in_no_list_not_even_of_before(
    town: Account, gateway: Gateway
) -> None:
    found = filed(gateway)
    do(found, Command.ROUTE, SYSTEM, decision=a_decision(service_code="tree"))
    do(found, Command.ACCEPT)
    assert len(told(gateway)) == 1

    do(found, Command.RETURN, ADMIN, reason="A neighbour's name")
    do(found, Command.TRIAGE, ADMIN, service_code="noise")

    assert told(gateway) == []


def test_no_word_that_was_not_for_the_public_is_told(town: Account, gateway: Gateway) -> None:
    found = filed(gateway)
    secret = "Sentinel"
    do(found, Command.ROUTE, SYSTEM, decision=a_decision(service_code="tree"))
    do(found, Command.REASSIGN, ADMIN, department="water", reason=secret)
    do(found, Command.RETURN, ADMIN, reason=secret)
    do(found, Command.TRIAGE, ADMIN, service_code="pothole", reason=secret)
    do(found, Command.ACCEPT, assignee=secret)
    do(found, Command.RESOLVE, outcome=an_outcome(evidence=secret))
    do(found, Command.REOPEN, ADMIN, reason=secret)

    rows = told(gateway)

    assert len(rows) == 5
    assert secret not in str(rows)


def test_a_key_is_not_looked_at_and_the_answer_is_kept_by_nobody(
    town: Account, gateway: Gateway
) -> None:
    answer = gateway.get(f"{JSON}?api_key=made-up")

    assert (answer.status, answer.headers["Cache-Control"]) == (200, "private, no-store")


def test_pages_by_their_links_show_each_update_once(
    town: Account, gateway: Gateway, clock: FixedClock
) -> None:
    for number in range(3):
        resolved(gateway, description=f"Tree {number}")
        clock.move(seconds=1)
    everything = [row["update_id"] for row in told(gateway)]

    found, url = [], f"{JSON}?page_size=4"
    while url and len(found) < 20:
        answer = gateway.get(url)
        found += [row["update_id"] for row in answer.json]
        url = answer.headers.get("X-Next-Page-URL", "").removeprefix("https://larkmere.example")

    assert found == everything
    assert len(everything) == 6


@pytest.mark.parametrize(
    "query", ["start_date=2026-11-03T00:00:00Z", "start_date=x&end_date=y", "cursor=made-up"]
)
def test_a_question_that_is_no_use_is_a_bad_request(
    town: Account, gateway: Gateway, query: str
) -> None:
    assert gateway.get(f"{JSON}?{query}").status == 400
    assert gateway.get(f"{XML}?{query}").xml.tag == "errors"


@pytest.mark.parametrize("path", ["/open311//v2//servicerequestupdates", JSON + "/", XML])
def test_a_sloppy_address_and_head_are_understood(
    town: Account, gateway: Gateway, path: str
) -> None:
    assert gateway.get(path, accept="application/json").status == 200
    assert gateway.call("HEAD", path).body == ""


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_wrong_method_is_answered_in_the_asked_format(
    town: Account, gateway: Gateway, method: str
) -> None:
    assert gateway.call(method, JSON).status == 400
    assert gateway.call(method, XML).xml.tag == "errors"


# Saying -------------------------------------------------------------------------------------------


def test_a_comment_is_accepted_and_read_back_under_the_same_id(
    town: Account, gateway: Gateway
) -> None:
    key = a_key(Scope.UPDATES)
    found = resolved(gateway)

    answer = post(gateway, an_update(found.lower(), key))

    assert answer.json == [{"update_id": f"{found}-5"}]
    assert answer.headers["Cache-Control"] == "no-store"
    row = told(gateway)[-1]
    assert (row["update_id"], row["status"]) == (f"{found}-5", "unchanged")
    assert row["description"] == "It was mended overnight"
    assert wiring.requests().get(found).status is Status.RESOLVED


def test_xml_says_the_same(town: Account, gateway: Gateway) -> None:
    found, key = resolved(gateway), a_key(Scope.UPDATES)

    root = post(gateway, an_update(found, key), XML).xml

    assert root.tag == "service_request_updates"
    assert [child.tag for child in root] == ["request_update"]
    assert root.findtext("request_update/update_id") == f"{found}-5"


def test_the_same_post_again_is_the_same_update(town: Account, gateway: Gateway) -> None:
    found, key = resolved(gateway), a_key(Scope.UPDATES)

    first = post(gateway, an_update(found, key)).json
    second = post(gateway, an_update(found, key, description="Other words", status="OPEN")).json

    assert first == second
    assert len(told(gateway)) == 3


def test_who_sent_the_report_reopens_it(town: Account, gateway: Gateway) -> None:
    key = a_key(Scope.UPDATES, Scope.REQUESTS)
    found = resolved(gateway, key)

    answer = post(gateway, an_update(found, key, status="REOPEN", description="Still there"))

    assert answer.status == 200
    after = wiring.requests().get(found)
    assert (after.status, after.generation, after.dispute) == (Status.ROUTED, 2, "Still there")
    assert [row["status"] for row in told(gateway)][-1] == "open"
    (row,) = gateway.get(f"/open311/v2/requests/{found}.json").json
    assert row["status"] == "open"


def test_staff_read_the_words_and_what_was_meant_by_them(
    town: Account, gateway: Gateway, staff_door: Gateway
) -> None:
    found, key = resolved(gateway), a_key(Scope.UPDATES)
    post(gateway, an_update(found, key))

    page = staff_door.get(f"/api/staff/requests/{found}/events").json

    assert [each["status"] for each in page["updates"]] == ["in_progress", "fixed", "unchanged"]
    assert page["updates"][-1]["description"] == "It was mended overnight"
    assert page["updates"][-1]["seq"] == page["events"][-1]["seq"]
    assert page["events"][-1]["details"]["said"] == "fixed"


def test_another_partner_s_reopening_is_a_comment(town: Account, gateway: Gateway) -> None:
    found = resolved(gateway, a_key(Scope.REQUESTS))

    assert post(gateway, an_update(found, a_key(Scope.UPDATES), status="REOPEN")).status == 200

    assert wiring.requests().get(found).status is Status.RESOLVED


def test_nothing_of_who_said_it_is_stored_or_logged(
    town: Account, gateway: Gateway, logged: StringIO
) -> None:
    found, key = resolved(gateway), a_key(Scope.UPDATES)

    post(gateway, an_update(found, key, phone="+15550199", description="Mended by Ottoline"))

    stored = town.items()
    assert "elda" not in str(stored)
    assert "5550199" not in str(stored)
    readable = [item["pk"]["S"] for item in stored if "Ottoline" in str(item)]
    assert readable == [f"UPD#{found}"]
    assert "Ottoline" not in logged.getvalue()
    assert key not in logged.getvalue() + str(stored)


@pytest.mark.parametrize("scopes", [None, (Scope.REQUESTS, Scope.INTERNAL)])
def test_a_key_is_needed_and_one_that_was_given_out_for_it(
    town: Account, gateway: Gateway, scopes: tuple[Scope, ...] | None
) -> None:
    found = resolved(gateway)
    key = a_key(*scopes) if scopes else "made-up"

    assert set(refused(post(gateway, an_update(found, key)), 403)) == {"forbidden"}
    assert len(told(gateway)) == 2


def test_unknown_and_private_are_not_found_alike(town: Account, gateway: Gateway) -> None:
    private = filed(gateway, service_code="noise")
    key = a_key(Scope.UPDATES)

    answers = [post(gateway, an_update(name, key)) for name in (private, "000000000", "nonsense")]

    assert {answer.status for answer in answers} == {404}
    assert len({answer.body for answer in answers}) == 1


def test_every_field_that_is_no_use_has_an_entry(town: Account, gateway: Gateway) -> None:
    key = a_key(Scope.UPDATES)
    fields = {"api_key": key, "status": "MENDED", "description": " "}

    assert set(refused(post(gateway, fields))) == {
        "missing:service_request_id",
        "missing:update_id",
        "invalid:status",
        "missing:updated_datetime",
        "missing:description",
    }
    long = an_update(filed(gateway), key, description="x" * 4001)
    assert set(refused(post(gateway, long))) == {"too_long:description"}
    assert post(gateway, fields, XML).xml.tag == "errors"


def test_another_city_is_not_found_here(town: Account, gateway: Gateway) -> None:
    fields = an_update("x", "y", jurisdiction_id="elsewhere.example")

    assert post(gateway, fields).status == 404


def test_a_closed_city_needs_the_key_all_the_same(town: Account, gateway: Gateway) -> None:
    town.serve(a_town(api_key_required=True))

    assert set(refused(post(gateway, an_update("000000000", "")), 403)) == {"forbidden"}


# Photos -------------------------------------------------------------------------------------------


def with_file(gateway: Gateway, fields: dict[str, str], content: bytes) -> Answer:
    parts = [a_field(name, value.encode()) for name, value in fields.items()]
    head = b'Content-Disposition: form-data; name="photo1"; filename="a.jpg"\r\n'
    return gateway.post(JSON, a_body(*parts, head + b"\r\n" + content), PARTS)


def test_a_photo_of_who_sent_the_report_is_shown_once_it_is_developed(
    town: Account, gateway: Gateway
) -> None:
    key = a_key(Scope.UPDATES, Scope.REQUESTS)
    found = filed(gateway, key)

    answer = with_file(gateway, an_update(found, key), a_jpeg())

    assert list(answer.json[0]) == ["update_id"]
    (upload,) = town.keys("quarantine")
    photo_id = upload.removeprefix("uploads/")
    assert wiring.requests().get(found).photos == (photo_id,)
    assert told(gateway)[-1]["media_url"] == ""
    event = event_named("s3-object-created")
    event["Records"][0]["s3"]["object"]["key"] = upload
    develop(event, None)
    record = wiring.photo_records().get(photo_id)
    assert record is not None
    assert record.photo is not None
    assert record.service_request_id == found
    do(found, Command.SHOW_PHOTO, SYSTEM, photo=record.photo)

    assert told(gateway)[-1]["media_url"] == f"https://larkmere.example/{record.photo.large}"


def test_a_photo_of_somebody_else_is_left_out_in_words(town: Account, gateway: Gateway) -> None:
    key = a_key(Scope.UPDATES)
    found = filed(gateway)

    (row,) = with_file(gateway, an_update(found, key), a_jpeg()).json

    assert row["service_notice"] == NOT_THEIRS
    assert town.keys("quarantine") == []
    assert wiring.requests().get(found).photos == ()


def test_what_is_no_photo_does_not_lose_the_words(town: Account, gateway: Gateway) -> None:
    key = a_key(Scope.UPDATES, Scope.REQUESTS)
    found = filed(gateway, key)

    (row,) = with_file(gateway, an_update(found, key), b"no photo").json

    assert row["service_notice"] == UNUSABLE
    assert len(told(gateway)) == 1


def test_links_are_kept_as_said_and_never_fetched(town: Account, gateway: Gateway) -> None:
    key = a_key(Scope.UPDATES, Scope.REQUESTS)
    found = filed(gateway, key)

    post(gateway, an_update(found, key, media_url="https://photos.example/1.jpg"))

    assert wiring.requests().get(found).media_urls == ("https://photos.example/1.jpg",)
    assert told(gateway)[-1]["media_url"] == ""
