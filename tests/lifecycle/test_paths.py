"""Every path of a request through the real state machine, told as stories."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from city311.domain.catalogue import Priority
from city311.domain.errors import Forbidden, Unavailable
from city311.domain.ledger import LedgerState
from city311.domain.lifecycle import Command, Role, Status
from city311.domain.outcomes import Outcome, OutcomeKind
from city311.domain.request import Place
from city311.ports import PermanentFailure, TransientFailure
from tests.builders import a_report
from tests.lifecycle.machine import ServiceException
from tests.lifecycle.world import FIXED, World
from tests.towns import TOWN

COMMON_PATH = [
    "Triage",
    "Is anybody in danger?",
    "Tell the resident: received",
    "Does a person have to look?",
    "Send to department",
    "Wait for the department",
    "Where does it stand?",
    "Tell the resident: in progress",
    "Wait for the department",
    "Where does it stand?",
    "Tell the resident: resolved",
    "Wait for the resident's word",
    "What did the resident say?",
    "Close",
]


def reported(world: World, **changes: object) -> str:
    return world.file(a_report(**changes)).service_request_id


def resolved(world: World) -> tuple[str, str]:
    """A request on which the city has given its answer, and its capability."""
    filed = world.file(a_report())
    world.staff(Command.ACCEPT, filed.service_request_id)
    world.staff(Command.RESOLVE, filed.service_request_id, outcome=FIXED)
    return filed.service_request_id, filed.capability or ""


def test_a_pothole_door_to_door() -> None:
    world = World()
    name, capability = resolved(world)

    world.word.confirm(name, capability, "")
    world.settle()

    execution = world.execution(name)
    assert execution.states == COMMON_PATH
    assert execution.status == "SUCCEEDED"
    assert world.requests.get(name).status is Status.CLOSED
    assert world.told(name) == ["received", "in_progress", "resolved"]
    assert [topic for topic, _ in world.published] == ["DepartmentTopicPrefixstreets"]
    assert world.chain_problem(name) is None
    assert not world.table.tokens
    assert world.table.filed[name].due_at is None


def test_the_common_path_costs_at_most_fifteen_transitions() -> None:
    assert len(COMMON_PATH) + 1 <= 15  # Step Functions counts the start as one


def test_silence_closes_it_when_the_window_ends() -> None:
    world = World()
    name, _ = resolved(world)

    world.pass_time(timedelta(days=world.city.reopen_days, minutes=1))

    assert world.requests.get(name).status is Status.CLOSED
    assert world.execution(name).states[-2:] == ["Wait for the resident's word", "Close"]
    assert world.execution(name).status == "SUCCEEDED"


def test_a_dispute_goes_to_someone_else_in_a_second_generation() -> None:
    world = World()
    name, capability = resolved(world)

    world.word.dispute(name, capability, "The hole is still there.")
    world.settle()

    assert world.execution(name).states[-2:] == [
        "What did the resident say?",
        "Goes on in a new execution",
    ]
    assert world.execution(name, 2).states == [
        "Triage",
        "Is anybody in danger?",
        "Tell the resident: received",
        "Does a person have to look?",
        "Send to department",
        "Wait for the department",
    ]
    assert world.told(name)[-1] == "reopened"
    assert world.published[-1][1]["event"] == "reopened"
    with pytest.raises(Forbidden, match="somebody else"):
        world.staff(Command.ACCEPT, name, subject="worker-1")
    world.staff(Command.ACCEPT, name, subject="worker-2")
    world.staff(Command.RESOLVE, name, subject="worker-2", outcome=FIXED)
    assert world.told(name) == [
        *("received", "in_progress", "resolved"),
        *("reopened", "in_progress", "resolved"),
    ]
    assert world.chain_problem(name) is None


def test_a_dispute_after_closing_starts_anew_too() -> None:
    world = World()
    name, capability = resolved(world)
    world.word.confirm(name, capability, "")
    world.settle()

    world.word.dispute(name, capability, "It broke open again.")
    world.settle()

    assert world.execution(name, 2).state == "Wait for the department"
    assert world.requests.get(name).status is Status.ROUTED


def test_danger_wakes_the_duty_officer_and_work_goes_on() -> None:
    world = World()

    name = reported(world, description="A gas leak under the road!")

    topics = [topic for topic, _ in world.published]
    assert topics == ["EmergencyTopic", "DepartmentTopicPrefixstreets"]
    assert world.requests.get(name).priority is Priority.EMERGENCY
    assert "Alert the duty officer" in world.execution(name).states
    assert world.execution(name).state == "Wait for the department"


def test_a_duty_officer_who_cannot_be_reached_is_told_to_operations() -> None:
    world = World()
    world.failing["publish:EmergencyTopic"] = [ServiceException() for _ in range(9)]

    name = reported(world, description="A gas leak under the road!")
    world.pass_time(timedelta(minutes=10))

    assert world.published[0][0] == "OperationsTopic"
    assert world.published[0][1]["event"] == "duty_officer_not_reached"
    assert world.execution(name).state == "Wait for the department"
    assert world.told(name) == ["received"]


def test_what_triage_cannot_name_waits_for_a_person() -> None:
    world = World()
    name = reported(world, service_code="other", description="The thing at the corner is odd")
    assert world.execution(name).state == "Ask a person to triage"
    assert not world.published

    world.staff(Command.TRIAGE, name, role=Role.AGENT, service_code="tree")

    assert world.execution(name).states[-3:] == [
        "Where does it stand?",
        "Send to department",
        "Wait for the department",
    ]
    assert world.requests.get(name).service_code == "tree"
    assert world.told(name) == ["received"]


def test_what_the_text_names_goes_its_way_by_itself() -> None:
    world = World()

    name = reported(world, service_code="other", description="There is a pothole here")

    request = world.requests.get(name)
    assert (request.report_code, request.service_code) == ("other", "pothole")
    assert world.execution(name).state == "Wait for the department"


def test_a_desk_answer_skips_the_department() -> None:
    world = World()
    name = reported(world, service_code="other", description="When does the library open")

    answer = Outcome(kind=OutcomeKind.ANSWERED, note="It opens at ten every day.")
    world.staff(Command.RESOLVE, name, role=Role.AGENT, outcome=answer)

    assert world.execution(name).state == "Wait for the resident's word"
    assert world.told(name) == ["received", "resolved"]


def test_an_open_request_near_by_is_named_and_nothing_is_merged() -> None:
    world = World()
    first = reported(world)

    second = reported(world, place=Place(lat=40.0201, long=-75.0801), description="Same hole?")

    decision = world.requests.get(second).decision
    assert decision is not None
    assert decision.duplicate_of == (first,)
    assert world.execution(second).state == "Wait for the department"


def test_reassigned_work_is_sent_to_the_other_department() -> None:
    world = World()
    name = reported(world)

    world.staff(Command.REASSIGN, name, department="water", reason="It is a valve cover.")

    assert [t for t, _ in world.published] == [
        "DepartmentTopicPrefixstreets",
        "DepartmentTopicPrefixwater",
    ]
    assert world.execution(name).state == "Wait for the department"
    ids = [message["event_id"] for _, message in world.published]
    assert len(set(ids)) == 2


def test_returned_work_waits_for_a_person_again() -> None:
    world = World()
    name = reported(world)
    world.staff(Command.ACCEPT, name)

    world.staff(Command.RETURN, name, reason="We cannot tell what this is.")

    assert world.execution(name).state == "Ask a person to triage"


def test_work_on_hold_waits_without_a_second_message() -> None:
    world = World()
    name = reported(world)
    world.staff(Command.ACCEPT, name)
    until = world.now + timedelta(days=20)

    world.staff(Command.WAIT, name, reason="Asphalt comes next month.", until=until)
    world.staff(Command.START, name)

    assert world.told(name) == ["received", "in_progress"]
    assert world.execution(name).states.count("Tell the resident: in progress") == 1
    assert world.execution(name).state == "Wait for the department"


def test_accepting_and_holding_at_once_still_tells_the_resident() -> None:
    world = World()
    name = reported(world)
    until = world.now + timedelta(days=20)
    accepted = False

    def hold_before_it_hears(place: str) -> None:
        nonlocal accepted
        if place == "notify:in_progress" and not accepted:
            accepted = True
            world.staff(Command.WAIT, name, reason="Waiting for asphalt.", until=until)

    world.before_task = hold_before_it_hears
    world.staff(Command.ACCEPT, name)

    assert world.told(name) == ["received", "in_progress"]
    assert world.requests.get(name).status is Status.ON_HOLD
    assert world.execution(name).state == "Wait for the department"


def test_nobody_picks_it_up_and_owners_hear_of_it() -> None:
    world = World()
    name = reported(world)

    world.pass_time(timedelta(days=1, hours=1))
    assert world.published[-1][1] | {"escalation": 1} == world.published[-1][1]
    assert world.published[-1][0] == "DepartmentTopicPrefixstreets"
    world.pass_time(timedelta(days=4))

    assert world.published[-1][0] == "DepartmentTopicPrefixdesk"
    assert world.requests.get(name).escalation >= 2
    assert world.execution(name).state == "Wait for the department"
    for before, after in pairwise(world.execution(name).states):
        if before == "Tell the owner":
            assert after == "Wait again"


def test_the_promise_passing_escalates_work_in_progress() -> None:
    world = World()
    name = reported(world)
    world.staff(Command.ACCEPT, name)
    promised = world.requests.get(name).expected_at
    assert promised is not None

    world.pass_time(promised - world.now + timedelta(minutes=5))

    assert world.published[-1][1]["event"] == "escalated"
    assert world.requests.get(name).status is Status.ACCEPTED


def test_an_unanswered_triage_desk_escalates_and_waits_on() -> None:
    world = World()
    name = reported(world, service_code="other", description="The thing at the corner is odd")

    world.pass_time(timedelta(days=2))

    assert world.published[-1][1]["event"] == "escalated"
    assert world.published[-1][0] == "DepartmentTopicPrefixdesk"
    assert world.execution(name).state == "Ask a person to triage"


def test_a_month_without_news_is_looked_at_and_nobody_is_woken() -> None:
    world = World()
    name = reported(world)
    world.staff(Command.ACCEPT, name)
    until = world.now + timedelta(days=60)
    world.staff(Command.WAIT, name, reason="Waiting for the thaw.", until=until)
    published = len(world.published)

    world.pass_time(timedelta(days=31))

    assert world.execution(name).states[-4:] == [
        "Escalate",
        "Who must hear of it?",
        "Where does it stand?",
        "Wait for the department",
    ]
    assert len(world.published) == published


def test_an_old_request_goes_on_in_a_new_generation() -> None:
    world = World()
    name = reported(world)
    world.staff(Command.ACCEPT, name)
    until = world.now + timedelta(days=360)
    world.staff(Command.WAIT, name, reason="Waiting for the new bridge.", until=until)

    world.pass_time(timedelta(days=340))

    assert world.execution(name).status == "SUCCEEDED"
    assert world.execution(name).states[-1] == "Goes on in a new execution"
    assert world.execution(name, 2).state == "Wait for the department"
    assert world.told(name) == ["received", "in_progress"]
    assert world.chain_problem(name) is None


def test_triage_that_fails_for_a_while_is_tried_again() -> None:
    world = World()
    world.failing["triage"] = [Unavailable("busy")] * 3

    name = reported(world)
    world.pass_time(timedelta(minutes=5))

    assert world.execution(name).state == "Wait for the department"
    assert "Hand over to a person" not in world.execution(name).states


def test_triage_that_never_answers_hands_over_to_a_person() -> None:
    world = World()
    world.failing["triage"] = [Unavailable("down")] * 9

    name = reported(world)
    world.pass_time(timedelta(hours=1))

    assert "Hand over to a person" in world.execution(name).states
    assert world.execution(name).state == "Ask a person to triage"
    assert world.told(name) == ["received"]


def test_when_nobody_can_take_over_the_execution_stops_for_all_to_see() -> None:
    world = World()
    world.failing["triage"] = [Unavailable("down")] * 9
    world.failing["hand_over"] = [Unavailable("down")] * 21

    name = reported(world)
    world.pass_time(timedelta(days=2))

    assert world.execution(name).status == "FAILED"
    assert world.execution(name).problem == "LifecycleStopped"


def test_a_stopped_execution_is_renewed_from_the_table() -> None:
    world = World()
    world.failing["triage"] = [Unavailable("down")] * 9
    world.failing["hand_over"] = [Unavailable("down")] * 21
    name = reported(world)
    world.pass_time(timedelta(days=2))

    counts = world.reconcile()

    assert counts.renewed == 1
    assert world.execution(name, 2).state == "Wait for the department"
    assert world.told(name) == ["received"]
    assert world.requests.get(name).status is Status.ROUTED


def test_a_mail_that_is_refused_for_good_never_stops_the_work() -> None:
    world = World()
    world.mailer.failures = [PermanentFailure("address rejected")]

    name = reported(world)

    assert world.execution(name).state == "Wait for the department"
    assert [e.state for e in world.ledger.entries(name)] == [LedgerState.FAILED]


def test_a_mail_of_unknown_fate_is_sent_once_more_only_after_its_lease() -> None:
    world = World()
    world.mailer.failures = [TransientFailure("no answer")]

    name = reported(world)
    world.pass_time(timedelta(minutes=4))
    assert world.told(name) == []
    world.pass_time(timedelta(minutes=20))

    assert world.told(name) == ["received"]
    assert world.execution(name).state == "Wait for the department"


def test_a_resident_who_cannot_be_told_is_somebodys_task() -> None:
    world = World()
    world.failing["notify:received"] = [Unavailable("no mail today")] * 9

    name = reported(world)
    world.pass_time(timedelta(hours=2))

    assert [message["event"] for _, message in world.published] == ["resident_not_told", "assigned"]
    assert world.execution(name).state == "Wait for the department"


@pytest.mark.parametrize(
    ("stage", "state"),
    [
        ("in_progress", "Wait for the department"),
        ("resolved", "Wait for the resident's word"),
    ],
)
def test_later_messages_that_cannot_be_sent_do_not_stop_it_either(stage: str, state: str) -> None:
    world = World()
    name = reported(world)
    world.failing[f"notify:{stage}"] = [Unavailable("no mail today")] * 9

    world.staff(Command.ACCEPT, name)
    if stage == "resolved":
        world.staff(Command.RESOLVE, name, outcome=FIXED)
    world.pass_time(timedelta(hours=2))

    assert world.execution(name).state == state
    assert world.published[-1][1]["event"] == "resident_not_told"


def test_a_triage_desk_request_goes_on_without_its_message() -> None:
    world = World()
    world.failing["notify:received"] = [Unavailable("no mail today")] * 9

    name = reported(world, service_code="other", description="The thing at the corner is odd")
    world.pass_time(timedelta(hours=2))

    assert world.execution(name).states[-2:] == [
        "Go on without the message",
        "Ask a person to triage",
    ]


def test_operations_that_cannot_be_told_stop_the_execution_for_all_to_see() -> None:
    world = World()
    world.failing["notify:received"] = [Unavailable("no mail today")] * 9
    world.failing["publish:OperationsTopic"] = [ServiceException() for _ in range(21)]

    name = reported(world)
    world.pass_time(timedelta(days=1))

    assert world.execution(name).states[-1] == "Stopped: look at the request"


def test_a_department_that_cannot_be_told_still_has_it_in_its_queue() -> None:
    world = World()
    topic = "publish:DepartmentTopicPrefixstreets"
    world.failing[topic] = [ServiceException() for _ in range(9)]

    name = reported(world)
    world.pass_time(timedelta(hours=1))

    assert world.published[-1][1]["event"] == "department_not_told"
    assert world.execution(name).state == "Wait for the department"
    rows = world.requests.work("streets", limit=10).rows
    assert [row.service_request_id for row in rows] == [name]


def test_a_wait_that_cannot_store_its_token_escalates_instead_of_sleeping() -> None:
    world = World()
    world.failing["wait"] = [ServiceException() for _ in range(9)]

    name = reported(world)
    world.pass_time(timedelta(hours=1))

    assert "Escalate" in world.execution(name).states
    assert world.execution(name).state == "Wait for the department"


def test_an_answer_between_token_and_read_is_heard() -> None:
    world = World()
    accepted = False

    def accept_first(place: str) -> None:
        nonlocal accepted
        if place == "wait" and not accepted:
            accepted = True
            name = next(iter(world.table.filed))
            world.staff(Command.ACCEPT, name)

    world.before_task = accept_first
    name = reported(world)

    assert world.told(name) == ["received", "in_progress"]
    assert world.execution(name).state == "Wait for the department"


def test_a_lost_stream_record_is_found_by_the_reconciler() -> None:
    world = World()
    name = reported(world)

    world.requests.losing = True
    world.staff(Command.ACCEPT, name)
    assert world.told(name) == ["received"]
    world.requests.losing = False
    world.now += timedelta(minutes=5)
    counts = world.reconcile()

    assert counts.nudged == 1
    assert world.told(name) == ["received", "in_progress"]


def test_a_request_that_was_heard_is_not_nudged() -> None:
    world = World()
    reported(world)

    world.now += timedelta(minutes=5)

    assert world.reconcile().nudged == 0


def test_records_in_any_order_and_twice_end_in_the_same_place() -> None:
    world = World()
    name, _ = resolved(world)
    states = list(world.execution(name).states)

    world.requests.records = [(name, True), (name, False), (name, True), (name, False)]
    world.settle()

    assert world.execution(name).states == states
    assert world.told(name) == ["received", "in_progress", "resolved"]


def test_nothing_a_resident_wrote_reaches_an_execution() -> None:
    world = World()
    bait = "Zebrafish-Ottoline"
    name = reported(
        world,
        description=f"{bait} has a hole",
        first_name=bait,
        email=f"{bait}@residents.example",
        place=Place(lat=40.02, long=-75.08, address=f"{bait} 1"),
    )
    world.staff(Command.ACCEPT, name)

    assert bait not in str(world.machine.executions)
    assert bait not in str(world.published)
    assert bait not in str(world.requests.events(name))


def test_an_owner_who_cannot_be_told_of_an_escalation_is_told_to_operations() -> None:
    world = World()
    name = reported(world)
    topic = "publish:DepartmentTopicPrefixstreets"
    world.failing[topic] = [ServiceException() for _ in range(9)]

    world.pass_time(timedelta(days=1, hours=1))

    assert world.published[-1][1]["event"] == "department_not_told"
    assert world.execution(name).state == "Wait for the department"


@pytest.mark.parametrize(
    ("place", "description"),
    [
        ("publish:EmergencyTopic", "A gas leak under the road!"),
        ("publish:DepartmentTopicPrefixstreets", "A deep hole"),
    ],
)
def test_when_operations_cannot_be_told_either_it_stops_visibly(
    place: str, description: str
) -> None:
    world = World()
    world.failing[place] = [ServiceException() for _ in range(9)]
    world.failing["publish:OperationsTopic"] = [ServiceException() for _ in range(21)]

    name = reported(world, description=description)
    world.pass_time(timedelta(days=1))

    assert world.execution(name).states[-1] == "Stopped: look at the request"
    assert world.execution(name).status == "FAILED"


def test_an_escalation_that_cannot_be_recorded_stops_visibly() -> None:
    world = World()
    name = reported(world)
    world.failing["escalate"] = [Unavailable("down")] * 21

    world.pass_time(timedelta(days=3))

    assert world.execution(name).status == "FAILED"


def test_a_closing_that_cannot_be_recorded_stops_visibly() -> None:
    world = World()
    name, _ = resolved(world)
    world.failing["close"] = [Unavailable("down")] * 21

    world.pass_time(timedelta(days=world.city.reopen_days + 3))

    assert world.execution(name).status == "FAILED"
    assert world.requests.get(name).status is Status.RESOLVED


def test_an_execution_that_was_overtaken_before_triage_ends_quietly() -> None:
    world = World()
    world.failing["triage"] = [Unavailable("busy")] * 3
    name = reported(world)

    world.lifecycle.renew(name)
    world.pass_time(timedelta(minutes=5))

    assert world.execution(name).states == [
        "Triage",
        "Is anybody in danger?",
        "Goes on in a new execution",
    ]
    assert world.execution(name, 2).state == "Wait for the department"
    assert world.told(name) == ["received"]


def test_a_yes_that_arrives_while_the_wait_fails_still_closes() -> None:
    world = World()
    filed = world.file(a_report())
    name = filed.service_request_id
    world.staff(Command.ACCEPT, name)
    world.failing["wait"] = [ServiceException() for _ in range(9)]
    world.staff(Command.RESOLVE, name, outcome=FIXED)
    world.word.confirm(name, filed.capability or "", "")

    world.pass_time(timedelta(hours=1))

    assert world.execution(name).states[-4:] == [
        "Escalate",
        "Who must hear of it?",
        "Where does it stand?",
        "Close",
    ]
    assert world.execution(name).status == "SUCCEEDED"


def test_a_failing_wait_at_the_triage_desk_escalates_and_waits_on() -> None:
    world = World()
    world.failing["wait"] = [ServiceException() for _ in range(9)]

    name = reported(world, service_code="other", description="The thing at the corner is odd")
    world.pass_time(timedelta(hours=1))

    assert "Escalate" in world.execution(name).states
    assert world.execution(name).state == "Ask a person to triage"


def test_a_failing_wait_for_the_residents_word_is_entered_again() -> None:
    world = World()
    name = reported(world)
    world.staff(Command.ACCEPT, name)
    world.failing["wait"] = [ServiceException() for _ in range(9)]
    world.staff(Command.RESOLVE, name, outcome=FIXED)

    world.pass_time(timedelta(hours=1))

    assert world.execution(name).state == "Wait for the resident's word"
    assert world.told(name) == ["received", "in_progress", "resolved"]


def test_a_window_longer_than_a_month_is_not_cut_short() -> None:
    world = World(replace(TOWN, reopen_days=45))
    name, _ = resolved(world)

    world.pass_time(timedelta(days=44))
    assert world.requests.get(name).status is Status.RESOLVED
    world.pass_time(timedelta(days=2))

    assert world.requests.get(name).status is Status.CLOSED


def test_an_execution_that_died_in_a_quiet_moment_is_missed_and_renewed() -> None:
    world = World()
    name = reported(world)
    world.failing["escalate"] = [Unavailable("down")] * 21
    world.pass_time(timedelta(days=2))
    assert world.execution(name).status == "FAILED"

    renewed = 0
    for _ in range(40):
        world.pass_time(timedelta(hours=1))
        renewed += world.reconcile().renewed

    assert renewed == 1
    assert world.execution(name, 2).state == "Wait for the department"
    assert world.told(name) == ["received"]


def test_a_closed_request_is_watched_no_more() -> None:
    world = World()
    name, _ = resolved(world)

    world.pass_time(timedelta(days=world.city.reopen_days, minutes=1))

    assert world.requests.get(name).status is Status.CLOSED
    assert world.table.filed[name].due_at is None


def test_a_second_escalation_names_its_owner() -> None:
    world = World()
    reported(world)

    world.pass_time(timedelta(days=6))

    assert world.published[-1][1]["owner"] == "desk"
    assert world.published[-1][1]["department"] == "streets"


def test_an_emergency_that_triage_could_not_take_wakes_the_duty_officer() -> None:
    world = World()
    world.failing["triage"] = [Unavailable("down")] * 9

    name = reported(world, description="A gas leak under the road!")
    world.pass_time(timedelta(hours=1))

    assert world.published[0][0] == "EmergencyTopic"
    assert world.execution(name).state == "Ask a person to triage"
