"""One step at a time: what it asks for, what it changes, and what the audit says of it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from city311.domain.advance import advance
from city311.domain.audit import Actor, canonical
from city311.domain.catalogue import Priority
from city311.domain.effects import EFFECTS, CommandFields
from city311.domain.errors import Forbidden, InvalidInput
from city311.domain.lifecycle import STEPS, Command, Role, Status
from city311.domain.outcomes import OutcomeKind
from city311.domain.request import Hold, ServiceRequest
from city311.domain.triage import Found, Suggestion
from tests.builders import (
    FIELDS,
    ID,
    NOON,
    SYSTEM,
    VERSIONS,
    a_decision,
    a_doing,
    a_photo,
    a_request,
    a_worker,
    an_actor,
    an_outcome,
    taken,
)
from tests.partners import PARTNER
from tests.towns import MAIN_BREAK, POTHOLE, TOWN, a_city, a_service, with_service

C, S = Command, Status
AGENT, SUPERVISOR = an_actor(Role.AGENT), an_actor(Role.SUPERVISOR)
RESIDENT = an_actor(Role.RESIDENT, "private-link")
LATER = NOON + timedelta(hours=3)
HELD = a_request(S.ON_HOLD, hold=Hold(reason="Parts", until=NOON + timedelta(days=2)))


def somebody(command: Command, source: Status) -> Any:
    """An actor whose role may take the step; a partner only where nobody else may."""
    role = sorted(STEPS[command, source].roles, key=lambda r: (r is Role.PARTNER, r))[0]
    return an_actor(role, "somebody", "streets")


def sources(command: Command) -> list[Status]:
    """From where the command may be taken."""
    return [source for verb, source in STEPS if verb is command]


def problems(request: ServiceRequest, command: Command, actor: Any, fields: CommandFields) -> Any:
    with pytest.raises(InvalidInput) as refusal:
        advance(request, a_doing(command, actor, fields=fields))
    return {each.field: each.reason for each in refusal.value.problems}


# What a step must carry ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "source", "name"),
    sorted((c, s, name) for (c, s), step in STEPS.items() for name in step.carries - {"note"}),
)
def test_a_step_without_a_field_it_must_carry_names_the_field(
    command: Command, source: Status, name: str
) -> None:
    fields = replace(FIELDS, **{name: None})

    found = problems(a_request(source), command, somebody(command, source), fields)

    assert found[name] == "missing"


@pytest.mark.parametrize("name", ["reason", "department"])
def test_white_space_is_no_answer(name: str) -> None:
    blank: dict[str, Any] = {name: "  \n"}
    fields = replace(FIELDS, **blank)

    found = problems(a_request(S.ROUTED), C.REASSIGN, SUPERVISOR, fields)

    assert found == {name: "missing"}


def test_all_missing_fields_are_named_at_once() -> None:
    found = problems(a_request(S.ACCEPTED), C.WAIT, SUPERVISOR, CommandFields())

    assert found == {"reason": "missing", "until": "missing"}


def test_an_answer_without_an_outcome_asks_for_outcome_and_note() -> None:
    found = problems(a_request(S.ACCEPTED), C.RESOLVE, SUPERVISOR, CommandFields())

    assert found == {"outcome": "missing", "note": "missing"}


def test_a_note_without_an_outcome_is_not_enough() -> None:
    fields = CommandFields(note="We went there and filled it.")

    assert "outcome" in problems(a_request(S.ACCEPTED), C.RESOLVE, SUPERVISOR, fields)


# Who may ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [C.ACCEPT, C.START, C.REASSIGN, C.RETURN])
def test_a_department_moves_only_its_own_work(command: Command) -> None:
    with pytest.raises(Forbidden, match="another department"):
        advance(a_request(S.ROUTED), a_doing(command, a_worker("water")))

    assert advance(a_request(S.ROUTED), a_doing(command, a_worker("water", "streets")))


@pytest.mark.parametrize(
    ("command", "source"),
    [
        (C.ACCEPT, S.ROUTED),
        (C.START, S.ROUTED),
        (C.START, S.ACCEPTED),
        (C.RESOLVE, S.IN_PROGRESS),
        (C.RESOLVE, S.IN_TRIAGE),
    ],
)
def test_who_closed_what_is_disputed_neither_takes_nor_answers_it_again(
    command: Command, source: Status
) -> None:
    request = a_request(source, not_by="closer", department="streets")

    with pytest.raises(Forbidden, match="somebody else"):
        advance(request, a_doing(command, an_actor(Role.ADMIN, "closer")))
    assert advance(request, a_doing(command, an_actor(Role.ADMIN, "another")))


def test_nobody_hands_disputed_work_back_to_who_closed_it() -> None:
    request = a_request(S.ROUTED, not_by="closer")
    fields = CommandFields(assignee="closer")

    with pytest.raises(Forbidden):
        advance(request, a_doing(C.ACCEPT, SUPERVISOR, fields=fields))


# What each step changes ---------------------------------------------------------------------------


def test_a_route_takes_over_what_triage_decided() -> None:
    decision = a_decision(
        service_code="main_break", department="water", priority=Priority.EMERGENCY
    )

    after = taken(a_request(), C.ROUTE, fields=CommandFields(decision=decision))

    assert after.decision == decision
    assert after.service_code == "main_break"
    assert after.report_code == "pothole"
    assert after.department == "water"
    assert after.priority is Priority.EMERGENCY
    assert after.expected_at == NOON + timedelta(hours=MAIN_BREAK.promise.done_hours)


def test_a_route_to_the_service_that_was_promised_keeps_the_promise() -> None:
    promised = NOON + timedelta(days=4)

    after = taken(a_request(expected_at=promised), C.ROUTE)

    assert after.expected_at == promised


def test_a_route_without_a_promise_makes_one() -> None:
    after = taken(a_request(expected_at=None), C.ROUTE)

    # Forty hours are five working days; noon on a Tuesday leads to noon on the next.
    assert after.expected_at == NOON + timedelta(days=7)


def test_a_route_without_a_decision_changes_only_the_status() -> None:
    before = a_request()

    after = taken(before, C.ROUTE, fields=CommandFields())

    assert (after.status, after.department) == (S.ROUTED, before.department)


def test_what_goes_to_a_person_keeps_its_service_and_has_no_department() -> None:
    decision = a_decision(needs_person="Unclear.", priority=Priority.EMERGENCY, department="desk")

    after = taken(a_request(), C.REVIEW, fields=CommandFields(decision=decision))

    assert after.decision == decision
    assert after.priority is Priority.EMERGENCY
    assert (after.service_code, after.department) == ("pothole", None)


def test_a_private_service_makes_the_request_private_for_ever() -> None:
    private = taken(
        a_request(S.IN_TRIAGE), C.TRIAGE, AGENT, fields=CommandFields(service_code="noise")
    )
    back = taken(private, C.RETURN, AGENT)

    again = taken(back, C.TRIAGE, AGENT, fields=CommandFields(service_code="pothole"))

    assert private.private
    assert again.private


def test_a_person_at_the_desk_chooses_the_service_and_the_rules_choose_the_department() -> None:
    likely = (Suggestion(service_code="tree", confidence=400, words=("tree",)),)
    before = a_request(
        S.IN_TRIAGE,
        priority=Priority.EMERGENCY,
        decision=a_decision(
            suggestions=likely, duplicate_of=(ID,), emergency="fire", needs_person="Unclear."
        ),
    )

    after = taken(before, C.TRIAGE, AGENT, fields=CommandFields(service_code="main_break"))

    decision = after.decision
    assert decision is not None
    assert decision.found is Found.BY_PERSON
    assert (after.service_code, after.department) == ("main_break", "water")
    assert decision.route_reason == "Water is water's."
    assert decision.needs_person is None
    assert (decision.suggestions, decision.duplicate_of) == (likely, (ID,))
    assert decision.emergency == "fire"
    # A person corrects the service; the alarm that the text raised stays.
    assert after.priority is Priority.EMERGENCY


def test_a_person_may_name_the_department_and_a_reason() -> None:
    fields = CommandFields(service_code="tree", department="parks", reason="They planted it.")

    decision = taken(a_request(S.IN_TRIAGE), C.TRIAGE, AGENT, fields=fields).decision

    assert decision is not None
    assert (decision.department, decision.reasons) == ("parks", ("They planted it.",))
    assert decision.route_reason == "Chosen at the triage desk."
    assert decision.priority is Priority.NORMAL


def test_another_service_in_a_later_round_is_promised_from_that_round_on() -> None:
    disputed_at = NOON + timedelta(days=30)
    before = a_request(S.IN_TRIAGE, round=2, generation=2, generation_at=disputed_at)

    after = taken(
        before,
        C.TRIAGE,
        AGENT,
        now=disputed_at + timedelta(days=1),
        fields=CommandFields(service_code="main_break"),
    )

    assert after.expected_at == disputed_at + timedelta(hours=12)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        (CommandFields(service_code="nothing"), "service_code"),
        (CommandFields(service_code="tree", department="nobody"), "department"),
    ],
)
def test_the_desk_cannot_choose_what_the_city_does_not_have(
    fields: CommandFields, name: str
) -> None:
    assert name in problems(a_request(S.IN_TRIAGE), C.TRIAGE, AGENT, fields)


@pytest.mark.parametrize("command", [C.ACCEPT, C.START])
def test_who_takes_it_has_it(command: Command) -> None:
    after = taken(a_request(S.ROUTED, escalation=2), command, a_worker(), fields=CommandFields())

    assert after.assignee == "worker-1"
    assert after.escalation == 0


def test_a_lead_may_take_it_for_somebody() -> None:
    fields = CommandFields(assignee="crew-7")

    assert taken(a_request(S.ROUTED), C.ACCEPT, SUPERVISOR, fields=fields).assignee == "crew-7"


def test_a_hold_needs_a_day_to_come() -> None:
    fields = CommandFields(reason="Parts", until=NOON)

    assert "until" in problems(a_request(S.ACCEPTED), C.WAIT, SUPERVISOR, fields)


def test_a_hold_keeps_its_reason_and_its_day() -> None:
    until = NOON + timedelta(days=1)
    fields = CommandFields(reason="Parts", until=until)

    after = taken(a_request(S.ACCEPTED, escalation=1), C.WAIT, SUPERVISOR, fields=fields)

    assert after.hold == Hold(reason="Parts", until=until)
    assert after.escalation == 0


def test_the_clock_of_a_promise_stands_still_while_the_work_waits() -> None:
    """Two working days later the promise is two working days later, over the weekend."""
    friday = NOON + timedelta(days=3)
    before = replace(HELD, expected_at=friday)

    after = taken(before, C.START, a_worker(), now=NOON + timedelta(days=2))

    assert after.expected_at == friday + timedelta(days=4)
    assert after.hold is None


def test_a_clock_that_never_rests_moves_the_promise_by_the_hold_itself() -> None:
    before = replace(HELD, service_code="main_break", expected_at=NOON + timedelta(hours=5))

    after = taken(before, C.START, a_worker(), now=NOON + timedelta(hours=50))

    assert after.expected_at == NOON + timedelta(hours=55)


def test_a_promise_broken_before_the_hold_stays_broken() -> None:
    late = NOON - timedelta(days=1)

    after = taken(replace(HELD, expected_at=late), C.START, a_worker(), now=LATER)

    assert after.expected_at == late


@pytest.mark.parametrize("command", [C.REASSIGN, C.RETURN, C.START])
def test_whatever_ends_a_hold_gives_the_promise_its_time_back(command: Command) -> None:
    friday = NOON + timedelta(days=3)

    after = taken(
        replace(HELD, expected_at=friday), command, SUPERVISOR, now=NOON + timedelta(days=1)
    )

    assert after.hold is None
    assert after.expected_at == friday + timedelta(days=3)


def test_a_hold_without_a_promise_ends_without_one() -> None:
    assert taken(replace(HELD, expected_at=None), C.START, a_worker()).expected_at is None


def test_a_service_that_left_the_list_still_lets_work_go_on() -> None:
    before = replace(HELD, service_code="gone", expected_at=NOON + timedelta(days=3))

    assert taken(before, C.START, a_worker(), now=LATER).status is S.IN_PROGRESS


def test_a_reassignment_puts_it_into_the_other_queue_with_no_hands_on_it() -> None:
    before = a_request(S.ACCEPTED, assignee="worker-1", escalation=3)

    after = taken(before, C.REASSIGN, SUPERVISOR)

    assert (after.department, after.assignee, after.escalation) == ("water", None, 0)


@pytest.mark.parametrize("department", ["streets", "nobody"])
def test_a_reassignment_goes_to_another_department_that_exists(department: str) -> None:
    fields = CommandFields(department=department, reason="Not ours.")

    assert "department" in problems(a_request(S.ROUTED), C.REASSIGN, SUPERVISOR, fields)


def test_what_is_returned_is_nobodys_until_the_desk_has_looked() -> None:
    after = taken(a_request(S.ACCEPTED, assignee="worker-1", escalation=1), C.RETURN, a_worker())

    assert (after.assignee, after.escalation) == (None, 0)


def test_an_answer_is_public_and_names_who_gave_it() -> None:
    before = replace(HELD, escalation=2)

    after = taken(before, C.RESOLVE, a_worker())

    assert after.outcome == FIELDS.outcome
    assert after.status_notes == "We filled the hole."
    assert (after.assignee, after.hold, after.escalation) == ("worker-1", None, 0)


def test_the_effect_of_an_answer_asks_for_the_answer_itself() -> None:
    """Its own guard, should the page of steps ever forget to ask."""
    with pytest.raises(InvalidInput):
        EFFECTS[C.RESOLVE](a_request(S.ACCEPTED), a_doing(C.RESOLVE, fields=CommandFields()))


def test_a_request_is_no_duplicate_of_itself() -> None:
    fields = CommandFields(outcome=an_outcome(OutcomeKind.DUPLICATE, duplicate_of=ID))

    assert "duplicate_of" in problems(a_request(S.ACCEPTED), C.RESOLVE, SUPERVISOR, fields)


@pytest.mark.parametrize("source", [S.RESOLVED, S.CLOSED])
@pytest.mark.parametrize(("command", "actor"), [(C.DISPUTE, RESIDENT), (C.REOPEN, AGENT)])
def test_work_starts_anew_and_not_with_who_closed_it(
    source: Status, command: Command, actor: Any
) -> None:
    before = a_request(source, turn=4, tell_turn=4, escalation=1)

    after = taken(before, command, actor, now=LATER)

    assert (after.status, after.department) == (S.ROUTED, "streets")
    assert (after.generation, after.round) == (2, 2)
    assert (after.turn, after.tell_turn, after.generation_turn) == (5, 5, 5)
    assert after.generation_at == LATER
    assert (after.outcome, after.status_notes, after.assignee) == (None, None, None)
    assert after.not_by == "worker-1"
    assert after.escalation == 0
    assert after.expected_at == NOON + timedelta(days=7, hours=3)


def test_a_resident_says_why_and_staff_can_read_it() -> None:
    before = a_request(S.RESOLVED)

    disputed = taken(before, C.DISPUTE, RESIDENT)
    reopened = taken(before, C.REOPEN, AGENT)

    assert disputed.dispute == FIELDS.reason
    assert reopened.dispute is None


@pytest.mark.parametrize("department", [None, "a department of the past"])
def test_what_was_answered_at_the_desk_finds_its_department_when_it_is_disputed(
    department: str | None,
) -> None:
    before = a_request(S.RESOLVED, department=department)

    assert taken(before, C.DISPUTE, RESIDENT).department == "streets"


def test_a_resident_can_dispute_an_answer_for_a_service_that_left_the_list() -> None:
    after = taken(a_request(S.RESOLVED, service_code="gone"), C.DISPUTE, RESIDENT)

    assert after.status is S.ROUTED
    assert after.expected_at is not None


def test_a_photo_is_shown_once() -> None:
    first = taken(a_request(), C.SHOW_PHOTO)

    again = taken(first, C.SHOW_PHOTO)

    assert again.shown == (a_photo(),)
    assert taken(again, C.SHOW_PHOTO, fields=CommandFields()).shown == (a_photo(),)
    more = taken(again, C.SHOW_PHOTO, fields=CommandFields(photo=a_photo(2)))
    assert more.shown == (a_photo(1), a_photo(2))


def test_an_escalation_counts_and_moves_nothing_else() -> None:
    before = a_request(S.ROUTED, turn=3)

    after = taken(before, C.ESCALATE, now=LATER)

    assert after == replace(before, escalation=1, seq=after.seq, head=after.head)


# Turns, timers and what is public -----------------------------------------------------------------


@pytest.mark.parametrize("command", Command)
def test_a_turn_is_counted_for_what_an_execution_must_hear(command: Command) -> None:
    for source in sources(command):
        step = STEPS[command, source]
        before = a_request(source, turn=7, tell_turn=3, department="streets")

        after = taken(before, command, somebody(command, source), now=LATER)

        assert after.turn == (8 if step.signals else 7)
        assert after.tell_turn == (8 if step.tells else 3)
        assert after.generation == (2 if step.renews else 1)
        assert after.generation_turn == (8 if step.renews else 1)


@pytest.mark.parametrize("command", Command)
def test_a_timer_runs_from_entering_a_status_and_from_nothing_else(command: Command) -> None:
    for source in sources(command):
        before = a_request(source, department="streets")

        after = taken(before, command, somebody(command, source), now=LATER)

        assert after.entered_at == (NOON if after.status is source else LATER)


def test_the_public_time_moves_only_with_what_the_public_sees() -> None:
    routed = a_request(S.ROUTED)

    assert taken(routed, C.ACCEPT, SUPERVISOR, now=LATER).updated_at == LATER
    assert taken(routed, C.ESCALATE, now=LATER).updated_at == NOON
    assert taken(a_request(S.IN_TRIAGE), C.ESCALATE, now=LATER).updated_at == NOON
    assert taken(routed, C.SHOW_PHOTO, now=LATER).updated_at == LATER


@pytest.mark.parametrize(
    ("command", "source", "actor"),
    [
        (C.START, S.ACCEPTED, SUPERVISOR),
        (C.WAIT, S.ACCEPTED, SUPERVISOR),
        (C.COMMENT, S.CLOSED, PARTNER),
    ],
)
def test_the_public_time_moves_with_what_the_public_is_told(
    command: Command, source: Status, actor: Actor
) -> None:
    assert taken(a_request(source), command, actor, now=LATER).updated_at == LATER
    private = a_request(source, private=True)
    assert taken(private, command, actor, now=LATER).updated_at == NOON


def test_a_private_request_has_no_public_time_to_move() -> None:
    after = taken(a_request(S.ROUTED, private=True), C.ACCEPT, SUPERVISOR, now=LATER)

    assert after.updated_at == NOON


# The audit event ----------------------------------------------------------------------------------


@pytest.mark.parametrize("command", Command)
def test_each_step_leaves_one_event_that_follows_the_last(command: Command) -> None:
    for source in sources(command):
        before = a_request(source, seq=5, department="streets")
        actor = somebody(command, source)

        advanced = advance(before, a_doing(command, actor, now=LATER))

        event, after = advanced.event, advanced.request
        assert (event.seq, event.prev) == (6, before.head)
        assert (after.seq, after.head) == (6, event.hash)
        assert event.hash == event.computed_hash()
        assert (event.action, event.role, event.subject) == (command, actor.role, actor.subject)
        assert event.at == "2026-11-03T20:00:00.000Z"
        assert event.versions == VERSIONS.on_record()
        assert (event.details["from"], event.details["to"]) == (source, after.status)
        assert event.details["department"] == after.department


def test_a_refused_step_leaves_the_request_as_it_was() -> None:
    before = a_request(S.ROUTED)
    copy = replace(before)

    with pytest.raises(InvalidInput):
        advance(before, a_doing(C.REASSIGN, SUPERVISOR, fields=CommandFields()))

    assert before == copy


WORDS = "My neighbour Zelda has keys"


@pytest.mark.parametrize("command", Command)
def test_no_word_of_a_resident_enters_the_audit(command: Command) -> None:
    for source in sources(command):
        before = a_request(
            source, description=WORDS, dispute=WORDS, answers={"1": (WORDS,)}, sender={"x": WORDS}
        )
        actor = somebody(command, source)
        said = actor.role in (Role.RESIDENT, Role.PARTNER)
        fields = replace(FIELDS, reason=WORDS) if said else FIELDS
        department = "streets"

        event = advance(
            replace(before, department=department), a_doing(command, actor, fields=fields)
        ).event

        said = canonical([event.details, event.subject, event.versions])
        assert WORDS.encode() not in said
        assert b"Zelda" not in said
        assert before.capability_digest.encode() not in said


def test_the_reason_of_staff_is_on_record() -> None:
    event = advance(a_request(S.ROUTED), a_doing(C.REASSIGN, SUPERVISOR)).event

    assert event.details["reason"] == FIELDS.reason
    assert event.details["department"] == "water"


def test_a_hold_is_on_record_with_its_day() -> None:
    event = advance(a_request(S.ACCEPTED), a_doing(C.WAIT, SUPERVISOR)).event

    assert event.details["until"] == "2026-11-06T17:00:00.000Z"


@pytest.mark.parametrize("kind", OutcomeKind)
def test_an_answer_is_on_record_whole(kind: OutcomeKind) -> None:
    outcome = an_outcome(kind)

    event = advance(
        a_request(S.ACCEPTED), a_doing(C.RESOLVE, SUPERVISOR, fields=CommandFields(outcome=outcome))
    ).event

    said = event.details
    assert (said["outcome"], said["note"]) == (kind, outcome.note)
    assert (said["evidence"], said["whose"]) == (outcome.evidence, outcome.whose)
    assert said["duplicate_of"] == outcome.duplicate_of
    until = "2027-02-01T17:00:00.000Z" if outcome.until else None
    assert said["planned_until"] == until


def test_what_a_step_does_not_carry_had_no_effect_and_is_not_on_record() -> None:
    before = a_request(S.ROUTED, decision=a_decision())

    advanced = advance(before, a_doing(C.ACCEPT, SUPERVISOR))

    assert advanced.request.outcome is None
    assert advanced.event.details.keys() & {"outcome", "note", "until", "found"} == set()


def test_what_triage_decided_is_on_record() -> None:
    decision = a_decision(duplicate_of=(ID,), needs_person="Unclear.", priority=Priority.HIGH)

    said = advance(
        a_request(), a_doing(C.REVIEW, fields=CommandFields(decision=decision))
    ).event.details

    assert said["found"] == "chosen"
    assert (said["service_code"], said["priority"]) == ("pothole", "high")
    assert said["route_reason"] == decision.route_reason
    assert (said["needs_person"], said["duplicate_of"]) == ("Unclear.", [ID])
    assert said["triage"] == "keywords-1"


def test_what_a_person_decided_is_on_record() -> None:
    fields = CommandFields(service_code="main_break")

    said = advance(a_request(S.IN_TRIAGE), a_doing(C.TRIAGE, AGENT, fields=fields)).event.details

    assert (said["found"], said["service_code"]) == ("by_person", "main_break")
    assert (said["department"], said["triage"]) == ("water", "person")


def test_into_whose_hands_it_went_is_on_record() -> None:
    fields = CommandFields(assignee="crew-7")

    said = advance(a_request(S.ROUTED), a_doing(C.ACCEPT, SUPERVISOR, fields=fields)).event.details

    assert said["assignee"] == "crew-7"


def test_a_promise_that_moved_is_on_record_before_and_after() -> None:
    decision = a_decision(service_code="main_break", department="water")
    doing = a_doing(C.ROUTE, fields=CommandFields(decision=decision))

    moved = advance(a_request(), doing).event.details
    made = advance(a_request(expected_at=None), doing).event.details
    kept = advance(a_request(), a_doing(C.ROUTE)).event.details

    assert moved["promised_before"] == "2026-11-10T17:00:00.000Z"
    assert moved["promised"] == "2026-11-04T05:00:00.000Z"
    assert (made["promised_before"], made["promised"]) == (None, "2026-11-04T05:00:00.000Z")
    assert "promised" not in kept


def test_a_step_may_add_details_of_its_own() -> None:
    doing = a_doing(C.ESCALATE, details={"escalation": 1})

    assert advance(a_request(S.ROUTED), doing).event.details["escalation"] == 1


def test_a_step_works_in_another_city_alike() -> None:
    lamp = a_service("lamp", "Street lamp")
    city = with_service(lamp, a_city(name="Elsewhere"))
    fields = CommandFields(service_code="lamp")

    after = taken(a_request(S.IN_TRIAGE), C.TRIAGE, AGENT, city=city, fields=fields)

    assert (after.service_code, after.department) == ("lamp", "streets")
    assert TOWN.services["pothole"] is POTHOLE
    assert advance(a_request(S.ROUTED), a_doing(C.ESCALATE, SYSTEM, city=city)).step.target is (
        S.ROUTED
    )
