"""The lifecycle's hands: whatever comes late, twice, torn or in the wrong order ends alike."""

from collections.abc import Callable
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from city311.domain.effects import CommandFields
from city311.domain.errors import Conflict, Unavailable
from city311.domain.lifecycle import Command, Role, Status
from city311.domain.request import Hold, ServiceRequest
from city311.domain.standing import GENERATION_LIFE
from city311.domain.triage import Found
from city311.usecases.lifecycle import generation_of
from tests.builders import ID, NOON, a_request, a_worker, an_actor
from tests.unit.usecases.town import Town

C, S = Command, Status
G1, G2, G3 = f"{ID}-g1", f"{ID}-g2", f"{ID}-g3"
RESIDENT, AGENT = an_actor(Role.RESIDENT), an_actor(Role.AGENT)
WORKER, OTHER = a_worker("streets", "water"), a_worker("streets", "water", subject="worker-2")


def waits(town: Town, token: str, *, turn: int = 1, execution: str = G1) -> None:
    """An execution reaches a waiting state: its token is valid from that moment on."""
    town.executions.waiting.add(token)
    town.lifecycle.wait(ID, execution, turn=turn, token=token)


def heard(town: Town, token: str) -> Any:
    """What the execution was told under the token: its status, or None while it waits."""
    output = town.executions.outputs.get(token)
    return output["status"] if output else None


class Meanwhile:
    """The cabinet, in which something happens just before or after one of its verbs."""

    def __init__(
        self,
        requests: Any,
        verb: str,
        *,
        before: Callable[[], None] | None = None,
        after: Callable[[], None] | None = None,
    ) -> None:
        self.requests, self.verb, self.before, self.after = requests, verb, before, after

    def __getattr__(self, name: str) -> Any:
        real = getattr(self.requests, name)
        if name != self.verb:
            return real

        def interrupted(*args: Any, **kwargs: Any) -> Any:
            before, self.before = self.before, None
            if before:
                before()
            answer = real(*args, **kwargs)
            after, self.after = self.after, None
            if after:
                after()
            return answer

        return interrupted


# Starting -----------------------------------------------------------------------------------------


def test_a_new_request_starts_its_execution_under_its_only_name(town: Town) -> None:
    town.put()

    town.lifecycle.hear(ID, begin=True)
    town.lifecycle.hear(ID, begin=True)

    assert town.executions.started == {G1: ID}
    # It is under watch until its execution says that it waits.
    assert town.watched() == (ID,)


def test_a_change_that_begins_nothing_starts_nothing(town: Town) -> None:
    town.put()

    town.lifecycle.hear(ID, begin=False)

    assert town.executions.started == {}


def test_an_execution_that_cannot_be_started_leaves_the_request_under_watch(town: Town) -> None:
    town.put()

    class Down:
        def start(self, *_: object) -> bool:
            raise Unavailable("Not now.")

    town.executions = Down()  # type: ignore[assignment]
    with pytest.raises(Unavailable):
        town.lifecycle.hear(ID, begin=True)

    assert town.watched() == (ID,)


@pytest.mark.parametrize(("execution", "generation"), [(G1, 1), (f"{ID}-g12", 12), ("A-g1-g2", 2)])
def test_an_executions_name_tells_its_generation(execution: str, generation: int) -> None:
    assert generation_of(execution) == generation


# Waiting and waking -------------------------------------------------------------------------------


def test_who_waits_is_woken_by_the_next_change(town: Town) -> None:
    town.put(a_request(S.ROUTED))
    waits(town, "t1")
    assert heard(town, "t1") is None

    town.step(ID, C.ACCEPT, WORKER)
    town.lifecycle.hear(ID, begin=False)

    output = town.executions.outputs["t1"]
    assert (output["status"], output["turn"], output["tell"]) == ("accepted", 2, True)
    assert output["stage"] == "in_progress"
    assert town.tokens.get(ID, 1) is None


def test_an_execution_that_waits_has_heard_and_is_watched_no_longer(town: Town) -> None:
    town.put(a_request(S.ROUTED))
    assert town.watched() == (ID,)

    waits(town, "t1")
    assert town.watched() == ()

    town.step(ID, C.ACCEPT, WORKER)
    assert town.watched() == (ID,)

    town.lifecycle.hear(ID, begin=False)
    assert town.watched() == ()


