"""What each step does to a request beyond its status: the pure effects, one function a command."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from city311.domain import deadline
from city311.domain.audit import Actor, Detail
from city311.domain.catalogue import City, Service
from city311.domain.errors import FieldProblem, InvalidInput
from city311.domain.lifecycle import Command, Status
from city311.domain.outcomes import Outcome
from city311.domain.request import Hold, Photo, ServiceRequest
from city311.domain.routing import route
from city311.domain.triage import Decision, Found


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandFields:
    """What a command may carry; which of them it must is in the lifecycle's table.

    ``photos``: slot ids of uploads that came with it; ``media_urls``: links, kept as said.
    """

    reason: str | None = None
    note: str | None = None
    until: datetime | None = None
    department: str | None = None
    service_code: str | None = None
    outcome: Outcome | None = None
    assignee: str | None = None
    decision: Decision | None = None
    photo: Photo | None = None
    photos: tuple[str, ...] = ()
    media_urls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """Who does what, when, with which words, under which versions; in which city."""

    command: Command
    actor: Actor
    now: datetime
    city: City
    versions: Mapping[str, str]
    fields: CommandFields = CommandFields()
    details: Mapping[str, Detail] | None = None


def _decided(request: ServiceRequest, doing: Doing) -> ServiceRequest:
    decision = doing.fields.decision
    if decision is None:
        return request
    if decision.needs_person:
        return replace(request, decision=decision, priority=decision.priority)
    return _assigned(request, doing.city, decision)


def _by_person(request: ServiceRequest, doing: Doing) -> ServiceRequest:
    city, fields = doing.city, doing.fields
    service = _service(city, fields.service_code or "")
    department, reason = fields.department, "Chosen at the triage desk."
    if department is None:
        assignment = route(city, service, request.place.district)
        department, reason = assignment.department, assignment.reason
    _known(department, city)
    said = fields.reason or "A person at the triage desk decided."
    decision = Decision(
        found=Found.BY_PERSON,
        service_code=service.service_code,
        priority=max(service.priority, request.priority, key=lambda p: p.rank),
        department=department,
        route_reason=reason,
        reasons=(said,),
        suggestions=request.decision.suggestions if request.decision else (),
        duplicate_of=request.decision.duplicate_of if request.decision else (),
        emergency=request.decision.emergency if request.decision else None,
        version="person",
    )
    return _assigned(request, city, decision)


def _assigned(request: ServiceRequest, city: City, decision: Decision) -> ServiceRequest:
    service = city.services[decision.service_code]
    same = service.service_code == request.service_code
    return replace(
        request,
        decision=decision,
        service_code=service.service_code,
        priority=decision.priority,
        department=decision.department,
        # Once private, always private: a correction must not publish what was told in confidence.
        private=request.private or service.private,
        # A promise for the same service stands; for another it runs from where this round began.
        expected_at=(same and request.expected_at) or promised(service, city, _began(request)),
        assignee=None,
        escalation=0,
    )


def _taken(request: ServiceRequest, doing: Doing) -> ServiceRequest:
    taker = doing.fields.assignee or doing.actor.subject
    return replace(_resumed(request, doing), assignee=taker, escalation=0)


def _resumed(request: ServiceRequest, doing: Doing) -> ServiceRequest:
    """Off hold: the promise's clock stood still meanwhile. One broken before stays broken."""
    after, promised_at = replace(request, hold=None), request.expected_at
    if request.status is not Status.ON_HOLD or promised_at is None:
        return after
    if promised_at <= request.entered_at:
        return after
    clock, calendar = _offered(request, doing.city).promise.clock, doing.city.calendar
    left = deadline.elapsed(request.entered_at, promised_at, clock=clock, calendar=calendar)
    moved = deadline.after(doing.now, length=left, clock=clock, calendar=calendar)
    return replace(after, expected_at=max(moved, promised_at))


def _held(request: ServiceRequest, doing: Doing) -> ServiceRequest:
    until, reason = doing.fields.until, doing.fields.reason
    if until is None or reason is None or until <= doing.now:
        raise InvalidInput(FieldProblem(field="until", advice="Give a date in the future."))
    return replace(request, hold=Hold(reason=reason, until=until), escalation=0)


