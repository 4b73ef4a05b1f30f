"""The key desk: api keys are given out to partners, listed and taken back."""

from collections.abc import Sequence
from dataclasses import dataclass

from city311.domain.audit import Actor
from city311.domain.errors import Forbidden, NotFound
from city311.domain.ids import Dice, digest
from city311.domain.lifecycle import Role
from city311.domain.partner import Grant, Issued, Partner, is_key_id, new_key
from city311.ports import Clock, Partners


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyDesk:
    """What an administrator may do with keys; nobody else may do anything."""

    partners: Partners
    clock: Clock
    dice: Dice

    def issue(self, actor: Actor, grant: Grant) -> Issued:
        """Give out a new key. Conflict if the dice threw the id of another."""
        _admit(actor)
        api_key = new_key(self.dice)
        partner = Partner(
            key_id=api_key.partition(".")[0],
            owner=grant.owner,
            scopes=grant.scopes,
            daily_quota=grant.daily_quota,
            per_minute=grant.per_minute,
            created_at=self.clock(),
            created_by=actor.subject,
        )
        self.partners.add(partner, digest(api_key))
        return Issued(partner=partner, api_key=api_key)

    def every(self, actor: Actor) -> Sequence[Partner]:
        """All keys, revoked ones included, with their counts as of now."""
        _admit(actor)
        now = self.clock()
        return tuple(partner.as_of(now) for partner in self.partners.every())

    def revoke(self, actor: Actor, key_id: str) -> Partner:
        """Take a key out of force for good, or NotFound. Again: as it was the first time."""
        _admit(actor)
        named, now = key_id.strip().upper(), self.clock()
        if not is_key_id(named):
            raise NotFound("There is no api key with this id.")
        return self.partners.revoke(named, now, actor.subject).as_of(now)


def _admit(actor: Actor) -> None:
    if actor.role is not Role.ADMIN:
        raise Forbidden("Only an administrator may give out api keys and take them back.")
