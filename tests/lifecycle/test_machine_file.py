"""The state machine's file: no arrow that leads nowhere, and none that no story takes."""

import inspect
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.lifecycle import test_paths
from tests.lifecycle.machine import TIMEOUTS, Machine
from tests.lifecycle.world import ASL

STATES: dict[str, dict[str, Any]] = json.loads(ASL.read_text(encoding="utf-8"))["States"]
TASKS = {name: state for name, state in STATES.items() if state["Type"] == "Task"}


def arrows() -> Iterator[tuple[str, str]]:
    """Every way from one state to another; the two Catch rules to one state are one arrow."""
    for name, state in STATES.items():
        for rule in (*state.get("Catch", []), *state.get("Choices", [])):
            yield name, rule["Next"]
        for key in ("Next", "Default"):
            if key in state:
                yield name, state[key]


def stories() -> Iterator[tuple[Any, dict[str, Any]]]:
    """All stories of test_paths, with the values they are told with."""
    for name, story in inspect.getmembers(test_paths, inspect.isfunction):
        if name.startswith("test_"):
            marks = getattr(story, "pytestmark", [])
            values = [mark.args for mark in marks if mark.name == "parametrize"]
            for names, rows in values or [((), [()])]:
                for row in rows:
                    yield story, dict(zip(names, row, strict=True))


def test_every_arrow_is_walked_by_a_story() -> None:
    for story, values in stories():
        story(**values)

    assert set(arrows()) - Machine.walked == set()


def test_every_state_is_walked_by_a_story() -> None:
    for story, values in stories():
        story(**values)
    entered = {"Triage"} | {state for _, state in Machine.walked}

    assert set(STATES) - entered == set()


@pytest.mark.parametrize("name", TASKS)
def test_every_task_is_tried_again_with_jitter_and_a_ceiling(name: str) -> None:
    for retry in TASKS[name]["Retry"]:
        assert retry["JitterStrategy"] == "FULL"
        assert 1 < retry["MaxAttempts"] <= 20
        assert retry["MaxDelaySeconds"] <= 3600


@pytest.mark.parametrize("name", TASKS)
def test_every_task_catches_both_time_outs_and_all_else(name: str) -> None:
    caught = [error for catch in TASKS[name]["Catch"] for error in catch["ErrorEquals"]]

    assert set(TIMEOUTS) | {"States.ALL"} == set(caught)


def test_no_task_hands_the_machine_more_than_words_of_the_lifecycle() -> None:
    text = json.dumps(STATES)

    for word in ("description", "email", "phone", "address", "capability", "first_name"):
        assert f"$.{word}" not in text
