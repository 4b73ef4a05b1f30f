"""The items that are written with a request: contact, audit event, idempotency key."""

import json
from typing import Any

from city311.adapters.dynamodb import keys
from city311.adapters.dynamodb.values import HASH, TEXT, Field, Fields, Item, packed, unpacked
from city311.adapters.placing import seconds
from city311.domain.audit import AuditEvent, canonical
from city311.domain.contact import Resident
from city311.ports import IdempotencyKey

_SECRETS = ("capability", "commitment_key", "language")
_WAYS = ("email", "phone", "first_name", "last_name", "device_id", "account_id")
RESIDENT: Fields = {name: Field(TEXT) for name in _SECRETS} | {
    name: Field(TEXT, None) for name in _WAYS
}
EVENT: Fields = {
    **{name: Field(TEXT) for name in ("at", "role", "subject", "action", "scheme")},
    **{name: Field(HASH) for name in ("prev", "hash")},
}


def resident_item(resident: Resident) -> Item:
    """The contact item."""
    return keys.contact(resident.service_request_id) | packed(resident, RESIDENT)


def resident_from(item: Item) -> Resident:
    """The contact data of a request."""
    return Resident(service_request_id=keys.name_of(item), **unpacked(item, RESIDENT))


def event_item(event: AuditEvent) -> Item:
    """The audit event; its details as the very bytes that were hashed."""
    item = keys.event(event.service_request_id, event.seq) | packed(event, EVENT)
    for name in ("details", "versions"):
        item[name] = {"S": canonical(dict(getattr(event, name))).decode()}
    return item


def event_from(item: Item) -> AuditEvent:
    """An audit event."""
    values: dict[str, Any] = unpacked(item, EVENT)
    return AuditEvent(
        service_request_id=keys.name_of(item),
        seq=int(item["sk"]["S"]),
        details=json.loads(item["details"]["S"]),
        versions=json.loads(item["versions"]["S"]),
        **values,
    )


def key_item(key: IdempotencyKey, service_request_id: str) -> Item:
    """What makes the next same post a replay."""
    return keys.idempotency(key.digest) | {
        "content": HASH.pack(key.content),
        "service_request_id": {"S": service_request_id},
        "ttl": {"N": str(seconds(key.expires_at))},
    }


def posted_item(key: IdempotencyKey, update_id: str) -> Item:
    """What makes the next post of the same update a replay, whatever it says."""
    return keys.idempotency(key.digest) | {
        "update_id": {"S": update_id},
        "ttl": {"N": str(seconds(key.expires_at))},
    }


def same_content(item: Item, key: IdempotencyKey) -> bool:
    """Whether the key came with this content before."""
    return bool(HASH.unpack(item["content"]) == key.content)
