"""The staff side: commands in, queues, requests and events out."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, Field

from city311.api.models import Answer, Body, Count, OutcomeOut, PhotoOut, PlaceOut, Text
from city311.domain.audit import Actor, AuditEvent
from city311.domain.effects import CommandFields
from city311.domain.errors import NotFound
from city311.domain.lifecycle import Command, commands_from
from city311.domain.outcomes import Outcome, OutcomeKind
from city311.domain.request import ServiceRequest
from city311.domain.update import PublicUpdate
from city311.ports import Page, WorkItem

_REASON = (
    "Why. The reason of wait is public, in the updates of the request; any other is for staff."
)


class OutcomeIn(Body):
    """How it ended; which of these it needs depends on the kind."""

    kind: OutcomeKind
    note: Annotated[Text, Field(description="Public: what happened, in words for residents.")]
    evidence: Text | None = None
    whose: Text | None = None
    duplicate_of: Text | None = None
    until: AwareDatetime | None = None


class CommandIn(Body):
    """What a command may carry."""

    reason: Annotated[Text | None, Field(description=_REASON)] = None
    note: Text | None = None
    until: AwareDatetime | None = None
    department: Text | None = None
    service_code: Text | None = None
    assignee: Text | None = None
    outcome: OutcomeIn | None = None

    def fields(self) -> CommandFields:
        """The command's fields. InvalidInput if the outcome lacks what its kind demands."""
        return CommandFields(
            reason=self.reason,
            note=self.note,
            until=self.until,
            department=self.department,
            service_code=self.service_code,
            assignee=self.assignee,
            outcome=Outcome(**dict(self.outcome)) if self.outcome else None,
        )


def verb(name: str) -> Command:
    """The command of this name, or NotFound."""
    if name not in set(Command):
        raise NotFound("There is no such command.")
    return Command(name)


class WorkOut(Answer):
    """One row of a queue."""

    service_request_id: str
    queue: str
    status: str
    service_code: str
    priority: str
    district: str | None
    due_at: datetime
    assignee: str | None


class QueueOut(Answer):
    """A page of a queue, due first; ``next`` is the cursor of what follows."""

    rows: list[WorkOut]
    next: str | None

    @classmethod
    def of(cls, page: Page[WorkItem]) -> "QueueOut":
        """One page."""
        return cls(rows=[WorkOut.model_validate(row) for row in page.rows], next=page.cursor)


class SuggestionOut(Answer):
    """A service the words may mean; confidence in per mille."""

    service_code: str
    confidence: int
    words: list[str]


class DecisionOut(Answer):
    """What triage decided, with every reason."""

    found: str
    service_code: str
    priority: str
    department: str
    route_reason: str
    reasons: list[str]
    suggestions: list[SuggestionOut]
    duplicate_of: list[str]
    emergency: str | None
    needs_person: str | None
    version: str


class EvidencedOut(OutcomeOut):
    """How it ended, with what shows it."""

    evidence: str | None


class HoldOut(Answer):
    """Why it waits, and until when."""

    reason: str
    until: datetime


class StaffOut(Answer):
    """A request as staff see it: no contact data, and not the secret of the private link."""

    service_request_id: str
    status: str
    public_status: str
    status_notes: str | None
    service_code: str
    report_code: str
    priority: str
    department: str | None
    assignee: str | None
    description: str
    place: PlaceOut
    private: bool
    language: str
    channel: str
    partner: str | None
    requested_at: datetime
    updated_at: datetime
    entered_at: datetime
    expected_at: datetime | None
    escalation: int
    generation: int
    round: int
    seq: int
    head: str
    answers: dict[str, list[str]]
    sender: dict[str, str]
    photos: Count
    shown: list[PhotoOut]
    media_urls: list[str]
    decision: DecisionOut | None
    outcome: EvidencedOut | None
    hold: HoldOut | None
    dispute: str | None
    can: tuple[str, ...] = ()

    @classmethod
    def of(cls, request: ServiceRequest, actor: Actor) -> "StaffOut":
        """The request, with what this actor's role may do next."""
        can = tuple(each.value for each in commands_from(request.status, actor.role))
        return cls.model_validate(request).model_copy(update={"can": can})


class EventOut(Answer):
    """One audit event, as it was hashed."""

    seq: int
    at: str
    role: str
    subject: str
    action: str
    details: dict[str, Any]
    versions: dict[str, str]
    prev: str
    hash: str
    scheme: str


class UpdateOut(Answer):
    """What the public was told of one event; of a comment, the words that no event holds."""

    seq: int
    at: datetime
    status: str
    code: str | None
    description: str


class EventsOut(Answer):
    """All events of a request, in order, and what the public was told of them."""

    service_request_id: str
    events: list[EventOut]
    updates: list[UpdateOut]

    @classmethod
    def of(
        cls,
        service_request_id: str,
        events: Iterable[AuditEvent],
        updates: Iterable[PublicUpdate],
    ) -> "EventsOut":
        """The chain, whole."""
        return cls(
            service_request_id=service_request_id,
            events=[EventOut.model_validate(event) for event in events],
            updates=[UpdateOut.model_validate(update) for update in updates],
        )
