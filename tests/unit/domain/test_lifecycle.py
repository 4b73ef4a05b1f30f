"""The table of steps, restated by hand: a step that appears, vanishes or moves fails here."""

from itertools import product

import pytest

from city311.domain.advance import advance
from city311.domain.errors import Forbidden, ForbiddenTransition
from city311.domain.lifecycle import (
    NEW,
    OPEN,
    PUBLIC,
    RESIDENT_STAGES,
    STEPS,
    WORKING,
    Command,
    PublicStatus,
    Role,
    Stage,
    Status,
    commands_from,
    step_for,
)
from tests.builders import a_doing, a_request, an_actor
from tests.partners import KEY_ID, PARTNER

S, C, R = Status, Command, Role
SYSTEM = {R.SYSTEM}
DESK = {R.AGENT, R.SUPERVISOR, R.ADMIN}
WORKERS = {R.DEPARTMENT, R.SUPERVISOR, R.ADMIN}
STAFF = DESK | WORKERS
RESIDENT = {R.RESIDENT}
PARTNERS = {R.PARTNER}

# command, where it may be taken, where it leads (None: nowhere else), who may
ALLOWED: list[tuple[Command, set[Status], Status | None, set[Role]]] = [
    (C.ROUTE, {S.RECEIVED}, S.ROUTED, SYSTEM),
    (C.REVIEW, {S.RECEIVED}, S.IN_TRIAGE, SYSTEM),
    (C.TRIAGE, {S.IN_TRIAGE}, S.ROUTED, DESK),
    (C.ACCEPT, {S.ROUTED}, S.ACCEPTED, WORKERS),
    (C.START, {S.ROUTED, S.ACCEPTED, S.ON_HOLD}, S.IN_PROGRESS, WORKERS),
    (C.WAIT, {S.ACCEPTED, S.IN_PROGRESS}, S.ON_HOLD, WORKERS),
    (C.REASSIGN, {S.ROUTED, S.ACCEPTED, S.IN_PROGRESS, S.ON_HOLD}, S.ROUTED, STAFF),
    (C.RETURN, {S.ROUTED, S.ACCEPTED, S.IN_PROGRESS, S.ON_HOLD}, S.IN_TRIAGE, STAFF),
    (C.RESOLVE, {S.ACCEPTED, S.IN_PROGRESS, S.ON_HOLD}, S.RESOLVED, WORKERS),
    (C.RESOLVE, {S.IN_TRIAGE}, S.RESOLVED, DESK),
    (C.CONFIRM, {S.RESOLVED}, S.CLOSED, RESIDENT),
    (C.CLOSE, {S.RESOLVED}, S.CLOSED, SYSTEM),
    (C.DISPUTE, {S.RESOLVED, S.CLOSED}, S.ROUTED, RESIDENT | PARTNERS),
    (C.REOPEN, {S.RESOLVED, S.CLOSED}, S.ROUTED, DESK),
    (
        C.ESCALATE,
        {S.IN_TRIAGE, S.ROUTED, S.ACCEPTED, S.IN_PROGRESS, S.ON_HOLD},
        None,
        SYSTEM,
    ),
    (C.CONTINUE, set(S) - {S.CLOSED}, None, SYSTEM),
    (C.SHOW_PHOTO, set(S), None, SYSTEM),
    (C.COMMENT, set(S), None, PARTNERS),
]
WHO = {
    (command, source): (target or source, roles)
    for command, sources, target, roles in ALLOWED
    for source in sources
}
CARRIES = {
    C.TRIAGE: {"service_code"},
    C.WAIT: {"reason", "until"},
    C.REASSIGN: {"department", "reason"},
    C.RETURN: {"reason"},
    C.RESOLVE: {"outcome", "note"},
    C.DISPUTE: {"reason"},
    C.REOPEN: {"reason"},
}
TELLS = {
    (C.ACCEPT, S.ROUTED): Stage.IN_PROGRESS,
    (C.START, S.ROUTED): Stage.IN_PROGRESS,
    **{(C.RESOLVE, source): Stage.RESOLVED for source in S},
    **{(command, source): Stage.REOPENED for command in (C.DISPUTE, C.REOPEN) for source in S},
}
UNHEARD = {(C.START, S.ACCEPTED)} | {
    (command, source)
    for command in (C.ROUTE, C.REVIEW, C.CLOSE, C.ESCALATE, C.SHOW_PHOTO, C.COMMENT)
    for source in S
}


@pytest.mark.parametrize("command", Command)
def test_each_role_may_take_exactly_the_steps_of_the_page(command: Command) -> None:
    for source, role in product(Status, Role):
        if (command, source) not in WHO:
            with pytest.raises(ForbiddenTransition):
                step_for(command, source, role)
        elif role not in WHO[command, source][1]:
            with pytest.raises(Forbidden):
                step_for(command, source, role)
        else:
            assert step_for(command, source, role).target is WHO[command, source][0]


