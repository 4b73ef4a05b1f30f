"""One contract, both cabinets: what is accepted, changed and read back."""

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest

from city311.adapters.dynamodb.items import PLACE, PUBLIC_ATTRIBUTES, PUBLIC_REQUEST, REQUEST
from city311.domain.audit import broken_link
from city311.domain.errors import Conflict, IdempotencyMismatch, InvalidInput, NotFound
from city311.domain.ids import digest
from city311.domain.lifecycle import Status
from city311.domain.outcomes import Outcome, OutcomeKind
from city311.domain.request import Hold, Place, PublicRequest, ServiceRequest
from city311.ports import Accepted, IdTaken
from tests.adapters.building import (
    NOON,
    SITE,
    a_change,
    a_key,
    a_photo,
    a_query,
    a_request,
    a_resident,
    an_acceptance,
    an_event,
    an_id,
    minutes,
    the_public,
)
from tests.adapters.conftest import Cabinet
from tests.adapters.costs import DECISION
from tests.adapters.plan import PUBLIC


def test_what_is_accepted_reads_back_equal(cabinet: Cabinet) -> None:
    acceptance = an_acceptance()

    accepted = cabinet.requests.accept(acceptance)

    assert accepted == Accepted(service_request_id=an_id(1), new=True)
    assert cabinet.requests.get(an_id(1)) == acceptance.request
    assert cabinet.requests.public(an_id(1)) == acceptance.public
    assert cabinet.residents.get(an_id(1)) == acceptance.resident
    assert cabinet.requests.events(an_id(1)) == (acceptance.event,)


def test_the_same_post_twice_is_one_request(cabinet: Cabinet) -> None:
    first = an_acceptance()
    again = an_acceptance(a_request(service_request_id=an_id(2)), key=first.key)
    cabinet.requests.accept(first)

    replayed = cabinet.requests.accept(again)

    assert replayed == Accepted(service_request_id=an_id(1), new=False)
    with pytest.raises(NotFound):
        cabinet.requests.get(an_id(2))


def test_an_acceptance_that_lost_its_answer_is_still_its_own(cabinet: Cabinet) -> None:
    acceptance = an_acceptance()
    cabinet.requests.accept(acceptance)

    repeated = cabinet.requests.accept(acceptance)

    assert repeated == Accepted(service_request_id=an_id(1), new=True)
    assert len(cabinet.requests.events(an_id(1))) == 1


def test_a_key_with_other_content_is_refused_and_nothing_stored(cabinet: Cabinet) -> None:
    first = an_acceptance()
    cabinet.requests.accept(first)
    other = an_acceptance(
        a_request(service_request_id=an_id(2)), key=replace(first.key, content=digest("other"))
    )

    with pytest.raises(IdempotencyMismatch) as refusal:
        cabinet.requests.accept(other)

    assert [problem.field for problem in refusal.value.problems] == ["idempotency_key"]
    with pytest.raises(NotFound):
        cabinet.requests.get(an_id(2))


def test_a_key_is_free_again_when_it_has_expired(cabinet: Cabinet) -> None:
    first = an_acceptance()
    later = NOON + timedelta(hours=24, seconds=1)
    second = an_acceptance(
        a_request(service_request_id=an_id(2), requested_at=later, updated_at=later),
        key=replace(first.key, expires_at=later + timedelta(hours=24)),
    )
    cabinet.requests.accept(first)

    assert cabinet.requests.accept(second) == Accepted(service_request_id=an_id(2), new=True)


def test_an_id_that_is_taken_asks_for_another_throw(cabinet: Cabinet) -> None:
    first = an_acceptance()
    cabinet.requests.accept(first)
    collision = an_acceptance(a_request(description="Another one."), key=a_key())

    with pytest.raises(IdTaken):
        cabinet.requests.accept(collision)

    assert cabinet.requests.get(an_id(1)) == first.request
    elsewhere = an_acceptance(a_request(service_request_id=an_id(2)), key=a_key())
    assert cabinet.requests.accept(elsewhere).new


