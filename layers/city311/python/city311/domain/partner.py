"""A partner: who sends for others with an api key of their own, how much, and of which kind."""

import math
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from city311.domain.audit import Actor
from city311.domain.errors import TooMany
from city311.domain.ids import ALPHABET, Dice, digest, encoded
from city311.domain.lifecycle import Role

_ID_SYMBOLS, _RANDOM_SYMBOLS, _CHECK_SYMBOLS = 8, 22, 4
_KEY = re.compile(rf"([{ALPHABET}]{{8}})\.[{ALPHABET}]{{22}}([{ALPHABET}]{{4}})")
_KEY_ID = re.compile(rf"[{ALPHABET}]{{8}}")


class Scope(StrEnum):
    """What a key may be used for."""

    REQUESTS = "requests"
    """File reports."""
    UPDATES = "updates"
    """Say something about a request: a comment, or the resident's reopening."""
    INTERNAL = "internal"
    """See services that are for staff only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """The owner of an api key, which itself is kept as a digest only.

    ``key_id`` is the public half of the key: events and lists say it. ``daily_quota``: uses
    a day (UTC); ``per_minute``: uses a minute. ``used_today`` and ``used_this_minute`` count uses
    of the day and of the minute of ``last_used_at``. ``created_by`` and ``revoked_by``: subjects.
    """

    key_id: str
    owner: str
    scopes: frozenset[Scope]
    daily_quota: int
    per_minute: int
    created_at: datetime
    created_by: str
    revoked_at: datetime | None = None
    revoked_by: str | None = None
    last_used_at: datetime | None = None
    used_today: int = 0
    used_this_minute: int = 0

    @property
    def actor(self) -> Actor:
        """The partner as whoever did something to a request."""
        return Actor(role=Role.PARTNER, subject=f"partner:{self.key_id}")

    def may(self, scope: Scope) -> bool:
        """Whether the key is in force and was given out for this."""
        return self.revoked_at is None and scope in self.scopes

    def left_today(self) -> int:
        """How often it may still be used on the day of its last use."""
        return self.daily_quota - self.used_today

    def as_of(self, now: datetime) -> "Partner":
        """The same with counts that are true now: what was used yesterday is not used today."""
        if self.last_used_at is None or _minute(self.last_used_at) >= _minute(now):
            return self
        today = self.used_today if _day(self.last_used_at) >= _day(now) else 0
        return replace(self, used_today=today, used_this_minute=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a key is given out for, and to whom: an organisation or its program, not a person."""

    owner: str
    scopes: frozenset[Scope]
    daily_quota: int
    per_minute: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A new key. ``api_key``: its text, which nobody can show again."""

    partner: Partner
    api_key: str = field(repr=False)


def used_once_more(partner: Partner, at: datetime) -> Partner:
    """The partner after one more use. TooMany if the day's or the minute's uses are used up.

    A use that comes late, after others of a later minute, is counted in that minute: a clock that
    is behind opens nothing again.
    """
    now = max(at, partner.last_used_at) if partner.last_used_at else at
    so_far = partner.as_of(now)
    if so_far.used_today >= partner.daily_quota:
        opens = _day(now) + timedelta(days=1)
        raise _too_many(f"{partner.daily_quota} times on this day (UTC)", opens - at)
    if so_far.used_this_minute >= partner.per_minute:
        opens = _minute(now) + timedelta(minutes=1)
        raise _too_many(f"{partner.per_minute} times in this minute", opens - at)
    return replace(
        so_far,
        last_used_at=now,
        used_today=so_far.used_today + 1,
        used_this_minute=so_far.used_this_minute + 1,
    )


def new_key(dice: Dice) -> str:
    """The text of a new api key: its id, a dot, 110 random bits and four check symbols.

    The check symbols tell a key of ours from what was made up, without asking anybody.
    """
    key_id = encoded(int.from_bytes(dice(5), "big"), _ID_SYMBOLS)
    secret = encoded(int.from_bytes(dice(14), "big"), _RANDOM_SYMBOLS)
    body = f"{key_id}.{secret}"
    return body + _check(body)


def key_id_of(api_key: str) -> str | None:
    """The id in the text of a key, or None: the city has given out no such key."""
    found = _KEY.fullmatch(api_key)
    return found[1] if found and _check(api_key[:-_CHECK_SYMBOLS]) == found[2] else None


def is_key_id(text: str) -> bool:
    """Whether this could be the id of a key."""
    return _KEY_ID.fullmatch(text) is not None


def _check(body: str) -> str:
    return encoded(int(digest(body)[:5], 16), _CHECK_SYMBOLS)


def _day(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _minute(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(second=0, microsecond=0)


def _too_many(uses: str, wait: timedelta) -> TooMany:
    seconds = max(math.ceil(wait.total_seconds()), 1)
    return TooMany(
        f"This key was used {uses}, as often as it may be. It may be used again in {seconds} s.",
        retry_after=seconds,
    )
