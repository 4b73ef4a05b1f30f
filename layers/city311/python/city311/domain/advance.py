"""One step of the lifecycle, applied: the request after it and the audit event that says so."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from city311.domain.audit import Actor, AuditEvent, Detail
from city311.domain.catalogue import City
from city311.domain.effects import EFFECTS, CommandFields, Doing
from city311.domain.errors import FieldProblem, Forbidden, InvalidInput
from city311.domain.lifecycle import Command, Role, Step, step_for
from city311.domain.outcomes import Outcome
from city311.domain.projection import public_view
from city311.domain.request import ServiceRequest
from city311.domain.triage import Decision
from city311.domain.update import PublicUpdate, update_of

_ADVICE = {
    "reason": "Say why, in words that the next reader understands.",
    "until": "Give the date until which the work waits.",
    "department": "Name the department that takes it over.",
    "service_code": "Say which service it is.",
    "outcome": "Say how it ended.",
    "note": "Tell the resident what happened.",
}
_TAKING = frozenset({Command.ACCEPT, Command.START, Command.RESOLVE})
"""What who closed a request may not do to it once the resident disputes that."""
_OF_RESIDENTS = frozenset({Role.RESIDENT, Role.PARTNER})
"""Whose words are residents' words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advanced:
    """What a step leads to; ``update``: what the public is told of it."""

    request: ServiceRequest
    event: AuditEvent
    step: Step
    update: PublicUpdate | None = None


def advance(request: ServiceRequest, doing: Doing) -> Advanced:
    """Take the step, or raise ForbiddenTransition, Forbidden or InvalidInput and change nothing."""
    step = step_for(doing.command, request.status, doing.actor.role)
    _may(request, doing)
    _complete(step, doing.fields)
    after = _effect(request, doing)
    after = _counted(after, step, doing.now)
    update = update_of(doing, request, after)
    if update or _public(request, doing.city) != _public(after, doing.city):
        after = replace(after, updated_at=doing.now)
    return replace(sealed(after, step, doing, before=request), update=update)


def sealed(after: ServiceRequest, step: Step, doing: Doing, *, before: ServiceRequest) -> Advanced:
    """The request with the event that records the step as the new head of its chain."""
    event = recorded(
        after,
        doing,
        action=doing.command.value,
        details={
            "from": before.status.value,
            "to": after.status.value,
            "department": after.department,
            **_moved_promise(before, after),
            **_decided(before, after),
            **_said(doing, step),
            **(doing.details or {}),
        },
    )
    return Advanced(request=replace(after, seq=event.seq, head=event.hash), event=event, step=step)


def recorded(
    request: ServiceRequest, doing: Doing, *, action: str, details: Mapping[str, Detail]
) -> AuditEvent:
    """The next event of the request's chain."""
    return AuditEvent(
        service_request_id=request.service_request_id,
        seq=request.seq + 1,
        at=stamp(doing.now),
        role=doing.actor.role.value,
        subject=doing.actor.subject,
        action=action,
        details=details,
        versions=doing.versions,
        prev=request.head,
    ).sealed()


def stamp(moment: datetime) -> str:
    """RFC 3339 in UTC, whole milliseconds."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _effect(request: ServiceRequest, doing: Doing) -> ServiceRequest:
    effect = EFFECTS.get(doing.command)
    return effect(request, doing) if effect else request


def _may(request: ServiceRequest, doing: Doing) -> None:
    actor, taking = doing.actor, doing.command in _TAKING
    if actor.role is Role.DEPARTMENT and request.department not in actor.departments:
        raise Forbidden("This request belongs to another department.")
    if doing.command is Command.DISPUTE and not _for_resident(request, actor):
        raise Forbidden("Only who sent the report may speak for the resident behind it.")
    if taking and request.not_by and request.not_by in (actor.subject, doing.fields.assignee):
        raise Forbidden("The resident disputes it: not who closed it, but somebody else must act.")


def _for_resident(request: ServiceRequest, actor: Actor) -> bool:
    """Whether the actor is the resident, or the partner by whom the resident's report came."""
    return actor.role is not Role.PARTNER or actor.subject == f"partner:{request.partner}"


def _complete(step: Step, fields: CommandFields) -> None:
    missing = sorted(name for name in step.carries if not _given(fields, name))
    if missing:
        raise InvalidInput(
            *(FieldProblem(field=name, advice=_ADVICE[name], reason="missing") for name in missing)
        )


def _given(fields: CommandFields, name: str) -> bool:
    if name == "note":
        return bool(fields.note or fields.outcome)
    value = getattr(fields, name)
    return bool(value.strip() if isinstance(value, str) else value)


def _counted(after: ServiceRequest, step: Step, now: datetime) -> ServiceRequest:
    """Turns, generations and the start of timers, as the table of steps demands."""
    turn = after.turn + 1 if step.signals else after.turn
    after = replace(
        after,
        status=step.target,
        entered_at=after.entered_at if step.target is step.source else now,
        turn=turn,
        tell_turn=turn if step.tells else after.tell_turn,
    )
    if not step.renews:
        return after
    return replace(
        after,
        generation=after.generation + 1,
        generation_turn=turn,
        generation_at=now,
    )


def _public(request: ServiceRequest, city: City) -> object:
    return public_view(request, city)


def _moved_promise(before: ServiceRequest, after: ServiceRequest) -> dict[str, Detail]:
    if before.expected_at == after.expected_at or after.expected_at is None:
        return {}
    was = stamp(before.expected_at) if before.expected_at else None
    return {"promised_before": was, "promised": stamp(after.expected_at)}


def _said(doing: Doing, step: Step) -> dict[str, Detail]:
    """What of the fields is the city's own word; a resident's words come as commitments only.

    What the step does not carry had no effect, and so is not on record.
    """
    fields = doing.fields
    said: dict[str, Detail] = {}
    if fields.until and "until" in step.carries:
        said["until"] = stamp(fields.until)
    if fields.reason and doing.actor.role not in _OF_RESIDENTS:
        said["reason"] = fields.reason
    if fields.photos:
        said["photos"] = len(fields.photos)
    if fields.outcome and "outcome" in step.carries:
        said |= _said_of(fields.outcome)
    return said


def _said_of(outcome: Outcome) -> dict[str, Detail]:
    return {
        "outcome": outcome.kind.value,
        "note": outcome.note,
        "evidence": outcome.evidence,
        "whose": outcome.whose,
        "duplicate_of": outcome.duplicate_of,
        "planned_until": stamp(outcome.until) if outcome.until else None,
    }


def _decided(before: ServiceRequest, after: ServiceRequest) -> dict[str, Detail]:
    """What triage made of it, and into whose hands it went, where either is new."""
    made: dict[str, Detail] = {}
    if after.decision is not None and after.decision != before.decision:
        made |= _said_by(after.decision)
    if after.assignee != before.assignee:
        made["assignee"] = after.assignee
    return made


def _said_by(decision: Decision) -> dict[str, Detail]:
    return {
        "found": decision.found.value,
        "service_code": decision.service_code,
        "priority": decision.priority.value,
        "route_reason": decision.route_reason,
        "needs_person": decision.needs_person,
        "duplicate_of": list(decision.duplicate_of),
        "triage": decision.version,
    }
