"""The one way from what the city holds to what anybody may see: an allow-list, field by field."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from city311.domain.answers import asked
from city311.domain.catalogue import City, Question, Service
from city311.domain.lifecycle import Status
from city311.domain.outcomes import OutcomeKind
from city311.domain.request import PublicRequest, ServiceRequest

DETAILED: Mapping[Status, str] = MappingProxyType(
    {
        Status.RECEIVED: "received",
        Status.IN_TRIAGE: "in_triage",
        Status.ROUTED: "assigned",
        Status.ACCEPTED: "accepted",
        Status.IN_PROGRESS: "in_progress",
        Status.ON_HOLD: "waiting",
        Status.RESOLVED: "resolved",
        Status.CLOSED: "closed",
    }
)
"""Where a request stands, for who asks for more than open or closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicAnswer:
    """One answer that the city publishes: the question, and the answer as words and as key."""

    code: str
    label: str
    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicExtras:
    """What anybody may see beyond the public projection, if they ask for it: an allow-list too.

    ``district`` is its id, ``parent`` the request that goes on in place of a duplicate.
    ``closure_reason``: how it ended, one word of OutcomeKind. ``photos``: all that are served, as
    paths under the site.
    """

    service_request_id: str
    channel: str
    district: str | None
    detailed_status: str
    parent: str | None
    duplicate: bool
    closed_at: datetime | None
    closure_reason: str | None
    photos: tuple[str, ...]
    answers: tuple[PublicAnswer, ...]


def public_view(request: ServiceRequest, city: City) -> PublicRequest | None:
    """What anybody may see of a request, in the city's first language; None if it is private."""
    service = city.services.get(request.service_code)
    if _hidden(request, service):
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


def extras_view(request: ServiceRequest, city: City) -> PublicExtras | None:
    """What may be added to the public projection; None if there is none."""
    service = city.services.get(request.service_code)
    if _hidden(request, service):
        return None
    ended = request.outcome
    duplicate = ended is not None and ended.kind is OutcomeKind.DUPLICATE
    return PublicExtras(
        service_request_id=request.service_request_id,
        channel=request.channel,
        district=request.place.district,
        detailed_status=DETAILED[request.status],
        duplicate=duplicate,
        parent=ended.duplicate_of if ended and duplicate else None,
        closed_at=request.closed_at,
        closure_reason=ended.kind.value if ended else None,
        photos=tuple(photo.large for photo in request.shown),
        answers=tuple(_answers(request, service, city)) if service else (),
    )


def _hidden(request: ServiceRequest, service: Service | None) -> bool:
    return request.private or (service is not None and service.private)


def _answers(request: ServiceRequest, service: Service, city: City) -> Iterator[PublicAnswer]:
    """Answers to questions that the city marks public, if they were asked of this service."""
    for question in asked(service, request.answers):
        if question.public:
            for value in request.answers.get(question.code, ()):
                yield PublicAnswer(
                    code=question.code,
                    label=city.say(question.text),
                    name=_name(question, value, city),
                    value=value,
                )


def _name(question: Question, value: str, city: City) -> str:
    choice = next((each for each in question.choices if each.key == value), None)
    return city.say(choice.name) if choice else value
