"""A request on the wire: the public projection as a row of GeoReport v2."""

from city311.domain.lifecycle import PublicStatus
from city311.domain.request import PublicRequest
from city311.open311.fields import Row


def row(request: PublicRequest, site_url: str) -> Row:
    """A request as GeoReport v2 has it: every field, and nothing about who reported it."""
    closed = request.status is PublicStatus.RESOLVED
    media = f"{site_url}/{request.media_url.lstrip('/')}" if request.media_url else None
    return {
        "service_request_id": request.service_request_id,
        "status": "closed" if closed else "open",
        "status_notes": request.status_notes,
        "service_name": request.service_name,
        "service_code": request.service_code,
        "description": request.description,
        "agency_responsible": request.agency_responsible,
        "service_notice": request.service_notice,
        "requested_datetime": request.requested_at,
        "updated_datetime": request.updated_at,
        "expected_datetime": request.expected_at,
        "address": request.address,
        "address_id": request.address_id,
        "zipcode": None,
        "lat": request.lat,
        "long": request.long,
        "media_url": media,
    }
