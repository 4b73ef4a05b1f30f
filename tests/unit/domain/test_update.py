"""What the public is told of each step, restated by hand: no step without a word or a reason."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city311.domain.advance import Advanced, advance
from city311.domain.audit import Actor
from city311.domain.effects import CommandFields
from city311.domain.lifecycle import STEPS, Command, Role, Status
from city311.domain.outcomes import OutcomeKind
from city311.domain.request import Hold
from city311.domain.update import (
    OUTCOMES,
    TELLINGS,
    PublicUpdate,
    UpdateStatus,
    telling,
)
from tests.builders import (
    FIELDS,
    ID,
    NOON,
    SYSTEM,
    a_decision,
    a_doing,
    a_request,
    a_worker,
    an_actor,
    an_outcome,
)
from tests.partners import KEY_ID, PARTNER

C, S, W, K = Command, Status, UpdateStatus, OutcomeKind
SUPERVISOR, RESIDENT = an_actor(Role.SUPERVISOR), an_actor(Role.RESIDENT, "private-link")
LATER = NOON + timedelta(hours=3)
SAID = "Sentinel words that somebody said to somebody"

TOLD: dict[tuple[Command, Status], tuple[UpdateStatus, str | None]] = {
    (C.ACCEPT, S.ROUTED): (W.IN_PROGRESS, "accepted"),
    **{(C.START, at): (W.IN_PROGRESS, "in_progress") for at in (S.ROUTED, S.ACCEPTED, S.ON_HOLD)},
    **{(C.WAIT, at): (W.ACTION_SCHEDULED, "waiting") for at in (S.ACCEPTED, S.IN_PROGRESS)},
    **{
        (C.REASSIGN, at): (W.OPEN, "assigned")
        for at in (S.ROUTED, S.ACCEPTED, S.IN_PROGRESS, S.ON_HOLD)
    },
    **{(C.RETURN, at): (W.OPEN, "in_triage") for at in (S.ACCEPTED, S.IN_PROGRESS, S.ON_HOLD)},
    **{
        (C.RESOLVE, at): (W.FIXED, "fixed")
        for at in (S.IN_TRIAGE, S.ACCEPTED, S.IN_PROGRESS, S.ON_HOLD)
    },
    **{
        (command, at): (W.OPEN, "reopened")
        for command in (C.REOPEN, C.DISPUTE)
        for at in (S.RESOLVED, S.CLOSED)
    },
    **{(C.COMMENT, at): (W.UNCHANGED, None) for at in S},
}
"""Each step that is told, with the word and our finer one; all others are not."""
BY_OUTCOME = {
    K.FIXED: W.FIXED,
    K.NOT_OURS: W.NOT_COUNCILS_RESPONSIBILITY,
    K.DUPLICATE: W.DUPLICATE,
    K.PLANNED: W.PLANNED,
    K.DECLINED: W.NO_FURTHER_ACTION,
    K.NO_ACCESS: W.NO_FURTHER_ACTION,
    K.COULD_NOT_FIND: W.NO_FURTHER_ACTION,
    K.ANSWERED: W.CLOSED,
}


def stepped(
    command: Command, source: Status, actor: Actor | None = None, **changes: Any
) -> Advanced:
    """The step, taken by whoever may, with all that any step may carry."""
    role = min(STEPS[command, source].roles)
    before = replace(a_request(source, partner=KEY_ID), **changes)
    someone = PARTNER if role is Role.PARTNER else an_actor(role, "somebody", "streets")
    return advance(before, a_doing(command, actor or someone, now=LATER))


def told(command: Command, source: Status, **changes: Any) -> PublicUpdate:
    update = stepped(command, source, **changes).update
    assert update is not None
    return update


@pytest.mark.parametrize(("command", "source"), sorted(STEPS))
def test_every_step_is_told_as_the_page_says_or_has_a_reason_not_to_be(
    command: Command, source: Status
) -> None:
    advanced = stepped(command, source)
    update = advanced.update

    if (command, source) in TOLD:
        assert update is not None
        assert (update.status, update.code) == TOLD[command, source]
        assert (update.service_request_id, update.at) == (ID, LATER)
        assert update.seq == advanced.event.seq == advanced.request.seq
        assert update.update_id == f"{ID}-{update.seq}"
        assert advanced.request.updated_at == LATER
    else:
        assert update is None
        assert len(telling(command, a_request(source), a_request(source)).why) > 20


def test_every_command_and_outcome_has_a_reason() -> None:
    assert set(TELLINGS) == set(Command)
    assert set(OUTCOMES) == set(OutcomeKind)
    assert all(each.why for each in (*TELLINGS.values(), *OUTCOMES.values()))


@pytest.mark.parametrize("kind", OutcomeKind)
def test_each_outcome_has_its_word_the_city_s_note_and_itself_as_the_finer_word(
    kind: OutcomeKind,
) -> None:
    fields = CommandFields(outcome=an_outcome(kind, note="This is what became of it."))
    doing = a_doing(C.RESOLVE, a_worker(), fields=fields)

    update = advance(a_request(S.ACCEPTED), doing).update

    assert update is not None
    assert (update.status, update.code) == (BY_OUTCOME[kind], kind.value)
    assert update.description == "This is what became of it."


def test_no_word_closes_at_the_other_side_what_is_open_here() -> None:
    # FixMyStreet counts these as closed or fixed.
    closing = {
        W.CLOSED,
        W.FIXED,
        W.DUPLICATE,
        W.NOT_COUNCILS_RESPONSIBILITY,
        W.NO_FURTHER_ACTION,
        W.INTERNAL_REFERRAL,
        W.CANCELLED,
    }
    still_open = {word for (command, _), (word, _) in TOLD.items() if command is not C.RESOLVE}

    assert not still_open & closing


def test_nothing_is_told_of_a_private_request() -> None:
    for command, source in STEPS:
        assert stepped(command, source, private=True).update is None


def test_nothing_is_told_of_a_request_that_becomes_private() -> None:
    doing = a_doing(C.TRIAGE, SUPERVISOR, fields=CommandFields(service_code="noise", reason=SAID))

    assert advance(a_request(S.IN_TRIAGE), doing).update is None


@pytest.mark.parametrize(
    ("command", "source", "actor", "fields"),
    [
        (C.ROUTE, S.RECEIVED, SYSTEM, CommandFields(decision=a_decision(service_code="tree"))),
        (C.TRIAGE, S.IN_TRIAGE, SUPERVISOR, CommandFields(service_code="tree", reason=SAID)),
    ],
)
def test_what_has_become_another_service_is_told_with_that_service(
    command: Command, source: Status, actor: Actor, fields: CommandFields
) -> None:
    update = advance(a_request(source), a_doing(command, actor, fields=fields)).update

    assert update is not None
    assert (update.status, update.code) == (W.UNCHANGED, "assigned")
    assert update.service_code == "tree"
    assert update.description == ""


def test_what_stays_the_same_service_names_none() -> None:
    assert told(C.ACCEPT, S.ROUTED).service_code is None


def test_the_reason_why_it_waits_is_told_and_why_it_goes_on_is_not() -> None:
    assert told(C.WAIT, S.ACCEPTED).description == FIELDS.reason
    assert told(C.START, S.ON_HOLD, hold=Hold(reason=SAID, until=LATER)).description == ""


@pytest.mark.parametrize(
    ("command", "source"),
    sorted(step for step in TOLD if step[0] not in (C.WAIT, C.RESOLVE, C.COMMENT)),
)
def test_what_staff_say_to_each_other_or_a_resident_to_staff_is_not_told(
    command: Command, source: Status
) -> None:
    actor = RESIDENT if command is C.DISPUTE else SUPERVISOR
    fields = replace(FIELDS, reason=SAID, note=SAID)

    update = advance(a_request(source), a_doing(command, actor, fields=fields)).update

    assert update is not None
    assert SAID not in repr(update)


@given(text=st.text(max_size=200), source=st.sampled_from(Status))
def test_a_partners_words_are_told_as_posted_and_never_recorded(text: str, source: Status) -> None:
    fields = CommandFields(reason=text or None, photos=("P" * 26,))
    doing = a_doing(C.COMMENT, PARTNER, fields=fields, details={"said": "fixed"})

    advanced = advance(a_request(source), doing)

    assert advanced.update is not None
    assert (advanced.update.description, advanced.update.photos) == (text, ("P" * 26,))
    assert "reason" not in advanced.event.details
    assert (advanced.event.details["said"], advanced.event.details["photos"]) == ("fixed", 1)


def test_a_partners_dispute_tells_the_words_that_were_posted() -> None:
    update = stepped(C.DISPUTE, S.RESOLVED, PARTNER).update

    assert update is not None
    assert update.description == FIELDS.reason


def test_a_comment_moves_nothing_but_brings_its_photos_and_links() -> None:
    before = a_request(S.CLOSED, photos=("A",), media_urls=("https://a.example/1",))
    fields = CommandFields(photos=("B",), media_urls=("https://a.example/2",))

    after = advance(before, a_doing(C.COMMENT, PARTNER, fields=fields, now=LATER)).request

    moved = replace(
        before,
        photos=("A", "B"),
        media_urls=("https://a.example/1", "https://a.example/2"),
        updated_at=LATER,
        seq=after.seq,
        head=after.head,
    )
    assert after == moved