def test_an_answer_that_was_there_before_the_wait_ends_it_at_once(town: Town) -> None:
    town.put(a_request(S.ROUTED))
    town.step(ID, C.ACCEPT, WORKER)
    town.lifecycle.hear(ID, begin=False)

    waits(town, "t1", turn=1)

    assert heard(town, "t1") == "accepted"
    assert town.watched() == ()
    assert town.tokens.get(ID, 1) is None


def test_a_change_between_token_and_read_ends_the_wait(town: Town) -> None:
    """The department acts after the token was kept and before the request is read."""
    town.put(a_request(S.ROUTED))
    town.requests = Meanwhile(
        town.requests, "get", before=lambda: void(town.step(ID, C.ACCEPT, WORKER))
    )

    waits(town, "t1")

    assert heard(town, "t1") == "accepted"


def test_a_change_after_the_read_finds_the_token_that_was_kept_before_it(town: Town) -> None:
    """The stream's record is handled while the wait still holds what it read: no answer is lost."""
    town.put(a_request(S.ROUTED))

    def acts_and_is_heard() -> None:
        town.step(ID, C.ACCEPT, WORKER)
        town.lifecycle.hear(ID, begin=False)

    town.requests = Meanwhile(town.requests, "get", after=acts_and_is_heard)

    waits(town, "t1")

    assert heard(town, "t1") == "accepted"


def test_the_token_is_kept_before_the_request_is_read(town: Town) -> None:
    town.put(a_request(S.ROUTED))
    seen: list[object] = []
    town.requests = Meanwhile(
        town.requests, "get", before=lambda: seen.append(town.tokens.get(ID, 1))
    )

    waits(town, "t1")

    assert seen[0] is not None


def test_a_change_that_nobody_must_hear_of_wakes_nobody(town: Town) -> None:
    town.put(a_request(S.ACCEPTED, turn=2, tell_turn=2))
    waits(town, "t1", turn=2)

    town.step(ID, C.START, WORKER)
    town.step(ID, C.SHOW_PHOTO)
    town.lifecycle.hear(ID, begin=False)

    assert heard(town, "t1") is None
    assert town.tokens.get(ID, 1) is not None


def test_a_record_seen_twice_wakes_once(town: Town) -> None:
    town.put(a_request(S.ROUTED))
    waits(town, "t1")
    town.step(ID, C.ACCEPT, WORKER)

    town.lifecycle.hear(ID, begin=False)
    first = dict(town.executions.outputs)
    town.lifecycle.hear(ID, begin=False)

    assert town.executions.outputs == first


def test_an_old_record_does_not_wake_who_already_knows_more(town: Town) -> None:
    """A late record of turn 2 arrives when the execution waits as of turn 3."""
    town.put(a_request(S.ROUTED))
    town.step(ID, C.ACCEPT, WORKER)
    town.step(ID, C.WAIT, WORKER)
    waits(town, "t3", turn=3)

    town.lifecycle.hear(ID, begin=False)

    assert heard(town, "t3") is None


def test_two_changes_at_once_are_heard_as_one_with_the_message_that_is_owed(town: Town) -> None:
    town.put(a_request(S.ROUTED))
    waits(town, "t1")
    town.step(ID, C.ACCEPT, WORKER)
    town.step(ID, C.RESOLVE, WORKER)

    town.lifecycle.hear(ID, begin=False)

    output = town.executions.outputs["t1"]
    assert (output["status"], output["stage"], output["tell"]) == ("resolved", "resolved", True)


def test_a_token_whose_wait_is_over_counts_as_not_heard(town: Town) -> None:
    """The state timed out; its token still lies in the table when the department acts."""
    town.put(a_request(S.ROUTED))
    waits(town, "t1")
    town.executions.waiting.clear()
    town.step(ID, C.ACCEPT, WORKER)

    town.lifecycle.hear(ID, begin=False)

    assert heard(town, "t1") is None
    assert town.tokens.get(ID, 1) is None
    # If the execution lives, its next wait says so; if it died, the reconciler must know.
    assert town.watched() == (ID,)
    waits(town, "t2", turn=1)
    assert heard(town, "t2") == "accepted"
    assert town.watched() == ()


