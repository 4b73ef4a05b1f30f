"""How a request can end: each kind with what it demands."""

from typing import Any

import pytest

from city311.domain.errors import InvalidInput
from city311.domain.outcomes import DEMANDS, LEAST_NOTE, Outcome, OutcomeKind
from tests.builders import an_outcome

DEMANDED = {
    "fixed": {"evidence"},
    "could_not_find": {"evidence"},
    "no_access": {"evidence"},
    "not_ours": {"whose"},
    "duplicate": {"duplicate_of"},
    "planned": {"until"},
    "declined": set(),
    "answered": set(),
}


def problems(kind: OutcomeKind, **values: Any) -> dict[str, str]:
    with pytest.raises(InvalidInput) as refusal:
        Outcome(kind=kind, **values)
    return {each.field: each.reason for each in refusal.value.problems}


def test_every_kind_demands_what_the_page_says() -> None:
    assert {kind.value: set(names) for kind, names in DEMANDS.items()} == DEMANDED


@pytest.mark.parametrize("kind", OutcomeKind)
def test_an_outcome_with_all_it_demands_is_taken(kind: OutcomeKind) -> None:
    assert an_outcome(kind).kind is kind


@pytest.mark.parametrize("nothing", [None, "", "  "])
@pytest.mark.parametrize("kind", [kind for kind, names in DEMANDS.items() if names])
def test_an_outcome_without_what_it_demands_names_it(kind: OutcomeKind, nothing: Any) -> None:
    (name,) = DEMANDS[kind]

    assert problems(kind, note="A long enough note", **{name: nothing}) == {name: "missing"}


@pytest.mark.parametrize("note", ["", "done", " " * 20 + "done", "x" * (LEAST_NOTE - 1)])
def test_a_note_that_tells_nothing_is_refused(note: str) -> None:
    assert problems(OutcomeKind.ANSWERED, note=note) == {"note": "too_short"}


def test_a_note_just_long_enough_is_taken() -> None:
    assert Outcome(kind=OutcomeKind.ANSWERED, note="x" * LEAST_NOTE).note


def test_all_that_is_wrong_is_named_at_once() -> None:
    assert problems(OutcomeKind.FIXED, note="done") == {"evidence": "missing", "note": "too_short"}
