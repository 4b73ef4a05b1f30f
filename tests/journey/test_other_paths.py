"""The other ways a request can go, each on the running city."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.journey.town import Filed, Town, eventually

POTHOLE = {"answers": {"1": ["street"]}}
FIXED = {"kind": "fixed", "note": "The crew filled the hole today.", "evidence": "order 4711"}


def pothole(town: Town, email: str, words: str = "A deep hole", **fields: object) -> Filed:
    """A pothole that has reached its department's queue."""
    filed = town.file(words, email=email, service="pothole", **{**POTHOLE, **fields})
    assert eventually(lambda: town.department_queue("streets", filed.id))
    return filed


def resolved(town: Town, email: str) -> Filed:
    """A pothole on which the city has given its answer."""
    filed = pothole(town, email)
    assert town.work("streets", "accept", filed.id).status == 200
    assert town.work("streets", "resolve", filed.id, outcome=FIXED).status == 200
    assert eventually(lambda: "Wait for the resident's word" in town.states(filed.id))
    return filed


def test_danger_wakes_the_duty_officer(town: Town) -> None:
    filed = pothole(town, "danger@residents.example", "A live wire lies on the road")

    alerts = town.queued(town.city.outputs["EmergencyQueueUrl"], filed.id)

    assert [alert["event"] for alert in alerts] == ["emergency"]
    assert "Alert the duty officer" in town.states(filed.id)


def test_what_triage_cannot_name_goes_to_a_person(town: Town) -> None:
    city = town.get("/api/services").json()
    codes = [service["service_code"] for service in city["services"]]
    fallback = next(code for code in codes if "else" in code or "other" in code)
    filed = town.file("Qwertyuiop", email="odd@residents.example", service=fallback)
    assert eventually(lambda: "Ask a person to triage" in town.states(filed.id))
    rows = town.look("agent", "queue?queue=triage&limit=100").json()
    assert filed.id in str(rows)

    answer = town.work("agent", "triage", filed.id, service_code="pothole")

    assert answer.status == 200, answer.text
    assert eventually(lambda: town.department_queue("streets", filed.id))


def test_a_second_report_of_the_same_hole_is_seen_for_what_it_may_be(town: Town) -> None:
    first = pothole(town, "first@residents.example")
    seen = town.seen(first)

    place = {name: seen["request"]["place"][name] for name in ("lat", "long")}
    second = pothole(town, "second@residents.example", **place)

    view = town.look("streets", f"requests/{second.id}").json()
    assert first.id in view["decision"]["duplicate_of"]


def test_reassigned_work_reaches_the_other_department(town: Town) -> None:
    filed = pothole(town, "moved@residents.example")

    answer = town.work(
        "streets", "reassign", filed.id, department="water", reason="It is a valve cover."
    )

    assert answer.status == 200, answer.text
    assert eventually(lambda: town.department_queue("water", filed.id))
    assert town.work("streets", "accept", filed.id).status == 404
    assert town.work("water", "accept", filed.id).status == 200


def test_an_outcome_other_than_fixed_says_whose_it_is(town: Town) -> None:
    to = "notours@residents.example"
    filed = pothole(town, to)
    town.work("streets", "accept", filed.id)

    without = {"kind": "not_ours", "note": "This bridge belongs to the state."}
    refused = town.work("streets", "resolve", filed.id, outcome=without)
    assert refused.status == 400
    assert "whose" in refused.text
    answer = town.work(
        "streets", "resolve", filed.id, outcome={**without, "whose": "State Department of Roads"}
    )

    assert answer.status == 200, answer.text
    assert eventually(lambda: any("bridge" in m["BodyText"] for m in town.mails(to)))


def test_a_dispute_begins_a_second_generation_for_somebody_else(town: Town) -> None:
    to = "unhappy@residents.example"
    filed = resolved(town, to)

    assert town.say(filed, "dispute", reason="The hole is still there.").status == 200

    assert eventually(lambda: town.execution(filed.id) == "SUCCEEDED")
    assert eventually(lambda: "Wait for the department" in town.states(filed.id, 2))
    assert town.work("streets", "accept", filed.id).status == 403
    assert town.work("supervisor", "accept", filed.id).status == 200
    assert len(eventually(lambda: town.mails(to)[4:])) == 1
    assert town.chain_problem(filed.id) is None
    assert "still there" not in town.history(filed.id, 2)


def test_when_nobody_picks_it_up_the_owner_hears_of_it(town: Town) -> None:
    filed = pothole(town, "patient@residents.example")
    assert eventually(lambda: town.states(filed.id)[-1] == "Wait for the department")

    town.set_entered(filed.id, datetime.now(UTC) - timedelta(days=30))
    town.city.time_out(town.execution_arn(filed.id))

    assert eventually(lambda: len(town.department_queue("streets", filed.id)) == 2)
    assert town.department_queue("streets", filed.id)[-1]["event"] == "escalated"
    assert town.states(filed.id).count("Escalate") == 1
    assert town.work("streets", "accept", filed.id).status == 200