def test_a_late_wake_does_not_drop_the_token_of_a_newer_wait(town: Town) -> None:
    town.put(a_request(S.ROUTED))
    waits(town, "t1")
    town.step(ID, C.ACCEPT, WORKER)
    stale = town.tokens.get(ID, 1)

    class Slow:
        """Reads the old token, and only then does the execution wait anew."""

        def __init__(self) -> None:
            self.first = True

        def get(self, service_request_id: str, generation: int) -> Any:
            if self.first:
                self.first = False
                waits(town, "t2", turn=2)
                return stale
            return town.tokens.get(service_request_id, generation)

        def __getattr__(self, name: str) -> Any:
            return getattr(town.tokens, name)

    slow = Town(clock=town.clock, requests=town.requests)
    slow.tokens, slow.executions = Slow(), town.executions
    slow.lifecycle.hear(ID, begin=False)

    assert heard(town, "t1") == "accepted"
    assert town.tokens.get(ID, 1).token == "t2"


def test_a_wake_that_fails_is_tried_again_with_the_next_record(town: Town) -> None:
    town.put(a_request(S.ROUTED))
    waits(town, "t1")
    town.step(ID, C.ACCEPT, WORKER)
    working = town.executions

    class Down:
        def succeed(self, *_: object) -> bool:
            raise Unavailable("Not now.")

    town.executions = Down()  # type: ignore[assignment]
    with pytest.raises(Unavailable):
        town.lifecycle.hear(ID, begin=False)
    assert town.tokens.get(ID, 1) is not None
    assert town.watched() == (ID,)

    town.executions = working
    town.lifecycle.hear(ID, begin=False)
    assert heard(town, "t1") == "accepted"


def test_nobody_waits_on_a_request_that_is_closed(town: Town) -> None:
    """Answer and yes were heard at once; the execution told the answer and would wait for a yes."""
    town.put(a_request(S.RESOLVED, turn=2, tell_turn=2))
    town.step(ID, C.CONFIRM, RESIDENT)

    waits(town, "t1", turn=3)

    assert heard(town, "t1") == "closed"
    assert town.watched() == ()


EVENTS = ("accept", "hear", "wait")


@pytest.mark.parametrize("order", list(permutations((*EVENTS, "hear"))))
def test_in_whatever_order_things_happen_the_answer_is_heard_once(
    town: Town, order: tuple[str, ...]
) -> None:
    town.put(a_request(S.ROUTED))
    happens = {
        "accept": lambda: void(town.step(ID, C.ACCEPT, WORKER)),
        "hear": lambda: town.lifecycle.hear(ID, begin=False),
        "wait": lambda: waits(town, "t1"),
    }
    for each in order:
        happens[each]()

    # The stream never loses the record of a change that was made.
    town.lifecycle.hear(ID, begin=False)

    assert heard(town, "t1") == "accepted"
    assert len(town.executions.outputs) == 1
    assert town.tokens.get(ID, 1) is None
    assert town.watched() == ()


# Generations --------------------------------------------------------------------------------------


def test_a_dispute_starts_the_next_generation_and_tells_the_old_one_that_it_is_over(
    town: Town,
) -> None:
    town.put(a_request(S.RESOLVED, turn=3, tell_turn=3))
    waits(town, "t1", turn=3)

    town.step(ID, C.DISPUTE, RESIDENT)
    town.lifecycle.hear(ID, begin=True)

    assert heard(town, "t1") == "superseded"
    assert town.executions.started == {G2: ID}
    assert town.watched() == (ID,)
    waits(town, "t2", turn=4, execution=G2)
    assert town.watched() == ()


def test_an_old_generation_that_comes_to_wait_hears_that_it_is_over(town: Town) -> None:
    town.put(a_request(S.RESOLVED, turn=3))
    town.step(ID, C.DISPUTE, RESIDENT)

    waits(town, "t1", turn=3)

    assert heard(town, "t1") == "superseded"
    # The new generation has heard of nothing yet.
    assert town.watched() == (ID,)