def test_more_photos_than_one_write_can_take_are_refused(cabinet: Cabinet) -> None:
    photos = tuple(f"{number:026}" for number in range(97))

    with pytest.raises(InvalidInput) as refusal:
        cabinet.requests.accept(an_acceptance(a_request(photos=photos)))

    assert refusal.value.problems[0].field == "photos"
    accepted = cabinet.requests.accept(an_acceptance(a_request(photos=photos[:96] + photos[:1])))
    assert accepted.new


def test_a_private_request_is_in_no_public_read(cabinet: Cabinet) -> None:
    acceptance = an_acceptance(a_request(private=True), private=True)
    cabinet.requests.accept(acceptance)

    assert cabinet.requests.get(an_id(1)) == acceptance.request
    with pytest.raises(NotFound):
        cabinet.requests.public(an_id(1))
    assert cabinet.requests.by_ids([an_id(1)]) == ()
    assert cabinet.requests.listed(a_query()).rows == ()
    assert cabinet.requests.listed(a_query(by_updated=True)).rows == ()
    assert cabinet.requests.nearby(["9zm3uy"], minutes(-1)) == ()


def test_a_request_that_becomes_private_leaves_every_public_read(cabinet: Cabinet) -> None:
    acceptance = an_acceptance()
    cabinet.requests.accept(acceptance)

    cabinet.requests.change(a_change(acceptance.request, private=True, description="Mine."))

    with pytest.raises(NotFound):
        cabinet.requests.public(an_id(1))
    assert cabinet.requests.by_ids([an_id(1)]) == ()
    assert cabinet.requests.listed(a_query()).rows == ()
    assert cabinet.requests.nearby(["9zm3uy"], minutes(-1)) == ()
    assert cabinet.requests.get(an_id(1)).description == "Mine."


def test_unknown_and_private_refuse_in_the_same_words(cabinet: Cabinet) -> None:
    cabinet.requests.accept(an_acceptance(private=True))
    said = []
    for each in (an_id(1), an_id(2)):
        with pytest.raises(NotFound) as refusal:
            cabinet.requests.public(each)
        said.append(refusal.value.message)

    assert said[0] == said[1]


def test_what_staff_see_may_say_more_than_the_public_view(cabinet: Cabinet) -> None:
    request = a_request(status_notes="Call first.")
    public = the_public(request, description="Pothole", address=None, status_notes=None)
    acceptance = an_acceptance(request, public=public)

    cabinet.requests.accept(acceptance)

    assert cabinet.requests.get(an_id(1)) == acceptance.request
    assert cabinet.requests.public(an_id(1)) == public
    assert cabinet.requests.listed(a_query()).rows == (public,)


def test_the_public_view_may_say_what_staff_did_not(cabinet: Cabinet) -> None:
    request = a_request(place=Place(address_id="QH-1"))
    public = the_public(request, address="Near the library")
    acceptance = an_acceptance(request, public=public)

    cabinet.requests.accept(acceptance)

    assert cabinet.requests.get(an_id(1)) == acceptance.request
    assert cabinet.requests.public(an_id(1)) == public


def test_a_request_without_a_point_is_listed_and_not_nearby(cabinet: Cabinet) -> None:
    cabinet.requests.accept(an_acceptance(a_request(place=Place(address="Town hall"))))

    assert len(cabinet.requests.listed(a_query()).rows) == 1
    assert cabinet.requests.nearby(["9zm3uy"], minutes(-1)) == ()


def test_every_field_survives_a_change(cabinet: Cabinet) -> None:
    acceptance = an_acceptance()
    cabinet.requests.accept(acceptance)
    outcome = Outcome(
        kind=OutcomeKind.PLANNED, note="Planned with the new drain.", until=minutes(9_000)
    )
    change = a_change(
        acceptance.request,
        status=Status.ON_HOLD,
        service_code="drain",
        department="streets",
        assignee="crew-4",
        not_by="staff-2",
        expected_at=minutes(5_000),
        escalation=2,
        generation=2,
        generation_turn=2,
        generation_at=minutes(10),
        tell_turn=2,
        round=2,
        photos=("one", "two"),
        shown=(a_photo("one"),),
        media_urls=("https://photos.example/1.jpg",),
        decision=DECISION,
        outcome=outcome,
        hold=Hold(reason="Parts are ordered.", until=minutes(8_000)),
        status_notes="Waiting for parts.",
        dispute="It is still there.",
        sender={"jurisdiction": "other", "": "nameless"},
    )

    cabinet.requests.change(change)

    assert cabinet.requests.get(an_id(1)) == change.request
    assert cabinet.requests.public(an_id(1)) == change.public
    assert [event.seq for event in cabinet.requests.events(an_id(1))] == [1, 2]