def test_a_photo_that_lies_about_its_type_never_loses_the_request(town: Town) -> None:
    lat, long = town.spot()
    fields = {
        "service_code": "pothole",
        "lat": str(lat),
        "long": str(long),
        "attribute[1]": "street",
    }

    answer = town.multipart("/open311/v2/requests.json", fields, b"<script>alert(1)</script>")

    assert answer.status == 200, answer.text
    name = answer.json()[0]["service_request_id"]
    assert eventually(lambda: town.department_queue("streets", name))
    assert town.get(f"/open311/v2/requests/{name}.json").json()[0]["media_url"] is None


def test_the_same_post_twice_is_one_request(town: Town) -> None:
    lat, long = town.spot()
    fields = {
        "service_code": "pothole",
        "lat": str(lat),
        "long": str(long),
        "attribute[1]": "street",
        "description": "Posted twice",
        "email": "twice@residents.example",
    }

    first = town.form("/open311/v2/requests.json", fields).json()[0]["service_request_id"]
    again = town.form("/open311/v2/requests.json", fields).json()[0]["service_request_id"]

    assert first == again
    assert eventually(lambda: town.department_queue("streets", first))
    assert len(town.mails("twice@residents.example")) == 1


def test_the_same_key_with_other_words_is_refused(town: Town) -> None:
    lat, long = town.spot()
    body = {"service_code": "pothole", "lat": lat, "long": long, "answers": {"1": ["alley"]}}
    key = {"Idempotency-Key": "4f0c2a7e-journey"}

    before = town.filed()
    first = town.post("/api/requests", body, key)
    same = town.post("/api/requests", body, key)
    other = town.post("/api/requests", {**body, "description": "Something else"}, key)

    assert (first.status, same.status, other.status) == (201, 200, 409)
    assert first.json()["link"] == same.json()["link"]
    assert town.filed() == before + 3  # Request, contact and key, once.


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/x-www-form-urlencoded", b"\xff\xfe%%%&&&==&service_code"),
        ("multipart/form-data; boundary=x", b"--y\r\nnot a part"),
        ("application/json", b'{"a": '),
        ("text/plain", b"hello"),
        ("application/x-www-form-urlencoded", b"service_code=no-such-service&lat=1&long=2"),
        ("application/x-www-form-urlencoded", b"service_code=pothole&lat=91&long=x"),
    ],
)
@pytest.mark.parametrize("form", ["json", "xml"])
def test_garbage_is_answered_in_the_callers_format_and_stores_nothing(
    town: Town, content_type: str, body: bytes, form: str
) -> None:
    before = town.filed()

    path = f"/open311/v2/requests.{form}"
    answer = town.raw("POST", path, {"Content-Type": content_type}, body)

    assert 400 <= answer.status < 500
    if form == "json":
        assert all({"code", "description"} <= set(error) for error in answer.json())
    else:
        assert answer.text.startswith("<?xml")
        assert "<errors><error><code>" in answer.text
    assert town.filed() == before


def test_what_is_not_there_and_what_is_hidden_look_alike(town: Town) -> None:
    filed = pothole(town, "hidden@residents.example")

    wrong = town.get(f"/api/requests/{filed.id}", {"X-City311-Key": "0" * 26})
    unknown = town.get("/api/requests/000000000", {"X-City311-Key": "0" * 26})

    assert wrong.status == unknown.status == 404
    assert wrong.json()["errors"] == unknown.json()["errors"]


def test_nothing_a_resident_wrote_is_in_any_log_queue_or_history(town: Town) -> None:
    bait = "Zebrafish"
    filed = town.file(
        f"{bait} hole",
        email=f"{bait}@residents.example",
        service="pothole",
        phone="+15550123456",
        first_name=bait,
        last_name=bait,
        address=f"{bait} Street 1",
        **POTHOLE,
    )
    assert eventually(lambda: town.department_queue("streets", filed.id))
    town.work("streets", "accept", filed.id)
    town.work("streets", "resolve", filed.id, outcome=FIXED)
    assert eventually(lambda: "Wait for the resident's word" in town.states(filed.id))
    town.say(filed, "dispute", reason=f"{bait} is not content")
    assert eventually(lambda: "Wait for the department" in town.states(filed.id, 2))

    logs = eventually(town.logs)
    told = [str(town.department_queue("streets", filed.id))]
    told += [town.history(filed.id, generation) for generation in (1, 2)]

    assert "resident told" in logs
    for text in (logs, *told):
        for secret in (bait, bait.lower(), "15550123456", filed.key):
            assert secret not in text


def test_staff_pages_are_closed_to_all_others(town: Town) -> None:
    assert town.get("/api/staff/queue?queue=streets").status == 401
    forged = {"Authorization": "Bearer e30.e30.e30"}
    assert town.get("/api/staff/queue?queue=streets", forged).status == 401
    assert town.look("water", "queue?queue=streets").status == 403
    assert town.look("auditor", "queue?queue=streets").status == 200