def _reassigned(request: ServiceRequest, doing: Doing) -> ServiceRequest:
    department = doing.fields.department or ""
    _known(department, doing.city)
    if department == request.department:
        raise InvalidInput(
            FieldProblem(field="department", advice="It is with that department already.")
        )
    return replace(_resumed(request, doing), department=department, assignee=None, escalation=0)


def _returned(request: ServiceRequest, doing: Doing) -> ServiceRequest:
    return replace(_resumed(request, doing), assignee=None, escalation=0)


def _resolved(request: ServiceRequest, doing: Doing) -> ServiceRequest:
    outcome = doing.fields.outcome
    if outcome is None:
        raise InvalidInput(FieldProblem(field="outcome", advice="Say how it ended."))
    if outcome.duplicate_of == request.service_request_id:
        raise InvalidInput(
            FieldProblem(field="duplicate_of", advice="A request is no duplicate of itself.")
        )
    return replace(
        request,
        outcome=outcome,
        status_notes=outcome.note,
        assignee=doing.actor.subject,
        closed_at=doing.now,
        hold=None,
        escalation=0,
    )


def _renewed(request: ServiceRequest, doing: Doing) -> ServiceRequest:
    service = _offered(request, doing.city)
    known = request.department in doing.city.departments
    return replace(
        request,
        round=request.round + 1,
        closed_at=None,
        outcome=None,
        status_notes=None,
        not_by=request.assignee,
        assignee=None,
        escalation=0,
        expected_at=promised(service, doing.city, doing.now),
        # What a request lacks when it was answered at the triage desk without a route.
        department=request.department
        if known
        else route(doing.city, service, request.place.district).department,
        dispute=None,
    )


def _disputed(request: ServiceRequest, doing: Doing) -> ServiceRequest:
    return replace(_renewed(_commented(request, doing), doing), dispute=doing.fields.reason)


def _commented(request: ServiceRequest, doing: Doing) -> ServiceRequest:
    fields = doing.fields
    return replace(
        request,
        photos=(*request.photos, *fields.photos),
        media_urls=(*request.media_urls, *fields.media_urls),
    )


def _shown(request: ServiceRequest, doing: Doing) -> ServiceRequest:
    photo = doing.fields.photo
    if photo is None or photo in request.shown:
        return request
    return replace(request, shown=(*request.shown, photo))


def _escalated(request: ServiceRequest, _: Doing) -> ServiceRequest:
    return replace(request, escalation=request.escalation + 1)


EFFECTS: Mapping[Command, Callable[[ServiceRequest, Doing], ServiceRequest]] = {
    Command.ROUTE: _decided,
    Command.REVIEW: _decided,
    Command.TRIAGE: _by_person,
    Command.ACCEPT: _taken,
    Command.START: _taken,
    Command.WAIT: _held,
    Command.REASSIGN: _reassigned,
    Command.RETURN: _returned,
    Command.RESOLVE: _resolved,
    Command.REOPEN: _renewed,
    Command.DISPUTE: _disputed,
    Command.ESCALATE: _escalated,
    Command.SHOW_PHOTO: _shown,
    Command.COMMENT: _commented,
}


def promised(service: Service, city: City, start: datetime) -> datetime:
    """When the city promises to have done it."""
    promise = service.promise
    return deadline.due(
        start, hours=promise.done_hours, clock=promise.clock, calendar=city.calendar
    )


def _began(request: ServiceRequest) -> datetime:
    """Where this round began: with the report, or with the dispute that opened it."""
    if request.round == 1:
        return request.requested_at
    return request.generation_at or request.requested_at


def _offered(request: ServiceRequest, city: City) -> Service:
    """The request's service; the city may have taken it off its list since."""
    return city.services.get(request.service_code) or city.services[city.fallback_service]


def _service(city: City, code: str) -> Service:
    service = city.services.get(code)
    if service is None:
        raise InvalidInput(
            FieldProblem(field="service_code", advice="Choose a service from the city's list.")
        )
    return service


def _known(department: str, city: City) -> None:
    if department not in city.departments:
        known = ", ".join(sorted(city.departments))
        raise InvalidInput(FieldProblem(field="department", advice=f"Choose one of: {known}."))
