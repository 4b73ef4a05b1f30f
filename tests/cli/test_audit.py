"""The story of a request: whole chains, broken chains, and executions while they exist."""

import json
from dataclasses import replace

import pytest

from cli import session
from cli.session import Session
from tests.cli.conftest import Run
from tests.cli.fakecity import ID, FakeCity, visits


@pytest.fixture
def told(city: FakeCity) -> FakeCity:
    city.status = "routed"
    for action in ("submit", "route", "accept"):
        city.event(action, reason="because")
    return city


def test_a_whole_chain_is_told_and_said_to_be_whole(
    run: Run, staff: Session, told: FakeCity
) -> None:
    told.executions[f"{ID}-g1"] = ("RUNNING", visits("Triage", "Send to department"))

    result = run("audit", "show", ID)

    assert result.exit_code == 0, result.stderr
    assert all(word in result.stdout for word in ("submit", "because", "Send to department"))
    assert f"Execution {ID}-g1: RUNNING, 2 transitions" in result.stdout
    assert "The chain is whole: 3 events" in result.stdout


def test_an_edited_event_breaks_the_chain(run: Run, staff: Session, told: FakeCity) -> None:
    told.events[1] = replace(told.events[1], details={"reason": "another"})

    result = run("audit", "show", ID)

    assert result.exit_code == 1
    assert "The chain is broken: event 2: its content is not what was hashed." in result.stderr


def test_a_cut_tail_breaks_the_chain(run: Run, staff: Session, told: FakeCity) -> None:
    row = told.staff_row()
    told.events.pop()
    told.staff_row = lambda: row  # type: ignore[method-assign]

    result = run("audit", "show", ID)

    assert result.exit_code == 1
    assert "2 events, but the request says 3" in result.stderr


def test_the_story_for_programs(run: Run, staff: Session, told: FakeCity) -> None:
    told.executions[f"{ID}-g1"] = ("SUCCEEDED", visits("Triage"))

    story = json.loads(run("audit", "show", ID, "--json").stdout)

    assert story["whole"] is True
    assert [event["seq"] for event in story["events"]] == [1, 2, 3]
    assert story["executions"][0]["states"][0]["seconds"] == 1.0


def test_executions_that_are_gone_leave_the_events(
    run: Run, staff: Session, told: FakeCity
) -> None:
    result = run("audit", "show", ID)

    assert result.exit_code == 0
    assert "Execution" not in result.stdout


def test_executions_out_of_reach_are_said_to_be(run: Run, staff: Session, told: FakeCity) -> None:
    session.save(replace(staff, place=replace(staff.place, state_machine=None)))

    result = run("audit", "show", ID)

    assert result.exit_code == 0
    assert "Executions are not shown: sign in with --stack" in result.stderr


def test_a_request_that_never_stands_still_is_given_up(
    run: Run, staff: Session, told: FakeCity
) -> None:
    class Restless:
        def __init__(self) -> None:
            self.seq = 0

        def __call__(self) -> dict[str, object]:
            self.seq += 1
            return {"seq": self.seq, "head": "x", "generation": 1}

    told.staff_row = Restless()  # type: ignore[method-assign]

    result = run("audit", "show", ID)

    assert result.exit_code == 1
    assert "changes faster than it can be read" in result.stderr
