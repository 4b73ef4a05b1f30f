"""Api keys over the staff API: what an administrator asks for, and what is answered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Protocol

from chalice.app import Response
from pydantic import BeforeValidator, Field, StringConstraints

from city311.api.actors import actor_of
from city311.api.answers import reply
from city311.api.asked import Asked
from city311.api.models import Answer, Body
from city311.domain.audit import Actor
from city311.domain.partner import Grant, Issued, Partner, Scope

MOST_A_DAY = 1_000_000
MOST_A_MINUTE = 6_000
"""A hundred a second: more than that one item of a table cannot count in peace."""
Owner = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        min_length=1,
        max_length=100,
        pattern=r"^[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$",
    ),
]


class KeyIn(Body):
    """The key that is asked for. ``owner``: an organisation or its program, not a person."""

    owner: Owner
    scopes: Annotated[frozenset[Scope], Field(min_length=1)]
    daily_quota: Annotated[int, Field(ge=1, le=MOST_A_DAY)]
    per_minute: Annotated[int, Field(ge=1, le=MOST_A_MINUTE)]

    def grant(self) -> Grant:
        """What the key is to be given out for."""
        return Grant(
            owner=self.owner,
            scopes=self.scopes,
            daily_quota=self.daily_quota,
            per_minute=self.per_minute,
        )


class RevokeIn(Body):
    """Nothing: the address says which key."""


class KeyOut(Answer):
    """A key without its secret. ``used_today``: since midnight, UTC."""

    key_id: str
    owner: str
    scopes: Annotated[list[str], BeforeValidator(sorted)]
    daily_quota: int
    per_minute: int
    used_today: int
    last_used_at: datetime | None
    created_at: datetime
    created_by: str
    revoked_at: datetime | None
    revoked_by: str | None


class IssuedOut(Answer):
    """A new key. ``api_key``: its text, which is told this once and never again."""

    key: KeyOut
    api_key: str

    @classmethod
    def of(cls, issued: Issued) -> "IssuedOut":
        """The key and its text."""
        return cls(key=KeyOut.model_validate(issued.partner), api_key=issued.api_key)


class KeysOut(Answer):
    """All keys by their ids, those that were taken back as well."""

    keys: list[KeyOut]

    @classmethod
    def of(cls, partners: Iterable[Partner]) -> "KeysOut":
        """All of them."""
        return cls(keys=[KeyOut.model_validate(partner) for partner in partners])


class KeyDesk(Protocol):
    """What may be done with keys, as the use case offers it to administrators."""

    def issue(self, actor: Actor, grant: Grant) -> Issued:
        """Give out a new one."""

    def every(self, actor: Actor) -> Sequence[Partner]:
        """All of them."""

    def revoke(self, actor: Actor, key_id: str) -> Partner:
        """Take one back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyWindow:
    """Who it is comes first, so that nobody else learns anything."""

    desk: KeyDesk

    def every(self, asked: Asked) -> Response:
        """All api keys, without their secrets."""
        return reply(KeysOut.of(self.desk.every(actor_of(asked.request.context))))

    def issue(self, asked: Asked) -> Response:
        """Give out an api key; the answer is the only place where its text is ever told."""
        actor = actor_of(asked.request.context)
        issued = self.desk.issue(actor, asked.json(KeyIn).grant())
        return reply(IssuedOut.of(issued), status=201)

    def revoke(self, asked: Asked, key_id: str) -> Response:
        """Take an api key out of force for good; again is no mistake."""
        actor = actor_of(asked.request.context)
        asked.json(RevokeIn)
        return reply(KeyOut.model_validate(self.desk.revoke(actor, key_id)))
