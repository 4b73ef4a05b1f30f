"""What residents may read: anybody the public projection, the holder of the link a little more."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from city311.domain.audit import AuditEvent
from city311.domain.lifecycle import Command, Role, commands_from
from city311.domain.request import PublicRequest, ServiceRequest
from city311.ports import ListQuery, Page
from city311.usecases.changing import Changing
from city311.usecases.word import opened


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """One thing that happened, as a resident may know it. ``words`` is a key for the page's text.

    Keys: received, routed, in_triage, accepted, in_progress, on_hold, resolved, closed, reopened,
    escalated, photo.
    """

    at: datetime
    words: str
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateView:
    """What the private link shows: the resident's own words, photos and timeline; no contact."""

    request: ServiceRequest
    service_name: str
    department_name: str | None
    timeline: tuple[TimelineEntry, ...]
    can: tuple[Command, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The window: it shows and never changes anything."""

    changing: Changing

    def public(self, service_request_id: str) -> PublicRequest:
        """The public projection, or NotFound for unknown and private alike."""
        return self.changing.requests.public(service_request_id)

    def listed(self, query: ListQuery) -> Page[PublicRequest]:
        """A page of the public list."""
        return self.changing.requests.listed(query)

    def by_ids(self, service_request_ids: Iterable[str]) -> Sequence[PublicRequest]:
        """Those that are public, in the order asked."""
        return self.changing.requests.by_ids(service_request_ids)

    def private(self, service_request_id: str, capability: str) -> PrivateView:
        """The private view, or NotFound if the capability does not open it."""
        request = opened(self.changing, service_request_id, capability)
        city, language = self.changing.city, request.language
        service = city.services.get(request.service_code)
        department = city.departments.get(request.department or "")
        events = self.changing.requests.events(request.service_request_id)
        return PrivateView(
            request=request,
            service_name=city.say(service.name, language) if service else request.service_code,
            department_name=city.say(department.name, language) if department else None,
            timeline=tuple(entry for event in events if (entry := _entry(event))),
            can=commands_from(request.status, Role.RESIDENT),
        )


_TOLD = {
    "escalate": "escalated",
    "dispute": "reopened",
    "reopen": "reopened",
    "show_photo": "photo",
}


def _entry(event: AuditEvent) -> TimelineEntry | None:
    """An event in a resident's words; what is internal (reassignments ...) is left out."""
    if event.action in ("continue", "reassign"):
        return None
    # A hold is a promise put off, so its reason is owed to the resident.
    note = event.details.get("reason" if event.action == "wait" else "note")
    words = _TOLD.get(event.action) or str(event.details.get("to"))
    return TimelineEntry(
        at=datetime.fromisoformat(event.at), words=words, note=str(note) if note else None
    )
