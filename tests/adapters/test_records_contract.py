"""One contract, both cabinets: tokens, the ledger of messages, photos, and the watch over them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from city311.domain.ids import digest
from city311.domain.ledger import LEASE, Channel, LedgerState
from city311.domain.lifecycle import Stage
from city311.ports import Claim, PhotoRecord, WaitToken
from tests.adapters.building import (
    NOON,
    a_message,
    a_photo,
    a_request,
    an_acceptance,
    an_id,
    minutes,
)
from tests.adapters.conftest import Cabinet

TOKEN = WaitToken(service_request_id=an_id(1), generation=1, token="first", turn=3)
PHOTO_ID = a_photo().photo_id
SENT, DELIVERED, FAILED = LedgerState.SENT, LedgerState.DELIVERED, LedgerState.FAILED


def test_the_newest_token_of_a_generation_counts(cabinet: Cabinet) -> None:
    second = replace(TOKEN, token="second", turn=4)
    cabinet.tokens.put(TOKEN)
    cabinet.tokens.put(second)

    assert cabinet.tokens.get(an_id(1), 1) == second
    assert cabinet.tokens.get(an_id(1), 2) is None
    assert cabinet.tokens.get(an_id(2), 1) is None


def test_a_dropped_token_is_gone_but_a_newer_one_stays(cabinet: Cabinet) -> None:
    second = replace(TOKEN, token="second", turn=4)
    cabinet.tokens.put(second)

    cabinet.tokens.drop(TOKEN)
    assert cabinet.tokens.get(an_id(1), 1) == second

    cabinet.tokens.drop(second)
    cabinet.tokens.drop(second)
    assert cabinet.tokens.get(an_id(1), 1) is None


def test_a_token_ends_with_the_longest_wait(cabinet: Cabinet) -> None:
    cabinet.tokens.put(TOKEN)

    cabinet.clock.at = NOON + timedelta(days=399)
    assert cabinet.tokens.get(an_id(1), 1) == TOKEN
    cabinet.clock.at = NOON + timedelta(days=401)
    assert cabinet.tokens.get(an_id(1), 1) is None


def test_a_message_is_claimed_once_while_its_lease_holds(cabinet: Cabinet) -> None:
    assert cabinet.ledger.claim(a_message(), NOON) is Claim.YOURS
    assert cabinet.ledger.claim(a_message(), NOON) is Claim.HELD
    almost = NOON + LEASE - timedelta(milliseconds=1)
    assert cabinet.ledger.claim(a_message(), almost) is Claim.HELD

    assert cabinet.ledger.entries(an_id(1)) == (a_message(),)


def test_a_claim_without_evidence_is_yours_again_after_its_lease(cabinet: Cabinet) -> None:
    cabinet.ledger.claim(a_message(), NOON)
    later = NOON + LEASE
    again = a_message(lease_until=later + LEASE)

    assert cabinet.ledger.claim(again, later) is Claim.YOURS
    assert cabinet.ledger.claim(again, later) is Claim.HELD

    assert cabinet.ledger.entries(an_id(1)) == (replace(again, claims=2),)


@pytest.mark.parametrize("state", [SENT, DELIVERED, FAILED])
def test_a_message_that_went_somewhere_is_done_for_good(
    cabinet: Cabinet, state: LedgerState
) -> None:
    cabinet.ledger.claim(a_message(), NOON)
    cabinet.ledger.mark(a_message().ledger_id, state)

    assert cabinet.ledger.claim(a_message(), minutes(600)) is Claim.DONE
    assert cabinet.ledger.entries(an_id(1))[0].claims == 1


@pytest.mark.parametrize(
    ("first", "then", "moved"),
    [
        (SENT, DELIVERED, True),
        (SENT, FAILED, True),
        (DELIVERED, FAILED, True),
        (DELIVERED, SENT, False),
        (FAILED, DELIVERED, False),
        (FAILED, SENT, False),
        (SENT, SENT, False),
        (SENT, LedgerState.CLAIMED, False),
    ],
)
def test_a_message_only_moves_forward(
    cabinet: Cabinet, first: LedgerState, then: LedgerState, *, moved: bool
) -> None:
    ledger_id = a_message().ledger_id
    cabinet.ledger.claim(a_message(), NOON)
    assert cabinet.ledger.mark(ledger_id, first, provider_id="ses-1")

    assert cabinet.ledger.mark(ledger_id, then, problem="late") is moved

    entry = cabinet.ledger.entries(an_id(1))[0]
    assert entry.state is (then if moved else first)
    assert (entry.provider_id, entry.problem) == ("ses-1", "late" if moved else None)


@pytest.mark.parametrize("ledger_id", ["", "_", "nothing", f"{an_id(9)}_sent_1_email_0", "a_"])
def test_marking_an_unknown_message_says_so_and_stores_nothing(
    cabinet: Cabinet, ledger_id: str
) -> None:
    assert cabinet.ledger.mark(ledger_id, SENT) is False
    assert cabinet.ledger.entries(an_id(9)) == ()


def test_messages_of_one_request_are_kept_apart(cabinet: Cabinet) -> None:
    messages = [
        a_message(stage=Stage.RECEIVED),
        a_message(stage=Stage.RESOLVED, round=2),
        a_message(stage=Stage.RESOLVED, channel=Channel.SMS, recipient_digest=digest("phone")),
        a_message(stage=Stage.WORK, recipient_digest="not a digest"),
    ]
    for message in messages:
        assert cabinet.ledger.claim(message, NOON) is Claim.YOURS
    cabinet.ledger.claim(a_message(an_id(2)), NOON)

    found = cabinet.ledger.entries(an_id(1))

    assert list(found) == sorted(messages, key=lambda each: each.ledger_id)


def test_claims_past_their_lease_are_due_until_something_is_known(cabinet: Cabinet) -> None:
    first = a_message(lease_until=minutes(2))
    second = a_message(an_id(2), lease_until=minutes(1))
    third = a_message(an_id(3), lease_until=minutes(3))
    for message in (first, second, third):
        cabinet.ledger.claim(message, NOON)

    def due(limit: int = 10) -> list[str]:
        return list(cabinet.watch.messages_due(minutes(3), limit))

    assert due() == [second.ledger_id, first.ledger_id]
    assert due(limit=1) == [second.ledger_id]

    cabinet.ledger.mark(second.ledger_id, SENT)
    cabinet.ledger.claim(replace(first, lease_until=minutes(9)), minutes(3))
    assert due() == []
    assert list(cabinet.watch.messages_due(minutes(10), 10)) == [third.ledger_id, first.ledger_id]


def test_a_photo_that_comes_before_its_request_keeps_its_result(cabinet: Cabinet) -> None:
    cabinet.photos.clean(a_photo())
    assert cabinet.photos.get(PHOTO_ID) == PhotoRecord(photo_id=PHOTO_ID, photo=a_photo())

    cabinet.requests.accept(an_acceptance(a_request(photos=(PHOTO_ID,))))

    expected = PhotoRecord(photo_id=PHOTO_ID, photo=a_photo(), service_request_id=an_id(1))
    assert cabinet.photos.get(PHOTO_ID) == expected


def test_a_photo_that_comes_after_its_request_finds_it(cabinet: Cabinet) -> None:
    cabinet.requests.accept(an_acceptance(a_request(photos=(PHOTO_ID,))))
    slot = PhotoRecord(photo_id=PHOTO_ID, service_request_id=an_id(1))
    assert cabinet.photos.get(PHOTO_ID) == slot

    cabinet.photos.clean(a_photo())

    assert cabinet.photos.get(PHOTO_ID) == replace(slot, photo=a_photo())
    assert cabinet.watch.photos_due(NOON + timedelta(days=9), 10) == ()


def test_a_photo_belongs_to_the_first_request_that_names_it(cabinet: Cabinet) -> None:
    for number in (1, 2):
        request = a_request(service_request_id=an_id(number), photos=(PHOTO_ID, "other"))
        cabinet.requests.accept(an_acceptance(request))

    record = cabinet.photos.get(PHOTO_ID)

    assert record is not None
    assert record.service_request_id == an_id(1)


@pytest.mark.parametrize("owned", [True, False])
def test_the_first_result_of_a_photo_counts(cabinet: Cabinet, *, owned: bool) -> None:
    if owned:
        cabinet.requests.accept(an_acceptance(a_request(photos=(PHOTO_ID, "liar"))))
    cabinet.photos.clean(a_photo())
    cabinet.photos.clean(replace(a_photo(), large="photos/other/large.jpg"))
    cabinet.photos.refuse(PHOTO_ID, "too late")
    cabinet.photos.refuse("liar", "not a photo")
    cabinet.photos.clean(a_photo("liar"))

    owner = an_id(1) if owned else None
    assert cabinet.photos.get(PHOTO_ID) == PhotoRecord(
        photo_id=PHOTO_ID, photo=a_photo(), service_request_id=owner
    )
    assert cabinet.photos.get("liar") == PhotoRecord(
        photo_id="liar", problem="not a photo", service_request_id=owner
    )
    assert cabinet.photos.get("unknown") is None


def test_a_photo_that_nobody_claims_is_due_after_a_day(cabinet: Cabinet) -> None:
    cabinet.photos.clean(a_photo("one"))
    cabinet.photos.clean(a_photo("two"))
    cabinet.photos.refuse("three", "not a photo")
    cabinet.requests.accept(an_acceptance(a_request(photos=("two",))))

    assert cabinet.watch.photos_due(NOON + timedelta(hours=24), 10) == ()
    assert cabinet.watch.photos_due(NOON + timedelta(hours=25), 10) == ("one",)


def test_what_is_due_comes_oldest_first_and_no_more_than_asked(cabinet: Cabinet) -> None:
    for number, at in ((1, 3.0), (2, 1.0), (3, 2.0)):
        request = a_request(service_request_id=an_id(number), updated_at=minutes(at))
        cabinet.requests.accept(an_acceptance(request))

    assert list(cabinet.watch.requests_due(minutes(9), 2)) == [an_id(2), an_id(3)]
