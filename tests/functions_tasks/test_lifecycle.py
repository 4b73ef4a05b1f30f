"""The lifecycle function: the stream, the state machine and the schedule, as they call it."""

import json
from dataclasses import replace
from io import StringIO
from itertools import permutations
from typing import Any

import pytest

from city311.domain.errors import Conflict, NotFound, Unavailable
from city311.domain.lifecycle import Command, Role, Status
from city311.domain.request import ServiceRequest
from functions.lifecycle.handler import handle
from tests.builders import (
    CAPABILITY,
    EMAIL,
    ID,
    a_photo,
    a_request,
    a_resident,
    a_worker,
    an_acceptance,
    an_actor,
    an_id,
)
from tests.functions_tasks.conftest import CONTEXT, lines
from tests.functions_tasks.events import image, item, stream_record
from tests.unit.usecases.town import Town

S = Status
G1 = f"{ID}-g1"
NONE_FAILED: dict[str, Any] = {"batchItemFailures": []}


def streamed(*records: dict[str, Any]) -> Any:
    return handle({"Records": list(records)}, CONTEXT)


def task(name: str, **payload: object) -> Any:
    return handle({"task": name, "service_request_id": ID, "execution": G1, **payload}, CONTEXT)


def changed(before: ServiceRequest, after: ServiceRequest, sequence: str = "100") -> Any:
    return stream_record(image(after), image(before), sequence=sequence)


# The stream ---------------------------------------------------------------------------------------


def test_a_new_request_starts_its_execution(town: Town) -> None:
    request = town.put()

    assert streamed(stream_record(image(request))) == NONE_FAILED

    assert town.executions.started == {G1: ID}


def test_records_that_come_twice_start_it_once(town: Town) -> None:
    record = stream_record(image(town.put()))

    assert streamed(record, record) == NONE_FAILED
    assert streamed(record) == NONE_FAILED
    assert town.executions.started == {G1: ID}


def test_a_change_wakes_who_waits(town: Town) -> None:
    before = town.put(a_request(S.ROUTED))
    town.executions.waiting.add("t1")
    task("wait", turn=1, token="t1")
    after = town.step(ID, Command.ACCEPT, a_worker())

    assert streamed(changed(before, after)) == NONE_FAILED

    assert town.executions.outputs["t1"]["status"] == "accepted"
    assert town.executions.started == {}


def test_a_dispute_starts_the_next_generation(town: Town) -> None:
    before = town.put(a_request(S.RESOLVED))
    after = town.step(ID, Command.DISPUTE, an_actor(Role.RESIDENT))

    streamed(changed(before, after))

    assert town.executions.started == {f"{ID}-g2": ID}


def test_what_no_execution_must_hear_of_asks_nothing(town: Town) -> None:
    """A photo was shown, a watch was lifted: neither turn nor generation moved."""
    request = town.put()
    town.requests = None

    unwatched = {name: v for name, v in image(request).items() if name != "watch"}
    shown = image(replace(request, shown=(a_photo(),)))
    assert (
        streamed(stream_record(unwatched, image(request)), stream_record(shown, image(request)))
        == NONE_FAILED
    )
    assert town.executions.started == {}


OTHERS = [
    item(f"AUD#{ID}", "000001", action="accept"),
    item(f"RES#{ID}", "CONTACT", email=EMAIL),
    item("KEY#abc", "KEY"),
    item(f"TOK#{ID}", "G1", token="t1"),
    item(f"MSG#{ID}", "received_1_email_0", state="claimed"),
    item("PHO#unknown", "PHOTO"),
]


@pytest.mark.parametrize("other", OTHERS, ids=lambda other: other["pk"]["S"][:3])
def test_items_of_other_kinds_start_nothing(town: Town, other: dict[str, Any]) -> None:
    town.put()

    assert streamed(stream_record(other), stream_record(other, other)) == NONE_FAILED
    assert town.executions.started == {}


@pytest.mark.parametrize("kind", ["REQ", "PHO"])
def test_what_is_gone_starts_nothing(town: Town, kind: str) -> None:
    gone = item(f"{kind}#{ID}", "META", turn="1")

    assert streamed(stream_record(None, gone)) == NONE_FAILED
    assert town.executions.started == {}


def test_a_record_that_fails_is_named_and_the_others_are_followed(town: Town) -> None:
    known = town.put()
    unknown = a_request(service_request_id=an_id(9))

    answer = streamed(
        stream_record(image(unknown), sequence="101"),
        stream_record(image(known), sequence="102"),
    )

    assert answer == {"batchItemFailures": [{"itemIdentifier": "101"}]}
    assert town.executions.started == {G1: ID}


def test_a_batch_that_fails_whole_is_named_whole(town: Town) -> None:
    request = town.put()

    class Down:
        def start(self, *_: object) -> bool:
            raise Unavailable("Not now.")

    town.executions = Down()  # type: ignore[assignment]

    answer = streamed(*(stream_record(image(request), sequence=str(number)) for number in (7, 8)))

    assert [each["itemIdentifier"] for each in answer["batchItemFailures"]] == ["7", "8"]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_records_in_any_order_end_alike(town: Town, order: tuple[int, ...]) -> None:
    new = town.put(a_request(S.ROUTED))
    town.executions.waiting.add("t1")
    task("wait", turn=1, token="t1")
    accepted = town.step(ID, Command.ACCEPT, a_worker())
    resolved = town.step(ID, Command.RESOLVE, a_worker())
    records = [
        stream_record(image(new), sequence="1"),
        changed(new, accepted, "2"),
        changed(accepted, resolved, "3"),
    ]

    assert streamed(*(records[place] for place in order)) == NONE_FAILED

    assert town.executions.started == {G1: ID}
    assert town.executions.outputs["t1"]["status"] == "resolved"
    assert town.watched() == ()