def test_records_that_were_overtaken_leave_no_generation_waiting(town: Town) -> None:
    """The record of generation 2 is handled only when the request is in generation 3 already."""
    town.put(a_request(S.RESOLVED, turn=3))
    waits(town, "t1", turn=3)
    town.step(ID, C.DISPUTE, RESIDENT)
    town.step(ID, C.CONTINUE)

    town.lifecycle.hear(ID, begin=True)

    assert heard(town, "t1") == "superseded"
    assert town.executions.started == {G3: ID}


def test_the_next_generation_waits_under_a_token_of_its_own(town: Town) -> None:
    town.put(a_request(S.RESOLVED, turn=3))
    town.step(ID, C.DISPUTE, RESIDENT)
    waits(town, "t2", turn=4, execution=G2)

    town.step(ID, C.ACCEPT, OTHER)
    town.lifecycle.hear(ID, begin=False)

    assert heard(town, "t2") == "accepted"


def test_a_dispute_that_overtakes_a_close_wins(town: Town) -> None:
    town.put(a_request(S.RESOLVED, turn=3))
    town.requests = Meanwhile(
        town.requests, "change", before=lambda: void(town.step(ID, C.DISPUTE, RESIDENT))
    )

    with pytest.raises(Conflict):
        town.lifecycle.close(ID, G1, turn=3)
    again = town.lifecycle.close(ID, G1, turn=3)

    assert again.status == "superseded"
    assert town.get(ID).status is S.ROUTED


# Escalating ---------------------------------------------------------------------------------------


def due(town: Town, **changes: Any) -> ServiceRequest:
    """A request that nobody picked up within its day."""
    request = town.put(a_request(S.ROUTED, **changes))
    town.clock.move(days=1)
    return request


def test_what_nobody_picked_up_is_escalated_and_recorded(town: Town) -> None:
    due(town)

    told = town.lifecycle.escalate(ID, G1, turn=1)

    assert (told.event, told.escalation, told.owner) == ("escalated", 1, "streets")
    assert told.event_id == f"{ID}-g1-t1-e1"
    assert told.wait_seconds == 86_401
    event = town.requests.events(ID)[-1]
    assert (event.action, event.role, event.details["escalation"]) == ("escalate", "system", 1)
    assert town.get(ID).turn == 1
    assert town.wrong(ID) is None


def test_a_second_escalation_goes_to_the_front_desk(town: Town) -> None:
    due(town, escalation=1)
    town.clock.move(days=1)

    told = town.lifecycle.escalate(ID, G1, turn=1)

    assert (told.escalation, told.owner) == (2, "desk")


def test_before_its_time_nothing_is_escalated(town: Town) -> None:
    town.put(a_request(S.ROUTED))
    town.clock.move(hours=23, minutes=59)

    told = town.lifecycle.escalate(ID, G1, turn=1)

    assert (told.event, told.status) == ("none", "routed")
    assert town.get(ID).escalation == 0


def test_an_escalation_whose_answer_was_lost_is_told_again_and_counted_once(town: Town) -> None:
    due(town)
    first = town.lifecycle.escalate(ID, G1, turn=1)

    again = town.lifecycle.escalate(ID, G1, turn=1)

    assert again == first
    assert town.get(ID).escalation == 1


def test_who_acted_in_the_meantime_is_not_escalated(town: Town) -> None:
    due(town)
    town.step(ID, C.ACCEPT, WORKER)

    told = town.lifecycle.escalate(ID, G1, turn=1)

    assert (told.event, told.status, told.tell) == ("assigned", "accepted", True)
    assert town.get(ID).escalation == 0


def test_who_acts_in_the_very_moment_wins(town: Town) -> None:
    due(town)
    town.requests = Meanwhile(
        town.requests, "change", before=lambda: void(town.step(ID, C.ACCEPT, WORKER))
    )

    with pytest.raises(Conflict):
        town.lifecycle.escalate(ID, G1, turn=1)
    assert town.lifecycle.escalate(ID, G1, turn=1).status == "accepted"
    assert town.get(ID).escalation == 0


def test_an_old_generation_escalates_nothing(town: Town) -> None:
    due(town, generation=2)

    assert town.lifecycle.escalate(ID, G1, turn=1).status == "superseded"
    assert town.get(ID).escalation == 0


