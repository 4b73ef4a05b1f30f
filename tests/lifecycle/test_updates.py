"""Updates on a running city: what the public is told on every way, and what partners can move."""

from datetime import timedelta

import pytest

from city311.adapters.memory import MemoryUploads
from city311.domain.lifecycle import Command, Status
from city311.domain.update import PostedUpdate, UpdateStatus
from city311.usecases.photos import PhotoSlots
from city311.usecases.updates import PartnersWord, Posted, Updates
from tests.builders import SeededDice, a_report
from tests.lifecycle.world import FIXED, World
from tests.partners import KEY_ID, a_partner

W = UpdateStatus


def reported(world: World) -> str:
    """A report that the partner sent."""
    return world.file(a_report(partner=KEY_ID)).service_request_id


def resolved(world: World) -> str:
    name = reported(world)
    world.staff(Command.ACCEPT, name)
    world.staff(Command.RESOLVE, name, outcome=FIXED)
    return name


def say(world: World, name: str, status: UpdateStatus, update_id: str = "1") -> Posted:
    """Post it, and let follow what follows."""
    uploads = MemoryUploads(lambda: world.now)
    word = PartnersWord(
        changing=world.changing,
        residents=world.residents,
        slots=PhotoSlots(uploads=uploads, dice=SeededDice()),
    )
    posted = PostedUpdate(
        service_request_id=name, update_id=update_id, status=status, at=world.now, text="Look again"
    )
    answer = word.post(a_partner(), posted)
    world.settle()
    return answer


def told(world: World) -> list[str]:
    """The words of all updates, oldest first, as anybody reads them."""
    page = Updates(changing=world.changing).between(
        world.now - timedelta(days=300), world.now, limit=100
    )
    return [each.status.value for each in page.rows]


def test_the_common_path_is_told_in_two_words() -> None:
    world = World()
    name = resolved(world)
    world.pass_time(timedelta(days=world.city.reopen_days, minutes=1))

    assert world.requests.get(name).status is Status.CLOSED
    assert told(world) == ["in_progress", "fixed"]


def test_a_long_way_is_told_step_by_step_and_its_clocks_are_not() -> None:
    world = World()
    name = reported(world)
    world.pass_time(timedelta(days=6))
    assert world.requests.get(name).escalation > 0
    assert told(world) == []

    world.staff(Command.ACCEPT, name)
    world.staff(Command.WAIT, name, reason="No asphalt.", until=world.now + timedelta(days=2))
    world.pass_time(timedelta(days=3))
    world.staff(Command.START, name)
    world.staff(Command.RESOLVE, name, outcome=FIXED)

    assert told(world) == ["in_progress", "action_scheduled", "in_progress", "fixed"]


def test_a_partners_reopening_is_a_new_generation_and_the_resident_is_told() -> None:
    world = World()
    name = resolved(world)
    world.now += timedelta(days=1)

    posted = say(world, name, W.REOPEN)

    assert world.execution(name).states[-1] == "Goes on in a new execution"
    assert world.execution(name, 2).state == "Wait for the department"
    assert world.told(name)[-1] == "reopened"
    assert told(world) == ["in_progress", "fixed", "open"]
    assert say(world, name, W.REOPEN).update_id == posted.update_id
    assert world.requests.get(name).generation == 2
    assert world.chain_problem(name) is None


def test_a_partners_reopening_may_come_after_it_was_closed() -> None:
    world = World()
    filed = world.file(a_report(partner=KEY_ID))
    name = filed.service_request_id
    world.staff(Command.ACCEPT, name)
    world.staff(Command.RESOLVE, name, outcome=FIXED)
    world.word.confirm(name, filed.capability or "", "")
    world.settle()

    say(world, name, W.REOPEN)

    assert world.execution(name, 2).state == "Wait for the department"


@pytest.mark.parametrize("word", [W.FIXED, W.UNCHANGED, W.CLOSED])
def test_words_leave_an_execution_and_its_clocks_where_they_are(word: UpdateStatus) -> None:
    world, quiet = World(), World()
    name, other = resolved(world), resolved(quiet)
    for number in range(3):
        world.pass_time(timedelta(days=1))
        quiet.pass_time(timedelta(days=1))
        say(world, name, word, str(number))
    for each in (world, quiet):
        each.pass_time(timedelta(days=each.city.reopen_days))

    assert world.requests.get(name).status is Status.CLOSED
    assert world.execution(name).states == quiet.execution(other).states
    assert world.told(name) == quiet.told(other)
    assert world.chain_problem(name) is None


def test_words_that_come_while_a_clock_runs_out_are_both_written() -> None:
    world = World()
    name = reported(world)
    spoken: list[str] = []

    def speak(place: str) -> None:
        if place == "escalate" and not spoken:
            spoken.append(say_quietly(world, name))

    world.before_task = speak
    world.pass_time(timedelta(days=2))

    assert world.requests.get(name).escalation > 0
    assert told(world) == ["unchanged"]
    assert world.chain_problem(name) is None


def say_quietly(world: World, name: str) -> str:
    """Post it in the middle of something else."""
    settle = world.settle
    world.settle = lambda: None  # type: ignore[method-assign]
    try:
        return say(world, name, W.UNCHANGED).update_id
    finally:
        world.settle = settle  # type: ignore[method-assign]
