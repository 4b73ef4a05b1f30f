"""The register of partners: each use is counted by one conditional write."""

import hmac
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from city311.adapters.aws import unavailable
from city311.adapters.cursors import stamp
from city311.adapters.dynamodb import keys
from city311.adapters.dynamodb.table import ConditionFailed, Table, Terms
from city311.adapters.dynamodb.values import (
    HASH,
    MOMENT,
    NUMBER,
    TEXT,
    Codec,
    Field,
    Fields,
    Item,
    packed,
    unpacked,
)
from city311.adapters.refusals import key_taken, no_such_key
from city311.domain.partner import Partner, Scope, used_once_more

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

_TRIES = 4
"""A guess, what the first answer says, and twice what others did to the item meanwhile."""
_NOBODYS = "0" * 64
"""Compared where there is no key: that looks like a wrong secret, and takes as long."""
_SCOPES = Codec(
    lambda scopes: {"L": [{"S": scope.value} for scope in sorted(scopes)]},
    lambda value: frozenset(Scope(each["S"]) for each in value["L"]),
)
_Count = Callable[[str, Terms], tuple[str, str]]
"""Now, as stored -> an update expression and what must be true before it."""
PARTNER: Fields = {
    "owner": Field(TEXT),
    "scopes": Field(_SCOPES),
    "daily_quota": Field(NUMBER),
    "per_minute": Field(NUMBER),
    "created_at": Field(MOMENT),
    "created_by": Field(TEXT),
    "revoked_at": Field(MOMENT, None),
    "revoked_by": Field(TEXT, None),
    "last_used_at": Field(MOMENT, None),
    "used_today": Field(NUMBER, 0),
    "used_this_minute": Field(NUMBER, 0),
}


def partner_item(partner: Partner, digest: str) -> Item:
    """The item of a key."""
    key = keys.partner(partner.key_id)
    return key | packed(partner, PARTNER) | {"digest": HASH.pack(digest)}


def partner_from(item: Item) -> Partner:
    """The partner of an item; its digest stays there."""
    return Partner(key_id=item["sk"]["S"], **unpacked(item, PARTNER))


class DynamoPartners:
    """The register in DynamoDB."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._table = Table(client, table)
        self._counted: dict[str, str] = {}
        """Key id -> the minute it was last counted in here: what to guess, never what is true."""

    def use(self, key_id: str, digest: str, at: datetime) -> Partner | None:
        """Count it in one write if it is of the minute that is guessed, else in a second one.

        The counts are added to where they lie, so that none is lost to another writer.
        """
        now, same = stamp(at), self._counted.get(key_id) == stamp(at)[:16]
        count: _Count = _in_this_minute if same else _in_a_new_minute
        for _ in range(_TRIES):
            terms = Terms()
            unrevoked = f"attribute_not_exists({terms.name('revoked_at')})"
            ours = f"{terms.equal('digest', HASH.pack(digest))} AND {unrevoked}"
            expression, condition = count(now, terms)
            try:
                item = self._table.changed(
                    keys.partner(key_id), expression, f"{ours} AND {condition}", terms
                )
            except ConditionFailed as failed:
                kept = _in_force(failed.item, digest)
                if kept is None:
                    return None
                after = used_once_more(kept, at)
                now, count = stamp(after.last_used_at or at), _counting(after)
            else:
                self._counted[key_id] = now[:16]
                return partner_from(item)
        raise unavailable()

    def known(self, key_id: str, digest: str) -> Partner | None:
        """The partner (consistent: what is revoked is out of force at once)."""
        return _in_force(self._table.get(keys.partner(key_id), consistent=True), digest)

    def add(self, partner: Partner, digest: str) -> None:
        """Store it, unless its id is taken."""
        try:
            self._table.create(partner_item(partner, digest))
        except ConditionFailed:
            raise key_taken() from None

    def revoke(self, key_id: str, at: datetime, by: str) -> Partner:
        """Mark it in one conditional write; the first mark stays."""
        terms = Terms()
        sets = ", ".join(
            f"{terms.name(name)} = if_not_exists({terms.name(name)}, {terms.value(value)})"
            for name, value in (("revoked_at", MOMENT.pack(at)), ("revoked_by", TEXT.pack(by)))
        )
        try:
            item = self._table.changed(
                keys.partner(key_id), f"SET {sets}", "attribute_exists(pk)", terms
            )
        except ConditionFailed:
            raise no_such_key() from None
        return partner_from(item)

    def every(self) -> Sequence[Partner]:
        """All keys, read consistently."""
        return tuple(partner_from(item) for item in self._table.partition(keys.PARTNERS))


def _in_force(item: Item | None, digest: str) -> Partner | None:
    """The partner, if there is one, the digest is theirs, and the key was not revoked."""
    stored: str = HASH.unpack(item["digest"]) if item else _NOBODYS
    if not hmac.compare_digest(stored, digest) or item is None:
        return None
    found = partner_from(item)
    return None if found.revoked_at else found


def _counting(after: Partner) -> _Count:
    """How to count a use, by what the counts should be after it."""
    if after.used_today == 1:
        return _in_a_new_day
    return _in_a_new_minute if after.used_this_minute == 1 else _in_this_minute


def _in_this_minute(now: str, terms: Terms) -> tuple[str, str]:
    """Both counts go on."""
    one = terms.value({"N": "1"})
    today, minute = terms.name("used_today"), terms.name("used_this_minute")
    condition = (
        f"begins_with({terms.name('last_used_at')}, {terms.value({'S': now[:16]})})"
        f" AND {minute} < {terms.name('per_minute')} AND {today} < {terms.name('daily_quota')}"
    )
    last = terms.equal("last_used_at", {"S": now})
    return f"SET {last}, {today} = {today} + {one}, {minute} = {minute} + {one}", condition


def _in_a_new_minute(now: str, terms: Terms) -> tuple[str, str]:
    """The day's count goes on, the minute's begins."""
    one, last = terms.value({"N": "1"}), terms.name("last_used_at")
    today, minute = terms.name("used_today"), terms.name("used_this_minute")
    condition = (
        f"begins_with({last}, {terms.value({'S': now[:10]})})"
        f" AND {last} < {terms.value({'S': now[:16]})} AND {today} < {terms.name('daily_quota')}"
    )
    sets = f"{terms.equal('last_used_at', {'S': now})}, {minute} = {one}"
    return f"SET {sets}, {today} = {today} + {one}", condition


def _in_a_new_day(now: str, terms: Terms) -> tuple[str, str]:
    """Both counts begin."""
    one, last = terms.value({"N": "1"}), terms.name("last_used_at")
    today, minute = terms.name("used_today"), terms.name("used_this_minute")
    condition = f"(attribute_not_exists({last}) OR {last} < {terms.value({'S': now[:10]})})"
    sets = f"{terms.equal('last_used_at', {'S': now})}, {minute} = {one}"
    return f"SET {sets}, {today} = {one}", condition
