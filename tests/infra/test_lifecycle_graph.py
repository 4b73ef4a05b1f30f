"""The definition as a graph: nothing missing, nothing dead, nobody left without a way on."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from city311.domain.lifecycle import Stage, Status

ASL = Path(__file__).resolve().parents[2] / "infra" / "lifecycle.asl.json"
DEFINITION: dict[str, Any] = json.loads(ASL.read_text(encoding="utf-8"))
STATES: dict[str, dict[str, Any]] = DEFINITION["States"]
TASKS = sorted(name for name, state in STATES.items() if state["Type"] == "Task")
CHOICES = sorted(name for name, state in STATES.items() if state["Type"] == "Choice")
WAITS = [name for name in TASKS if STATES[name]["Resource"].endswith(".waitForTaskToken")]
NOT_A_STATUS = {"superseded"}


def ways_on(state: dict[str, Any]) -> Iterator[str]:
    if "Next" in state:
        yield state["Next"]
    if "Default" in state:
        yield state["Default"]
    for way in (*state.get("Choices", []), *state.get("Catch", [])):
        yield way["Next"]


def parts_of(rule: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from rule.get("And", rule.get("Or", [rule]))


def test_every_way_leads_to_a_state() -> None:
    for name, state in STATES.items():
        for target in ways_on(state):
            assert target in STATES, f"{name} -> {target}"


def test_every_state_can_be_reached() -> None:
    seen: set[str] = set()
    waiting = [DEFINITION["StartAt"]]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(ways_on(STATES[name]))

    assert seen == set(STATES)


def test_from_every_state_an_end_can_be_reached() -> None:
    ends = {n for n, s in STATES.items() if s["Type"] in {"Succeed", "Fail"} or s.get("End")}
    grown = True
    while grown:
        more = {n for n, s in STATES.items() if set(ways_on(s)) & ends} - ends
        ends |= more
        grown = bool(more)

    assert ends == set(STATES)


@pytest.mark.parametrize("name", TASKS)
def test_a_task_that_gives_up_goes_on_somewhere(name: str) -> None:
    catches = STATES[name]["Catch"]
    caught = [error for catch in catches for error in catch["ErrorEquals"]]

    assert {"States.Timeout", "States.HeartbeatTimeout", "States.ALL"} <= set(caught)
    assert catches[-1]["ErrorEquals"] == ["States.ALL"]
    together = {"States.Timeout", "States.HeartbeatTimeout"}
    for catch in catches:
        assert not together & set(catch["ErrorEquals"]) or together <= set(catch["ErrorEquals"])


@pytest.mark.parametrize("name", TASKS)
def test_a_task_is_tried_again_with_jitter_and_a_ceiling(name: str) -> None:
    for retry in STATES[name]["Retry"]:
        assert retry["JitterStrategy"] == "FULL"
        assert retry["MaxDelaySeconds"] <= 3600
        assert retry["MaxAttempts"] >= 1
        assert retry["BackoffRate"] > 1
    assert STATES[name]["Retry"]


@pytest.mark.parametrize("name", WAITS)
def test_a_wait_for_people_ends_by_itself(name: str) -> None:
    state = STATES[name]

    assert state["TimeoutSecondsPath"] == "$.wait_seconds"
    assert state["Parameters"]["Payload"]["token.$"] == "$$.Task.Token"
    # A time-out tried again would wait for ever, so it is no error to retry.
    retried = {error for retry in state["Retry"] for error in retry["ErrorEquals"]}
    assert not retried & {"States.ALL", "States.Timeout", "States.TaskFailed"}


@pytest.mark.parametrize("name", CHOICES)
def test_a_choice_decides_whatever_it_is_given(name: str) -> None:
    assert STATES[name]["Default"] in STATES


def test_statuses_in_the_definition_are_those_of_the_domain() -> None:
    used = {
        part["StringEquals"]
        for name in CHOICES
        for rule in STATES[name]["Choices"]
        for part in parts_of(rule)
        if part["Variable"] == "$.status"
    }

    assert used <= {status.value for status in Status} | NOT_A_STATUS


def test_what_residents_are_told_is_what_the_domain_tells() -> None:
    told = {
        state["Parameters"]["Payload"]["stage"]
        for state in STATES.values()
        if "stage" in state.get("Parameters", {}).get("Payload", {})
    }

    assert told <= {stage.value for stage in Stage}
    assert {"in_progress", "resolved"} <= told


def test_nothing_personal_is_carried() -> None:
    carried = set(re.findall(r'"(\w+)\.\$"', ASL.read_text(encoding="utf-8")))

    assert not carried & {"email", "phone", "name", "description", "address", "capability"}


def test_departments_are_not_given_task_tokens() -> None:
    for state in STATES.values():
        if state.get("Resource", "").startswith("arn:aws:states:::sns:publish"):
            assert "Token" not in json.dumps(state)
