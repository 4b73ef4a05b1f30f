"""The notify function: the state machine, the queue of department mail, the mail provider."""

import json
from io import StringIO
from typing import Any

import pytest

from city311.domain.errors import Unavailable
from city311.domain.ledger import LedgerState
from city311.domain.lifecycle import RESIDENT_STAGES, Status
from city311.ports import TransientFailure
from functions.notify.handler import handle
from tests.builders import CAPABILITY, EMAIL, ID, PHONE, a_request
from tests.functions_tasks.conftest import CONTEXT, lines
from tests.functions_tasks.events import provider_event, queue_event, topic_event
from tests.unit.usecases.town import Town

VALIDATION = "Successfully validated SNS topic for Amazon SES event publishing."


def tell(stage: str = "received") -> Any:
    return handle({"service_request_id": ID, "stage": stage, "execution": f"{ID}-g1"}, CONTEXT)


def work(event_id: str = "e-1", **changes: object) -> dict[str, object]:
    """What the state machine publishes to a department's topic."""
    return {
        "event": "assigned",
        "event_id": event_id,
        "service_request_id": ID,
        "service_code": "pothole",
        "department": "streets",
        "district": "west",
        "priority": "normal",
        "due_at": "2026-11-04T17:00:00Z",
        **changes,
    }


def state(town: Town) -> LedgerState:
    (entry,) = town.ledger.entries(ID)
    return entry.state


# The state machine --------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", RESIDENT_STAGES)
def test_the_resident_is_told_and_the_channel_answered(town: Town, stage: str) -> None:
    town.put()

    assert tell(stage) == {"channels": ["email"]}
    assert tell(stage) == {"channels": []}
    assert json.dumps(tell(stage))
    assert [mail.to for mail in town.mailer.sent] == [EMAIL]


def test_a_text_is_sent_where_there_is_only_a_number(town: Town) -> None:
    town.put(email=None, phone=PHONE)

    assert tell() == {"channels": ["sms"]}


def test_a_message_that_was_not_taken_fails_the_task(town: Town) -> None:
    town.put()
    town.mailer.failures.append(TransientFailure("Not now."))

    with pytest.raises(Unavailable):
        tell()


def test_a_stage_that_does_not_exist_is_a_bug_and_fails(town: Town) -> None:
    town.put()

    with pytest.raises(ValueError, match="dance"):
        tell("dance")


# Department mail ----------------------------------------------------------------------------------


def test_a_department_is_mailed_once_however_often_the_message_comes(town: Town) -> None:
    town.put(a_request(Status.ROUTED))

    for _ in range(2):
        assert handle(queue_event(work(), work()), CONTEXT) == {"batchItemFailures": []}

    assert [mail.to for mail in town.mailer.sent] == ["crew@streets.example"]


def test_an_escalation_is_mailed_to_its_owner(town: Town) -> None:
    town.put(a_request(Status.ROUTED))

    handle(queue_event(work(event="escalated", owner="desk", escalation=2)), CONTEXT)

    assert [mail.to for mail in town.mailer.sent] == ["desk@larkmere.example"]
    assert town.mailer.sent[0].subject.endswith("escalated")


@pytest.mark.parametrize("bad", ["not json", {"event": "assigned"}, work(service_request_id="x")])
def test_a_message_that_fails_is_named_and_the_others_are_sent(town: Town, bad: object) -> None:
    town.put(a_request(Status.ROUTED))

    answer = handle(queue_event(work("e-1"), bad, work("e-2")), CONTEXT)

    assert answer == {"batchItemFailures": [{"itemIdentifier": "message-1"}]}
    assert len(town.mailer.sent) == 2


def test_a_mail_that_was_not_taken_comes_again(town: Town) -> None:
    town.put(a_request(Status.ROUTED))
    town.mailer.failures.append(TransientFailure("Not now."))
    event = queue_event(work())

    assert handle(event, CONTEXT) == {"batchItemFailures": [{"itemIdentifier": "message-0"}]}

    town.clock.move(minutes=5)
    assert handle(event, CONTEXT) == {"batchItemFailures": []}
    assert len(town.mailer.sent) == 1


# The provider -------------------------------------------------------------------------------------


def test_what_became_of_a_mail_closes_its_entry(town: Town) -> None:
    town.put()
    tell()
    ledger_id = town.mailer.sent[0].ledger_id

    answer = handle(
        topic_event(provider_event("Send", ledger_id), provider_event("Delivery", ledger_id)),
        CONTEXT,
    )

    assert answer == {"heard": 2}
    assert state(town) is LedgerState.DELIVERED


def test_a_bounce_is_the_end_of_a_message(town: Town) -> None:
    town.put()
    tell()

    handle(topic_event(provider_event("Bounce", town.mailer.sent[0].ledger_id)), CONTEXT)

    assert state(town) is LedgerState.FAILED
    assert tell() == {"channels": []}


@pytest.mark.parametrize(
    "message",
    [
        VALIDATION,
        "[]",
        "{}",
        json.dumps({"eventType": "Delivery", "mail": {"messageId": "x"}}),
        provider_event("Delivery", None),
        provider_event("Delivery", "nobody_received_1_email_0"),
        provider_event("Open", "nobody_received_1_email_0"),
    ],
)
def test_what_is_not_ours_changes_nothing(town: Town, message: str) -> None:
    town.put()
    tell()

    assert handle(topic_event(message), CONTEXT) == {"heard": 1}
    assert state(town) is LedgerState.SENT


# The log ------------------------------------------------------------------------------------------


def test_the_log_holds_no_person_and_no_secret(town: Town, log: StringIO) -> None:
    town.put(a_request(Status.ROUTED, description="Zelda's words"), phone=PHONE)
    tell()
    handle(queue_event(work(), "not json"), CONTEXT)
    ledger_id = town.mailer.sent[0].ledger_id
    handle(topic_event(provider_event("Delivery", ledger_id), VALIDATION), CONTEXT)

    assert [line["message"] for line in lines(log)] == [
        "resident told",
        "department mail done",
        "provider event",
        "provider event without a ledger id",
    ]
    secrets = (EMAIL, PHONE, CAPABILITY, "Zelda", "crew@streets.example")
    assert [secret for secret in secrets if secret in log.getvalue()] == []
