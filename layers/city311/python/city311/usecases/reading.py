"""What residents may read: anybody the public projection, the holder of the link a little more."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from city311.domain.audit import AuditEvent
from city311.domain.lifecycle import Command, Role, commands_from
from city311.domain.projection import PublicExtras, extras_view
from city311.domain.request import PublicRequest, ServiceRequest
from city311.domain.update import PublicUpdate
from city311.ports import ListQuery, Page
from city311.usecases.changing import Changing
from city311.usecases.word import opened


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """One thing that happened, as a resident may know it. ``words`` is a key for the page's text.

    Keys: received, routed, in_triage, accepted, in_progress, on_hold, resolved, closed, reopened,
    escalated, photo, comment.
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

    def extras(self, service_request_ids: Iterable[str]) -> Mapping[str, PublicExtras]:
        """What may be added to those of the requests that are public now, by id.

        A duplicate names the request that goes on only if that one is public itself.
        """
        requests, city = self.changing.requests, self.changing.city
        views = [extras_view(each, city) for each in requests.many(service_request_ids)]
        found = {view.service_request_id: view for view in views if view is not None}
        parents = {view.parent for view in found.values() if view.parent}
        shown = {each.service_request_id for each in requests.by_ids(sorted(parents - set(found)))}
        return {
            each: view
            if view.parent in (shown | set(found) | {None})
            else replace(view, parent=None)
            for each, view in found.items()
        }

    def updates(self, service_request_id: str) -> Sequence[PublicUpdate]:
        """What the public was told of a request that is public, in order."""
        return self.changing.requests.updates(service_request_id)

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
            timeline=self._timeline(events),
            can=commands_from(request.status, Role.RESIDENT),
        )

    def _timeline(self, events: Sequence[AuditEvent]) -> tuple[TimelineEntry, ...]:
        """What happened. Of a comment, an event does not hold the words, but its update does."""
        said: dict[int, str] = {}
        commented = next((each for each in events if each.action == _COMMENT), None)
        if commented:
            updates = self.changing.requests.updates(commented.service_request_id)
            said = {each.seq: each.description for each in updates}
        found = (_entry(event, said.get(event.seq)) for event in events)
        return tuple(entry for entry in found if entry)


_COMMENT = Command.COMMENT.value
_TOLD = {
    _COMMENT: "comment",
    "escalate": "escalated",
    "dispute": "reopened",
    "reopen": "reopened",
    "show_photo": "photo",
}


def _entry(event: AuditEvent, said: str | None) -> TimelineEntry | None:
    """An event in a resident's words; what is internal (reassignments ...) is left out.

    ``said``: what the public was told of it.
    """
    if event.action in ("continue", "reassign"):
        return None
    # A hold is a promise put off, so its reason is owed to the resident.
    note = event.details.get("reason" if event.action == "wait" else "note")
    note = said if event.action == _COMMENT else note
    words = _TOLD.get(event.action) or str(event.details.get("to"))
    return TimelineEntry(
        at=datetime.fromisoformat(event.at), words=words, note=str(note) if note else None
    )
