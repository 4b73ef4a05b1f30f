"""Every key of the table and its indexes, spelled once."""

from typing import Final

from city311.adapters.dynamodb.values import Item

REQUESTED: Final = "requested"
UPDATED: Final = "updated"
SERVICE: Final = "service"
SERVICE_UPDATED: Final = "service_updated"
NEARBY: Final = "nearby"
WORK: Final = "work"
WATCH: Final = "watch"
TOLD: Final = "told"

PUBLIC_LISTS: Final = {
    REQUESTED: ("requested_bucket", "requested_key"),
    UPDATED: ("updated_bucket", "updated_key"),
    SERVICE: ("service_bucket", "requested_key"),
    SERVICE_UPDATED: ("service_bucket", "updated_key"),
    NEARBY: ("cell", "requested_key"),
}
"""Public index -> its partition key and its sort key."""

PARTNERS: Final = "PAR#keys"

WATCH_REQUEST: Final = "request"
WATCH_MESSAGE: Final = "message"
WATCH_PHOTO: Final = "photo"


def key(pk: str, sk: str) -> Item:
    """A primary key."""
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def request(service_request_id: str) -> Item:
    """The request itself."""
    return key(f"REQ#{service_request_id}", "META")


def contact(service_request_id: str) -> Item:
    """Who reported it."""
    return key(f"RES#{service_request_id}", "CONTACT")


def events_of(service_request_id: str) -> str:
    """The partition of a request's audit events."""
    return f"AUD#{service_request_id}"


def event(service_request_id: str, seq: int) -> Item:
    """One audit event."""
    return key(events_of(service_request_id), f"{seq:06}")


def updates_of(service_request_id: str) -> str:
    """The partition of what the public was told of a request."""
    return f"UPD#{service_request_id}"


def update(service_request_id: str, seq: int) -> Item:
    """One update, under the number of the audit event behind it."""
    return key(updates_of(service_request_id), f"{seq:06}")


def idempotency(digest: str) -> Item:
    """What made two posts the same one."""
    return key(f"KEY#{digest}", "KEY")


def token(service_request_id: str, generation: int) -> Item:
    """The token of the execution that waits."""
    return key(f"TOK#{service_request_id}", f"G{generation}")


def messages_of(service_request_id: str) -> str:
    """The partition of a request's messages."""
    return f"MSG#{service_request_id}"


def message(ledger_id: str) -> Item:
    """One message; a ledger id without a request is a key that nothing has."""
    service_request_id, _, rest = ledger_id.partition("_")
    return key(messages_of(service_request_id), rest or "-")


def photo(photo_id: str) -> Item:
    """What is known of a photo."""
    return key(f"PHO#{photo_id}", "PHOTO")


def year_bucket(word: str, year: str) -> str:
    """A partition of ``requested`` and ``updated``: open or closed, and the year of the time."""
    return f"{word}#{year}"


def service_bucket(service_code: str, word: str) -> str:
    """A partition of ``service`` and ``service_updated``."""
    return f"{service_code}#{word}"


def partner(key_id: str) -> Item:
    """One api key; all lie side by side, for they are few and listed whole."""
    return key(PARTNERS, key_id)


def name_of(item: Item) -> str:
    """The id behind a primary key, without its prefix."""
    pk: str = item["pk"]["S"]
    return pk.partition("#")[2]
