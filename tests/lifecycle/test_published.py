"""Executions keep the definition they began with for up to a year: today's functions serve all.

``published/`` holds each definition that a release has deployed, under the release's version.
"""

from pathlib import Path

import pytest

from city311.domain.lifecycle import Command, Status
from tests.builders import a_report
from tests.lifecycle.world import FIXED, World
from tests.towns import TOWN

PUBLISHED = sorted((Path(__file__).parent / "published").glob("*.asl.json"))


@pytest.mark.parametrize("definition", PUBLISHED, ids=lambda path: path.name)
def test_an_execution_of_any_age_is_served_to_its_end(definition: Path) -> None:
    world = World(TOWN, definition)
    filed = world.file(a_report())
    name = filed.service_request_id

    world.staff(Command.ACCEPT, name)
    world.staff(Command.RESOLVE, name, outcome=FIXED)
    world.word.dispute(name, filed.capability or "", "It is still there.")
    world.settle()
    world.staff(Command.ACCEPT, name, subject="worker-2")
    world.staff(Command.RESOLVE, name, subject="worker-2", outcome=FIXED)
    world.word.confirm(name, filed.capability or "", "")
    world.settle()

    assert world.requests.get(name).status is Status.CLOSED
    assert {each.status for each in world.machine.executions.values()} == {"SUCCEEDED"}
    assert len(world.told(name)) == 6
    assert world.chain_problem(name) is None


def test_there_is_a_definition_to_be_served() -> None:
    assert PUBLISHED
