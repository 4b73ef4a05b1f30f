"""Every GeoReport field once, in its order, with its type: the table both formats come from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias


class Format(StrEnum):
    """The two formats of GeoReport v2, by their path suffix."""

    JSON = "json"
    XML = "xml"


class Kind(StrEnum):
    """How a value is written. Text, ids and codes are never coerced to numbers."""

    TEXT = "text"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    DEGREES = "degrees"
    TIME = "time"
    WORDS = "words"
    """Text that may be empty, and is an empty text then, not null."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Field:
    """One element. ``item`` names the children of a list, ``of`` their fields (none: plain text).

    ``of`` without ``item``: one object. ``several``: an element that is repeated in XML, and in
    JSON a text, or a list where there are more than one. ``json_only``: ours, and kept out of the
    XML that others validate.
    """

    name: str
    kind: Kind = Kind.TEXT
    item: str | None = None
    of: tuple["Field", ...] = ()
    several: bool = False
    json_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A document. With ``item`` it is a list of such elements, without it a single object."""

    root: str
    fields: tuple[Field, ...]
    item: str | None = None


Value: TypeAlias = (
    "str | bool | int | float | datetime | Sequence[str] | Sequence[Row] | Row | None"
)
Row: TypeAlias = Mapping[str, "Value"]


def texts(*names: str) -> tuple[Field, ...]:
    """Fields of plain text."""
    return tuple(Field(name=name) for name in names)


DISCOVERY = Resource(
    root="discovery",
    fields=(
        *texts("changeset", "contact", "key_service"),
        Field(
            name="endpoints",
            item="endpoint",
            of=(
                *texts("specification", "url", "changeset", "type"),
                Field(name="formats", item="format"),
            ),
        ),
    ),
)
SERVICES = Resource(
    root="services",
    item="service",
    fields=(
        *texts("service_code", "service_name", "description"),
        Field(name="metadata", kind=Kind.BOOLEAN),
        *texts("type", "keywords", "group"),
    ),
)
DEFINITION = Resource(
    root="service_definition",
    fields=(
        Field(name="service_code"),
        Field(
            name="attributes",
            item="attribute",
            of=(
                Field(name="variable", kind=Kind.BOOLEAN),
                *texts("code", "datatype"),
                Field(name="required", kind=Kind.BOOLEAN),
                Field(name="datatype_description"),
                Field(name="order", kind=Kind.INTEGER),
                Field(name="description"),
                Field(name="values", item="value", of=texts("key", "name")),
            ),
        ),
    ),
)
CREATED = Resource(
    root="service_requests",
    item="request",
    fields=texts("service_request_id", "service_notice", "account_id"),
)
REQUESTS = Resource(
    root="service_requests",
    item="request",
    fields=(
        *texts("service_request_id", "status", "status_notes", "service_name", "service_code"),
        *texts("description", "agency_responsible", "service_notice"),
        Field(name="requested_datetime", kind=Kind.TIME),
        Field(name="updated_datetime", kind=Kind.TIME),
        Field(name="expected_datetime", kind=Kind.TIME),
        *texts("address", "address_id", "zipcode"),
        Field(name="lat", kind=Kind.DEGREES),
        Field(name="long", kind=Kind.DEGREES),
        Field(name="media_url"),
    ),
)
ERRORS = Resource(
    root="errors",
    item="error",
    fields=(
        Field(name="code", kind=Kind.INTEGER),
        Field(name="description"),
        Field(name="reason", json_only=True),
    ),
)
UPDATES = Resource(
    root="service_request_updates",
    item="request_update",
    fields=(
        *texts("update_id", "service_request_id", "status"),
        Field(name="updated_datetime", kind=Kind.TIME),
        Field(name="description", kind=Kind.WORDS),
        Field(name="media_url", several=True),
        Field(name="external_status_code"),
        Field(name="extras", of=texts("category", "group")),
    ),
)
POSTED = Resource(root="service_request_updates", item="request_update", fields=texts("update_id"))
POSTED_IN_PART = Resource(
    root="service_request_updates",
    item="request_update",
    fields=texts("update_id", "service_notice"),
)
"""The answer to an update of which something had to be left out, and in words what."""