def test_an_answer_is_not_escalated(town: Town) -> None:
    town.put(a_request(S.RESOLVED, turn=3))
    town.clock.move(days=30)

    told = town.lifecycle.escalate(ID, G1, turn=3)

    assert (told.event, told.status) == ("none", "resolved")


def test_a_hold_that_is_over_is_escalated(town: Town) -> None:
    hold = Hold(reason="Parts", until=NOON + timedelta(hours=2))
    town.put(a_request(S.ON_HOLD, hold=hold))
    town.clock.move(hours=1)
    assert town.lifecycle.escalate(ID, G1, turn=1).event == "none"

    town.clock.move(hours=1)

    assert town.lifecycle.escalate(ID, G1, turn=1).event == "escalated"


@pytest.mark.parametrize("status", [S.IN_TRIAGE, S.ROUTED, S.ACCEPTED, S.ON_HOLD])
def test_a_generation_that_lived_too_long_hands_over_to_the_next(
    town: Town, status: Status
) -> None:
    town.put(a_request(status))
    town.clock.now = NOON + GENERATION_LIFE + timedelta(seconds=1)

    told = town.lifecycle.escalate(ID, G1, turn=1)
    town.lifecycle.hear(ID, begin=True)

    assert told.status == "superseded"
    assert town.get(ID).generation == 2
    assert town.get(ID).status is status
    assert town.executions.started == {G2: ID}


# Closing ------------------------------------------------------------------------------------------


def test_silence_closes_it(town: Town) -> None:
    town.put(a_request(S.RESOLVED, turn=3))

    told = town.lifecycle.close(ID, G1, turn=3)

    assert told.status == "closed"
    event = town.requests.events(ID)[-1]
    assert (event.action, event.role, event.subject) == ("close", "system", "lifecycle")
    # Nobody has to hear of what the execution did itself.
    assert town.get(ID).turn == 3


def test_closing_twice_closes_once(town: Town) -> None:
    town.put(a_request(S.RESOLVED, turn=3))

    first, second = (town.lifecycle.close(ID, G1, turn=3) for _ in range(2))

    assert first == second
    assert len(town.requests.events(ID)) == 2


def test_what_the_resident_confirmed_is_closed_already(town: Town) -> None:
    town.put(a_request(S.RESOLVED, turn=3))
    town.step(ID, C.CONFIRM, RESIDENT)

    assert town.lifecycle.close(ID, G1, turn=3).status == "closed"
    assert [each.action for each in town.requests.events(ID)] == ["accept", "confirm"]


def test_a_close_for_an_earlier_turn_leaves_the_later_answer_open(town: Town) -> None:
    """The work was answered anew since: the new answer has its own days."""
    town.put(a_request(S.RESOLVED, turn=5))

    assert town.lifecycle.close(ID, G1, turn=3).status == "resolved"
    assert town.get(ID).status is S.RESOLVED


@pytest.mark.parametrize("status", [S.ROUTED, S.ACCEPTED, S.IN_TRIAGE])
def test_what_is_not_answered_is_not_closed(town: Town, status: Status) -> None:
    town.put(a_request(status))

    assert town.lifecycle.close(ID, G1, turn=1).status == status
    assert town.get(ID).status is status


# Handing over to a person -------------------------------------------------------------------------


def test_what_triage_did_not_answer_goes_to_a_person(town: Town) -> None:
    town.put(a_request(description="A wire down"))

    told = town.lifecycle.hand_over(ID, G1)

    request = town.get(ID)
    assert (told.status, told.fresh, told.emergency) == ("in_triage", True, True)
    assert request.status is S.IN_TRIAGE
    assert request.decision is not None
    assert request.decision.needs_person == "Automatic triage did not answer."
    assert request.decision.found is Found.CHOSEN
    assert town.wrong(ID) is None


def test_handing_over_twice_hands_over_once(town: Town) -> None:
    town.put()

    first, second = (town.lifecycle.hand_over(ID, G1) for _ in range(2))

    assert first == second
    assert len(town.requests.events(ID)) == 2


