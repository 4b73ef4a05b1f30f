"""The twins of the smaller records: contacts, tokens, messages, photos, and the watch over all."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from city311.adapters.memory.table import MemoryTable, PhotoKept, oldest_due
from city311.adapters.placing import CLAIMED_WITHIN, TOKEN_LIFE
from city311.domain.contact import Resident
from city311.domain.ledger import RANK, LedgerEntry, LedgerState
from city311.domain.request import Photo
from city311.ports import Claim, Clock, PhotoRecord, WaitToken


class MemoryResidents:
    """Contact data in memory."""

    def __init__(self, table: MemoryTable) -> None:
        self._table = table

    def get(self, service_request_id: str) -> Resident | None:
        """The record, or None once it is erased."""
        with self._table.lock:
            return self._table.residents.get(service_request_id)

    def erase(self, service_request_id: str) -> None:
        """Destroy it, the commitment key with it."""
        with self._table.lock:
            self._table.residents.pop(service_request_id, None)


class MemoryTokens:
    """Wait tokens in memory."""

    def __init__(self, table: MemoryTable, clock: Clock) -> None:
        self._table = table
        self._clock = clock

    def put(self, token: WaitToken) -> None:
        """Keep it, in place of an older one."""
        place = token.service_request_id, token.generation
        with self._table.lock:
            self._table.tokens[place] = token, self._clock() + TOKEN_LIFE

    def get(self, service_request_id: str, generation: int) -> WaitToken | None:
        """The token that waits, or None."""
        with self._table.lock:
            kept = self._table.tokens.get((service_request_id, generation))
        return kept[0] if kept and self._clock() < kept[1] else None

    def drop(self, token: WaitToken) -> None:
        """Forget it, unless a newer one has taken its place."""
        place = token.service_request_id, token.generation
        with self._table.lock:
            kept = self._table.tokens.get(place)
            if kept and kept[0].token == token.token:
                del self._table.tokens[place]


class MemoryLedger:
    """The ledger of messages in memory."""

    def __init__(self, table: MemoryTable) -> None:
        self._table = table

    def claim(self, entry: LedgerEntry, now: datetime) -> Claim:
        """Claim it if it is new, or claimed and past its lease."""
        with self._table.lock:
            kept = self._table.ledger.get(entry.ledger_id)
            if kept and kept.state is not LedgerState.CLAIMED:
                return Claim.DONE
            if kept and kept.lease_until > now:
                return Claim.HELD
            self._table.ledger[entry.ledger_id] = replace(
                entry,
                state=LedgerState.CLAIMED,
                claims=kept.claims + 1 if kept else 1,
                provider_id=None,
                problem=None,
            )
        return Claim.YOURS

    def mark(
        self,
        ledger_id: str,
        state: LedgerState,
        *,
        provider_id: str | None = None,
        problem: str | None = None,
    ) -> bool:
        """Move it forward; True only for the call that moved it."""
        with self._table.lock:
            kept = self._table.ledger.get(ledger_id)
            if kept is None or RANK[kept.state] >= RANK[state]:
                return False
            self._table.ledger[ledger_id] = replace(
                kept,
                state=state,
                provider_id=kept.provider_id if provider_id is None else provider_id,
                problem=kept.problem if problem is None else problem,
            )
        return True

    def entries(self, service_request_id: str) -> Sequence[LedgerEntry]:
        """All messages of a request, by their ledger ids."""
        with self._table.lock:
            kept = list(self._table.ledger.values())
        mine = [each for each in kept if each.service_request_id == service_request_id]
        return tuple(sorted(mine, key=lambda each: each.ledger_id))


class MemoryPhotoRecords:
    """Photo records in memory."""

    def __init__(self, table: MemoryTable, clock: Clock) -> None:
        self._table = table
        self._clock = clock

    def get(self, photo_id: str) -> PhotoRecord | None:
        """The record, or None."""
        with self._table.lock:
            kept = self._table.photos.get(photo_id)
        return kept.record if kept else None

    def clean(self, photo: Photo) -> None:
        """It may be served; while no request has it, it is under watch."""
        found = PhotoRecord(photo_id=photo.photo_id, photo=photo)
        self._found(found, self._clock() + CLAIMED_WITHIN)

    def refuse(self, photo_id: str, problem: str) -> None:
        """It cannot be served, and so there is nothing to watch."""
        self._found(PhotoRecord(photo_id=photo_id, problem=problem), None)

    def _found(self, found: PhotoRecord, due_at: datetime | None) -> None:
        with self._table.lock:
            kept = self._table.photos.get(found.photo_id)
            if kept and (kept.record.photo or kept.record.problem is not None):
                return
            owner = kept.record.service_request_id if kept else None
            self._table.photos[found.photo_id] = PhotoKept(
                record=replace(found, service_request_id=owner),
                due_at=None if owner else due_at,
            )


class MemoryWatch:
    """The reconciler's list in memory."""

    def __init__(self, table: MemoryTable) -> None:
        self._table = table

    def requests_due(self, before: datetime, limit: int) -> Sequence[str]:
        """Ids of requests whose execution should have heard of a change by then."""
        with self._table.lock:
            due = {key: filed.due_at for key, filed in self._table.filed.items() if filed.due_at}
        return oldest_due(due, before, limit)

    def messages_due(self, before: datetime, limit: int) -> Sequence[str]:
        """Ledger ids of claims whose lease was over by then."""
        with self._table.lock:
            due = {
                key: entry.lease_until
                for key, entry in self._table.ledger.items()
                if entry.state is LedgerState.CLAIMED
            }
        return oldest_due(due, before, limit)

    def photos_due(self, before: datetime, limit: int) -> Sequence[str]:
        """Ids of served photos that a request should have had by then."""
        with self._table.lock:
            due = {key: kept.due_at for key, kept in self._table.photos.items() if kept.due_at}
        return oldest_due(due, before, limit)
