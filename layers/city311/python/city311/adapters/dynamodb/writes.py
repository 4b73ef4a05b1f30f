"""The two transactions that write a request: its acceptance and its changes."""

from datetime import datetime
from typing import Any

from city311.adapters.aws import unavailable
from city311.adapters.dynamodb import keys
from city311.adapters.dynamodb.items import PLACE, PUBLIC_REQUEST, REQUEST, request_item
from city311.adapters.dynamodb.people import event_item, key_item, resident_item
from city311.adapters.dynamodb.placed import INDEX_ATTRIBUTES, places, watched
from city311.adapters.dynamodb.table import BUSY_ITEM, FAILED, Cancelled, Table, Terms
from city311.adapters.dynamodb.values import Item
from city311.adapters.placing import most_photos_checked, seconds
from city311.adapters.refusals import conflict
from city311.domain.audit import AuditEvent
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
    # An expired key may lie in the table for two days before it is removed.
    terms = Terms()
    now = {"N": str(seconds(request.requested_at))}
    key_free = f"{_NEW} OR {terms.name('ttl')} <= {terms.value(now)}"
    item = keys.request(service_request_id) | request_item(request, acceptance.public)
    item |= places(request, acceptance.public) | _watched(acceptance.event)
    return [
        table.put_action(key_item(acceptance.key, service_request_id), key_free, terms),
        table.put_action(item, _NEW),
        table.put_action(resident_item(acceptance.resident), _NEW),
        table.put_action(event_item(acceptance.event), _NEW),
        *(_photo_action(table, photo_id, service_request_id) for photo_id in photos),
    ]


def change_actions(table: Table, change: Change) -> list[dict[str, Any]]:
    """The request as it is now, if it held the event before; and the event."""
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
    ]


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
