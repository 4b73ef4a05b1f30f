"""Updates both ways: what anybody reads of what happened, what a partner says, and only once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from city311.adapters.memory import MemoryRequests, MemoryTable
from city311.domain.audit import canonical
from city311.domain.errors import Conflict, InvalidInput, NotFound, Unavailable
from city311.domain.ids import commitment
from city311.domain.lifecycle import Command, Role, Status
from city311.domain.request import Photo, ServiceRequest
from city311.domain.update import PostedUpdate, UpdateStatus
from city311.ports import Change
from city311.usecases.checking import MAX_DESCRIPTION, MAX_PHOTOS
from city311.usecases.updates import KEY_LIFE, NOT_THEIRS, UNUSABLE, WORDLESS, Posted
from tests.builders import (
    FIELDS,
    ID,
    NOON,
    SYSTEM,
    a_photo,
    a_request,
    a_worker,
    an_actor,
    an_id,
)
from tests.partners import KEY_ID, a_partner
from tests.towns import TOWN
from tests.unit.usecases.town import Town

W, S, C = UpdateStatus, Status, Command
WORDS = "Zelda says that it is still there"
JPEG = ("image/jpeg", b"\xff\xd8\xff photo")
DAY = timedelta(days=1)


def an_update(**changes: Any) -> PostedUpdate:
    values: dict[str, Any] = {
        "service_request_id": ID,
        "update_id": "501",
        "status": W.OPEN,
        "at": NOON,
        "text": WORDS,
    }
    return PostedUpdate(**{**values, **changes})


def say(town: Town, key_id: str = KEY_ID, **changes: Any) -> Posted:
    """Post it as this partner."""
    return town.partners_word.post(a_partner(key_id=key_id), an_update(**changes))


def answered(status: Status = S.RESOLVED, **changes: Any) -> ServiceRequest:
    """An answered request that this partner had filed."""
    values: dict[str, Any] = {"partner": KEY_ID, "closed_at": NOON - DAY, **changes}
    return a_request(status, **values)


def told(town: Town) -> list[tuple[str, str]]:
    """Status word and words of all that was told of the request."""
    return [(each.status.value, each.description) for each in town.requests.updates(ID)]


# A comment ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("word", sorted(set(W) - {W.OPEN, W.REOPEN}))
def test_every_other_word_is_a_comment_in_every_status(
    town: Town, status: Status, word: UpdateStatus
) -> None:
    before = town.put(answered(status))

    posted = say(town, status=word)

    after = town.get(ID)
    assert posted == Posted(update_id=f"{ID}-{after.seq}", new=True)
    assert replace(after, seq=before.seq, head=before.head) == before
    assert told(town) == [("unchanged", WORDS)]
    assert town.requests.events(ID)[-1].details["said"] == word.value
    assert town.wrong(ID) is None


def test_the_public_time_moves_and_the_notes_of_the_city_do_not(town: Town) -> None:
    town.put(answered())
    town.clock.move(hours=2)

    say(town, status=W.FIXED)

    after = town.get(ID)
    assert after.updated_at == town.clock()
    assert after.status_notes == "We filled the hole."
    assert after.closed_at == NOON - DAY


def test_the_words_are_committed_to_and_stand_in_no_event(town: Town) -> None:
    town.put(answered(), commitment_key="KEY")

    say(town, text=f" {WORDS}\r\nTwice ", at=NOON - timedelta(hours=5))

    event = town.requests.events(ID)[-1]
    assert event.details["words"] == commitment("KEY", f"{WORDS}\nTwice")
    assert event.details["said_at"] == "2026-11-03T12:00:00.000Z"
    assert (event.role, event.subject) == ("partner", f"partner:{KEY_ID}")
    assert b"Zelda" not in canonical(dict(event.details))
    assert told(town)[0][1] == f"{WORDS}\nTwice"


def test_words_of_an_erased_resident_are_not_committed_to(town: Town) -> None:
    town.put(answered())
    town.residents.erase(ID)

    say(town)

    assert "words" not in town.requests.events(ID)[-1].details


def test_it_is_stamped_when_it_became_visible_whatever_the_sender_says(town: Town) -> None:
    town.put(answered())
    now = town.clock.move(days=2)

    say(town, at=NOON - timedelta(days=30))

    assert town.requests.updates(ID)[0].at == now


def test_an_execution_that_waits_hears_nothing_of_a_comment(town: Town) -> None:
    before = town.put(a_request(S.ROUTED, turn=3))

    say(town)

    after = town.get(ID)
    assert (after.turn, after.generation) == (before.turn, before.generation)


@pytest.mark.parametrize("changes", [{"private": True}, {"service_code": "noise"}])
def test_a_private_request_is_as_unknown_as_none(town: Town, changes: dict[str, Any]) -> None:
    town.put(answered(**changes))

    with pytest.raises(NotFound) as private:
        say(town)
    with pytest.raises(NotFound) as unknown:
        say(town, service_request_id=an_id(7))

    assert str(private.value) == str(unknown.value)
    assert town.requests.updates(ID) == ()


def test_words_may_be_as_long_as_a_report(town: Town) -> None:
    town.put(answered())

    say(town, text="x" * MAX_DESCRIPTION)
    with pytest.raises(InvalidInput) as refusal:
        say(town, text="x" * (MAX_DESCRIPTION + 1), update_id="502")

    assert [each.field for each in refusal.value.problems] == ["description"]
    assert len(town.requests.updates(ID)) == 1


# The resident's reopening -------------------------------------------------------------------------


@pytest.mark.parametrize("word", [W.OPEN, W.REOPEN])
@pytest.mark.parametrize("status", [S.RESOLVED, S.CLOSED])
def test_who_sent_the_report_may_say_that_the_answer_is_not_true(
    town: Town, word: UpdateStatus, status: Status
) -> None:
    town.put(answered(status))

    posted = say(town, status=word)

    after = town.get(ID)
    assert (after.status, after.generation, after.round) == (S.ROUTED, 2, 2)
    assert (after.not_by, after.dispute) == ("worker-1", WORDS)
    assert posted.update_id == f"{ID}-{after.seq}"
    assert told(town) == [("open", WORDS)]
    assert town.requests.events(ID)[-1].action == "dispute"
    assert town.wrong(ID) is None


@pytest.mark.parametrize("word", [W.OPEN, W.REOPEN])
@pytest.mark.parametrize(
    "request_",
    [
        answered(partner=None),
        answered(partner="ZZZZZZZZ"),
        answered(S.IN_PROGRESS),
        answered(closed_at=NOON - timedelta(days=TOWN.reopen_days, seconds=1)),
        # Filed before the time of the answer was kept: it is when it entered its status.
        answered(closed_at=None, entered_at=NOON - timedelta(days=TOWN.reopen_days, seconds=1)),
    ],
    ids=["nobody's", "another's", "open", "too late", "too late, long ago"],
)
def test_else_it_is_a_comment(town: Town, word: UpdateStatus, request_: ServiceRequest) -> None:
    town.put(request_)

    say(town, status=word)

    assert town.get(ID).status is request_.status
    assert told(town) == [("unchanged", WORDS)]


def test_the_last_moment_of_the_window_is_in_it(town: Town) -> None:
    town.put(answered(closed_at=NOON - timedelta(days=TOWN.reopen_days)))

    say(town, status=W.REOPEN)

    assert town.get(ID).status is S.ROUTED


@pytest.mark.parametrize(
    ("word", "status"), [(W.OPEN, S.RESOLVED), (W.REOPEN, S.ROUTED)], ids=["open", "reopen"]
)
def test_open_said_before_the_city_answered_disputes_nothing(
    town: Town, word: UpdateStatus, status: Status
) -> None:
    town.put(answered())

    say(town, status=word, at=NOON - DAY - timedelta(seconds=1))

    assert town.get(ID).status is status


def test_a_reopening_without_words_has_ours(town: Town) -> None:
    town.put(answered())

    say(town, status=W.REOPEN, text="")

    assert town.get(ID).dispute == WORDLESS
    assert "words" not in town.requests.events(ID)[-1].details
    assert told(town) == [("open", WORDLESS)]


def test_fixed_is_a_word_for_staff_and_closes_nothing(town: Town) -> None:
    town.put(a_request(S.IN_PROGRESS, partner=KEY_ID))

    say(town, status=W.FIXED, text="")

    event = town.requests.events(ID)[-1]
    assert (event.action, event.details["said"]) == ("comment", "fixed")
    assert town.get(ID).status is S.IN_PROGRESS
    assert told(town) == [("unchanged", "")]


# Once ---------------------------------------------------------------------------------------------


def test_the_same_update_again_answers_the_first_whatever_it_says_now(town: Town) -> None:
    town.put(answered())
    first = say(town, status=W.REOPEN)
    town.clock.move(days=KEY_LIFE.days, seconds=-1)

    again = say(town, status=W.FIXED, text="Something else")

    assert (again.update_id, again.new) == (first.update_id, False)
    assert len(town.requests.updates(ID)) == 1
    assert town.get(ID).round == 2


def test_another_id_or_another_partner_is_another_update(town: Town) -> None:
    town.put(answered())

    ids = {
        say(town, status=W.FIXED).update_id,
        say(town, status=W.FIXED, update_id="502").update_id,
        say(town, "ZZZZZZZZ", status=W.FIXED).update_id,
    }

    assert len(ids) == 3


def test_a_key_is_forgotten_after_its_life(town: Town) -> None:
    town.put(answered())
    first = say(town, status=W.FIXED)
    town.clock.move(days=KEY_LIFE.days, seconds=1)

    assert say(town, status=W.FIXED).update_id != first.update_id
    assert timedelta(days=30) <= KEY_LIFE


class Meanwhile(MemoryRequests):
    """A cabinet at which others are served between our reading and our writing."""

    def __init__(self, table: MemoryTable) -> None:
        super().__init__(table)
        self.others: list[Callable[[], object]] = []
        self.busy = False
        self.refusing = 0

    def change(self, change: Change) -> None:
        if self.refusing:
            self.refusing -= 1
            raise Conflict("Somebody else is changing it.")
        if self.others and not self.busy:
            self.busy = True
            self.others.pop(0)()
            self.busy = False
        super().change(change)


def a_busy_town() -> tuple[Town, Meanwhile]:
    town = Town()
    town.requests = Meanwhile(town.table)
    return town, town.requests


def test_a_change_that_comes_between_is_read_and_then_it_is_written() -> None:
    town, requests = a_busy_town()
    town.put(a_request(S.ROUTED, partner=KEY_ID))
    requests.others = [
        lambda: town.step(ID, C.ACCEPT, a_worker()),
        lambda: town.step(ID, C.RESOLVE, a_worker()),
    ]

    # By the third try the request is answered; what was said before is a comment all the same.
    posted = say(town)

    assert posted.update_id == f"{ID}-{town.get(ID).seq}"
    assert [word for word, _ in told(town)] == ["in_progress", "fixed", "unchanged"]
    assert town.wrong(ID) is None


def test_an_equal_post_that_comes_between_is_the_same_update() -> None:
    town, requests = a_busy_town()
    town.put(answered())
    firsts: list[Posted] = []

    def first() -> None:
        town.clock.move(seconds=1)
        firsts.append(say(town, status=W.REOPEN))

    requests.others = [first]

    second = say(town, status=W.REOPEN)

    assert (second.update_id, second.new) == (firsts[0].update_id, False)
    assert len(town.requests.updates(ID)) == 1


def test_equal_posts_at_once_are_one_update(town: Town) -> None:
    town.put(answered())

    with ThreadPoolExecutor(4) as pool:
        posts = list(pool.map(lambda _: say(town, status=W.FIXED), range(8)))

    assert len({each.update_id for each in posts}) == 1
    assert len(town.requests.updates(ID)) == 1
    assert town.wrong(ID) is None


def test_a_request_that_never_holds_still_is_given_up_with_nothing_stored() -> None:
    town, requests = a_busy_town()
    before = town.put(answered())

    requests.refusing = 9

    with pytest.raises(Unavailable, match="send it again"):
        say(town)
    assert town.get(ID) == before
    assert requests.refusing == 4


# Photos and links ---------------------------------------------------------------------------------


@pytest.mark.parametrize("word", [W.UNCHANGED, W.REOPEN])
def test_photos_of_who_sent_the_report_join_its_photos(town: Town, word: UpdateStatus) -> None:
    town.put(answered(photos=("0" * 26,)))

    posted = say(town, status=word, files=(JPEG,), media_urls=("https://a.example/1.jpg",))

    (_, photo_id) = town.get(ID).photos
    assert town.uploads.stored == {photo_id: JPEG}
    assert town.get(ID).media_urls == ("https://a.example/1.jpg",)
    assert town.requests.updates(ID)[0].photos == (photo_id,)
    record = town.photos.get(photo_id)
    assert record is not None
    assert record.service_request_id == ID
    assert town.requests.events(ID)[-1].details["photos"] == 1
    assert posted.notice is None


@pytest.mark.parametrize("media", [{"files": (JPEG,)}, {"media_urls": ("https://a.example/1",)}])
def test_photos_of_others_are_left_out_in_words(town: Town, media: dict[str, Any]) -> None:
    town.put(answered(partner="ZZZZZZZZ"))

    posted = say(town, status=W.FIXED, **media)

    assert posted.notice == NOT_THEIRS
    assert (town.get(ID).photos, town.get(ID).media_urls) == ((), ())
    assert town.uploads.stored == {}
    assert told(town) == [("unchanged", WORDS)]


@pytest.mark.parametrize(
    ("before", "media", "kept"),
    [
        ({}, {"files": (JPEG, ("text/plain", b"no photo"))}, (1, 0)),
        ({"photos": ("P",) * (MAX_PHOTOS - 1)}, {"files": (JPEG, JPEG)}, (MAX_PHOTOS, 0)),
        ({"photos": ("P",) * (MAX_PHOTOS + 1)}, {"files": (JPEG,)}, (MAX_PHOTOS + 1, 0)),
        (
            {"media_urls": ("https://a.example/1",) * MAX_PHOTOS},
            {"media_urls": ("https://a.example/2",)},
            (0, MAX_PHOTOS),
        ),
        ({}, {"spoiled": True}, (0, 0)),
    ],
    ids=["no photo", "one too many", "full", "links full", "unreadable"],
)
def test_what_cannot_be_used_is_left_out_in_words(
    town: Town, before: dict[str, Any], media: dict[str, Any], kept: tuple[int, int]
) -> None:
    town.put(answered(**before))

    posted = say(town, status=W.FIXED, **media)

    after = town.get(ID)
    assert posted.notice == UNUSABLE
    assert (len(after.photos), len(after.media_urls)) == kept


# Reading ------------------------------------------------------------------------------------------


def between(town: Town, **changes: Any) -> list[str]:
    page = town.updates.between(NOON - DAY, NOON + DAY, limit=changes.pop("limit", 10), **changes)
    return [each.service_request_id for each in page.rows]


def two_with_updates(town: Town) -> None:
    for number in (1, 2):
        town.put(a_request(S.ROUTED, service_request_id=an_id(number)))
        town.step(an_id(number), C.ACCEPT, a_worker())


def test_what_happened_is_read_oldest_first(town: Town) -> None:
    two_with_updates(town)
    town.clock.move(minutes=1)
    town.step(an_id(1), C.START, a_worker())

    assert between(town) == [*sorted([an_id(1), an_id(2)]), an_id(1)]


def test_what_is_private_by_now_is_not_told_any_more(town: Town) -> None:
    two_with_updates(town)
    desk = an_actor(Role.SUPERVISOR)
    town.step(an_id(1), C.RETURN, desk)
    assert an_id(1) in between(town)

    town.step(an_id(1), C.TRIAGE, desk, fields=replace(FIELDS, service_code="noise"))

    assert town.get(an_id(1)).private
    assert between(town) == [an_id(2)]


def test_a_page_goes_on_behind_what_it_left_out(town: Town) -> None:
    two_with_updates(town)
    hidden = min(an_id(1), an_id(2))
    town.table.filed[hidden] = replace(
        town.table.filed[hidden], request=replace(town.get(hidden), private=True), public=None
    )

    first = town.updates.between(NOON - DAY, NOON + DAY, limit=1)
    second = town.updates.between(NOON - DAY, NOON + DAY, limit=1, after=first.cursor)

    assert first.rows == ()
    assert [each.service_request_id for each in second.rows] == [max(an_id(1), an_id(2))]
    assert second.cursor is None


def test_an_update_shows_those_of_its_photos_that_are_served(town: Town) -> None:
    town.put(answered())
    say(town, status=W.FIXED, files=(JPEG, JPEG))
    (first, _) = town.get(ID).photos
    assert town.updates.between(NOON, NOON, limit=9).rows[0].media_urls == ()

    clean: Photo = replace(a_photo(), photo_id=first)
    town.lifecycle.show_photo(ID, a_photo(8))
    town.lifecycle.show_photo(ID, clean)

    assert town.updates.between(NOON, NOON, limit=9).rows[0].media_urls == (clean.large,)


def test_the_lifecycle_itself_tells_nothing(town: Town) -> None:
    town.put(a_request(S.ROUTED))

    for command in (C.ESCALATE, C.CONTINUE, C.SHOW_PHOTO):
        town.step(ID, command, SYSTEM)

    assert told(town) == []
