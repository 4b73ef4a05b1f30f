"""Where a request stands, as its execution must know it: no word of a resident in it."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from math import ceil

from city311.domain import deadline
from city311.domain.catalogue import City, Clock, Priority, Promise
from city311.domain.lifecycle import NEW, WORKING, Stage, Status
from city311.domain.request import ServiceRequest
from city311.domain.routing import front_desk

SUPERSEDED = "superseded"
LONGEST_WAIT_SECONDS = 30 * 86_400
"""A wait is looked at again at least once a month: a lost token cannot hide for longer.

But the wait for the resident's word is not cut short: when it ends, the request is closed.
"""
GENERATION_LIFE = timedelta(days=300)
"""An execution may live a year; the next generation takes over long before."""
GENERATION_TURNS = 200
"""About 6 events a turn: far below the 25,000 that end an execution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the state machine branches on.

    ``status``: the internal word, or SUPERSEDED where a later generation has taken over.
    ``tell``: a message of ``stage`` is owed for a turn that the execution had not handled.
    ``event``: what departments are told; ``event_id`` lets them drop the second of two.
    ``owner``: the department an escalation goes to. ``wait_seconds``: until the next clock.
    """

    service_request_id: str
    status: str
    turn: int
    generation: int
    fresh: bool
    emergency: bool
    tell: bool
    stage: str
    event: str
    event_id: str
    service_code: str
    department: str
    owner: str
    district: str
    priority: str
    due_at: str
    escalation: int
    wait_seconds: int

    def as_output(self) -> dict[str, object]:
        """The JSON that a task answers and a token carries."""
        return asdict(self)


def standing(
    request: ServiceRequest, city: City, *, generation: int, handled: int, now: datetime
) -> Standing:
    """Where it stands for an execution of ``generation`` that has handled turn ``handled``."""
    if generation != request.generation:
        return replace(_as_it_is(request, city, now), status=SUPERSEDED)
    return replace(_as_it_is(request, city, now), tell=request.tell_turn > handled)


def first_standing(
    request: ServiceRequest, city: City, *, generation: int, now: datetime
) -> Standing:
    """Where it stands for an execution that begins.

    Whatever the generation before did, or did not live to do, is done again: the ledger drops a
    message that was sent. If people moved the request since the generation began, the execution
    is sent to a waiting state as of that turn: the wait ends at once with the truth, and no
    message in between is skipped.
    """
    began = request.generation_turn
    moved = request.turn > began
    if generation != request.generation or not (moved or request.status in NEW):
        return standing(request, city, generation=generation, handled=0, now=now)
    first = request.round == 1
    return replace(
        _as_it_is(request, city, now),
        status=Status.IN_TRIAGE.value if moved else request.status.value,
        turn=began,
        fresh=True,
        emergency=first and request.priority is Priority.EMERGENCY,
        stage=(Stage.RECEIVED if first else Stage.REOPENED).value,
        event="assigned" if first else "reopened",
    )


def due_at(request: ServiceRequest, city: City) -> datetime:
    """The next moment at which somebody has failed to act, in the service's own clock."""
    promise = _promise(request, city)
    if request.status is Status.RESOLVED:
        return request.entered_at + timedelta(days=city.reopen_days)
    if request.status is Status.ON_HOLD and request.hold is not None:
        return _later(request, city, request.hold.until)
    if request.status in WORKING and request.expected_at is not None:
        return _later(request, city, request.expected_at)
    steps = request.escalation + 1
    return _after(request.entered_at, promise.pick_up_hours * steps, promise.clock, city)


def outlived(request: ServiceRequest, now: datetime) -> bool:
    """Whether the generation is so old or so long that the next must take over."""
    began = request.generation_at or request.requested_at
    turns = request.turn - request.generation_turn + request.escalation
    return now - began > GENERATION_LIFE or turns > GENERATION_TURNS


def _later(request: ServiceRequest, city: City, moment: datetime) -> datetime:
    """``moment``, then one pick-up time more for each escalation that went unheard."""
    promise = _promise(request, city)
    return _after(moment, promise.pick_up_hours * request.escalation, promise.clock, city)


def _after(start: datetime, hours: int, clock: Clock, city: City) -> datetime:
    return deadline.due(start, hours=hours, clock=clock, calendar=city.calendar)


def _promise(request: ServiceRequest, city: City) -> Promise:
    service = city.services.get(request.service_code)
    return (service or city.services[city.fallback_service]).promise


def _as_it_is(request: ServiceRequest, city: City, now: datetime) -> Standing:
    due = due_at(request, city)
    department = request.department or front_desk(city)
    stage = Stage.IN_PROGRESS if request.status in WORKING else Stage.RESOLVED
    return Standing(
        service_request_id=request.service_request_id,
        status=request.status.value,
        turn=request.turn,
        generation=request.generation,
        fresh=False,
        emergency=False,
        tell=False,
        stage=stage.value,
        event="assigned",
        event_id=f"{request.execution_name}-t{request.turn}-e{request.escalation}",
        service_code=request.service_code,
        department=department,
        owner=department if request.escalation <= 1 else front_desk(city),
        district=request.place.district or "none",
        priority=request.priority.value,
        due_at=due.isoformat(timespec="seconds").replace("+00:00", "Z"),
        escalation=request.escalation,
        wait_seconds=_wait_seconds(request, due - now),
    )


def _wait_seconds(request: ServiceRequest, left: timedelta) -> int:
    """Whole seconds to wait, one more than is left: the clock has truly run out then.

    A wait for the resident's word is not cut, since its end closes the request.
    """
    seconds = max(ceil(left.total_seconds()) + 1, 1)
    return seconds if request.status is Status.RESOLVED else min(seconds, LONGEST_WAIT_SECONDS)
