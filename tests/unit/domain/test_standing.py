"""Where a request stands, as its execution hears it, and when each clock runs out."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from city311.domain.catalogue import Priority
from city311.domain.lifecycle import NEW, WORKING, Command, Role, Status
from city311.domain.request import Hold, ServiceRequest
from city311.domain.standing import (
    GENERATION_LIFE,
    GENERATION_TURNS,
    LONGEST_WAIT_SECONDS,
    Standing,
    due_at,
    first_standing,
    outlived,
    standing,
)
from tests.builders import ID, NOON, a_request, an_actor, taken
from tests.towns import MAIN_BREAK, TOWN, a_city

S = Status
DAY = timedelta(days=1)


def stands(
    request: ServiceRequest,
    generation: int = 1,
    handled: int = 1,
    **changes: Any,
) -> Standing:
    now = changes.pop("now", NOON)
    city = changes.pop("city", TOWN)
    return standing(request, city, generation=generation, handled=handled, now=now)


def begins(request: ServiceRequest, generation: int = 1) -> Standing:
    return first_standing(request, TOWN, generation=generation, now=NOON)


# What it says -------------------------------------------------------------------------------------


def test_it_holds_what_the_state_machine_branches_on_and_no_word_of_a_resident() -> None:
    request = a_request(S.ROUTED, turn=3, priority=Priority.HIGH, dispute="Zelda", escalation=1)

    output = stands(request, handled=3).as_output()

    assert output == {
        "service_request_id": ID,
        "status": "routed",
        "turn": 3,
        "generation": 1,
        "fresh": False,
        "emergency": False,
        "tell": False,
        "stage": "resolved",
        "event": "assigned",
        "event_id": f"{ID}-g1-t3-e1",
        "service_code": "pothole",
        "department": "streets",
        "owner": "streets",
        "district": "west",
        "priority": "high",
        "due_at": "2026-11-05T17:00:00Z",
        "escalation": 1,
        "wait_seconds": 2 * 86_400 + 1,
    }
    assert json.loads(json.dumps(output)) == output


@pytest.mark.parametrize("status", Status)
def test_the_status_is_the_internal_word(status: Status) -> None:
    assert stands(a_request(status)).status == status.value


def test_an_earlier_generation_hears_that_it_is_superseded() -> None:
    told = stands(a_request(S.ROUTED, generation=2, turn=5, tell_turn=5), generation=1)

    assert told.status == "superseded"
    assert not told.tell
    assert told.generation == 2


@pytest.mark.parametrize(
    ("tell_turn", "handled", "tell"), [(0, 0, False), (2, 1, True), (2, 2, False), (2, 3, False)]
)
def test_a_message_is_owed_for_a_turn_that_was_not_handled(
    tell_turn: int, handled: int, tell: bool
) -> None:
    request = a_request(S.ACCEPTED, turn=3, tell_turn=tell_turn)

    assert stands(request, handled=handled).tell is tell


@pytest.mark.parametrize("status", sorted(WORKING))
def test_what_is_being_worked_on_is_told_as_in_progress(status: Status) -> None:
    assert stands(a_request(status)).stage == "in_progress"


@pytest.mark.parametrize("status", [S.RESOLVED, S.CLOSED])
def test_what_is_answered_is_told_as_resolved(status: Status) -> None:
    assert stands(a_request(status)).stage == "resolved"


@pytest.mark.parametrize(
    ("escalation", "owner"), [(0, "streets"), (1, "streets"), (2, "desk"), (3, "desk")]
)
def test_an_escalation_goes_to_the_department_first_and_then_to_the_front_desk(
    escalation: int, owner: str
) -> None:
    told = stands(a_request(S.ROUTED, escalation=escalation))

    assert (told.department, told.owner) == ("streets", owner)


def test_what_has_no_department_yet_is_the_front_desks() -> None:
    told = stands(a_request(S.IN_TRIAGE))

    assert (told.department, told.owner) == ("desk", "desk")


def test_a_place_outside_every_district_is_in_none() -> None:
    place = replace(a_request().place, district=None)

    assert stands(a_request(place=place)).district == "none"


def test_each_turn_and_each_escalation_is_an_event_of_its_own() -> None:
    requests = [
        a_request(S.ROUTED, generation=generation, turn=turn, escalation=escalation)
        for generation in (1, 2)
        for turn in (1, 2)
        for escalation in (0, 1)
    ]

    assert len({stands(each).event_id for each in requests}) == len(requests)


# How an execution begins --------------------------------------------------------------------------


@pytest.mark.parametrize("status", sorted(NEW))
def test_the_first_execution_begins_fresh_and_tells_that_it_was_received(status: Status) -> None:
    told = begins(a_request(status))

    assert told.fresh
    assert (told.status, told.stage, told.event) == (status.value, "received", "assigned")
    assert (told.turn, told.tell) == (1, False)


@pytest.mark.parametrize(
    ("priority", "alarm"), [(Priority.EMERGENCY, True), (Priority.HIGH, False)]
)
def test_danger_raises_the_alarm_when_the_first_execution_begins(
    priority: Priority, alarm: bool
) -> None:
    assert begins(a_request(S.ROUTED, priority=priority)).emergency is alarm


def test_a_later_round_begins_with_its_own_message_and_no_second_alarm() -> None:
    request = a_request(
        S.ROUTED,
        generation=2,
        round=2,
        turn=5,
        tell_turn=5,
        generation_turn=5,
        priority=Priority.EMERGENCY,
    )

    told = begins(request, generation=2)

    assert told.fresh
    assert (told.stage, told.event) == ("reopened", "reopened")
    assert not told.emergency


@pytest.mark.parametrize("status", sorted(set(S) - NEW))
def test_a_generation_that_goes_on_is_not_fresh_and_tells_what_may_not_have_been_told(
    status: Status,
) -> None:
    request = a_request(status, generation=2, turn=4, tell_turn=3, generation_turn=4)

    told = begins(request, generation=2)

    assert not told.fresh
    assert told.status == status.value
    assert told.tell


@pytest.mark.parametrize("status", Status)
def test_what_people_moved_before_the_execution_began_is_waited_for_as_of_its_beginning(
    status: Status,
) -> None:
    request = a_request(status, turn=3, tell_turn=3, priority=Priority.EMERGENCY)

    told = begins(request)

    assert (told.status, told.turn) == ("in_triage", 1)
    assert told.fresh
    assert told.emergency
    assert (told.stage, told.event) == ("received", "assigned")


def test_what_was_moved_since_a_later_generation_began_is_waited_for_as_of_then() -> None:
    request = a_request(S.ACCEPTED, generation=2, round=2, turn=6, generation_turn=5)

    told = begins(request, generation=2)

    assert (told.status, told.turn, told.stage) == ("in_triage", 5, "reopened")


def test_an_execution_that_begins_too_late_hears_that_it_is_superseded() -> None:
    told = begins(a_request(S.ROUTED, generation=2), generation=1)

    assert (told.status, told.fresh) == ("superseded", False)


# Clocks -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", sorted(NEW))
@pytest.mark.parametrize(("escalation", "days"), [(0, 1), (1, 2), (2, 3)])
def test_what_nobody_picks_up_is_due_one_pick_up_time_after_another(
    status: Status, escalation: int, days: int
) -> None:
    # Eight business hours are one day; noon leads to noon.
    assert due_at(a_request(status, escalation=escalation), TOWN) == NOON + days * DAY


@pytest.mark.parametrize("status", [S.ACCEPTED, S.IN_PROGRESS, S.ON_HOLD])
@pytest.mark.parametrize(("escalation", "days"), [(0, 7), (1, 8), (2, 9)])
def test_what_is_being_worked_on_is_due_when_it_was_promised(
    status: Status, escalation: int, days: int
) -> None:
    assert due_at(a_request(status, escalation=escalation), TOWN) == NOON + days * DAY


def test_a_promise_at_closing_time_is_due_at_closing_time() -> None:
    closing = NOON + timedelta(hours=5)

    assert due_at(a_request(S.ACCEPTED, expected_at=closing), TOWN) == closing


def test_work_without_a_promise_is_due_like_what_nobody_picked_up() -> None:
    assert due_at(a_request(S.ACCEPTED, expected_at=None), TOWN) == NOON + DAY


@pytest.mark.parametrize(("escalation", "days"), [(0, 3), (1, 6)])
def test_work_on_hold_is_due_when_the_hold_ends(escalation: int, days: int) -> None:
    hold = Hold(reason="Parts", until=NOON + 3 * DAY)
    request = a_request(S.ON_HOLD, hold=hold, escalation=escalation)

    # Friday noon; eight hours later it is Monday.
    assert due_at(request, TOWN) == NOON + days * DAY


def test_a_hold_that_ends_at_night_is_looked_at_when_the_city_opens() -> None:
    hold = Hold(reason="Parts", until=NOON + timedelta(hours=12))

    assert due_at(a_request(S.ON_HOLD, hold=hold), TOWN) == NOON + timedelta(hours=21)


def test_the_residents_word_is_waited_for_in_whole_days_whatever_the_calendar() -> None:
    assert due_at(a_request(S.RESOLVED, service_code="pothole"), TOWN) == NOON + 7 * DAY
    assert due_at(a_request(S.RESOLVED), a_city(reopen_days=3)) == NOON + 3 * DAY


def test_a_service_may_keep_a_clock_that_never_rests() -> None:
    request = a_request(S.ROUTED, service_code="main_break", escalation=1)

    assert due_at(request, TOWN) == NOON + timedelta(hours=2)
    assert MAIN_BREAK.promise.pick_up_hours == 1


def test_a_service_that_left_the_list_keeps_the_clock_of_the_fallback() -> None:
    assert due_at(a_request(S.ROUTED, service_code="gone"), TOWN) == NOON + DAY


@pytest.mark.parametrize(
    ("late", "seconds"),
    [
        (timedelta(0), 86_401),
        (timedelta(milliseconds=1), 86_401),
        (timedelta(milliseconds=1001), 86_400),
        (DAY, 1),
        (DAY + timedelta(hours=1), 1),
    ],
)
def test_a_wait_ends_just_after_its_clock_and_is_never_shorter_than_a_second(
    late: timedelta, seconds: int
) -> None:
    assert stands(a_request(S.ROUTED), now=NOON + late).wait_seconds == seconds


def test_a_long_wait_is_looked_at_once_a_month() -> None:
    hold = Hold(reason="Spring", until=NOON + 100 * DAY)

    assert stands(a_request(S.ON_HOLD, hold=hold)).wait_seconds == LONGEST_WAIT_SECONDS


def test_a_long_wait_for_the_residents_word_is_not_cut_short() -> None:
    told = stands(a_request(S.RESOLVED), city=a_city(reopen_days=60))

    assert told.wait_seconds == 60 * 86_400 + 1


# A generation's life ------------------------------------------------------------------------------


def test_a_generation_lives_long_but_not_for_ever() -> None:
    request = a_request(S.ON_HOLD)

    assert not outlived(request, NOON + GENERATION_LIFE)
    assert outlived(request, NOON + GENERATION_LIFE + timedelta(milliseconds=1))


def test_a_later_generation_counts_from_its_own_beginning() -> None:
    request = a_request(S.ON_HOLD, generation=2, generation_at=NOON + GENERATION_LIFE)

    assert not outlived(request, NOON + 2 * GENERATION_LIFE)


@pytest.mark.parametrize(
    ("turn", "began", "escalation", "old"),
    [
        (GENERATION_TURNS + 1, 1, 0, False),
        (GENERATION_TURNS + 2, 1, 0, True),
        (1, 1, GENERATION_TURNS, False),
        (1, 1, GENERATION_TURNS + 1, True),
        (GENERATION_TURNS, 1, 2, True),
        (GENERATION_TURNS + 50, 50, 0, False),
    ],
)
def test_a_generation_takes_so_many_turns_and_escalations(
    turn: int, began: int, escalation: int, old: bool
) -> None:
    request = a_request(S.ON_HOLD, turn=turn, generation_turn=began, escalation=escalation)

    assert outlived(request, NOON) is old


def test_the_next_generation_is_young_again() -> None:
    old = a_request(S.ON_HOLD, turn=GENERATION_TURNS + 9)

    renewed = taken(old, Command.CONTINUE, now=NOON + 400 * DAY)

    assert not outlived(renewed, NOON + 401 * DAY)
    assert renewed.execution_name == f"{ID}-g2"


def test_a_dispute_begins_a_generation_of_its_own() -> None:
    resident = an_actor(Role.RESIDENT)

    disputed = taken(a_request(S.RESOLVED), Command.DISPUTE, resident, now=NOON + 400 * DAY)

    assert not outlived(disputed, NOON + 401 * DAY)
