"""Photos: a slot, what was put into it, and what became of it."""

from datetime import timedelta

import pytest

from city311.domain.errors import InvalidInput
from city311.domain.lifecycle import Status
from city311.usecases.lifecycle import MAX_SHOWN
from city311.usecases.photos import CONTENT_TYPES, MAX_BYTES
from tests.builders import NOON, a_photo, a_request
from tests.unit.usecases.town import Town


@pytest.mark.parametrize("kind", CONTENT_TYPES)
def test_a_slot_takes_one_photo_of_exactly_its_type(town: Town, kind: str) -> None:
    form = town.slots.slot(kind)

    assert form.fields["Content-Type"] == kind
    assert form.fields["key"].endswith(form.photo_id)
    assert form.max_bytes == MAX_BYTES
    assert NOON < form.expires_at <= NOON + timedelta(minutes=15)


@pytest.mark.parametrize("kind", ["IMAGE/JPEG", " image/jpeg ", "image/jpeg; charset=utf-8"])
def test_a_type_is_read_as_it_is_meant(town: Town, kind: str) -> None:
    assert town.slots.slot(kind).fields["Content-Type"] == "image/jpeg"


def test_no_two_slots_are_the_same(town: Town) -> None:
    assert len({town.slots.slot("image/png").photo_id for _ in range(50)}) == 50


@pytest.mark.parametrize("kind", ["", "image/gif", "image/svg+xml", "text/html", "image"])
def test_what_cannot_be_shown_gets_no_slot(town: Town, kind: str) -> None:
    for offer in (town.slots.slot, lambda name: town.slots.store(name, b"x")):
        with pytest.raises(InvalidInput) as refused:
            offer(kind)
        (problem,) = refused.value.problems
        assert (problem.field, problem.reason) == ("content_type", "type")
        assert "image/jpeg" in problem.advice
    assert town.uploads.stored == {}


def test_a_photo_inside_a_post_goes_into_quarantine(town: Town) -> None:
    photo_id = town.slots.store("Image/PNG", b"photo")

    assert town.uploads.stored == {photo_id: ("image/png", b"photo")}


@pytest.mark.parametrize("size", [0, MAX_BYTES + 1])
def test_a_photo_of_no_size_or_too_large_is_refused(town: Town, size: int) -> None:
    with pytest.raises(InvalidInput) as refused:
        town.slots.store("image/png", bytes(size))

    assert refused.value.problems[0].reason == "size"
    assert town.uploads.stored == {}


@pytest.mark.parametrize("size", [1, MAX_BYTES])
def test_a_photo_of_the_largest_size_is_taken(town: Town, size: int) -> None:
    assert town.slots.store("image/png", bytes(size))


def test_what_was_developed_or_refused_is_known(town: Town) -> None:
    photo = a_photo()

    town.darkroom.developed(photo)
    town.darkroom.refused("P2", "not a photo")

    developed, refused = town.photos.get(photo.photo_id), town.photos.get("P2")
    assert developed is not None
    assert refused is not None
    assert developed.photo == photo
    assert (refused.photo, refused.problem) == (None, "not a photo")


def test_a_photo_of_a_request_is_shown_once_and_the_chain_holds(town: Town) -> None:
    request = town.put()

    town.lifecycle.show_photo(request.service_request_id, a_photo())
    town.lifecycle.show_photo(request.service_request_id, a_photo())

    shown = town.get(request.service_request_id)
    assert shown.shown == (a_photo(),)
    assert shown.seq == 2
    assert shown.turn == 1
    assert town.reading.public(request.service_request_id).media_url == a_photo().large
    assert town.wrong(request.service_request_id) is None


@pytest.mark.parametrize("status", Status)
def test_a_photo_is_shown_wherever_its_request_stands(town: Town, status: Status) -> None:
    request = town.put(a_request(status))

    town.lifecycle.show_photo(request.service_request_id, a_photo())

    assert town.get(request.service_request_id).shown == (a_photo(),)
    assert town.get(request.service_request_id).status is status


def test_no_request_shows_more_than_so_many(town: Town) -> None:
    request = town.put()
    for number in range(MAX_SHOWN + 3):
        town.lifecycle.show_photo(request.service_request_id, a_photo(number))

    assert len(town.get(request.service_request_id).shown) == MAX_SHOWN
