"""What residents read of requests: public lists, and their own page."""

from collections.abc import Mapping
from datetime import datetime

from city311.api.models import Answer, Count, OutcomeOut, PhotoOut, PlaceOut, SitePath
from city311.domain.request import PublicRequest, ServiceRequest
from city311.ports import Page


class PublicOut(Answer):
    """A request as anybody may see it; read from the public projection and nothing else."""

    service_request_id: str
    status: str
    status_notes: str | None
    service_code: str
    service_name: str
    description: str
    agency_responsible: str | None
    service_notice: str | None
    requested_at: datetime
    updated_at: datetime
    expected_at: datetime | None
    address: str | None
    address_id: str | None
    lat: float | None
    long: float | None
    media_url: SitePath | None


class PublicList(Answer):
    """Some of the newest public requests; ``next`` is the cursor of what follows."""

    requests: list[PublicOut]
    next: str | None

    @classmethod
    def of(cls, page: Page[PublicRequest]) -> "PublicList":
        """One page."""
        rows = [PublicOut.model_validate(row) for row in page.rows]
        return cls(requests=rows, next=page.cursor)


class EntryOut(Answer):
    """One line of a resident's timeline; ``words`` is a key for the page's own text."""

    at: datetime
    words: str
    note: str | None


class OwnRequest(Answer):
    """What the holder of the private link sees of the request itself; no contact data.

    ``photos`` counts all that were sent, ``shown`` are those that may be looked at by now.
    """

    service_request_id: str
    public_status: str
    status_notes: str | None
    service_code: str
    description: str
    place: PlaceOut
    language: str
    requested_at: datetime
    updated_at: datetime
    expected_at: datetime | None
    outcome: OutcomeOut | None
    photos: Count
    shown: list[PhotoOut]
    media_urls: list[str]


class OwnOut(Answer):
    """The resident's own page."""

    request: OwnRequest
    service_name: str
    department_name: str | None
    timeline: list[EntryOut]
    can: list[str]


class Standing(Answer):
    """Where a request stands now, in public words."""

    service_request_id: str
    status: str

    @classmethod
    def of(cls, request: ServiceRequest) -> "Standing":
        """After the resident's word."""
        return cls(
            service_request_id=request.service_request_id, status=request.public_status.value
        )


class Health(Answer):
    """The function answers, and what is in force in it."""

    status: str
    jurisdiction_id: str
    versions: Mapping[str, str]
