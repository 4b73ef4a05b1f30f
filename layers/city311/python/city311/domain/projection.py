"""The one way from what the city holds to what anybody may see: an allow-list, field by field."""

from city311.domain.catalogue import City
from city311.domain.request import PublicRequest, ServiceRequest


def public_view(request: ServiceRequest, city: City) -> PublicRequest | None:
    """What anybody may see of a request, in the city's first language; None if it is private."""
    service = city.services.get(request.service_code)
    if request.private or (service is not None and service.private):
        return None
    department = city.departments.get(request.department or "")
    place = request.place
    return PublicRequest(
        service_request_id=request.service_request_id,
        status=request.public_status,
        status_notes=request.status_notes,
        service_code=request.service_code,
        service_name=city.say(service.name) if service else request.service_code,
        description=request.description,
        agency_responsible=city.say(department.name) if department else None,
        service_notice=(city.say(service.notice) or None) if service else None,
        requested_at=request.requested_at,
        updated_at=request.updated_at,
        expected_at=request.expected_at,
        address=place.address,
        address_id=place.address_id,
        lat=place.lat,
        long=place.long,
        media_url=request.shown[0].large if request.shown else None,
    )
