"""A past request as one line of a file: the same keys whatever the server calls them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from cli.importing import shapes
from cli.importing.endpoint import Endpoint
from cli.importing.theirs import Sample

Past = dict[str, Any]

WANTED = ("service_request_id", "token")
"""A record with one of these is a request."""
_FORMATS = (
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %I:%M:%S %p",
    "%Y/%m/%d %H:%M:%S",
    "%m/%d/%Y",
    "%d.%m.%Y %H:%M",
)


def past_request(record: shapes.Fields, endpoint: Endpoint) -> Past | None:
    """The record as it is kept; None without an id, which nothing can be told apart by."""
    key = shapes.code(shapes.first(record, "service_request_id", "id"))
    if not key:
        return None
    extra = record.get("extended_attributes")
    more = extra if isinstance(extra, Mapping) else {}
    status = shapes.text(record.get("status")).lower() or None
    updated = time_of(record.get("updated_datetime"))
    closed = time_of(shapes.first({**more, **record}, "closed_datetime", "closed_date"))
    if closed is None and status == "closed":
        closed = updated  # the standard: of a closed request it is the time of closing
    lat, long = position(record)
    return {
        "id": key,
        "service_code": shapes.code(record.get("service_code")) or None,
        "service_name": shapes.text(record.get("service_name")) or None,
        "status": status,
        "requested_at": time_of(record.get("requested_datetime")),
        "updated_at": updated,
        "closed_at": closed,
        "description": shapes.words(record.get("description")) or None,
        "notes": shapes.words(record.get("status_notes")) or None,
        "agency": agency(record.get("agency_responsible")) or None,
        "address": shapes.text(record.get("address")) or None,
        "lat": lat,
        "long": long,
        "media_url": shapes.code(next(iter(shapes.listed(record.get("media_url"))), None)) or None,
        "source_url": endpoint.url("requests", key),
    }


def time_of(value: Any) -> str | None:
    """The time in ISO 8601, with its offset where the server gives one; None for no time."""
    said = shapes.text(value)
    if not said[:1].isdigit():
        return None
    for read in (datetime.fromisoformat, *map(_reader, _FORMATS)):
        try:
            return str(read(said).isoformat(timespec="seconds"))
        except ValueError:
            continue
    return None


def _reader(form: str) -> Any:
    return lambda text: datetime.strptime(text, form)  # noqa: DTZ007 - without offset, it has none


def moment_of(past: Past) -> datetime | None:
    """When it was requested; a time without offset counts as UTC."""
    if not past["requested_at"]:
        return None
    read = datetime.fromisoformat(past["requested_at"])
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def position(record: shapes.Fields) -> tuple[float | None, float | None]:
    """Latitude and longitude; neither where one is missing or impossible, or both are 0."""
    lat = shapes.number(shapes.first(record, "lat", "latitude"))
    long = shapes.number(shapes.first(record, "long", "lon", "lng", "longitude"))
    if lat is None or long is None or (lat, long) == (0.0, 0.0):
        return None, None
    return (lat, long) if abs(lat) <= 90 and abs(long) <= 180 else (None, None)


def agency(value: Any) -> str:
    """The name of who is responsible, which some servers hide in a structure."""
    if isinstance(value, Mapping):
        value = shapes.first(value, "name", "title", "recipient", *value)
    if isinstance(value, list):
        return ", ".join(filter(None, map(agency, value)))
    return agency(value) if isinstance(value, Mapping) else shapes.text(value)


def sample_of(data: Any) -> Sample:
    """What a page of recent requests tells about agencies and places."""
    counts: dict[str, dict[str, int]] = {}
    points: list[tuple[float, float]] = []
    records = shapes.rows(data, *WANTED)
    for record in records:
        code, name = (
            shapes.code(record.get("service_code")),
            agency(record.get("agency_responsible")),
        )
        if code and name:
            found = counts.setdefault(code, {})
            found[name] = found.get(name, 0) + 1
        lat, long = position(record)
        if lat is not None and long is not None:
            points.append((lat, long))
    agencies = {
        code: min(found, key=lambda name: (-found[name], name)) for code, found in counts.items()
    }
    return Sample(agencies=agencies, points=tuple(points), count=len(records))
