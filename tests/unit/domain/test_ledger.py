"""The names and ranks of messages."""

import re
from itertools import product

from city311.domain.ledger import RANK, Channel, LedgerState, recipient_digest
from city311.domain.lifecycle import Stage
from tests.builders import EMAIL, ID, an_entry, an_id


def test_every_message_has_an_id_of_its_own() -> None:
    entries = [
        an_entry(stage=stage, round=turn, channel=channel, recipient_digest=whom)
        for stage, turn, channel, whom in product(Stage, (1, 2, 11), Channel, ("a" * 64, "b" * 64))
    ]

    assert len({entry.ledger_id for entry in entries}) == len(entries)


def test_an_id_begins_with_its_request_and_is_fit_for_a_mail_tag() -> None:
    for stage, channel in product(Stage, Channel):
        ledger_id = an_entry(stage=stage, channel=channel).ledger_id

        assert ledger_id.partition("_")[0] == ID
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,256}", ledger_id)


def test_how_far_a_message_got_is_no_part_of_its_id() -> None:
    assert an_entry(state=LedgerState.SENT, claims=3).ledger_id == an_entry().ledger_id


def test_a_recipient_is_a_digest_that_no_two_requests_share() -> None:
    digest = recipient_digest(ID, EMAIL)

    assert EMAIL not in digest
    assert digest == recipient_digest(ID, f" {EMAIL.upper()} ")
    assert digest != recipient_digest(an_id(2), EMAIL)
    assert digest != recipient_digest(ID, f"x{EMAIL}")


def test_a_message_only_moves_forward() -> None:
    forward = sorted(LedgerState, key=lambda state: RANK[state])

    assert [state.value for state in forward] == ["claimed", "sent", "delivered", "failed"]