# Photos -------------------------------------------------------------------------------------------


def photo_record(photo_id: str) -> Any:
    return stream_record(item(f"PHO#{photo_id}", "PHOTO"), item(f"PHO#{photo_id}", "PHOTO"))


def file_with_photo(town: Town) -> None:
    request = a_request(photos=(a_photo().photo_id,))
    town.requests.accept(an_acceptance(request=request))


@pytest.mark.parametrize("first", ["photo", "request"])
def test_a_photo_is_shown_whichever_comes_first(town: Town, first: str) -> None:
    if first == "photo":
        town.darkroom.developed(a_photo())
        assert streamed(photo_record(a_photo().photo_id)) == NONE_FAILED
        file_with_photo(town)
    else:
        file_with_photo(town)
        assert streamed(photo_record(a_photo().photo_id)) == NONE_FAILED
        town.darkroom.developed(a_photo())

    for _ in range(2):
        assert streamed(photo_record(a_photo().photo_id)) == NONE_FAILED

    assert town.get(ID).shown == (a_photo(),)
    assert town.get(ID).seq == 2


def test_a_photo_that_was_refused_is_not_shown(town: Town) -> None:
    file_with_photo(town)
    town.darkroom.refused(a_photo().photo_id, "not a photo")

    assert streamed(photo_record(a_photo().photo_id)) == NONE_FAILED
    assert town.get(ID).shown == ()


# The state machine --------------------------------------------------------------------------------


def test_a_state_that_waits_is_kept_and_answers_nothing_itself(town: Town) -> None:
    town.put(a_request(S.ROUTED))

    assert task("wait", turn=1, token="t1") == {}
    kept = town.tokens.get(ID, 1)
    assert (kept.token, kept.turn) == ("t1", 1)


def test_a_clock_that_ran_out_is_answered_with_where_it_stands(town: Town) -> None:
    town.put(a_request(S.ROUTED))
    town.clock.move(days=1)

    answer = task("escalate", turn=1)

    assert (answer["event"], answer["owner"], answer["escalation"]) == ("escalated", "streets", 1)
    assert json.loads(json.dumps(answer)) == answer


def test_the_end_is_answered_with_where_it_stands(town: Town) -> None:
    town.put(a_request(S.RESOLVED, turn=3))

    assert task("close", turn=3)["status"] == "closed"


def test_what_triage_did_not_answer_is_handed_over(town: Town) -> None:
    town.put()

    assert task("hand_over")["status"] == "in_triage"


@pytest.mark.parametrize("name", ["wait", "escalate", "close", "hand_over"])
def test_a_task_of_no_request_fails_loudly(town: Town, name: str) -> None:
    with pytest.raises(NotFound):
        task(name, turn=1, token="t1")


def test_a_task_that_is_beaten_to_it_fails_and_is_tried_again(town: Town) -> None:
    town.put(a_request(S.RESOLVED, turn=3))
    real = town.requests

    class Busy:
        get, settle = real.get, real.settle

        def change(self, _: object) -> None:
            raise Conflict("Somebody was faster.")

    town.requests = Busy()
    with pytest.raises(Conflict):
        task("close", turn=3)

    town.requests = real
    assert task("close", turn=3)["status"] == "closed"


def test_an_unknown_task_is_a_bug_and_fails(town: Town) -> None:
    with pytest.raises(KeyError):
        task("dance")


# The schedule -------------------------------------------------------------------------------------


def test_the_schedule_reconciles_and_counts(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    town.put()
    town.clock.move(minutes=3)

    answer = handle({"task": "reconcile"}, CONTEXT)

    assert answer == {"nudged": 1, "renewed": 0, "stuck": 0, "messages": 0, "photos": 0}
    assert town.executions.started == {G1: ID}
    emitted = json.loads(capsys.readouterr().out.splitlines()[0])
    (metric,) = emitted["_aws"]["CloudWatchMetrics"]
    assert metric["Namespace"] == "City311"
    assert {each["Name"] for each in metric["Metrics"]} == {
        "ReconcilerNudged",
        "ReconcilerRenewed",
        "ReconcilerStuck",
        "ReconcilerMessages",
        "ReconcilerPhotos",
    }
    assert emitted["ReconcilerNudged"] == [1.0]


# The log ------------------------------------------------------------------------------------------


def test_the_log_says_what_was_done_and_holds_no_secret_and_no_person(
    town: Town, log: StringIO
) -> None:
    request = town.put(a_request(S.ROUTED, description="Zelda's words"))
    streamed(stream_record(image(request)))
    streamed(stream_record(image(replace(request, service_request_id=an_id(9)))))
    task("wait", turn=1, token="task-token-1")
    town.clock.move(days=1)
    task("escalate", turn=1)
    handle({"task": "reconcile"}, CONTEXT)

    said = [line["message"] for line in lines(log)]
    assert said.count("stream followed") == 2
    assert said.count("lifecycle task done") == 2
    assert "reconciled" in said
    assert lines(log)[0]["failed"] == 0
    assert lines(log)[1]["failed"] == 1
    secrets = ("Zelda", EMAIL, CAPABILITY, a_resident().commitment_key, "task-token-1")
    assert [secret for secret in secrets if secret in log.getvalue()] == []
