"""Random lives of requests leave both cabinets saying the same."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto import mock_aws

from city311.domain.errors import CityError
from city311.domain.ids import digest
from city311.domain.ledger import LEASE, LedgerState
from city311.domain.lifecycle import PublicStatus, Status
from city311.ports import IdTaken
from tests.adapters.building import (
    NOON,
    a_change,
    a_key,
    a_message,
    a_photo,
    a_query,
    a_request,
    an_acceptance,
    an_id,
    minutes,
)
from tests.adapters.conftest import Cabinet, _shared, dynamo_cabinet, memory_cabinet
from tests.adapters.plan import make_table

IDS = st.integers(1, 3)
AT = st.integers(0, 3 * 24 * 60 * 31).map(lambda count: minutes(count))
PHOTO = st.sampled_from(["one", "two"])


@dataclass(frozen=True)
class Accept:
    number: int
    key: int
    content: int
    private: bool
    at: Any
    photos: tuple[str, ...]

    def run(self, cabinet: Cabinet) -> object:
        request = a_request(
            service_request_id=an_id(self.number),
            requested_at=self.at,
            updated_at=self.at,
            private=self.private,
            photos=self.photos,
        )
        key = a_key(
            digest=digest(str(self.key)),
            content=digest(str(self.content)),
            expires_at=self.at + timedelta(hours=24),
        )
        return cabinet.requests.accept(an_acceptance(request, key=key, private=self.private))


@dataclass(frozen=True)
class Move:
    number: int
    status: Status
    department: str
    signals: bool
    private: bool
    stale: bool
    at: Any

    def run(self, cabinet: Cabinet) -> object:
        now = cabinet.requests.get(an_id(self.number))
        before = replace(now, seq=max(now.seq - 1, 0)) if self.stale else now
        change = a_change(
            before,
            signals=self.signals,
            private=self.private,
            status=self.status,
            department=self.department,
            updated_at=self.at,
        )
        return cabinet.requests.change(change)


@dataclass(frozen=True)
class Settle:
    number: int
    turn: int

    def run(self, cabinet: Cabinet) -> object:
        return cabinet.requests.settle(an_id(self.number), self.turn, 1, until=None)


@dataclass(frozen=True)
class Tell:
    number: int
    at: Any
    state: LedgerState

    def run(self, cabinet: Cabinet) -> object:
        message = a_message(an_id(self.number), lease_until=self.at + LEASE)
        claim = cabinet.ledger.claim(message, self.at)
        return claim, cabinet.ledger.mark(message.ledger_id, self.state, provider_id="p")


@dataclass(frozen=True)
class Develop:
    photo_id: str
    good: bool

    def run(self, cabinet: Cabinet) -> object:
        if self.good:
            return cabinet.photos.clean(a_photo(self.photo_id))
        return cabinet.photos.refuse(self.photo_id, "not a photo")


STEPS = st.one_of(
    st.builds(
        Accept,
        number=IDS,
        key=IDS,
        content=st.integers(1, 2),
        private=st.booleans(),
        at=AT,
        photos=st.lists(PHOTO, max_size=2).map(tuple),
    ),
    st.builds(
        Move,
        number=IDS,
        status=st.sampled_from(Status),
        department=st.sampled_from(["streets", "water"]),
        signals=st.booleans(),
        private=st.booleans(),
        stale=st.integers(0, 4).map(lambda each: each == 0),
        at=AT,
    ),
    st.builds(Settle, number=IDS, turn=st.integers(1, 3)),
    st.builds(Tell, number=IDS, at=AT, state=st.sampled_from(LedgerState)),
    st.builds(Develop, photo_id=PHOTO, good=st.booleans()),
)


def outcome(step: Any, cabinet: Cabinet) -> object:
    """What it answers, or how it refuses."""
    try:
        return step.run(cabinet)
    except (CityError, IdTaken) as refusal:
        return type(refusal), str(refusal)


def everything(cabinet: Cabinet) -> list[object]:
    """All that can be read."""
    end = minutes(4 * 24 * 60 * 31)
    wide = a_query(end=end, limit=2)
    seen: list[object] = []
    for number in (1, 2, 3):
        each = an_id(number)
        for read in (cabinet.requests.get, cabinet.requests.public):
            try:
                seen.append(read(each))
            except CityError as refusal:
                seen.append(str(refusal))
        seen += [cabinet.requests.events(each), cabinet.residents.get(each)]
        seen.append(cabinet.ledger.entries(each))
    resolved = replace(wide, statuses=frozenset({PublicStatus.RESOLVED}))
    for query in (wide, replace(wide, by_updated=True), resolved):
        page = cabinet.requests.listed(query)
        seen.append(page)
        if page.cursor:
            seen.append(cabinet.requests.listed(replace(query, after=page.cursor)))
    seen += [cabinet.requests.work(queue, limit=1) for queue in ("streets", "water", "triage")]
    seen.append(cabinet.requests.nearby(["9zm3uy"], NOON))
    seen.append(cabinet.requests.by_ids([an_id(3), an_id(1), an_id(2)]))
    seen += [cabinet.photos.get("one"), cabinet.photos.get("two")]
    for due in (cabinet.watch.requests_due, cabinet.watch.messages_due, cabinet.watch.photos_due):
        seen.append(due(end, 9))
    return seen


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(STEPS, min_size=4, max_size=14))
def test_both_cabinets_answer_and_end_alike(steps: list[Any]) -> None:
    memory = memory_cabinet()
    with mock_aws():
        client = _shared("dynamodb")
        make_table(client)
        dynamo = dynamo_cabinet(client)

        for step in steps:
            assert outcome(step, memory) == outcome(step, dynamo), step

        assert everything(memory) == everything(dynamo)