def test_what_a_change_takes_away_is_gone(cabinet: Cabinet) -> None:
    request = a_request(
        status=Status.ON_HOLD,
        department="streets",
        assignee="crew-4",
        hold=Hold(reason="Parts are ordered.", until=minutes(60)),
        status_notes="Waiting.",
    )
    cabinet.requests.accept(an_acceptance(request))
    held = cabinet.requests.get(an_id(1))

    change = a_change(held, status=Status.CLOSED, assignee=None, hold=None, status_notes=None)
    cabinet.requests.change(change)

    assert cabinet.requests.get(an_id(1)) == change.request
    assert cabinet.requests.work("streets", limit=10).rows == ()


def test_of_two_changes_from_the_same_state_one_is_written(cabinet: Cabinet) -> None:
    acceptance = an_acceptance()
    cabinet.requests.accept(acceptance)
    first = a_change(acceptance.request, department="streets")
    second = a_change(acceptance.request, department="water", status=Status.ROUTED)
    cabinet.requests.change(first)

    with pytest.raises(Conflict):
        cabinet.requests.change(replace(second, event=replace(second.event, hash=digest("2"))))

    assert cabinet.requests.get(an_id(1)) == first.request
    assert cabinet.requests.events(an_id(1)) == (acceptance.event, first.event)


def test_the_same_change_twice_is_one_change(cabinet: Cabinet) -> None:
    acceptance = an_acceptance()
    cabinet.requests.accept(acceptance)
    change = a_change(acceptance.request)
    cabinet.requests.change(change)

    cabinet.requests.change(change)

    assert cabinet.requests.get(an_id(1)) == change.request
    assert len(cabinet.requests.events(an_id(1))) == 2


def test_a_change_of_nothing_is_a_conflict(cabinet: Cabinet) -> None:
    with pytest.raises(Conflict):
        cabinet.requests.change(a_change(a_request()))

    assert cabinet.requests.events(an_id(1)) == ()


def test_the_chain_of_what_was_stored_verifies(cabinet: Cabinet) -> None:
    request = an_acceptance().request
    details = {"reasons": ("two", "words"), "count": 3, "more": {"none": None, "ä": True}}
    cabinet.requests.accept(an_acceptance(request, event=an_event(request, details=details)))
    for _ in range(11):
        cabinet.requests.change(a_change(cabinet.requests.get(an_id(1))))

    events = cabinet.requests.events(an_id(1))
    last = cabinet.requests.get(an_id(1))

    assert broken_link(events, head=last.head, length=last.seq) is None
    assert events[0].details == {**details, "reasons": ["two", "words"]}


def test_times_are_kept_in_whole_milliseconds(cabinet: Cabinet) -> None:
    until = minutes(9) + timedelta(microseconds=1_999)
    request = a_request(hold=Hold(reason="Rain.", until=until))
    cabinet.requests.accept(an_acceptance(request))

    held = cabinet.requests.get(an_id(1)).hold

    assert held == Hold(reason="Rain.", until=minutes(9) + timedelta(milliseconds=1))


def test_a_new_request_and_each_signal_are_under_watch_until_settled(cabinet: Cabinet) -> None:
    acceptance = an_acceptance()
    cabinet.requests.accept(acceptance)
    assert cabinet.watch.requests_due(NOON, 10) == ()
    assert cabinet.watch.requests_due(minutes(1), 10) == (an_id(1),)

    cabinet.requests.settle(an_id(1), 1, 1, until=None)
    assert cabinet.watch.requests_due(minutes(1), 10) == ()

    change = a_change(acceptance.request)
    cabinet.requests.change(change)
    assert cabinet.watch.requests_due(minutes(10), 10) == ()
    assert cabinet.watch.requests_due(minutes(11), 10) == (an_id(1),)


