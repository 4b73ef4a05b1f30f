"""The reconciler: what is owed and overdue is found, mended and counted."""

from datetime import timedelta
from typing import Any

import pytest

from city311.domain.errors import Unavailable
from city311.domain.lifecycle import Command, Stage, Status
from city311.ports import TransientFailure
from city311.usecases.reconcile import LOST, PATIENCE, Counts
from tests.builders import ID, a_photo, a_request, a_worker, an_id
from tests.unit.usecases.town import Town

NOTHING = Counts(nudged=0, renewed=0, stuck=0, messages=0, photos=0)
SOON = timedelta(seconds=1)


def after(town: Town, time: timedelta) -> Counts:
    town.clock.now += time
    return town.reconciler.run()


def test_a_quiet_city_owes_nothing(town: Town) -> None:
    assert town.reconciler.run() == NOTHING


def test_who_has_just_acted_is_given_a_moment(town: Town) -> None:
    town.put()

    assert after(town, PATIENCE) == NOTHING
    assert town.executions.started == {}


def test_a_request_whose_record_was_lost_is_begun(town: Town) -> None:
    town.put()

    assert after(town, PATIENCE + SOON).nudged == 1
    assert town.executions.started == {f"{ID}-g1": ID}


def test_a_change_whose_record_was_lost_is_told(town: Town) -> None:
    town.put(a_request(Status.ROUTED))
    town.executions.waiting.add("t1")
    town.lifecycle.wait(ID, f"{ID}-g1", turn=1, token="t1")
    town.step(ID, Command.ACCEPT, a_worker())

    assert after(town, PATIENCE + SOON).nudged == 1
    assert town.executions.outputs["t1"]["status"] == "accepted"
    assert after(town, LOST) == NOTHING


def test_a_request_whose_execution_is_lost_goes_on_in_the_next(town: Town) -> None:
    town.put(a_request(Status.ACCEPTED))

    counts = after(town, LOST + SOON)

    assert (counts.renewed, counts.nudged, counts.stuck) == (1, 0, 0)
    assert town.get(ID).generation == 2
    # The change that renews it is under watch in its own right.
    assert after(town, PATIENCE + SOON).nudged == 1
    assert f"{ID}-g2" in town.executions.started


def test_a_request_that_waits_all_the_while_is_told_after_a_long_outage(town: Town) -> None:
    town.put(a_request(Status.ROUTED))
    town.executions.waiting.add("t1")
    town.lifecycle.wait(ID, f"{ID}-g1", turn=1, token="t1")
    town.step(ID, Command.ACCEPT, a_worker())

    assert after(town, 2 * LOST).renewed == 1

    assert town.executions.outputs["t1"]["status"] == "accepted"
    assert town.get(ID).generation == 1
    assert town.watched() == ()


def test_a_closed_request_is_not_stuck_for_ever(town: Town) -> None:
    town.put(a_request(Status.CLOSED))

    assert after(town, LOST + SOON).stuck == 0
    assert after(town, LOST) == NOTHING


def test_one_that_cannot_be_mended_does_not_keep_the_others_waiting(town: Town) -> None:
    for number in range(3):
        town.put(a_request(service_request_id=an_id(number)))
    started: dict[str, str] = town.executions.started

    class Choosy:
        def start(self, name: str, service_request_id: str) -> bool:
            if service_request_id == an_id(1):
                raise Unavailable("Not now.")
            started[name] = service_request_id
            return True

    town.executions = Choosy()  # type: ignore[assignment]

    counts = after(town, PATIENCE + SOON)

    assert (counts.nudged, counts.stuck) == (2, 1)
    assert set(started.values()) == {an_id(0), an_id(2)}


def test_a_fault_of_ours_is_not_swallowed(town: Town) -> None:
    town.put()

    class Faulty:
        def start(self, *_: Any) -> bool:
            raise KeyError("a bug")

    town.executions = Faulty()  # type: ignore[assignment]

    with pytest.raises(KeyError):
        after(town, PATIENCE + SOON)


def test_a_message_past_its_lease_is_counted(town: Town) -> None:
    town.put()
    town.lifecycle.wait(ID, f"{ID}-g1", turn=1, token="t1")
    town.mailer.failures.append(TransientFailure("Not now."))
    with pytest.raises(Unavailable):
        town.notify.tell(ID, Stage.RECEIVED)

    assert after(town, timedelta(minutes=5)).messages == 0
    assert after(town, SOON).messages == 1


def test_a_photo_that_no_request_wants_is_counted(town: Town) -> None:
    town.darkroom.developed(a_photo())

    assert after(town, timedelta(days=1)).photos == 0
    assert after(town, SOON).photos == 1
