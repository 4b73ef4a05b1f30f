"""Admission: a key is asked for where the city wants one, and never stands in a resident's way."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from city311.adapters.memory import MemoryPartners, MemoryTable
from city311.domain.catalogue import City
from city311.domain.errors import CityError, Forbidden, TooMany, Unavailable
from city311.domain.partner import Partner, Scope
from city311.usecases.admission import Admission, Verdict
from tests.builders import NOON, FixedClock
from tests.partners import DIGEST, KEY, KEY_ID, UNKNOWN, WRONG_SECRET, a_partner
from tests.towns import TOWN

CLOSED = replace(TOWN, api_key_required=True)
REVOKED, FULL, NARROW = "revoked", "full", "narrow"
ADMITTED, IGNORED, REFUSED = Verdict.ADMITTED, Verdict.IGNORED, Verdict.REFUSED


@dataclass
class Register:
    """A register that knows how often it was asked, and may be down."""

    down: bool = False
    asked: int = 0
    kept: MemoryPartners = field(default_factory=lambda: MemoryPartners(MemoryTable()))

    def use(self, key_id: str, digest: str, at: datetime) -> Partner | None:
        return self._up().use(key_id, digest, at)

    def known(self, key_id: str, digest: str) -> Partner | None:
        return self._up().known(key_id, digest)

    def add(self, partner: Partner, digest: str) -> None:
        self.kept.add(partner, digest)

    def revoke(self, key_id: str, at: datetime, by: str) -> Partner:
        return self.kept.revoke(key_id, at, by)

    def every(self) -> Sequence[Partner]:
        return self.kept.every()

    def _up(self) -> MemoryPartners:
        self.asked += 1
        if self.down:
            raise Unavailable("It does not answer.")
        return self.kept


def a_porter(
    city: City = TOWN, state: str = "", *, down: bool = False, **partner: Any
) -> tuple[Admission, Register]:
    register = Register(down=down)
    register.add(a_partner(**partner), DIGEST)
    if state == REVOKED:
        register.revoke(KEY_ID, NOON, "admin-1")
    if state == FULL:
        for _ in range(3):
            register.kept.use(KEY_ID, DIGEST, NOON)
    return Admission(partners=register, city=city, clock=FixedClock()), register


def posted(porter: Admission, key: str | None, scope: Scope = Scope.REQUESTS) -> tuple[Any, Any]:
    """Who posts or how they are refused, and what is counted."""
    told: list[Verdict] = []
    try:
        found = porter.posting(key, scope, told.append)
    except CityError as problem:
        return type(problem), told
    return found and found.key_id, told


@pytest.mark.parametrize(
    ("key", "state", "asked", "in_open", "in_closed"),
    [
        (None, "", 0, (None, []), (Forbidden, [REFUSED])),
        ("", "", 0, (None, []), (Forbidden, [REFUSED])),
        ("nonsense", "", 0, (None, [IGNORED]), (Forbidden, [REFUSED])),
        (UNKNOWN, "", 1, (None, [IGNORED]), (Forbidden, [REFUSED])),
        (WRONG_SECRET, "", 1, (None, [IGNORED]), (Forbidden, [REFUSED])),
        (KEY, REVOKED, 1, (None, [IGNORED]), (Forbidden, [REFUSED])),
        (KEY, NARROW, 1, (Forbidden, [REFUSED]), (Forbidden, [REFUSED])),
        (KEY, "", 1, (KEY_ID, [ADMITTED]), (KEY_ID, [ADMITTED])),
        (KEY, FULL, 1, (TooMany, [Verdict.THROTTLED]), (TooMany, [Verdict.THROTTLED])),
    ],
)
def test_who_is_let_in(
    key: str | None, state: str, asked: int, in_open: tuple[Any, Any], in_closed: tuple[Any, Any]
) -> None:
    scopes = frozenset({Scope.UPDATES if state == NARROW else Scope.REQUESTS})
    for city, expected in ((TOWN, in_open), (CLOSED, in_closed)):
        porter, register = a_porter(city, state, scopes=scopes)

        assert posted(porter, key) == expected
        assert register.asked == asked


@pytest.mark.parametrize(
    ("key", "in_open", "in_closed"),
    [
        (None, (None, []), (Forbidden, [REFUSED])),
        ("nonsense", (None, [IGNORED]), (Forbidden, [REFUSED])),
        (KEY, (None, [Verdict.UNCHECKED]), (Unavailable, [Verdict.UNCHECKED])),
    ],
)
def test_a_register_that_is_down_stops_nobody_but_where_a_key_is_needed(
    key: str | None, in_open: tuple[Any, Any], in_closed: tuple[Any, Any]
) -> None:
    for city, expected in ((TOWN, in_open), (CLOSED, in_closed)):
        assert posted(a_porter(city, down=True)[0], key) == expected


def test_a_key_that_is_used_up_opens_again_and_stops_no_resident() -> None:
    porter, _ = a_porter(state=FULL)

    with pytest.raises(TooMany) as refused:
        porter.posting(KEY, Scope.REQUESTS)

    assert refused.value.retry_after == 60
    assert porter.posting(None, Scope.REQUESTS) is None
    later = replace(porter, clock=FixedClock(NOON + timedelta(seconds=60)))
    assert later.posting(KEY, Scope.REQUESTS)


def test_all_that_is_wrong_with_a_key_is_told_in_the_same_words() -> None:
    words = set()
    for key, state in ((None, ""), ("x", ""), (UNKNOWN, ""), (WRONG_SECRET, ""), (KEY, REVOKED)):
        porter, _ = a_porter(CLOSED, state)
        for admit in (porter.posting, porter.vouched):
            with pytest.raises(Forbidden) as refused:
                admit(key, Scope.REQUESTS)
            words.add(refused.value.message)

    assert words == {"Send a valid api_key. Call us."}


def test_a_key_that_is_for_something_else_says_so_to_its_owner() -> None:
    porter, _ = a_porter()

    with pytest.raises(Forbidden, match="not given out for updates"):
        porter.posting(KEY, Scope.UPDATES)


@pytest.mark.parametrize("city", [TOWN, CLOSED])
def test_what_needs_a_key_needs_it_in_every_city(city: City) -> None:
    told: list[Verdict] = []
    porter, register = a_porter(city)

    assert porter.vouched(KEY, Scope.REQUESTS, told.append).key_id == KEY_ID
    with pytest.raises(Forbidden):
        porter.vouched(None, Scope.REQUESTS, told.append)
    with pytest.raises(Forbidden):
        porter.vouched(KEY, Scope.UPDATES, told.append)
    register.down = True
    with pytest.raises(Unavailable):
        porter.vouched(KEY, Scope.REQUESTS, told.append)

    assert told == [ADMITTED, REFUSED, REFUSED, Verdict.UNCHECKED]


@pytest.mark.parametrize(
    ("key", "scopes", "seen"),
    [
        (None, {Scope.INTERNAL}, False),
        ("nonsense", {Scope.INTERNAL}, False),
        (UNKNOWN, {Scope.INTERNAL}, False),
        (WRONG_SECRET, {Scope.INTERNAL}, False),
        (KEY, {Scope.REQUESTS, Scope.UPDATES}, False),
        (KEY, {Scope.INTERNAL}, True),
    ],
)
def test_what_is_for_staff_is_shown_to_who_was_given_a_key_for_it(
    key: str | None, scopes: set[Scope], *, seen: bool
) -> None:
    porter, register = a_porter(scopes=frozenset(scopes))

    assert porter.may_see_internal(key) is seen
    assert register.every()[0].used_today == 0


def test_a_list_is_not_shortened_because_a_register_is_down() -> None:
    porter, _ = a_porter(down=True)

    assert not porter.may_see_internal(None)
    with pytest.raises(Unavailable):
        porter.may_see_internal(KEY)
