"""The chain of events: every way to tamper with it is found."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city311.domain.audit import GENESIS, SCHEME, AuditEvent, broken_link, canonical
from tests.builders import ID, an_event, an_id


def chain(length: int = 4, service_request_id: str = ID) -> list[AuditEvent]:
    """A whole chain."""
    events: list[AuditEvent] = []
    for seq in range(1, length + 1):
        prev = events[-1].hash if events else GENESIS
        events.append(
            an_event(
                service_request_id=service_request_id, seq=seq, prev=prev, details={"step": seq}
            )
        )
    return events


WHOLE = chain()


def wrong(events: Sequence[AuditEvent], of: Sequence[AuditEvent] = WHOLE) -> str | None:
    """What is wrong, as the request that holds the head and length of ``of`` sees it."""
    return broken_link(events, head=of[-1].hash, length=len(of))


def test_a_whole_chain_is_whole() -> None:
    assert wrong(WHOLE) is None


def test_no_events_at_all_are_a_cut_tail() -> None:
    assert wrong([]) == "0 events, but the request says 4"
    assert broken_link([], head=GENESIS, length=0) is None


@pytest.mark.parametrize("index", range(4))
def test_an_event_that_is_missing_is_found(index: int) -> None:
    assert wrong([*WHOLE[:index], *WHOLE[index + 1 :]])


@pytest.mark.parametrize("index", range(4))
def test_an_event_that_was_put_in_is_found(index: int) -> None:
    assert wrong([*WHOLE[:index], WHOLE[index], *WHOLE[index:]])


@pytest.mark.parametrize("index", range(3))
def test_events_that_changed_places_are_found(index: int) -> None:
    moved = list(WHOLE)
    moved[index], moved[index + 1] = moved[index + 1], moved[index]

    assert wrong(moved)


@pytest.mark.parametrize("cut", range(1, 4))
def test_a_tail_that_was_cut_is_found(cut: int) -> None:
    assert wrong(WHOLE[:-cut]) == f"{4 - cut} events, but the request says 4"


def test_a_tail_that_was_added_is_found() -> None:
    assert wrong(chain(5))


EDITS: dict[str, Any] = {
    "service_request_id": an_id(9),
    "seq": 99,
    "at": "2020-01-01T00:00:00.000Z",
    "role": "admin",
    "subject": "somebody else",
    "action": "resolve",
    "details": {"step": 99},
    "versions": {},
    "prev": "f" * 64,
    "scheme": "city311-audit-0",
    "hash": "f" * 64,
}


@pytest.mark.parametrize("index", range(4))
@pytest.mark.parametrize("name", EDITS)
def test_every_field_of_every_event_is_under_the_seal(index: int, name: str) -> None:
    events = list(WHOLE)
    events[index] = replace(events[index], **{name: EDITS[name]})

    assert wrong(events)


@pytest.mark.parametrize("index", range(4))
@pytest.mark.parametrize("name", sorted(set(EDITS) - {"hash"}))
def test_an_edit_under_a_new_seal_is_found_too(index: int, name: str) -> None:
    events = list(WHOLE)
    events[index] = replace(events[index], **{name: EDITS[name]}).sealed()

    assert wrong(events)


def test_a_chain_forged_anew_from_an_edit_on_does_not_fit_the_head() -> None:
    forged = chain()
    forged[1] = replace(forged[1], details={"step": "forged"}).sealed()
    forged[2] = replace(forged[2], prev=forged[1].hash).sealed()
    forged[3] = replace(forged[3], prev=forged[2].hash).sealed()

    assert wrong(forged) == "4 events, but the request says 4"


def test_an_event_of_another_request_in_the_chain_is_found() -> None:
    events = chain()
    events[2] = replace(events[2], service_request_id=an_id(9)).sealed()
    events[3] = replace(events[3], prev=events[2].hash).sealed()

    assert wrong(events, of=events) == "event 3: belongs to another request"


def test_a_chain_moved_to_another_request_is_found() -> None:
    assert wrong(chain(service_request_id=an_id(9)))


@pytest.mark.parametrize(
    ("events", "words"),
    [
        ([replace(WHOLE[0], scheme="x")], "event 1: unknown scheme 'x'"),
        ([WHOLE[1]], "event 1: numbered 2"),
        ([replace(WHOLE[0], prev="x")], "event 1: does not follow the one before it"),
        ([replace(WHOLE[0], action="x")], "event 1: its content is not what was hashed"),
    ],
)
def test_what_is_wrong_is_said_in_words(events: list[AuditEvent], words: str) -> None:
    assert wrong(events) == words


def test_an_unknown_scheme_is_not_trusted_even_under_its_seal() -> None:
    event = an_event(scheme="city311-audit-2")

    assert event.hash == event.computed_hash()
    assert wrong([event], of=[event]) == "event 1: unknown scheme 'city311-audit-2'"


def test_the_seal_is_the_one_that_was_published() -> None:
    """Stored chains must verify for years: this hash may never change under this scheme."""
    event = AuditEvent(
        service_request_id="7H2K9MQ4R",
        seq=1,
        at="2026-11-03T17:00:00.000Z",
        role="resident",
        subject="open311",
        action="accept",
        details={"to": "received", "photos": 2, "private": False, "district": None, "ñ": ["é"]},
        versions={"code": "1"},
        prev=GENESIS,
    ).sealed()

    assert SCHEME == "city311-audit-1"
    assert event.hash == "d107b58075af93ebbdab4dba11aa126e162b612eb45f89465a031c2eb6c0f003"


# The canonical encoding ---------------------------------------------------------------------------

legible = st.text(st.characters(codec="utf-8"))
details = st.recursive(
    st.none() | st.booleans() | st.integers() | legible,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(legible, inner, max_size=3),
    max_leaves=8,
)


def test_one_value_has_one_encoding() -> None:
    assert canonical({"b": 1, "a": [True, None, "é"]}) == '{"a":[true,null,"é"],"b":1}'.encode()
    assert canonical({"a": 1, "b": 2}) == canonical({"b": 2, "a": 1})
    assert canonical(("x", 1)) == canonical(["x", 1])


@given(details)
def test_an_encoding_loses_nothing(value: Any) -> None:
    back = json.loads(canonical(value))

    assert back == value
    assert canonical(back) == canonical(value)


@given(details)
def test_an_event_keeps_its_seal_whatever_it_carries(value: Any) -> None:
    event = an_event(details={"value": value})

    assert event.hash == event.computed_hash()
    assert event.hash != an_event(details={"value": [value]}).hash


@pytest.mark.parametrize("value", [1.5, {"a": 1.0}, [1, [2.0]], {"a": {"b": [0.1]}}])
def test_a_float_is_refused_wherever_it_hides(value: Any) -> None:
    with pytest.raises(TypeError, match="no floats"):
        canonical(value)
