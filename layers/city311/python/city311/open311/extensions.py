"""What ``extensions`` adds to a request on the wire, after the fields of GeoReport v2."""

from collections.abc import Sequence
from functools import cache

from city311.domain.projection import PublicAnswer, PublicExtras
from city311.domain.update import PublicUpdate
from city311.open311.asking import Query, every
from city311.open311.fields import REQUESTS, SERVICES, Field, Kind, Resource, Row, texts

ATTRIBUTES, EXTENDED, NOTES = "attributes", "extended_attributes", "notes"
NAMES = (EXTENDED, ATTRIBUTES, NOTES)
"""Every extension of a request, in the order of the wire."""
_ALL = frozenset({"true", "yes", "1", "all"})
_TABLE = {
    EXTENDED: Field(
        name=EXTENDED,
        of=(
            *texts("channel", "district", "detailed_status"),
            Field(name="duplicate", kind=Kind.BOOLEAN),
            Field(name="parent_service_request_id"),
            Field(name="closed_datetime", kind=Kind.TIME),
            Field(name="closure_reason"),
            Field(name="photos", item="photo", of=texts("media_url", "title", "created_at")),
            Field(name="media_urls", item="media_url"),
        ),
    ),
    ATTRIBUTES: Field(
        name=ATTRIBUTES, item="attribute", of=texts("code", "label", "name", "value")
    ),
    NOTES: Field(
        name=NOTES,
        item="note",
        of=(Field(name="datetime", kind=Kind.TIME), *texts("type", "description", "summary")),
    ),
}


def asked_names(query: Query) -> frozenset[str]:
    """The extensions asked for: ``true`` for all of them, or their names; others are ignored."""
    words = {each.lower() for each in every(query, "extensions")}
    return frozenset(NAMES) if words & _ALL else frozenset(NAMES) & words


def grouped(query: Query) -> bool:
    """Whether services are wanted with ``groups``."""
    return bool({each.lower() for each in every(query, "extensions")} & (_ALL | {"groups"}))


@cache
def requests_with(names: frozenset[str]) -> Resource:
    """The list of requests with these extensions behind the documented fields."""
    more = tuple(_TABLE[name] for name in NAMES if name in names)
    return Resource(root=REQUESTS.root, item=REQUESTS.item, fields=(*REQUESTS.fields, *more))


SERVICES_GROUPED = Resource(
    root=SERVICES.root,
    item=SERVICES.item,
    fields=(*SERVICES.fields, Field(name="groups", item="group")),
)
"""The service list as clients that know several groups a service want it."""


def extra_row(extras: PublicExtras | None, site_url: str) -> Row:
    """What the allow-list of extras says; nothing of a request that is not public any more."""
    if extras is None:
        return {EXTENDED: None, ATTRIBUTES: ()}
    photos = [f"{site_url}/{path.lstrip('/')}" for path in extras.photos]
    return {
        EXTENDED: {
            "channel": extras.channel,
            "district": extras.district,
            "detailed_status": extras.detailed_status,
            "duplicate": extras.duplicate,
            "parent_service_request_id": extras.parent,
            "closed_datetime": extras.closed_at,
            "closure_reason": extras.closure_reason,
            "photos": [{"media_url": url} for url in photos],
            "media_urls": photos,
        },
        ATTRIBUTES: [_answer_row(each) for each in extras.answers],
    }


def note_rows(updates: Sequence[PublicUpdate]) -> Row:
    """The public history of one request, oldest first."""
    return {
        NOTES: [
            {
                "datetime": update.at,
                "type": update.status.value,
                "description": update.description,
                "summary": update.code or update.status.value,
            }
            for update in updates
        ]
    }


def _answer_row(answer: PublicAnswer) -> Row:
    return {
        "code": answer.code,
        "label": answer.label,
        "name": answer.name,
        "value": answer.value,
    }
