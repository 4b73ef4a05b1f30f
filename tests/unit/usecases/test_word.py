"""The resident's word on an answer: it is as you say, or it is not."""

import pytest

from city311.domain.audit import canonical
from city311.domain.errors import Forbidden, ForbiddenTransition, InvalidInput, NotFound
from city311.domain.ids import commitment
from city311.domain.lifecycle import Command, Status
from city311.usecases.word import MAX_WORDS
from tests.builders import CAPABILITY, ID, a_request, a_worker, an_id
from tests.unit.usecases.town import Town

REASON = "Zelda says the hole is still there"
RESOLVED = a_request(Status.RESOLVED, turn=3, tell_turn=3)


def test_a_yes_closes_it(town: Town) -> None:
    town.put(RESOLVED)

    after = town.word.confirm(ID, CAPABILITY, "Thank you")

    assert after.status is Status.CLOSED
    assert (after.turn, after.tell_turn, after.generation) == (4, 3, 1)
    assert town.get(ID) == after
    assert town.wrong(ID) is None


def test_a_yes_needs_no_words(town: Town) -> None:
    town.put(RESOLVED)

    town.word.confirm(ID, CAPABILITY, "  ")

    assert "words" not in town.requests.events(ID)[-1].details


def test_a_no_starts_anew_and_not_with_who_closed_it(town: Town) -> None:
    town.put(RESOLVED)

    after = town.word.dispute(ID, CAPABILITY, f" {REASON} ")

    assert (after.status, after.generation, after.round) == (Status.ROUTED, 2, 2)
    assert after.not_by == "worker-1"
    assert after.dispute == REASON
    with pytest.raises(Forbidden):
        town.step(ID, Command.ACCEPT, a_worker(subject="worker-1"))
    assert town.step(ID, Command.ACCEPT, a_worker(subject="worker-2")).assignee == "worker-2"


def test_a_no_may_come_after_it_was_closed(town: Town) -> None:
    town.put(a_request(Status.CLOSED))

    assert town.word.dispute(ID, CAPABILITY, REASON).status is Status.ROUTED


def test_the_words_are_committed_to_and_not_told(town: Town) -> None:
    town.put(RESOLVED, commitment_key="KEY")

    town.word.dispute(ID, CAPABILITY, REASON)

    event = town.requests.events(ID)[-1]
    assert event.details["words"] == commitment("KEY", REASON)
    assert (event.role, event.subject) == ("resident", "private-link")
    assert b"Zelda" not in canonical([event.details])
    assert "Zelda" not in repr(town.reading.public(ID))


def test_the_link_still_works_when_the_contact_was_erased(town: Town) -> None:
    town.put(RESOLVED)
    town.residents.erase(ID)

    town.word.dispute(ID, CAPABILITY, REASON)

    assert "words" not in town.requests.events(ID)[-1].details


@pytest.mark.parametrize("capability", ["", CAPABILITY.lower(), f"{CAPABILITY}0", "é"])
def test_a_wrong_link_looks_like_an_unknown_number(town: Town, capability: str) -> None:
    town.put(RESOLVED)

    def said(service_request_id: str) -> list[str]:
        found = []
        for verb in (
            lambda: town.word.confirm(service_request_id, capability, "ok"),
            lambda: town.word.dispute(service_request_id, capability, REASON),
            lambda: town.reading.private(service_request_id, capability),
        ):
            with pytest.raises(NotFound) as refused:
                verb()
            found.append(refused.value.message)
        return found

    assert said(ID) == said(an_id(99))
    assert town.get(ID).status is Status.RESOLVED


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_no_without_a_reason_is_asked_for_one(town: Town, reason: str) -> None:
    town.put(RESOLVED)

    with pytest.raises(InvalidInput) as refused:
        town.word.dispute(ID, CAPABILITY, reason)

    assert [(p.field, p.reason) for p in refused.value.problems] == [("reason", "missing")]
    assert town.get(ID).status is Status.RESOLVED


def test_words_without_end_are_refused_by_the_name_of_their_field(town: Town) -> None:
    town.put(RESOLVED)
    long = "x" * (MAX_WORDS + 1)

    for field, verb in (("note", town.word.confirm), ("reason", town.word.dispute)):
        with pytest.raises(InvalidInput) as refused:
            verb(ID, CAPABILITY, long)
        assert [(p.field, p.reason) for p in refused.value.problems] == [(field, "too_long")]

    assert town.word.dispute(ID, CAPABILITY, f" {'x' * MAX_WORDS} ").dispute == "x" * MAX_WORDS


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.RESOLVED, Status.CLOSED}))
def test_before_an_answer_there_is_nothing_to_say(town: Town, status: Status) -> None:
    town.put(a_request(status))

    with pytest.raises(ForbiddenTransition):
        town.word.confirm(ID, CAPABILITY, "")
    with pytest.raises(ForbiddenTransition):
        town.word.dispute(ID, CAPABILITY, REASON)


def test_a_yes_said_twice_is_said_once(town: Town) -> None:
    town.put(RESOLVED)
    town.word.confirm(ID, CAPABILITY, "")

    with pytest.raises(ForbiddenTransition):
        town.word.confirm(ID, CAPABILITY, "")

    assert len(town.requests.events(ID)) == 2
