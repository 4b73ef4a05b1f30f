"""The key desk: an administrator gives keys out and takes them back; nobody else learns a thing."""

from datetime import timedelta

import pytest

from city311.adapters.memory import MemoryPartners, MemoryTable
from city311.domain.errors import Conflict, Forbidden, NotFound
from city311.domain.ids import digest
from city311.domain.lifecycle import Role
from city311.domain.partner import Grant, Scope, key_id_of
from city311.usecases.keydesk import KeyDesk
from tests.builders import NOON, FixedClock, SeededDice, an_actor

ADMIN = an_actor(Role.ADMIN)
GRANT = Grant(owner="Ward watch", scopes=frozenset(Scope), daily_quota=100, per_minute=10)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def desk(clock: FixedClock) -> KeyDesk:
    return KeyDesk(partners=MemoryPartners(MemoryTable()), clock=clock, dice=SeededDice())


def test_a_key_is_given_out_and_works(desk: KeyDesk) -> None:
    issued = desk.issue(ADMIN, GRANT)

    partner = issued.partner
    assert key_id_of(issued.api_key) == partner.key_id
    assert (partner.owner, partner.scopes) == ("Ward watch", frozenset(Scope))
    assert (partner.daily_quota, partner.per_minute) == (100, 10)
    assert (partner.created_at, partner.created_by) == (NOON, "admin-1")
    assert desk.partners.known(partner.key_id, digest(issued.api_key)) == partner
    assert desk.every(ADMIN) == (partner,)


def test_every_key_is_another(desk: KeyDesk) -> None:
    issued = [desk.issue(ADMIN, GRANT) for _ in range(20)]

    assert len({each.api_key for each in issued}) == 20
    assert len(desk.every(ADMIN)) == 20


def test_dice_that_throw_the_same_again_store_nothing(desk: KeyDesk) -> None:
    first = desk.issue(ADMIN, GRANT)
    again = KeyDesk(partners=desk.partners, clock=desk.clock, dice=SeededDice())

    with pytest.raises(Conflict):
        again.issue(ADMIN, GRANT)

    assert desk.every(ADMIN) == (first.partner,)


def test_counts_are_of_now(desk: KeyDesk, clock: FixedClock) -> None:
    issued = desk.issue(ADMIN, GRANT)
    desk.partners.use(issued.partner.key_id, digest(issued.api_key), NOON)

    assert [each.used_today for each in desk.every(ADMIN)] == [1]
    clock.move(days=1)
    assert [each.used_today for each in desk.every(ADMIN)] == [0]
    assert desk.revoke(ADMIN, issued.partner.key_id).used_today == 0


def test_a_key_is_taken_back_for_good(desk: KeyDesk, clock: FixedClock) -> None:
    key_id = desk.issue(ADMIN, GRANT).partner.key_id
    clock.move(hours=1)

    revoked = desk.revoke(an_actor(Role.ADMIN, "admin-2"), f" {key_id.lower()} ")

    assert (revoked.revoked_at, revoked.revoked_by) == (NOON + timedelta(hours=1), "admin-2")
    clock.move(hours=1)
    assert desk.revoke(ADMIN, key_id) == revoked
    assert desk.every(ADMIN) == (revoked,)


@pytest.mark.parametrize("key_id", ["", "ZZZZZZZZ", "no key", "0" * 2000, "\u0130" * 8])
def test_a_key_that_is_none_cannot_be_taken_back(desk: KeyDesk, key_id: str) -> None:
    with pytest.raises(NotFound):
        desk.revoke(ADMIN, key_id)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_nobody_but_an_administrator_does_anything(desk: KeyDesk, role: Role) -> None:
    issued = desk.issue(ADMIN, GRANT)
    actor = an_actor(role)

    with pytest.raises(Forbidden):
        desk.issue(actor, GRANT)
    with pytest.raises(Forbidden):
        desk.every(actor)
    with pytest.raises(Forbidden):
        desk.revoke(actor, issued.partner.key_id)

    assert desk.every(ADMIN) == (issued.partner,)
