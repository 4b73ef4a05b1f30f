"""The updates of the twin: what is told beside a change, and the list of all that was told."""

from collections.abc import Sequence
from datetime import datetime

from city311.adapters import told
from city311.adapters.dynamodb.updates import update_from, update_item
from city311.adapters.memory.table import Answered, MemoryTable
from city311.adapters.placing import seconds
from city311.domain.update import PublicUpdate, update_id_of
from city311.ports import Change, Page


def answered(table: MemoryTable, change: Change) -> str | None:
    """What came of the change's key before, if it was used and is not forgotten."""
    used = table.posted.get(change.key.digest) if change.key else None
    now = seconds(datetime.fromisoformat(change.event.at))
    return used.update_id if used and used.expires > now else None


def keep(table: MemoryTable, change: Change) -> None:
    """Write what is told of the change, and its key, beside it."""
    event, update = change.event, change.update
    if update:
        kept = update_from(update_item(update))
        table.updates.setdefault(event.service_request_id, []).append(kept)
    if change.key:
        table.posted[change.key.digest] = Answered(
            update_id=update_id_of(event.service_request_id, event.seq),
            expires=seconds(change.key.expires_at),
        )


def between(every: Sequence[PublicUpdate], bounds: told.Bounds, limit: int) -> Page[PublicUpdate]:
    """A page of all that was told, oldest first."""
    rows = [each for each in every if bounds.low <= told.told_key(each) <= bounds.high]
    rows.sort(key=told.told_key)
    more = len(rows) > limit
    return Page(
        rows=tuple(rows[:limit]), cursor=told.told_cursor(rows[limit - 1]) if more else None
    )