def test_the_table_holds_the_steps_of_the_page_and_no_other() -> None:
    assert set(STEPS) == set(WHO)


@pytest.mark.parametrize("command", Command)
def test_each_step_carries_tells_and_signals_as_the_page_says(command: Command) -> None:
    for source in [at for verb, at in WHO if verb is command]:
        step = STEPS[command, source]

        assert step.carries == CARRIES.get(command, set())
        assert step.tells is TELLS.get((command, source))
        assert step.signals is ((command, source) not in UNHEARD)
        assert step.renews is (command in (C.DISPUTE, C.REOPEN, C.CONTINUE))


@pytest.mark.parametrize("command", Command)
def test_every_command_in_every_status_by_every_role_is_taken_or_rightly_refused(
    command: Command,
) -> None:
    for source, role in product(Status, Role):
        request = a_request(source, department="streets", partner=KEY_ID)
        actor = PARTNER if role is R.PARTNER else an_actor(role, "somebody", "streets")
        doing = a_doing(command, actor)

        if (command, source) not in WHO:
            with pytest.raises(ForbiddenTransition):
                advance(request, doing)
        elif role not in WHO[command, source][1]:
            with pytest.raises(Forbidden):
                advance(request, doing)
        else:
            assert advance(request, doing).request.status is WHO[command, source][0]


def test_every_status_is_reached_from_received() -> None:
    reached, frontier = {S.RECEIVED}, [S.RECEIVED]
    while frontier:
        here = frontier.pop()
        new = {target for (_, source), (target, _) in WHO.items() if source is here} - reached
        reached |= new
        frontier += new

    assert reached == set(S)


@pytest.mark.parametrize("status", Status)
def test_no_status_is_a_dead_end(status: Status) -> None:
    onward = {step.target for (_, source), step in STEPS.items() if source is status}

    assert onward - {status}


@pytest.mark.parametrize("status", sorted(OPEN))
def test_from_every_open_status_people_can_reach_an_answer(status: Status) -> None:
    reached, frontier = {status}, [status]
    while frontier:
        here = frontier.pop()
        new = {
            step.target
            for (_, source), step in STEPS.items()
            if source is here and (step.roles - {R.SYSTEM} or here is S.RECEIVED)
        } - reached
        reached |= new
        frontier += new

    assert S.RESOLVED in reached


def test_residents_see_three_statuses() -> None:
    assert {status: PUBLIC[status].value for status in Status} == {
        S.RECEIVED: "received",
        S.IN_TRIAGE: "received",
        S.ROUTED: "received",
        S.ACCEPTED: "in_progress",
        S.IN_PROGRESS: "in_progress",
        S.ON_HOLD: "in_progress",
        S.RESOLVED: "resolved",
        S.CLOSED: "resolved",
    }
    assert [each.value for each in PublicStatus] == ["received", "in_progress", "resolved"]


def test_open_is_what_nobody_has_answered() -> None:
    assert set(S) - {S.RESOLVED, S.CLOSED} == OPEN
    assert not WORKING & NEW


def test_departments_are_told_of_work_and_residents_of_all_else() -> None:
    assert set(Stage) - {Stage.WORK} == set(RESIDENT_STAGES)


def test_a_menu_shows_what_the_role_may_do_and_nothing_else() -> None:
    assert set(commands_from(S.RESOLVED, R.RESIDENT)) == {C.CONFIRM, C.DISPUTE}
    assert set(commands_from(S.CLOSED, R.RESIDENT)) == {C.DISPUTE}
    assert set(commands_from(S.ROUTED, R.RESIDENT)) == set()
    assert set(commands_from(S.ROUTED, R.DEPARTMENT)) == {C.ACCEPT, C.START, C.REASSIGN, C.RETURN}
    assert set(commands_from(S.IN_TRIAGE, R.AGENT)) == {C.TRIAGE, C.RESOLVE}
    for status in Status:
        assert commands_from(status, R.AUDITOR) == ()
    assert set(commands_from(S.ROUTED, R.PARTNER)) == {C.COMMENT}


@pytest.mark.parametrize("filed_by", [None, "ZZZZZZZZ"])
def test_a_partner_speaks_only_for_the_residents_whose_reports_they_sent(
    filed_by: str | None,
) -> None:
    with pytest.raises(Forbidden, match="who sent the report"):
        advance(a_request(S.RESOLVED, partner=filed_by), a_doing(C.DISPUTE, PARTNER))


def test_a_refusal_names_the_status_and_the_command() -> None:
    with pytest.raises(ForbiddenTransition, match=r"closed.*accept"):
        step_for(C.ACCEPT, S.CLOSED, R.ADMIN)
    with pytest.raises(Forbidden, match=r"auditor.*accept"):
        step_for(C.ACCEPT, S.ROUTED, R.AUDITOR)
