"""The life of a service request on one page: every status, every step, what each step owes."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from city311.domain.errors import Forbidden, ForbiddenTransition


class Status(StrEnum):
    """Where a service request stands, as staff see it."""

    RECEIVED = "received"
    IN_TRIAGE = "in_triage"
    ROUTED = "routed"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in_progress"
    ON_HOLD = "on_hold"
    RESOLVED = "resolved"
    CLOSED = "closed"


class PublicStatus(StrEnum):
    """Where it stands, as residents see it. Open311 says open, open, closed."""

    RECEIVED = "received"
    IN_PROGRESS = "in_progress"
    RESOLVED = "resolved"


PUBLIC: Mapping[Status, PublicStatus] = MappingProxyType(
    {
        Status.RECEIVED: PublicStatus.RECEIVED,
        Status.IN_TRIAGE: PublicStatus.RECEIVED,
        Status.ROUTED: PublicStatus.RECEIVED,
        Status.ACCEPTED: PublicStatus.IN_PROGRESS,
        Status.IN_PROGRESS: PublicStatus.IN_PROGRESS,
        Status.ON_HOLD: PublicStatus.IN_PROGRESS,
        Status.RESOLVED: PublicStatus.RESOLVED,
        Status.CLOSED: PublicStatus.RESOLVED,
    }
)

WORKING = frozenset({Status.ACCEPTED, Status.IN_PROGRESS, Status.ON_HOLD})
"""A department has it and has said so."""
NEW = frozenset({Status.RECEIVED, Status.IN_TRIAGE, Status.ROUTED})
"""Nobody has taken it yet."""
OPEN = WORKING | NEW


class Role(StrEnum):
    """Who may act. Staff roles are Cognito groups; nothing else grants one."""

    RESIDENT = "resident"
    AGENT = "agent"
    DEPARTMENT = "department"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"
    ADMIN = "admin"
    SYSTEM = "system"


class Command(StrEnum):
    """A verb that moves a request."""

    ROUTE = "route"
    REVIEW = "review"
    TRIAGE = "triage"
    ACCEPT = "accept"
    START = "start"
    WAIT = "wait"
    REASSIGN = "reassign"
    RETURN = "return"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    CONFIRM = "confirm"
    DISPUTE = "dispute"
    CLOSE = "close"
    ESCALATE = "escalate"
    CONTINUE = "continue"
    SHOW_PHOTO = "show_photo"


class Stage(StrEnum):
    """What a message is about; one message per stage, round, channel and recipient.

    All are for the resident but WORK, which tells a department of work by e-mail.
    """

    RECEIVED = "received"
    IN_PROGRESS = "in_progress"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    WORK = "work"


RESIDENT_STAGES = tuple(stage for stage in Stage if stage is not Stage.WORK)


_SYSTEM = frozenset({Role.SYSTEM})
_DESK = frozenset({Role.AGENT, Role.SUPERVISOR, Role.ADMIN})
_WORKERS = frozenset({Role.DEPARTMENT, Role.SUPERVISOR, Role.ADMIN})
_STAFF = _DESK | _WORKERS
_RESIDENT = frozenset({Role.RESIDENT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One allowed step.

    ``carries``: fields the command must bring. ``tells``: the message it owes the resident.
    ``signals``: the waiting execution must hear of it (its turn is counted).
    ``renews``: a new generation starts, in an execution of its own.
    """

    command: Command
    source: Status
    target: Status
    roles: frozenset[Role]
    carries: frozenset[str] = frozenset()
    tells: Stage | None = None
    signals: bool = True
    renews: bool = False


