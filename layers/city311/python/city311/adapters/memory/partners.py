"""The twin of the register of partners."""

import hmac
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from city311.adapters.dynamodb.partners import partner_from, partner_item
from city311.adapters.memory.table import MemoryTable
from city311.adapters.refusals import key_taken, no_such_key
from city311.domain.partner import Partner, used_once_more


class MemoryPartners:
    """The register in memory."""

    def __init__(self, table: MemoryTable) -> None:
        self._table = table

    def use(self, key_id: str, digest: str, at: datetime) -> Partner | None:
        """Count it, unless no such key is in force or its uses are used up."""
        with self._table.lock:
            found = self.known(key_id, digest)
            if found is None:
                return None
            after = used_once_more(found, at)
            self._keep(after, digest)
            return self.known(key_id, digest)

    def known(self, key_id: str, digest: str) -> Partner | None:
        """The partner; None if no such key is in force."""
        with self._table.lock:
            kept = self._table.partners.get(key_id)
        if kept is None or not hmac.compare_digest(kept[1], digest) or kept[0].revoked_at:
            return None
        return kept[0]

    def add(self, partner: Partner, digest: str) -> None:
        """Keep it, unless its id is taken."""
        with self._table.lock:
            if partner.key_id in self._table.partners:
                raise key_taken()
            self._keep(partner, digest)

    def revoke(self, key_id: str, at: datetime, by: str) -> Partner:
        """Mark it; the first mark stays."""
        with self._table.lock:
            if key_id not in self._table.partners:
                raise no_such_key()
            partner, digest = self._table.partners[key_id]
            if partner.revoked_at is None:
                self._keep(replace(partner, revoked_at=at, revoked_by=by), digest)
            return self._table.partners[key_id][0]

    def every(self) -> Sequence[Partner]:
        """All keys, by key id."""
        with self._table.lock:
            return tuple(partner for _, (partner, _) in sorted(self._table.partners.items()))

    def _keep(self, partner: Partner, digest: str) -> None:
        # As the table would give it back: whole milliseconds.
        kept = partner_from(partner_item(partner, digest))
        self._table.partners[partner.key_id] = kept, digest
