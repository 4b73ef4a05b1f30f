"""Whatever a resident writes comes back as it was written."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city311.adapters.dynamodb.items import public_from, request_from, request_item
from city311.adapters.dynamodb.people import (
    event_from,
    event_item,
    resident_from,
    resident_item,
)
from city311.adapters.dynamodb.values import DEGREES, HASH, MOMENT
from city311.adapters.memory.table import event_as_stored
from city311.domain.catalogue import Priority
from city311.domain.lifecycle import Status
from city311.domain.outcomes import LEAST_NOTE, Outcome, OutcomeKind
from city311.domain.request import Hold, Photo, Place, ServiceRequest
from city311.domain.triage import Decision, Found, Suggestion
from tests.adapters.building import NOON, a_request, a_resident, an_event, the_public

texts = st.text(max_size=40)
maybe = st.none() | texts
FIRST, LAST = NOON.replace(year=1971, tzinfo=None), NOON.replace(year=9998, tzinfo=None)
moments = st.datetimes(min_value=FIRST, max_value=LAST).map(
    lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000, tzinfo=UTC)
)
degrees = st.integers(-180_000_000, 180_000_000).map(lambda micro: micro / 1_000_000)
many = st.lists(texts, max_size=3).map(tuple)
counts = st.integers(0, 10**9)
hashes = texts | st.binary(min_size=32, max_size=32).map(bytes.hex)
photos = st.builds(Photo, photo_id=texts, thumb=texts, medium=texts, large=texts)
places = st.builds(
    Place,
    lat=st.none() | degrees,
    long=st.none() | degrees,
    address=maybe,
    address_id=maybe,
    district=maybe,
)
decisions = st.builds(
    Decision,
    found=st.sampled_from(Found),
    service_code=texts,
    priority=st.sampled_from(Priority),
    department=texts,
    route_reason=texts,
    reasons=many,
    suggestions=st.lists(
        st.builds(Suggestion, service_code=texts, confidence=counts, words=many), max_size=2
    ).map(tuple),
    duplicate_of=many,
    emergency=maybe,
    needs_person=maybe,
    version=texts,
)
outcomes = st.builds(
    Outcome,
    kind=st.just(OutcomeKind.ANSWERED),
    note=st.text(min_size=1).map(lambda note: note + "." * LEAST_NOTE),
    evidence=maybe,
    whose=maybe,
    duplicate_of=maybe,
    until=st.none() | moments,
)
requests = st.builds(
    ServiceRequest,
    service_request_id=texts,
    jurisdiction_id=texts,
    catalogue_version=hashes,
    report_code=texts,
    service_code=texts,
    description=texts,
    place=places,
    status=st.sampled_from(Status),
    requested_at=moments,
    updated_at=moments,
    entered_at=moments,
    capability_digest=hashes,
    seq=counts,
    head=hashes,
    generation=counts,
    round=counts,
    turn=counts,
    tell_turn=counts,
    generation_turn=counts,
    generation_at=st.none() | moments,
    private=st.booleans(),
    priority=st.sampled_from(Priority),
    department=maybe,
    assignee=maybe,
    not_by=maybe,
    expected_at=st.none() | moments,
    escalation=counts,
    language=texts,
    channel=texts,
    answers=st.dictionaries(texts, many, max_size=3),
    sender=st.dictionaries(texts, texts, max_size=3),
    photos=many,
    shown=st.lists(photos, max_size=2).map(tuple),
    media_urls=many,
    decision=st.none() | decisions,
    outcome=st.none() | outcomes,
    hold=st.none() | st.builds(Hold, reason=texts, until=moments),
    status_notes=maybe,
    dispute=maybe,
    closed_at=st.none() | moments,
    partner=maybe,
)
details = st.dictionaries(
    texts,
    st.recursive(
        st.none() | st.booleans() | st.integers() | texts,
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
        max_leaves=6,
    ),
    max_size=4,
)


@given(requests)
def test_any_request_comes_back_equal(request: ServiceRequest) -> None:
    assert request_from(request_item(request, None)) == request


@given(requests, maybe, texts, maybe)
def test_any_public_view_comes_back_equal_beside_its_request(
    request: ServiceRequest, address: str | None, description: str, notes: str | None
) -> None:
    public = the_public(request, address=address, description=description, status_notes=notes)

    item = request_item(request, public)

    assert request_from(item) == request
    assert public_from(item) == public


@given(maybe, maybe, texts)
def test_any_resident_comes_back_equal(email: str | None, name: str | None, words: str) -> None:
    resident = a_resident(a_request(), email=email, first_name=name, language=words)

    assert resident_from(resident_item(resident)) == resident


@given(details, st.dictionaries(texts, texts, max_size=3), texts)
def test_any_event_comes_back_equal_and_verifies(
    said: dict[str, Any], versions: dict[str, str], action: str
) -> None:
    event = an_event(a_request(), details=said, versions=versions, action=action)

    back = event_from(event_item(event))

    assert back == event == event_as_stored(event)
    assert back.hash == back.computed_hash()


@given(hashes | st.sampled_from(["A" * 64, "0" * 63, "g" * 64]))
def test_any_text_may_stand_where_a_hash_is_expected(text: str) -> None:
    assert HASH.unpack(HASH.pack(text)) == text


def test_a_hash_takes_half_the_bytes() -> None:
    assert HASH.pack("0f" * 32) == {"B": b"\x0f" * 32}


@given(degrees)
def test_degrees_keep_six_decimals_and_are_plain_numbers(value: float) -> None:
    packed = DEGREES.pack(value)

    assert DEGREES.unpack(packed) == value
    assert "e" not in packed["N"].lower()
    assert len(packed["N"].partition(".")[2]) <= 6


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.000001, "0.000001"), (-0.0, "0.0"), (41, "41.0"), (1.23456789, "1.234568")],
)
def test_degrees_as_they_lie_in_the_table(value: float, text: str) -> None:
    assert DEGREES.pack(value) == {"N": text}


@given(
    st.datetimes(min_value=FIRST, timezones=st.just(UTC)),
    st.datetimes(min_value=FIRST, timezones=st.just(UTC)),
)
def test_the_order_of_texts_is_the_order_of_times(one: datetime, two: datetime) -> None:
    tick = timedelta(milliseconds=1)

    first, second = (MOMENT.pack(each)["S"] for each in (one, two))

    assert len(first) == 24
    if abs(one - two) >= tick:
        assert (first < second) == (one < two)


def test_foreign_names_become_no_attributes() -> None:
    plain = set(request_item(a_request(), None))
    odd = replace(a_request(), sender={"status": "x", "ttl": "1"}, answers={"watch": ("y",)})

    item = request_item(odd, None)

    assert set(item) == plain | {"sender"}
    assert json.loads(item["sender"]["S"]) == {"status": "x", "ttl": "1"}