def test_what_was_heard_is_looked_at_again_when_it_should_have_moved(cabinet: Cabinet) -> None:
    cabinet.requests.accept(an_acceptance())

    cabinet.requests.settle(an_id(1), 1, 1, until=minutes(30))

    assert cabinet.watch.requests_due(minutes(30), 10) == ()
    assert cabinet.watch.requests_due(minutes(31), 10) == (an_id(1),)
    cabinet.requests.settle(an_id(1), 1, 1, until=minutes(50))
    assert cabinet.watch.requests_due(minutes(49), 10) == ()


@pytest.mark.parametrize(("turn", "generation"), [(1, 1), (2, 2), (3, 1)])
def test_settling_an_older_state_leaves_the_watch(
    cabinet: Cabinet, turn: int, generation: int
) -> None:
    acceptance = an_acceptance()
    cabinet.requests.accept(acceptance)
    cabinet.requests.change(a_change(acceptance.request))

    cabinet.requests.settle(an_id(1), turn, generation, until=None)

    assert cabinet.watch.requests_due(minutes(60), 10) == (an_id(1),)


def test_settling_what_is_settled_or_unknown_is_silent(cabinet: Cabinet) -> None:
    cabinet.requests.accept(an_acceptance())
    for each in (an_id(1), an_id(1), an_id(2)):
        cabinet.requests.settle(each, 1, 1, until=None)

    assert cabinet.watch.requests_due(minutes(60), 10) == ()
    with pytest.raises(NotFound):
        cabinet.requests.get(an_id(2))


def test_a_quiet_change_keeps_the_watch_as_it_was(cabinet: Cabinet) -> None:
    acceptance = an_acceptance()
    cabinet.requests.accept(acceptance)

    quiet = a_change(acceptance.request, signals=False)
    cabinet.requests.change(quiet)
    assert cabinet.watch.requests_due(minutes(1), 10) == (an_id(1),)

    cabinet.requests.settle(an_id(1), 1, 1, until=None)
    cabinet.requests.change(a_change(quiet.request, signals=False))
    assert cabinet.watch.requests_due(minutes(60), 10) == ()


def test_a_change_is_watched_since_it_was_made_not_since_it_was_last_seen(
    cabinet: Cabinet,
) -> None:
    acceptance = an_acceptance()
    cabinet.requests.accept(acceptance)
    change = a_change(acceptance.request, updated_at=NOON)
    late = replace(change, event=replace(change.event, at="2026-11-24T18:00:00.000Z"))
    cabinet.requests.change(late)

    assert cabinet.watch.requests_due(minutes(359), 10) == ()
    assert cabinet.watch.requests_due(minutes(361), 10) == (an_id(1),)


def test_a_resident_is_erased_whole_and_for_good(cabinet: Cabinet) -> None:
    cabinet.requests.accept(an_acceptance())

    cabinet.residents.erase(an_id(1))
    cabinet.residents.erase(an_id(1))

    assert cabinet.residents.get(an_id(1)) is None
    assert cabinet.requests.get(an_id(1)).place == SITE


def test_a_resident_without_any_contact_reads_back_equal(cabinet: Cabinet) -> None:
    bare = a_resident(a_request(), email=None, phone=None, first_name=None, last_name=None)
    cabinet.requests.accept(an_acceptance(resident=bare))

    assert cabinet.residents.get(an_id(1)) == bare


def test_every_field_of_the_domain_is_stored() -> None:
    stored = {*REQUEST, "place"}
    assert stored == {field.name for field in fields(ServiceRequest)}
    assert set(PLACE) == {field.name for field in fields(Place)}
    assert {*PUBLIC_REQUEST, "status"} == {field.name for field in fields(PublicRequest)}


def test_the_allow_list_is_the_plan() -> None:
    assert set(PUBLIC_ATTRIBUTES) == set(PUBLIC)


def test_a_time_without_a_zone_is_refused(cabinet: Cabinet) -> None:
    naive: Any = NOON.replace(tzinfo=None)
    with pytest.raises(ValueError, match="zone"):
        cabinet.requests.accept(an_acceptance(a_request(expected_at=naive)))
