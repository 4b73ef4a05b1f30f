"""Updates both ways: what the public is told of all requests, and what partners say of one."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from city311.domain.advance import stamp
from city311.domain.audit import Actor, Detail
from city311.domain.effects import CommandFields, Doing
from city311.domain.errors import Conflict, FieldProblem, InvalidInput, Unavailable
from city311.domain.ids import commitment, digest
from city311.domain.lifecycle import Command, Status
from city311.domain.partner import Partner
from city311.domain.projection import public_view
from city311.domain.request import ServiceRequest
from city311.domain.update import PostedUpdate, PublicUpdate, UpdateStatus, update_id_of
from city311.ports import IdempotencyKey, Page, Repeated, Residents
from city311.usecases.changing import Changing, unknown
from city311.usecases.checking import MAX_DESCRIPTION, MAX_PHOTOS
from city311.usecases.photos import PhotoSlots

KEY_LIFE = timedelta(days=90)
"""How long a repeated update is known for what it is.

A sender that lost our answer sends it again until it gets one, and may have been down for weeks
between two attempts; a report, of which there are many, is known for a day.
"""
NOT_THEIRS = "The photos were left out: only who sent the report can add photos to it."
UNUSABLE = "One of the photos or links could not be used; the update was kept without it."
WORDLESS = "The resident asks to look at it again."
"""The reason of a reopening that came without words."""
_TRIES = 5
"""Changes that may come between reading and writing before the request is plainly too busy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What the sender is told. ``new`` False: it had been posted before. ``notice``: in words."""

    update_id: str
    new: bool
    notice: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Updates:
    """What anybody may read of what happened."""

    changing: Changing

    def between(
        self, start: datetime, end: datetime, *, limit: int, after: str | None = None
    ) -> Page[PublicUpdate]:
        """Updates of requests that are public at this moment, oldest first; inclusive times.

        A page with a cursor may hold fewer rows than ``limit``: private ones are left out of it.
        """
        requests, city = self.changing.requests, self.changing.city
        page = requests.updates_between(start, end, limit=limit, after=after)
        ids = dict.fromkeys(update.service_request_id for update in page.rows)
        public = {
            each.service_request_id: each
            for each in requests.many(ids)
            if public_view(each, city) is not None
        }
        rows = (
            _illustrated(update, public[update.service_request_id])
            for update in page.rows
            if update.service_request_id in public
        )
        return Page(rows=tuple(rows), cursor=page.cursor)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnersWord:
    """What the owner of an api key may say of a request that is public."""

    changing: Changing
    residents: Residents
    slots: PhotoSlots

    def post(self, partner: Partner, posted: PostedUpdate) -> Posted:
        """Write it once: a comment, or the resident's reopening by who sent their report.

        The same ``update_id`` of the same partner answers what came of it the first time. NotFound
        for a request that is unknown or private, InvalidInput for words that are too long.
        """
        posted = _tidied(posted)
        request = self._found(posted)
        word = self._word(partner, posted, request)
        for _ in range(_TRIES):
            doing = self._doing(word, request)
            try:
                after = self.changing.take(request, doing, word.key)
            except Repeated as repeated:
                return Posted(update_id=repeated.update_id, new=False)
            except Conflict:
                request = self._found(posted)
                continue
            update_id = update_id_of(after.service_request_id, after.seq)
            return Posted(update_id=update_id, new=True, notice=word.notice)
        raise Unavailable("This request is being changed all the time. Please send it again.")

    def _found(self, posted: PostedUpdate) -> ServiceRequest:
        request = self.changing.found(posted.service_request_id)
        if public_view(request, self.changing.city) is None:
            raise unknown()
        return request

    def _word(self, partner: Partner, posted: PostedUpdate, request: ServiceRequest) -> "_Word":
        """What is kept of the post: of photos and links only what the resident behind it sent."""
        own = request.partner == partner.key_id
        photos, links, spoiled = self._media(posted, request) if own else ((), (), False)
        others = not own and bool(posted.files or posted.media_urls)
        resident = self.residents.get(request.service_request_id)
        details: dict[str, Detail] = {"said": posted.status.value, "said_at": stamp(posted.at)}
        if posted.text and resident:
            details["words"] = commitment(resident.commitment_key, posted.text)
        return _Word(
            actor=partner.actor,
            posted=posted,
            own=own,
            fields=CommandFields(reason=posted.text or None, photos=photos, media_urls=links),
            details=details,
            key=_key(partner, posted, self.changing.clock()),
            notice=NOT_THEIRS if others else UNUSABLE if spoiled or posted.spoiled else None,
        )

    def _media(
        self, posted: PostedUpdate, request: ServiceRequest
    ) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
        """Photos put away and links to keep, as many as a request may have; and whether all."""
        room = max(MAX_PHOTOS - len(request.photos), 0)
        links = posted.media_urls[: max(MAX_PHOTOS - len(request.media_urls), 0)]
        photos = []
        for kind, content in posted.files[:room]:
            with suppress(InvalidInput, Unavailable):
                photos.append(self.slots.store(kind, content))
        lost = len(photos) < len(posted.files) or len(links) < len(posted.media_urls)
        return tuple(photos), links, lost

    def _doing(self, word: "_Word", request: ServiceRequest) -> Doing:
        fields = word.fields
        reopens = word.own and _reopens(word.posted, request, self.changing)
        if reopens and not fields.reason:
            fields = replace(fields, reason=WORDLESS)
        command = Command.DISPUTE if reopens else Command.COMMENT
        return self.changing.doing(command, word.actor, fields, word.details)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Word:
    """A post on its way into the table. ``own``: the partner sent the report that it is about."""

    actor: Actor
    posted: PostedUpdate
    own: bool
    fields: CommandFields
    details: Mapping[str, Detail]
    key: IdempotencyKey
    notice: str | None


def _reopens(posted: PostedUpdate, request: ServiceRequest, changing: Changing) -> bool:
    """Whether it says, of an answer that is new enough, that the answer is not true.

    "Open" said before the city answered, by a sender who had not heard of it yet, is no dispute.
    """
    if request.status not in (Status.RESOLVED, Status.CLOSED):
        return False
    answered_at = request.closed_at or request.entered_at
    if changing.clock() > answered_at + timedelta(days=changing.city.reopen_days):
        return False
    knowing = posted.status is UpdateStatus.OPEN and posted.at > answered_at
    return knowing or posted.status is UpdateStatus.REOPEN


def _tidied(posted: PostedUpdate) -> PostedUpdate:
    text = posted.text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(text) > MAX_DESCRIPTION:
        advice = f"Shorten it to {MAX_DESCRIPTION} characters; it has {len(text)}."
        raise InvalidInput(FieldProblem(field="description", advice=advice, reason="too_long"))
    return replace(posted, text=text)


def _key(partner: Partner, posted: PostedUpdate, now: datetime) -> IdempotencyKey:
    named = digest(f"update\n{partner.key_id}\n{posted.update_id}")
    return IdempotencyKey(digest=named, content=named, expires_at=now + KEY_LIFE)


def _illustrated(update: PublicUpdate, request: ServiceRequest) -> PublicUpdate:
    """With those of its photos that are served by now."""
    shown = tuple(each.large for each in request.shown if each.photo_id in update.photos)
    return replace(update, media_urls=shown) if shown else update