def test_what_was_triaged_after_all_is_not_handed_over(town: Town) -> None:
    town.put()
    town.triage.decide(ID, G1)

    assert town.lifecycle.hand_over(ID, G1).status == "routed"


# Renewing -----------------------------------------------------------------------------------------


def test_a_request_whose_execution_died_goes_on_in_the_next(town: Town) -> None:
    town.put(a_request(S.ACCEPTED, turn=2, tell_turn=2))

    town.lifecycle.renew(ID)
    town.lifecycle.hear(ID, begin=True)

    request = town.get(ID)
    assert (request.status, request.generation, request.round) == (S.ACCEPTED, 2, 1)
    assert town.executions.started == {G2: ID}
    assert town.triage.decide(ID, G2).tell


def test_an_execution_that_waits_is_not_replaced_but_told(town: Town) -> None:
    town.put(a_request(S.ROUTED))
    waits(town, "t1")
    town.step(ID, C.ACCEPT, WORKER)

    town.lifecycle.renew(ID)

    assert town.get(ID).generation == 1
    assert heard(town, "t1") == "accepted"
    assert town.watched() == ()


def test_what_is_closed_needs_no_execution_any_more(town: Town) -> None:
    town.put(a_request(S.CLOSED, turn=4))

    town.lifecycle.renew(ID)

    assert town.get(ID).generation == 1
    assert town.watched() == ()


def test_a_request_that_was_never_begun_is_renewed_too(town: Town) -> None:
    town.put()

    town.lifecycle.renew(ID)
    town.lifecycle.hear(ID, begin=True)

    told = town.triage.decide(ID, G2)
    assert (told.status, told.stage, told.fresh) == ("routed", "received", True)


# The whole story ----------------------------------------------------------------------------------


def test_a_request_goes_from_door_to_door(town: Town) -> None:
    """Received, routed, accepted, answered, disputed, answered again, closed by silence."""
    filed = town.file()
    key = filed.service_request_id
    one, two = f"{key}-g1", f"{key}-g2"
    assert filed.capability is not None

    def wait(execution: str, token: str, turn: int) -> None:
        town.executions.waiting.add(token)
        town.lifecycle.wait(key, execution, turn=turn, token=token)

    def act(command: Command, actor: Any) -> None:
        town.clock.move(hours=1)
        town.desk.command(actor, key, command, fields)
        town.lifecycle.hear(key, begin=False)

    fields = CommandFields(reason="x", outcome=a_request(S.RESOLVED).outcome)
    town.lifecycle.hear(key, begin=True)
    assert town.triage.decide(key, one).status == "routed"
    wait(one, "a", 1)
    act(C.ACCEPT, WORKER)
    wait(one, "b", 2)
    act(C.RESOLVE, WORKER)
    wait(one, "c", 3)
    town.word.dispute(key, filed.capability, "Still there")
    town.lifecycle.hear(key, begin=True)
    assert town.triage.decide(key, two).stage == "reopened"
    wait(two, "d", 4)
    act(C.ACCEPT, OTHER)
    wait(two, "e", 5)
    act(C.RESOLVE, OTHER)
    wait(two, "f", 6)
    town.clock.move(days=7)
    assert town.lifecycle.close(key, two, turn=6).status == "closed"

    told = [town.executions.outputs.get(token, {}).get("status") for token in "abcdef"]
    assert told == ["accepted", "resolved", "superseded", "accepted", "resolved", None]
    assert town.watched() == ()
    assert town.wrong(key) is None
    assert town.get(key).seq == 8


def void(_: object) -> None:
    """What a step answers is of no interest here."""


def test_the_desk_hears_of_what_comes_back_to_it(town: Town) -> None:
    town.put(a_request(S.ROUTED))
    waits(town, "t1")

    town.desk.command(WORKER, ID, C.RETURN, CommandFields(reason="Not ours"))
    town.lifecycle.hear(ID, begin=False)

    assert heard(town, "t1") == "in_triage"
    waits(town, "t2", turn=2)
    town.desk.command(AGENT, ID, C.TRIAGE, CommandFields(service_code="main_break"))
    town.lifecycle.hear(ID, begin=False)
    assert town.executions.outputs["t2"]["department"] == "water"
