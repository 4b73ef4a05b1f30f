"""The two transactions that write a request: its acceptance and its changes."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from city311.adapters.aws import unavailable
from city311.adapters.dynamodb import keys
from city311.adapters.dynamodb.items import PLACE, PUBLIC_REQUEST, REQUEST, request_item
from city311.adapters.dynamodb.people import event_item, key_item, posted_item, resident_item
from city311.adapters.dynamodb.placed import INDEX_ATTRIBUTES, places, watched
from city311.adapters.dynamodb.table import BUSY_ITEM, FAILED, Cancelled, Table, Terms
from city311.adapters.dynamodb.updates import update_item
from city311.adapters.dynamodb.values import Item
from city311.adapters.placing import most_photos_checked, seconds
from city311.adapters.refusals import conflict
from city311.domain.audit import AuditEvent
from city311.domain.update import update_id_of
from city311.ports import Acceptance, Change

KEY, REQUEST_AND_REST = 0, slice(1, 4)
"""Where the answers stand in a cancelled acceptance."""
_NEW = "attribute_not_exists(pk)"
_CHANGING = (
    {*REQUEST, *PLACE, *PUBLIC_REQUEST, *INDEX_ATTRIBUTES}
    | {f"staff_{name}" for name in PUBLIC_REQUEST}
) - {"service_request_id"}


def acceptance_actions(table: Table, acceptance: Acceptance) -> list[dict[str, Any]]:
    """Key, request, contact, event, then the photos."""
    request = acceptance.request
    service_request_id = request.service_request_id
    photos = most_photos_checked(request.photos)
    item = keys.request(service_request_id) | request_item(request, acceptance.public)
    item |= places(request, acceptance.public) | _watched(acceptance.event)
    return [
        _key_action(table, key_item(acceptance.key, service_request_id), request.requested_at),
        table.put_action(item, _NEW),
        table.put_action(resident_item(acceptance.resident), _NEW),
        table.put_action(event_item(acceptance.event), _NEW),
        *(_photo_action(table, photo_id, service_request_id) for photo_id in photos),
    ]


def change_actions(table: Table, change: Change) -> list[dict[str, Any]]:
    """The request as it is now, if it held the event before; the event; what else there is.

    The key of a posted change comes last.
    """
    request = change.request
    sets = request_item(request, change.public) | places(request, change.public)
    del sets["service_request_id"]
    removes = sorted(_CHANGING - sets.keys())
    if change.signals:
        sets |= _watched(change.event)
    terms = Terms()
    expression = terms.update(sets, removes)
    held = terms.equal("seq", {"N": str(request.seq - 1)})
    key = keys.request(request.service_request_id)
    return [
        table.update_action(key, expression, held, terms),
        table.put_action(event_item(change.event), _NEW),
        *_beside(table, change),
    ]


def _beside(table: Table, change: Change) -> Iterator[dict[str, Any]]:
    """What is told of a change, the photos that came with it, and its key."""
    event, update = change.event, change.update
    if update:
        yield table.put_action(update_item(update), _NEW)
    for photo_id in most_photos_checked(change.photos):
        yield _photo_action(table, photo_id, event.service_request_id)
    if change.key:
        answer = update_id_of(event.service_request_id, event.seq)
        at = datetime.fromisoformat(event.at)
        yield _key_action(table, posted_item(change.key, answer), at)


def _key_action(table: Table, item: Item, now: datetime) -> dict[str, Any]:
    """A key that was never used, or long ago: expired, it may lie there for two days more."""
    terms = Terms()
    moment = terms.value({"N": str(seconds(now))})
    return table.put_action(item, f"{_NEW} OR {terms.name('ttl')} <= {moment}", terms)


def _watched(event: AuditEvent) -> Item:
    """Under watch since this event, until the request's execution has heard of it."""
    return watched(datetime.fromisoformat(event.at), event.service_request_id)


def obstacle(cancelled: Cancelled) -> Exception:
    """Conflict or Unavailable for what got in a transaction's way; anything else is a bug."""
    if {FAILED, BUSY_ITEM} & set(cancelled.codes):
        return conflict()
    if {"ThrottlingError", "ProvisionedThroughputExceeded"} & set(cancelled.codes):
        return unavailable()
    return cancelled


def _photo_action(table: Table, photo_id: str, service_request_id: str) -> dict[str, Any]:
    terms = Terms()
    owner = terms.name("service_request_id")
    value = terms.value({"S": service_request_id})
    gone = ", ".join(terms.name(name) for name in ("watch", "watch_key", "ttl"))
    expression = f"SET {owner} = if_not_exists({owner}, {value}) REMOVE {gone}"
    return table.update_action(keys.photo(photo_id), expression, None, terms)
