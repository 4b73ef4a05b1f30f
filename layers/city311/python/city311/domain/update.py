"""Updates: what anybody may know to have happened to a request, and in which words it is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from city311.domain.effects import Doing
from city311.domain.lifecycle import WORKING, Command, Role
from city311.domain.outcomes import OutcomeKind
from city311.domain.projection import DETAILED, public_view
from city311.domain.request import ServiceRequest


class UpdateStatus(StrEnum):
    """The status words of the updates extension, as FixMyStreet reads and writes them."""

    OPEN = "open"
    CLOSED = "closed"
    FIXED = "fixed"
    IN_PROGRESS = "in_progress"
    PLANNED = "planned"
    ACTION_SCHEDULED = "action_scheduled"
    INVESTIGATING = "investigating"
    DUPLICATE = "duplicate"
    NOT_COUNCILS_RESPONSIBILITY = "not_councils_responsibility"
    NO_FURTHER_ACTION = "no_further_action"
    INTERNAL_REFERRAL = "internal_referral"
    CANCELLED = "cancelled"
    REOPEN = "reopen"
    FOR_TRIAGE = "for_triage"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicUpdate:
    """One update. ``at``: when it became visible. ``code``: our own finer word for the status.

    ``service_code``: the service it has become, where that is what happened. ``photos``: ids of
    photos that came with it, never told themselves. ``media_urls``: those of them that are served
    by now, as paths under the site; filled in by who reads, never stored.
    """

    service_request_id: str
    seq: int
    at: datetime
    status: UpdateStatus
    description: str = ""
    code: str | None = None
    service_code: str | None = None
    photos: tuple[str, ...] = ()
    media_urls: tuple[str, ...] = ()

    @property
    def update_id(self) -> str:
        """Stable and unique: the request and the number of the audit event behind it."""
        return update_id_of(self.service_request_id, self.seq)


def update_id_of(service_request_id: str, seq: int) -> str:
    """The id of the update that the audit event of this number is behind."""
    return f"{service_request_id}-{seq}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedUpdate:
    """What a partner says of a request. ``update_id`` is the partner's own, ``at`` their time.

    ``text``: a resident's words. ``files``: declared type and bytes of photos. ``media_urls``: kept
    as said, never fetched from here. ``spoiled``: some of the media could not even be read.
    """

    service_request_id: str
    update_id: str
    status: UpdateStatus
    at: datetime
    text: str = ""
    files: tuple[tuple[str, bytes], ...] = ()
    media_urls: tuple[str, ...] = ()
    spoiled: bool = False


@dataclass(frozen=True, slots=True)
class Telling:
    """What is told of a step: the word and why it is this one. ``word`` None: nothing, and why.

    ``code`` None: the detailed status that the step leads to.
    """

    word: UpdateStatus | None
    why: str
    code: str | None = None


_C, _W, _K = Command, UpdateStatus, OutcomeKind

TELLINGS: Mapping[Command, Telling] = MappingProxyType(
    {
        _C.ROUTE: Telling(_W.UNCHANGED, "Told only if triage made another service of it."),
        _C.REVIEW: Telling(None, "Internal: that a person looks at it is no news to a resident."),
        _C.TRIAGE: Telling(_W.UNCHANGED, "Told only if the person made another service of it."),
        _C.ACCEPT: Telling(_W.IN_PROGRESS, "The word that residents are told at this step too."),
        _C.START: Telling(_W.IN_PROGRESS, "Work has begun, or goes on after it had to wait."),
        _C.WAIT: Telling(_W.ACTION_SCHEDULED, "It is known when it goes on, and why not before."),
        # "internal_referral" closes a report at FixMyStreet, and this one is as open as before.
        _C.REASSIGN: Telling(_W.OPEN, "Another department has it now and has not taken it yet."),
        # "for_triage" is no state of most FixMyStreets, so they would go on saying "in progress".
        _C.RETURN: Telling(_W.OPEN, "Told only if a department had taken it: it gave it back."),
        _C.RESOLVE: Telling(_W.CLOSED, "The word of the outcome, see below."),
        # "reopen" is what senders say; as a status of a report FixMyStreet does not know it.
        _C.REOPEN: Telling(_W.OPEN, "It is open again.", "reopened"),
        _C.DISPUTE: Telling(_W.OPEN, "It is open again.", "reopened"),
        _C.CONFIRM: Telling(None, "The answer stands and was told; the resident agrees with it."),
        _C.CLOSE: Telling(None, "The answer stands and was told; nobody disagreed with it."),
        _C.ESCALATE: Telling(None, "Internal: who inside the city is reminded."),
        _C.CONTINUE: Telling(None, "Internal: an execution takes over from another."),
        # Whoever sent the photo has it, and the request itself shows it to everybody else.
        _C.SHOW_PHOTO: Telling(None, "The photo stands on the request; nothing was done to it."),
        _C.COMMENT: Telling(_W.UNCHANGED, "Words about it, which move nothing by themselves."),
    }
)
"""What is told of each command, in one place; ``lifecycle.STEPS`` says where each may be taken."""

OUTCOMES: Mapping[OutcomeKind, Telling] = MappingProxyType(
    {
        _K.FIXED: Telling(_W.FIXED, "It was done."),
        _K.NOT_OURS: Telling(_W.NOT_COUNCILS_RESPONSIBILITY, "Somebody else is responsible."),
        _K.DUPLICATE: Telling(_W.DUPLICATE, "Another request goes on in its place."),
        _K.PLANNED: Telling(_W.PLANNED, "It will be done, on a date that the note names."),
        _K.DECLINED: Telling(_W.NO_FURTHER_ACTION, "The city will not do it, and says why."),
        _K.NO_ACCESS: Telling(_W.NO_FURTHER_ACTION, "The crew could not get to it."),
        _K.COULD_NOT_FIND: Telling(_W.NO_FURTHER_ACTION, "The crew was there and found nothing."),
        _K.ANSWERED: Telling(_W.CLOSED, "It was a question: nothing was fixed, nothing refused."),
    }
)
"""What is told of each outcome; its own word is the finer ``code``."""


def telling(command: Command, before: ServiceRequest, after: ServiceRequest) -> Telling:
    """What the table says of this step, with its conditions."""
    said = TELLINGS[command]
    if command in (_C.ROUTE, _C.TRIAGE) and before.service_code == after.service_code:
        return Telling(None, "Where it went stands on the request; nothing has been done yet.")
    if command is _C.RETURN and before.status not in WORKING:
        return Telling(None, "Nobody had been told that a department had it.")
    if command is _C.RESOLVE and after.outcome is not None:
        kind = after.outcome.kind
        return Telling(OUTCOMES[kind].word, OUTCOMES[kind].why, kind.value)
    return said


def update_of(doing: Doing, before: ServiceRequest, after: ServiceRequest) -> PublicUpdate | None:
    """The update that this step owes the public; None for a private request, or no news."""
    told = telling(doing.command, before, after)
    if told.word is None or public_view(after, doing.city) is None:
        return None
    moved = before.service_code != after.service_code
    return PublicUpdate(
        service_request_id=after.service_request_id,
        seq=before.seq + 1,
        at=doing.now,
        status=told.word,
        description=_words(doing, after),
        code=None if doing.command is _C.COMMENT else told.code or DETAILED[after.status],
        service_code=after.service_code if moved else None,
        photos=doing.fields.photos,
    )


def _words(doing: Doing, after: ServiceRequest) -> str:
    """The city's public words for it, or what a partner posted for all to read; else nothing.

    A resident's words on the private page, and staff's to each other, are not for the public.
    """
    if doing.actor.role is Role.PARTNER:
        return doing.fields.reason or ""
    if doing.command is _C.RESOLVE and after.outcome is not None:
        return after.outcome.note
    if doing.command is _C.WAIT and after.hold is not None:
        # Residents are owed the reason why a promise is put off: it is written for them.
        return after.hold.reason
    return ""