def _steps() -> tuple[Step, ...]:
    s, c = Status, Command
    say, why = frozenset({"outcome", "note"}), frozenset({"reason"})
    hold = frozenset({"reason", "until"})
    to_desk = frozenset({"department", "reason"})
    rows: list[Step] = [
        # Triage runs inside the execution, so the execution need not be told of its own steps.
        Step(command=c.ROUTE, source=s.RECEIVED, target=s.ROUTED, roles=_SYSTEM, signals=False),
        Step(command=c.REVIEW, source=s.RECEIVED, target=s.IN_TRIAGE, roles=_SYSTEM, signals=False),
        Step(
            command=c.TRIAGE,
            source=s.IN_TRIAGE,
            target=s.ROUTED,
            roles=_DESK,
            carries=frozenset({"service_code"}),
        ),
        Step(
            command=c.ACCEPT,
            source=s.ROUTED,
            target=s.ACCEPTED,
            roles=_WORKERS,
            tells=Stage.IN_PROGRESS,
        ),
        Step(
            command=c.START,
            source=s.ROUTED,
            target=s.IN_PROGRESS,
            roles=_WORKERS,
            tells=Stage.IN_PROGRESS,
        ),
        # The resident was told when the work was accepted, and the promise keeps running.
        Step(
            command=c.START,
            source=s.ACCEPTED,
            target=s.IN_PROGRESS,
            roles=_WORKERS,
            signals=False,
        ),
        Step(command=c.START, source=s.ON_HOLD, target=s.IN_PROGRESS, roles=_WORKERS),
        Step(
            command=c.RESOLVE,
            source=s.IN_TRIAGE,
            target=s.RESOLVED,
            roles=_DESK,
            carries=say,
            tells=Stage.RESOLVED,
        ),
        # The resident's word ends the wait; without it the reopen window does.
        Step(command=c.CONFIRM, source=s.RESOLVED, target=s.CLOSED, roles=_RESIDENT),
        Step(command=c.CLOSE, source=s.RESOLVED, target=s.CLOSED, roles=_SYSTEM, signals=False),
    ]
    rows += [
        Step(command=c.WAIT, source=source, target=s.ON_HOLD, roles=_WORKERS, carries=hold)
        for source in (s.ACCEPTED, s.IN_PROGRESS)
    ]
    for source in sorted(WORKING | {s.ROUTED}):
        rows.append(
            Step(command=c.REASSIGN, source=source, target=s.ROUTED, roles=_STAFF, carries=to_desk)
        )
        rows.append(
            Step(command=c.RETURN, source=source, target=s.IN_TRIAGE, roles=_STAFF, carries=why)
        )
    rows += [
        Step(
            command=c.RESOLVE,
            source=source,
            target=s.RESOLVED,
            roles=_WORKERS,
            carries=say,
            tells=Stage.RESOLVED,
        )
        for source in sorted(WORKING)
    ]
    for source in (s.RESOLVED, s.CLOSED):
        for command, roles in ((c.DISPUTE, _RESIDENT), (c.REOPEN, _DESK)):
            rows.append(
                Step(
                    command=command,
                    source=source,
                    target=s.ROUTED,
                    roles=roles,
                    carries=why,
                    tells=Stage.REOPENED,
                    renews=True,
                )
            )
    rows += [
        # An escalation changes no status: it names an owner and starts the next clock.
        Step(command=c.ESCALATE, source=source, target=source, roles=_SYSTEM, signals=False)
        for source in sorted(OPEN - {s.RECEIVED})
    ]
    rows += [
        # Long before an execution reaches its year or its 25,000 events, the next one takes over.
        Step(command=c.CONTINUE, source=source, target=source, roles=_SYSTEM, renews=True)
        for source in sorted(OPEN | {s.RESOLVED})
    ]
    rows += [
        # A photo is developed when it is developed, wherever the request stands by then.
        Step(command=c.SHOW_PHOTO, source=source, target=source, roles=_SYSTEM, signals=False)
        for source in Status
    ]
    return tuple(rows)


STEPS: Mapping[tuple[Command, Status], Step] = MappingProxyType(
    {(step.command, step.source): step for step in _steps()}
)


def step_for(command: Command, source: Status, role: Role) -> Step:
    """The step that ``role`` may take from ``source``.

    Raises ForbiddenTransition where the lifecycle has none, Forbidden where the role may not.
    """
    step = STEPS.get((command, source))
    if step is None:
        raise ForbiddenTransition(f"A request that is {source} cannot be changed by {command}.")
    if role not in step.roles:
        raise Forbidden(f"The role {role} may not {command} a request.")
    return step


def commands_from(source: Status, role: Role) -> tuple[Command, ...]:
    """What ``role`` may do next, for menus and messages."""
    return tuple(c for (c, at), step in STEPS.items() if at == source and role in step.roles)
