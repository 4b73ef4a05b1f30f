"""One contract, both registers of partners: keys are kept, and every use is counted once."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from threading import Barrier, Lock
from typing import Any

import pytest
from moto.core.models import botocore_stubber

from city311.adapters.dynamodb.partners import DynamoPartners
from city311.adapters.memory import MemoryPartners, MemoryTable
from city311.domain.errors import Conflict, NotFound, TooMany, Unavailable
from city311.domain.ids import digest
from city311.domain.partner import Partner, Scope
from city311.ports import Partners
from tests.adapters.building import NOON, minutes
from tests.adapters.conftest import a_client
from tests.adapters.plan import TABLE
from tests.adapters.wire import Wire, cut_before, lost_answer, refuse

ID, SECRET, WRONG = "0A1B2C3D", digest("key"), digest("other key")
HANDS = 16
TOMORROW = datetime(2026, 11, 25, tzinfo=UTC)


def a_partner(**changes: Any) -> Partner:
    values: dict[str, Any] = {
        "key_id": ID,
        "owner": "Ward watch",
        "scopes": frozenset({Scope.REQUESTS, Scope.INTERNAL}),
        "daily_quota": 5,
        "per_minute": 3,
        "created_at": NOON,
        "created_by": "admin-1",
    }
    return Partner(**{**values, **changes})


@pytest.fixture(params=["memory", "dynamodb"])
def partners(request: pytest.FixtureRequest) -> Partners:
    """The twin and the real one, with one key."""
    if request.param == "memory":
        register: Partners = MemoryPartners(MemoryTable())
    else:
        register = DynamoPartners(request.getfixturevalue("dynamodb"), TABLE)
    register.add(a_partner(), SECRET)
    return register


def use(partners: Partners, at: datetime = NOON) -> Partner:
    found = partners.use(ID, SECRET, at)
    assert found is not None
    return found


def counts(partners: Partners, key_id: str = ID) -> tuple[int, int, datetime | None]:
    found = next(each for each in partners.every() if each.key_id == key_id)
    return found.used_today, found.used_this_minute, found.last_used_at


def test_a_key_is_kept_as_it_was_given_out(partners: Partners) -> None:
    assert partners.known(ID, SECRET) == a_partner()
    assert partners.every() == (a_partner(),)


def test_the_id_of_a_key_is_given_out_once(partners: Partners) -> None:
    with pytest.raises(Conflict, match="try again"):
        partners.add(a_partner(owner="Another"), WRONG)

    assert partners.known(ID, SECRET) == a_partner()
    assert partners.known(ID, WRONG) is None


def test_all_keys_are_listed_by_their_ids(partners: Partners) -> None:
    for key_id in ("ZZZZZZZZ", "00000000"):
        partners.add(a_partner(key_id=key_id), digest(key_id))

    assert [each.key_id for each in partners.every()] == ["00000000", ID, "ZZZZZZZZ"]


@pytest.mark.parametrize(("key_id", "secret"), [(ID, WRONG), ("ZZZZZZZZ", SECRET)])
def test_a_wrong_secret_is_as_unknown_as_a_wrong_id(
    partners: Partners, key_id: str, secret: str
) -> None:
    assert partners.use(key_id, secret, NOON) is None
    assert partners.known(key_id, secret) is None
    assert partners.every() == (a_partner(),)


def test_a_wrong_secret_does_not_learn_that_the_key_is_used_up(partners: Partners) -> None:
    for _ in range(3):
        use(partners)

    assert partners.use(ID, WRONG, NOON) is None


def test_a_use_is_counted_and_the_answer_says_so(partners: Partners) -> None:
    first, second = use(partners), use(partners, NOON + timedelta(seconds=1))

    assert (first.used_today, first.used_this_minute, first.last_used_at) == (1, 1, NOON)
    assert (second.used_today, second.used_this_minute) == (2, 2)
    assert partners.known(ID, SECRET) == second
    assert second == replace(
        a_partner(), used_today=2, used_this_minute=2, last_used_at=NOON + timedelta(seconds=1)
    )


def test_a_minute_is_used_up_and_the_next_one_is_not(partners: Partners) -> None:
    for _ in range(3):
        use(partners)

    with pytest.raises(TooMany) as refused:
        use(partners, NOON + timedelta(seconds=20))

    assert refused.value.retry_after == 40
    assert counts(partners) == (3, 3, NOON)
    assert use(partners, minutes(1)).used_this_minute == 1
    assert counts(partners) == (4, 1, minutes(1))


def test_a_day_is_used_up_and_the_next_one_is_not(partners: Partners) -> None:
    for number in range(5):
        use(partners, minutes(number))

    with pytest.raises(TooMany) as refused:
        use(partners, minutes(9))

    # Five times already, at noon and 123 milliseconds and nine minutes.
    assert refused.value.retry_after == 12 * 3600 - 9 * 60
    assert counts(partners) == (5, 1, minutes(4))
    assert (use(partners, TOMORROW).used_today, counts(partners)[0]) == (1, 1)


def test_both_counts_begin_anew_with_the_first_use_of_a_day(partners: Partners) -> None:
    last = TOMORROW - timedelta(milliseconds=1)
    assert (use(partners, last).used_today, use(partners, last).used_this_minute) == (1, 2)

    assert (use(partners, TOMORROW).used_today, counts(partners)) == (1, (1, 1, TOMORROW))


def test_a_use_that_comes_late_is_counted_where_the_others_are(partners: Partners) -> None:
    use(partners, TOMORROW)

    late = use(partners, TOMORROW - timedelta(seconds=30))

    assert (late.used_today, late.used_this_minute, late.last_used_at) == (2, 2, TOMORROW)
    assert use(partners, TOMORROW - timedelta(days=3)).used_this_minute == 3
    with pytest.raises(TooMany) as refused:
        use(partners, TOMORROW - timedelta(seconds=30))
    assert refused.value.retry_after == 90


def test_a_revoked_key_is_out_of_force_for_good(partners: Partners) -> None:
    use(partners)
    revoked = partners.revoke(ID, minutes(1), "admin-2")

    assert (revoked.revoked_at, revoked.revoked_by) == (minutes(1), "admin-2")
    assert partners.revoke(ID, minutes(9), "admin-3") == revoked
    assert partners.use(ID, SECRET, minutes(2)) is None
    assert partners.use(ID, SECRET, NOON) is None
    assert partners.known(ID, SECRET) is None
    assert partners.every() == (revoked,)


def test_a_revoked_key_that_was_used_up_is_simply_unknown(partners: Partners) -> None:
    for _ in range(3):
        use(partners)
    partners.revoke(ID, NOON, "admin-1")

    assert partners.use(ID, SECRET, NOON) is None


def test_a_key_that_is_none_cannot_be_revoked(partners: Partners) -> None:
    with pytest.raises(NotFound, match="no api key"):
        partners.revoke("ZZZZZZZZ", NOON, "admin-1")

    assert partners.every() == (a_partner(),)


# --- many at once ------------------------------------------------------------------------------


@dataclass(slots=True)
class OneByOne:
    """Lets the calls of a client reach moto one by one: single calls are atomic in DynamoDB."""

    client: Any
    lock: Any = field(default_factory=Lock)

    def __post_init__(self) -> None:
        events = self.client.meta.events
        events.unregister("before-send", botocore_stubber)
        events.register("before-send.dynamodb", self._send)

    def _send(self, event_name: str, request: Any, **_: Any) -> Any:
        with self.lock:
            return botocore_stubber(event_name=event_name, request=request)


@pytest.fixture(params=["memory", "dynamodb"])
def crowd(request: pytest.FixtureRequest) -> Callable[[], Partners]:
    """Registers of several processes over one table."""
    if request.param == "memory":
        table = MemoryTable()
        return lambda: MemoryPartners(table)
    request.getfixturevalue("dynamodb")
    client = a_client("dynamodb")
    OneByOne(client)
    return lambda: DynamoPartners(client, TABLE)


def at_once(work: Callable[[int], str]) -> Counter[str]:
    gate = Barrier(HANDS)

    def hand(number: int) -> str:
        gate.wait()
        return work(number)

    with ThreadPoolExecutor(HANDS) as pool:
        return Counter(pool.map(hand, range(HANDS)))


@pytest.mark.parametrize(("daily_quota", "per_minute"), [(1000, 7), (9, 1000), (1000, 1000)])
@pytest.mark.parametrize("before", [None, timedelta(0), timedelta(minutes=5), timedelta(days=2)])
def test_none_of_many_uses_is_lost_or_counted_twice(
    crowd: Callable[[], Partners], daily_quota: int, per_minute: int, before: timedelta | None
) -> None:
    crowd().add(a_partner(daily_quota=daily_quota, per_minute=per_minute), SECRET)
    earlier = 0 if before is None else 1
    if before is not None:
        use(crowd(), NOON - before)
    registers = [crowd() for _ in range(HANDS)]

    def hand(number: int) -> str:
        try:
            return "counted" if registers[number].use(ID, SECRET, NOON) else "unknown"
        except TooMany:
            return "too many"

    answers = at_once(hand)

    same_minute = earlier if before == timedelta(0) else 0
    same_day = 0 if before == timedelta(days=2) else earlier
    room = min(daily_quota - same_day, per_minute - same_minute, HANDS)
    assert answers == Counter(
        {"counted": room, **({"too many": HANDS - room} if room < HANDS else {})}
    )
    assert counts(crowd()) == (same_day + room, same_minute + room, NOON)


def test_uses_around_midnight_are_counted_on_the_later_day_or_before_it(
    crowd: Callable[[], Partners],
) -> None:
    crowd().add(a_partner(daily_quota=1000, per_minute=1000), SECRET)
    registers = [crowd() for _ in range(HANDS)]
    late = TOMORROW - timedelta(milliseconds=1)

    def hand(number: int) -> str:
        counted = registers[number].use(ID, SECRET, TOMORROW if number % 2 else late)
        assert counted is not None
        return "before" if counted.last_used_at == late else "after"

    answers = at_once(hand)

    assert answers.total() == HANDS
    assert counts(crowd()) == (answers["after"], answers["after"], TOMORROW)
    assert answers["after"] >= HANDS / 2


# --- what only DynamoDB does -------------------------------------------------------------------


@dataclass(slots=True)
class Meanwhile:
    """Counts the calls of a client, and does something just before the next ones."""

    client: Any
    deeds: list[Callable[[], Any]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.client.meta.events.register("before-call.dynamodb", self._on_call)

    def _on_call(self, model: Any, **_: Any) -> None:
        self.calls.append(model.name)
        if self.deeds:
            self.deeds.pop(0)()


@pytest.fixture
def others(dynamodb: Any) -> DynamoPartners:
    """Another process."""
    found = DynamoPartners(dynamodb, TABLE)
    found.add(a_partner(), SECRET)
    return found


@pytest.fixture
def meanwhile(others: DynamoPartners) -> Meanwhile:
    return Meanwhile(a_client("dynamodb"))


def test_a_use_is_one_call_but_for_the_first_of_a_day_and_of_a_process(
    others: DynamoPartners, meanwhile: Meanwhile
) -> None:
    ours = DynamoPartners(meanwhile.client, TABLE)

    def calls(at: datetime) -> int:
        meanwhile.calls.clear()
        assert ours.use(ID, SECRET, at)
        assert set(meanwhile.calls) == {"UpdateItem"}
        return len(meanwhile.calls)

    assert [calls(at) for at in (NOON, NOON, minutes(1), minutes(2), minutes(2))] == [2, 1, 1, 1, 1]
    use(others, TOMORROW)
    assert [calls(TOMORROW), calls(TOMORROW)] == [2, 1]


@pytest.mark.parametrize(("key_id", "secret"), [(ID, WRONG), ("ZZZZZZZZ", SECRET)])
def test_what_is_unknown_costs_one_refused_call(
    meanwhile: Meanwhile, key_id: str, secret: str
) -> None:
    assert DynamoPartners(meanwhile.client, TABLE).use(key_id, secret, NOON) is None
    assert meanwhile.calls == ["UpdateItem"]


@pytest.mark.parametrize("start", [NOON - timedelta(minutes=1), NOON - timedelta(days=1)])
def test_of_two_who_turn_the_page_at_once_each_is_counted(
    others: DynamoPartners, meanwhile: Meanwhile, start: datetime
) -> None:
    use(others, start)
    # Ours is refused where it guessed wrong, reads how things stand, and is overtaken then.
    meanwhile.deeds = [lambda: None, lambda: use(others, NOON)]
    if start > NOON - timedelta(hours=1):
        meanwhile.deeds.pop(0)

    counted = use(DynamoPartners(meanwhile.client, TABLE), NOON)

    assert (counted.used_this_minute, counts(others)[1]) == (2, 2)
    assert counted.used_today == (3 if start > NOON - timedelta(hours=1) else 2)


def test_who_is_overtaken_by_a_whole_minute_is_refused(
    others: DynamoPartners, meanwhile: Meanwhile
) -> None:
    use(others, NOON - timedelta(minutes=1))

    def overtaken() -> None:
        for _ in range(3):
            use(others, NOON)

    meanwhile.deeds = [overtaken]

    with pytest.raises(TooMany):
        use(DynamoPartners(meanwhile.client, TABLE), NOON)

    assert counts(others) == (4, 3, NOON)


def test_who_is_revoked_between_two_looks_is_unknown(
    others: DynamoPartners, meanwhile: Meanwhile
) -> None:
    meanwhile.deeds = [lambda: None, lambda: others.revoke(ID, NOON, "admin-1")]

    assert DynamoPartners(meanwhile.client, TABLE).use(ID, SECRET, NOON) is None
    assert counts(others) == (0, 0, None)


def test_who_is_always_overtaken_is_told_to_come_again(
    others: DynamoPartners, meanwhile: Meanwhile
) -> None:
    days = iter(range(1, 9))
    meanwhile.deeds = [lambda: use(others, NOON + timedelta(days=next(days))) for _ in range(8)]

    with pytest.raises(Unavailable):
        use(DynamoPartners(meanwhile.client, TABLE), NOON)

    assert len(meanwhile.calls) == 4
    assert counts(others)[:2] == (1, 1)


@pytest.mark.parametrize(
    "fault", [cut_before, refuse("ThrottlingException"), refuse("InternalServerError", 500)]
)
def test_a_register_that_does_not_answer_says_so(others: DynamoPartners, fault: Any) -> None:
    client = a_client("dynamodb")
    wire = Wire(client, "dynamodb")
    wire.faults.extend([fault] * 3)
    register = DynamoPartners(client, TABLE)

    with pytest.raises(Unavailable):
        register.use(ID, SECRET, NOON)

    assert wire.attempts == 3
    assert counts(others) == (0, 0, None)
    assert use(register).used_today == 1


def test_a_use_whose_answer_is_lost_is_counted_at_least_once(others: DynamoPartners) -> None:
    use(others)
    client = a_client("dynamodb")
    Wire(client, "dynamodb").faults.append(lost_answer)

    found = use(DynamoPartners(client, TABLE), minutes(1))

    # The client asked again and could not know: what is given away is the partner's, not ours.
    assert found.used_today == 3
    assert counts(others) == (3, 2, minutes(1))


def test_neither_the_key_nor_its_digest_leaves_with_a_partner(
    others: DynamoPartners, dynamodb: Any
) -> None:
    (item,) = dynamodb.scan(TableName=TABLE)["Items"]

    assert item["digest"] == {"B": bytes.fromhex(SECRET)}
    assert (item["pk"], item["sk"]) == ({"S": "PAR#keys"}, {"S": ID})
    assert SECRET not in repr(use(others))
