"""One message per stage, round, channel and recipient: claimed, sent, marked, never twice."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from city311.domain.errors import NotFound, Unavailable
from city311.domain.ledger import LEASE, Channel, LedgerEntry, LedgerState
from city311.domain.lifecycle import RESIDENT_STAGES, Command, Role, Stage, Status
from city311.domain.messages import SMS_CHARACTERS
from city311.ports import PermanentFailure, TransientFailure
from city311.usecases.notify import EVIDENCE
from tests.builders import CAPABILITY, EMAIL, ID, PHONE, a_request, an_actor
from tests.unit.usecases.town import SITE, Town

RECEIVED, RESOLVED = Stage.RECEIVED, Stage.RESOLVED


def only_entry(town: Town) -> LedgerEntry:
    (entry,) = town.ledger.entries(ID)
    return entry


def mail_work(town: Town, event_id: str = "e-1", department_id: str = "streets") -> bool:
    return town.notify.mail_work(
        ID, department_id=department_id, event="assigned", event_id=event_id
    )


# The resident -------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", RESIDENT_STAGES)
def test_the_resident_is_mailed_at_each_stage_with_their_own_link(town: Town, stage: Stage) -> None:
    town.put()

    assert town.notify.tell(ID, stage) == (Channel.EMAIL,)

    (mail,) = town.mailer.sent
    assert mail.to == EMAIL
    assert mail.subject == f"[en] {stage}: Pothole"
    assert mail.text.endswith(f"{SITE}/track/#{ID}.{CAPABILITY}")
    assert mail.ledger_id == only_entry(town).ledger_id
    assert (only_entry(town).state, only_entry(town).provider_id) == (LedgerState.SENT, "mail-1")


def test_the_resident_is_told_in_their_language(town: Town) -> None:
    town.put(language="es")

    town.notify.tell(ID, RECEIVED)

    assert town.mailer.sent[0].subject == "[es] received: Bache"
    assert '<html lang="es">' in town.mailer.sent[0].html


def test_a_message_is_sent_once_however_often_it_is_owed(town: Town) -> None:
    town.put()

    told = [town.notify.tell(ID, RECEIVED) for _ in range(3)]

    assert told == [(Channel.EMAIL,), (), ()]
    assert len(town.mailer.sent) == 1


def test_each_stage_is_a_message_of_its_own(town: Town) -> None:
    town.put(a_request(Status.RESOLVED))

    assert all(town.notify.tell(ID, stage) for stage in (RECEIVED, RESOLVED))

    assert len({mail.ledger_id for mail in town.mailer.sent}) == 2


def test_the_answer_of_a_later_round_is_told_anew(town: Town) -> None:
    town.put(a_request(Status.RESOLVED))
    town.notify.tell(ID, RESOLVED)
    town.step(ID, Command.DISPUTE, an_actor(Role.RESIDENT))
    town.step(ID, Command.START, an_actor(subject="another"))
    town.step(ID, Command.RESOLVE, an_actor(subject="another"))

    assert town.notify.tell(ID, RESOLVED) == (Channel.EMAIL,)

    assert len({mail.ledger_id for mail in town.mailer.sent}) == 2


def test_who_gave_only_a_number_gets_a_text(town: Town) -> None:
    town.put(email=None, phone=PHONE)

    assert town.notify.tell(ID, RECEIVED) == (Channel.SMS,)

    ((ledger_id, number, text),) = town.texter.sent
    assert number == PHONE
    assert text.endswith(CAPABILITY)
    assert len(text) <= SMS_CHARACTERS
    assert ledger_id == only_entry(town).ledger_id
    assert town.mailer.sent == []
    assert town.notify.tell(ID, RECEIVED) == ()


def test_who_gave_both_gets_a_mail_and_no_text(town: Town) -> None:
    town.put(phone=PHONE)

    assert town.notify.tell(ID, RECEIVED) == (Channel.EMAIL,)
    assert town.texter.sent == []


def test_who_gave_nothing_is_told_nothing(town: Town) -> None:
    town.put(email=None)

    assert town.notify.tell(ID, RECEIVED) == ()
    assert town.ledger.entries(ID) == ()


def test_who_was_erased_is_told_nothing(town: Town) -> None:
    town.put()
    town.residents.erase(ID)

    assert town.notify.tell(ID, RECEIVED) == ()
    assert town.ledger.entries(ID) == ()


def test_a_request_that_does_not_exist_is_an_error(town: Town) -> None:
    with pytest.raises(NotFound):
        town.notify.tell(ID, RECEIVED)


def test_the_ledger_holds_no_address(town: Town) -> None:
    town.put()
    town.notify.tell(ID, RECEIVED)

    assert EMAIL not in repr(town.ledger.entries(ID))
    assert EMAIL not in town.mailer.sent[0].ledger_id


# When it fails ------------------------------------------------------------------------------------


def test_what_can_never_be_delivered_is_marked_and_not_tried_again(town: Town) -> None:
    town.put()
    town.mailer.failures.append(PermanentFailure("The address is not one."))

    assert town.notify.tell(ID, RECEIVED) == ()
    assert town.notify.tell(ID, RECEIVED) == ()

    entry = only_entry(town)
    assert (entry.state, entry.problem) == (LedgerState.FAILED, "The address is not one.")
    assert town.mailer.sent == []


def test_what_was_not_taken_keeps_its_lease_until_it_is_over(town: Town) -> None:
    """Nobody knows whether it went out: it may be sent again only when the lease is over."""
    town.put()
    town.mailer.failures.append(TransientFailure("Time-out."))

    for _ in range(2):
        with pytest.raises(Unavailable):
            town.notify.tell(ID, RECEIVED)
    assert only_entry(town).state is LedgerState.CLAIMED
    assert town.mailer.sent == []

    town.clock.move(seconds=LEASE.total_seconds() - 1)
    with pytest.raises(Unavailable):
        town.notify.tell(ID, RECEIVED)

    town.clock.move(seconds=1)
    assert town.notify.tell(ID, RECEIVED) == (Channel.EMAIL,)
    assert only_entry(town).claims == 2
    assert len(town.mailer.sent) == 1


def test_evidence_during_the_lease_means_it_went_out(town: Town) -> None:
    town.put()
    town.mailer.failures.append(TransientFailure("Time-out after it was taken."))
    with pytest.raises(Unavailable):
        town.notify.tell(ID, RECEIVED)

    assert town.notify.heard(only_entry(town).ledger_id, "Send", "mail-9")

    assert town.notify.tell(ID, RECEIVED) == ()
    assert town.mailer.sent == []
    assert only_entry(town).provider_id == "mail-9"


def test_a_crash_before_the_mark_sends_again_only_after_the_lease(town: Town) -> None:
    town.put()

    class Forgetful:
        def claim(self, *args: Any) -> Any:
            return town.ledger.claim(*args)

        def mark(self, *_: object, **__: object) -> bool:
            raise Unavailable("The table did not answer.")

        def entries(self, service_request_id: str) -> Any:
            return town.ledger.entries(service_request_id)

    crashing = replace(town.notify, ledger=Forgetful())
    with pytest.raises(Unavailable):
        crashing.tell(ID, RECEIVED)
    assert len(town.mailer.sent) == 1

    with pytest.raises(Unavailable):
        town.notify.tell(ID, RECEIVED)
    assert len(town.mailer.sent) == 1


def test_two_at_once_send_once(town: Town) -> None:
    town.put()
    inner: list[str] = []

    class Racing:
        def send(self, mail: Any) -> str:
            with pytest.raises(Unavailable):
                town.notify.tell(ID, RECEIVED)
            inner.append(mail.ledger_id)
            return town.mailer.send(mail)

    replace(town.notify, mailer=Racing()).tell(ID, RECEIVED)

    assert len(inner) == len(town.mailer.sent) == 1


def test_a_claim_is_under_watch_until_it_is_marked(town: Town) -> None:
    town.put()
    town.mailer.failures.append(TransientFailure("Not now."))
    with pytest.raises(Unavailable):
        town.notify.tell(ID, RECEIVED)
    later = town.clock() + LEASE + timedelta(seconds=1)

    assert town.watch.messages_due(later, 10) == (only_entry(town).ledger_id,)

    town.clock.now = later
    town.notify.tell(ID, RECEIVED)
    assert town.watch.messages_due(later + LEASE, 10) == ()


# Departments --------------------------------------------------------------------------------------


def test_a_department_is_mailed_of_its_work(town: Town) -> None:
    town.put(a_request(Status.ROUTED, description="Zelda's words"))

    assert mail_work(town)

    (mail,) = town.mailer.sent
    assert mail.to == "crew@streets.example"
    assert mail.subject == f"Pothole {ID}: assigned"
    assert mail.text.endswith(f"{SITE}/staff/requests/{ID}")
    assert "Zelda" not in repr(mail)
    assert EMAIL not in repr(mail)
    assert CAPABILITY not in repr(mail)
    assert only_entry(town).stage is Stage.WORK


def test_a_department_is_mailed_once_for_each_event(town: Town) -> None:
    town.put(a_request(Status.ROUTED))

    assert [mail_work(town, each) for each in ("e-1", "e-1", "e-2")] == [True, False, True]
    assert len(town.mailer.sent) == 2


def test_an_escalation_is_mailed_to_whom_it_went(town: Town) -> None:
    town.put(a_request(Status.ROUTED))

    assert mail_work(town, department_id="desk")

    assert town.mailer.sent[0].to == "desk@larkmere.example"


@pytest.mark.parametrize("department", ["water", "nobody", ""])
def test_a_department_without_an_address_is_not_mailed(town: Town, department: str) -> None:
    town.put(a_request(Status.ROUTED))

    assert not mail_work(town, department_id=department)
    assert town.ledger.entries(ID) == ()


# What the provider says ---------------------------------------------------------------------------


def sent(town: Town) -> str:
    town.put()
    town.notify.tell(ID, RECEIVED)
    return only_entry(town).ledger_id


@pytest.mark.parametrize(
    ("event", "state"),
    [
        ("Delivery", LedgerState.DELIVERED),
        ("Bounce", LedgerState.FAILED),
        ("Complaint", LedgerState.FAILED),
        ("Reject", LedgerState.FAILED),
        ("Rendering Failure", LedgerState.FAILED),
    ],
)
def test_what_became_of_a_message_is_written_down(
    town: Town, event: str, state: LedgerState
) -> None:
    ledger_id = sent(town)

    assert town.notify.heard(ledger_id, event, "mail-1")

    entry = only_entry(town)
    assert entry.state is state
    assert entry.problem == (event if state is LedgerState.FAILED else None)


@pytest.mark.parametrize("event", ["", "Open", "Click", "DeliveryDelay", "Subscription"])
def test_what_proves_nothing_changes_nothing(town: Town, event: str) -> None:
    ledger_id = sent(town)

    assert not town.notify.heard(ledger_id, event, "mail-1")
    assert only_entry(town).state is LedgerState.SENT


def test_what_is_said_twice_is_news_once(town: Town) -> None:
    ledger_id = sent(town)

    assert town.notify.heard(ledger_id, "Delivery", "mail-1")
    assert not town.notify.heard(ledger_id, "Delivery", "mail-1")
    assert not town.notify.heard(ledger_id, "Send", "mail-1")


def test_of_a_message_that_is_not_ours_nothing_is_known(town: Town) -> None:
    assert not town.notify.heard("nobody_received_1_email_0", "Delivery", "mail-1")


@pytest.mark.parametrize("last", ["Delivery", "Bounce"])
def test_provider_events_in_any_order_end_alike(last: str) -> None:
    ends = set()
    for order in permutations(("Send", "Open", last)):
        town = Town()
        ledger_id = sent(town)
        for event in order:
            town.notify.heard(ledger_id, event, "mail-1")
        ends.add(only_entry(town).state)

    assert ends == {EVIDENCE[last]}


def test_no_event_brings_a_message_back_that_failed(town: Town) -> None:
    town.put()
    town.mailer.failures.append(PermanentFailure("No such address."))
    town.notify.tell(ID, RECEIVED)

    assert not town.notify.heard(only_entry(town).ledger_id, "Delivery", "mail-1")
    assert only_entry(town).state is LedgerState.FAILED
