"""The life of a service request on one page: every status, every step, what each step owes."""

from collections.abc import Iterator, Mapping
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
    PARTNER = "partner"
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
    COMMENT = "comment"


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
_PARTNER = frozenset({Role.PARTNER})


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


@dataclass(frozen=True, slots=True)
class _Rule:
    """Steps alike but for where they start. ``target`` None: the status stays as it is."""

    command: Command
    sources: frozenset[Status]
    target: Status | None
    roles: frozenset[Role]
    carries: str = ""
    tells: Stage | None = None
    signals: bool = True
    renews: bool = False

    def steps(self) -> Iterator[Step]:
        """One step for each source."""
        for source in sorted(self.sources):
            yield Step(
                command=self.command,
                source=source,
                target=self.target or source,
                roles=self.roles,
                carries=frozenset(self.carries.split()),
                tells=self.tells,
                signals=self.signals,
                renews=self.renews,
            )


_S, _C = Status, Command
_RECEIVED, _IN_TRIAGE = frozenset({_S.RECEIVED}), frozenset({_S.IN_TRIAGE})
_ROUTED, _ACCEPTED = frozenset({_S.ROUTED}), frozenset({_S.ACCEPTED})
_RESOLVED, _DONE = frozenset({_S.RESOLVED}), frozenset({_S.RESOLVED, _S.CLOSED})
_ON_HOLD = frozenset({_S.ON_HOLD})
_BEGUN = frozenset({_S.ACCEPTED, _S.IN_PROGRESS})
_SAY = "outcome note"

_RULES = (
    # Triage runs inside the execution, so the execution need not be told of its own steps.
    _Rule(_C.ROUTE, _RECEIVED, _S.ROUTED, _SYSTEM, signals=False),
    _Rule(_C.REVIEW, _RECEIVED, _S.IN_TRIAGE, _SYSTEM, signals=False),
    _Rule(_C.TRIAGE, _IN_TRIAGE, _S.ROUTED, _DESK, "service_code"),
    _Rule(_C.RESOLVE, _IN_TRIAGE, _S.RESOLVED, _DESK, _SAY, Stage.RESOLVED),
    _Rule(_C.ACCEPT, _ROUTED, _S.ACCEPTED, _WORKERS, tells=Stage.IN_PROGRESS),
    _Rule(_C.START, _ROUTED, _S.IN_PROGRESS, _WORKERS, tells=Stage.IN_PROGRESS),
    # The resident was told when the work was accepted, and the promise keeps running.
    _Rule(_C.START, _ACCEPTED, _S.IN_PROGRESS, _WORKERS, signals=False),
    _Rule(_C.START, _ON_HOLD, _S.IN_PROGRESS, _WORKERS),
    _Rule(_C.WAIT, _BEGUN, _S.ON_HOLD, _WORKERS, "reason until"),
    _Rule(_C.REASSIGN, WORKING | _ROUTED, _S.ROUTED, _STAFF, "department reason"),
    _Rule(_C.RETURN, WORKING | _ROUTED, _S.IN_TRIAGE, _STAFF, "reason"),
    _Rule(_C.RESOLVE, WORKING, _S.RESOLVED, _WORKERS, _SAY, Stage.RESOLVED),
    # The resident's word ends the wait; without it the reopen window does.
    _Rule(_C.CONFIRM, _RESOLVED, _S.CLOSED, _RESIDENT),
    _Rule(_C.CLOSE, _RESOLVED, _S.CLOSED, _SYSTEM, signals=False),
    # A partner speaks for the resident whose report they sent, and for no other.
    _Rule(
        _C.DISPUTE, _DONE, _S.ROUTED, _RESIDENT | _PARTNER, "reason", Stage.REOPENED, renews=True
    ),
    _Rule(_C.REOPEN, _DONE, _S.ROUTED, _DESK, "reason", Stage.REOPENED, renews=True),
    # An escalation changes no status: it names an owner and starts the next clock.
    _Rule(_C.ESCALATE, OPEN - _RECEIVED, None, _SYSTEM, signals=False),
    # Long before an execution reaches its year or its 25,000 events, the next one takes over.
    _Rule(_C.CONTINUE, OPEN | _RESOLVED, None, _SYSTEM, renews=True),
    # A photo is developed when it is developed, wherever the request stands by then.
    _Rule(_C.SHOW_PHOTO, frozenset(Status), None, _SYSTEM, signals=False),
    # Words about a request are welcome at any time and move nothing.
    _Rule(_C.COMMENT, frozenset(Status), None, _PARTNER, signals=False),
)

STEPS: Mapping[tuple[Command, Status], Step] = MappingProxyType(
    {(step.command, step.source): step for rule in _RULES for step in rule.steps()}
)
"""Every allowed step, by its command and where it starts."""


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
