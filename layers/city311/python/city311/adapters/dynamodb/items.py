"""What lies in the table, attribute by attribute, and back; docs/data.md says what each means."""

from typing import Any

from city311.adapters.dynamodb import keys
from city311.adapters.dynamodb.values import (
    ANSWERS,
    DEGREES,
    FLAG,
    HASH,
    MOMENT,
    NAMED,
    NUMBER,
    TEXT,
    TEXTS,
    Field,
    Fields,
    Item,
    packed,
    reader,
    record,
    records,
    unpacked,
    word,
)
from city311.domain.catalogue import Priority
from city311.domain.ledger import Channel, LedgerEntry, LedgerState
from city311.domain.lifecycle import PUBLIC, Stage, Status
from city311.domain.outcomes import Outcome, OutcomeKind
from city311.domain.request import Hold, Photo, Place, PublicRequest, ServiceRequest
from city311.domain.triage import Decision, Found, Suggestion

_STAFF = "staff_"
"""Before the name of a public attribute: what staff see, where it differs from what all see."""
_MAYBE = Field(TEXT, None)

PHOTO: Fields = {name: Field(TEXT) for name in ("photo_id", "thumb", "medium", "large")}
SUGGESTION: Fields = {
    "service_code": Field(TEXT),
    "confidence": Field(NUMBER),
    "words": Field(TEXTS, ()),
}
DECISION: Fields = {
    "found": Field(word(Found)),
    "service_code": Field(TEXT),
    "priority": Field(word(Priority)),
    "department": Field(TEXT),
    "route_reason": Field(TEXT),
    "reasons": Field(TEXTS, ()),
    "suggestions": Field(records(Suggestion, SUGGESTION), ()),
    "duplicate_of": Field(TEXTS, ()),
    "emergency": _MAYBE,
    "needs_person": _MAYBE,
    "version": Field(TEXT),
}
OUTCOME: Fields = {
    "kind": Field(word(OutcomeKind)),
    "note": Field(TEXT),
    "evidence": _MAYBE,
    "whose": _MAYBE,
    "duplicate_of": _MAYBE,
    "until": Field(MOMENT, None),
}
HOLD: Fields = {"reason": Field(TEXT), "until": Field(MOMENT)}
PLACE: Fields = {
    "lat": Field(DEGREES, None),
    "long": Field(DEGREES, None),
    "address": _MAYBE,
    "address_id": _MAYBE,
    "district": _MAYBE,
}
REQUEST: Fields = {
    "service_request_id": Field(TEXT),
    "jurisdiction_id": Field(TEXT),
    "catalogue_version": Field(HASH),
    "report_code": Field(TEXT),
    "service_code": Field(TEXT),
    "description": Field(TEXT),
    "status": Field(word(Status)),
    "requested_at": Field(MOMENT),
    "updated_at": Field(MOMENT),
    "entered_at": Field(MOMENT),
    "capability_digest": Field(HASH),
    "seq": Field(NUMBER),
    "head": Field(HASH),
    "generation": Field(NUMBER),
    "round": Field(NUMBER, 1),
    "turn": Field(NUMBER),
    "tell_turn": Field(NUMBER, 0),
    "generation_turn": Field(NUMBER, 1),
    "generation_at": Field(MOMENT, None),
    "private": Field(FLAG, absent=False),
    "priority": Field(word(Priority), Priority.NORMAL),
    "department": _MAYBE,
    "assignee": _MAYBE,
    "not_by": _MAYBE,
    "expected_at": Field(MOMENT, None),
    "escalation": Field(NUMBER, 0),
    "language": Field(TEXT, "en"),
    "channel": Field(TEXT, "open311"),
    "partner": _MAYBE,
    "answers": Field(ANSWERS, {}),
    "sender": Field(NAMED, {}),
    "photos": Field(TEXTS, ()),
    "shown": Field(records(Photo, PHOTO), ()),
    "media_urls": Field(TEXTS, ()),
    "decision": Field(record(Decision, DECISION), None),
    "outcome": Field(record(Outcome, OUTCOME), None),
    "hold": Field(record(Hold, HOLD), None),
    "status_notes": _MAYBE,
    "dispute": _MAYBE,
    "closed_at": Field(MOMENT, None),
}
PUBLIC_REQUEST: Fields = {
    "service_request_id": Field(TEXT),
    "status_notes": _MAYBE,
    "service_code": Field(TEXT),
    "service_name": Field(TEXT),
    "description": Field(TEXT),
    "agency_responsible": _MAYBE,
    "service_notice": _MAYBE,
    "requested_at": Field(MOMENT),
    "updated_at": Field(MOMENT),
    "expected_at": Field(MOMENT, None),
    "address": _MAYBE,
    "address_id": _MAYBE,
    "lat": Field(DEGREES, None),
    "long": Field(DEGREES, None),
    "media_url": _MAYBE,
}
_READ_PUBLIC = reader(PUBLIC_REQUEST)
_SHOWN_AS = {status.value: shown for status, shown in PUBLIC.items()}
"""By the words that are stored."""
PUBLIC_ATTRIBUTES = (*PUBLIC_REQUEST, "status")
"""The allow-list: what the public indexes project, and a public read by id asks for."""
MESSAGE: Fields = {
    "stage": Field(word(Stage)),
    "round": Field(NUMBER),
    "channel": Field(word(Channel)),
    "recipient_digest": Field(HASH),
    "state": Field(word(LedgerState)),
    "lease_until": Field(MOMENT),
    "claims": Field(NUMBER),
    "provider_id": _MAYBE,
    "problem": _MAYBE,
}
_TWINS = {"report_code": "service_code", "entered_at": "requested_at"}
"""Not stored where it says the same as the other: a new request stays within one unit of 1 KB."""
_SHARED = frozenset(PUBLIC_REQUEST) & (frozenset(REQUEST) | frozenset(PLACE))


def request_item(request: ServiceRequest, public: PublicRequest | None) -> Item:
    """The attributes of a request and of its public view, without keys."""
    item = packed(request, REQUEST) | packed(request.place, PLACE)
    for name, twin in _TWINS.items():
        if item[name] == item[twin]:
            del item[name]
    if public is None:
        return item
    shown = packed(public, PUBLIC_REQUEST)
    for name in _SHARED:
        if shown.get(name) != item.get(name):
            item[_STAFF + name] = item.pop(name, {"NULL": True})
    return item | shown


def request_from(item: Item) -> ServiceRequest:
    """The request as staff and the lifecycle see it."""
    whole = dict(item)
    for name in _SHARED:
        if _STAFF + name in item:
            whole[name] = item[_STAFF + name]
            if "NULL" in whole[name]:
                del whole[name]
    for name, twin in _TWINS.items():
        whole.setdefault(name, whole[twin])
    place = Place(**unpacked(whole, PLACE))
    return ServiceRequest(place=place, **unpacked(whole, REQUEST))


def public_from(item: Item) -> PublicRequest:
    """The public view, from the request's item or from an index."""
    status = _SHOWN_AS[item["status"]["S"]]
    return PublicRequest(status=status, **_READ_PUBLIC(item))


def entry_from(item: Item) -> LedgerEntry:
    """A message of the ledger."""
    values: dict[str, Any] = unpacked(item, MESSAGE)
    return LedgerEntry(service_request_id=keys.name_of(item), **values)
