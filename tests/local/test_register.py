"""Counting the uses of a key: the local cloud refuses, tells and adds up as DynamoDB does."""

from datetime import timedelta

import pytest

from city311.adapters.dynamodb.partners import DynamoPartners
from city311.domain.errors import Conflict, NotFound, TooMany
from tests.builders import NOON
from tests.local.conftest import Town
from tests.partners import DIGEST, KEY_ID, WRONG_SECRET, a_partner


def test_the_register_of_partners_keeps_its_promises_here(town: Town) -> None:
    client, table = town.client("dynamodb"), town.output("TableName")
    ours, theirs = (DynamoPartners(client, table) for _ in range(2))
    ours.add(a_partner(), DIGEST)

    counts = []
    for register, minutes in ((ours, 0), (theirs, 0), (ours, 0), (theirs, 1), (ours, 1)):
        found = register.use(KEY_ID, DIGEST, NOON + timedelta(minutes=minutes))
        assert found is not None
        counts.append((found.used_today, found.used_this_minute))
    with pytest.raises(TooMany):
        theirs.use(KEY_ID, DIGEST, NOON + timedelta(minutes=2))
    tomorrow = ours.use(KEY_ID, DIGEST, NOON + timedelta(days=1))

    assert counts == [(1, 1), (2, 2), (3, 3), (4, 1), (5, 2)]
    assert tomorrow is not None
    assert (tomorrow.used_today, tomorrow.used_this_minute) == (1, 1)
    assert ours.use(KEY_ID, WRONG_SECRET, NOON) is None
    with pytest.raises(Conflict):
        ours.add(a_partner(), DIGEST)
    revoked = ours.revoke(KEY_ID, NOON, "admin-1")
    assert ours.revoke(KEY_ID, NOON + timedelta(days=9), "admin-2") == revoked
    assert theirs.use(KEY_ID, DIGEST, NOON + timedelta(days=1)) is None
    assert list(ours.every()) == [revoked]
    with pytest.raises(NotFound):
        ours.revoke("ZZZZZZZZ", NOON, "admin-1")
