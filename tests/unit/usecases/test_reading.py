"""What residents may read: the public projection, and a little more behind the private link."""

from datetime import timedelta

import pytest

from city311.domain.effects import CommandFields
from city311.domain.errors import NotFound
from city311.domain.lifecycle import Command, Role, Status
from city311.domain.outcomes import OutcomeKind
from city311.ports import ListQuery
from tests.builders import (
    CAPABILITY,
    EMAIL,
    FIELDS,
    ID,
    NOON,
    a_photo,
    a_request,
    a_worker,
    an_actor,
    an_id,
    an_outcome,
)
from tests.partners import PARTNER
from tests.unit.usecases.town import Town

C = Command


def test_anybody_reads_the_public_view_of_a_public_request(town: Town) -> None:
    town.put()

    assert town.reading.public(ID).description == "A deep hole"


def test_private_and_unknown_look_alike(town: Town) -> None:
    town.put(a_request(private=True))

    messages = []
    for service_request_id in (ID, an_id(99)):
        with pytest.raises(NotFound) as refused:
            town.reading.public(service_request_id)
        messages.append(refused.value.message)

    assert messages[0] == messages[1]


def test_lists_hold_what_is_public_and_nothing_else(town: Town) -> None:
    town.put()
    town.put(a_request(service_request_id=an_id(2), private=True))
    day = ListQuery(start=NOON - timedelta(days=1), end=NOON + timedelta(days=1))

    assert [row.service_request_id for row in town.reading.listed(day).rows] == [ID]
    asked = [an_id(2), ID, an_id(3)]
    assert [row.service_request_id for row in town.reading.by_ids(asked)] == [ID]


def test_extras_are_those_of_public_requests(town: Town) -> None:
    town.put(a_request(channel="web"))
    town.put(a_request(service_request_id=an_id(2), private=True))

    found = town.reading.extras([an_id(2), ID, an_id(3)])

    assert {key: extras.channel for key, extras in found.items()} == {ID: "web"}


@pytest.mark.parametrize(
    ("private", "asked", "shown"),
    [(False, (1,), True), (False, (1, 2), True), (True, (1,), False), (True, (1, 2), False)],
)
def test_a_duplicate_names_the_one_that_goes_on_if_that_is_public(
    town: Town, private: bool, asked: tuple[int, ...], shown: bool
) -> None:
    ended = an_outcome(OutcomeKind.DUPLICATE, duplicate_of=an_id(2))
    town.put(a_request(Status.RESOLVED, service_request_id=an_id(1), outcome=ended))
    town.put(a_request(service_request_id=an_id(2), private=private))

    found = town.reading.extras([an_id(number) for number in asked])

    assert found[an_id(1)].duplicate
    assert found[an_id(1)].parent == (an_id(2) if shown else None)


def test_a_closing_is_remembered_until_the_request_is_reopened(town: Town) -> None:
    town.put(a_request(Status.ACCEPTED, assignee="worker-1"))

    town.clock.move(hours=2)
    closed_at = town.clock()
    town.step(ID, C.RESOLVE, a_worker())
    town.clock.move(hours=2)
    town.step(ID, C.CONFIRM, an_actor(Role.RESIDENT))
    confirmed = town.reading.extras([ID])[ID]
    town.step(ID, C.REOPEN, an_actor(Role.AGENT))

    assert (confirmed.closed_at, confirmed.detailed_status) == (closed_at, "closed")
    assert town.reading.extras([ID])[ID].closed_at is None


def test_the_private_link_shows_what_its_holder_said_in_their_language(town: Town) -> None:
    request = town.put(a_request(Status.RESOLVED, private=True, language="es"))

    view = town.reading.private(ID, CAPABILITY)

    assert view.request == request
    assert (view.service_name, view.department_name) == ("Bache", "Calles")
    assert set(view.can) == {C.CONFIRM, C.DISPUTE}
    assert EMAIL not in repr(view)
    assert CAPABILITY not in repr(view)


def test_what_the_city_no_longer_has_is_shown_as_well_as_can_be(town: Town) -> None:
    town.put(a_request(Status.ROUTED, service_code="gone", department="gone"))

    view = town.reading.private(ID, CAPABILITY)

    assert (view.service_name, view.department_name, view.can) == ("gone", None, ())


def test_the_timeline_tells_the_story_and_leaves_out_what_is_internal(town: Town) -> None:
    filed = town.file()
    key, capability = filed.service_request_id, filed.capability
    assert capability is not None
    streets = a_worker("streets", "water", subject="worker-1")
    other = a_worker("streets", "water", subject="worker-2")
    steps = [
        (C.ROUTE, None),
        (C.SHOW_PHOTO, None),
        (C.CONTINUE, None),
        (C.ESCALATE, None),
        (C.ACCEPT, streets),
        (C.REASSIGN, streets),
        (C.START, other),
        (C.WAIT, other),
        (C.START, other),
        (C.RETURN, other),
        (C.TRIAGE, an_actor(Role.AGENT)),
        (C.ACCEPT, streets),
        (C.RESOLVE, streets),
        (C.DISPUTE, an_actor(Role.RESIDENT)),
        (C.START, other),
        (C.RESOLVE, other),
        (C.CONFIRM, an_actor(Role.RESIDENT)),
        (C.REOPEN, an_actor(Role.AGENT)),
    ]
    for command, actor in steps:
        town.clock.move(minutes=1)
        if actor:
            town.step(key, command, actor)
        else:
            town.step(key, command)

    timeline = town.reading.private(key, capability).timeline

    assert [entry.words for entry in timeline] == [
        "received",
        "routed",
        "photo",
        "escalated",
        "accepted",
        "in_progress",
        "on_hold",
        "in_progress",
        "in_triage",
        "routed",
        "accepted",
        "resolved",
        "reopened",
        "in_progress",
        "resolved",
        "closed",
        "reopened",
    ]
    done = "We filled the hole."
    assert [entry.note for entry in timeline if entry.note] == [FIELDS.reason, done, done]
    assert timeline[0].at == NOON
    assert [entry.at for entry in timeline] == sorted(entry.at for entry in timeline)
    assert [entry.words for entry in timeline if entry.note == FIELDS.reason] == ["on_hold"]
    assert town.wrong(key) is None


def test_a_closed_request_shows_its_last_word(town: Town) -> None:
    town.put(a_request(Status.RESOLVED))
    town.step(ID, C.CLOSE)

    view = town.reading.private(ID, CAPABILITY)

    assert view.timeline[-1].words == "closed"
    assert view.can == (C.DISPUTE,)


def test_what_staff_wrote_for_staff_is_not_in_the_timeline(town: Town) -> None:
    town.put(a_request(Status.ACCEPTED))
    fields = CommandFields(outcome=an_outcome(evidence="seen by Zelda"))

    town.step(ID, C.RESOLVE, a_worker(), fields=fields)

    view = town.reading.private(ID, CAPABILITY)
    assert "Zelda" not in repr(view.timeline)
    assert view.timeline[-1].note == "We filled the hole."
    assert a_photo() not in view.request.shown


def test_a_comment_is_in_the_timeline_in_the_words_that_all_read(town: Town) -> None:
    town.put()
    assert "comment" not in [each.words for each in town.reading.private(ID, CAPABILITY).timeline]

    town.step(ID, C.COMMENT, PARTNER)

    entry = town.reading.private(ID, CAPABILITY).timeline[-1]
    assert (entry.words, entry.note) == ("comment", FIELDS.reason)
