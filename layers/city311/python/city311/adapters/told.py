"""Where an update stands among all that were told: its key, the bounds of a read, its cursor."""

from dataclasses import dataclass
from datetime import datetime

from city311.adapters import cursors
from city311.adapters.cursors import MOST_YEARS, not_before, sort_key, stamp
from city311.domain.errors import FieldProblem, InvalidInput
from city311.domain.update import PublicUpdate

_KIND = "told"
_BEHIND = "!"
"""Behind a key: sorts after it and before every other, for no id holds it."""
_AFTER_ALL = "~"


def told_key(update: PublicUpdate) -> str:
    """By when it was told, then by request; what one moment tells of a request stays in order."""
    return sort_key(update.at, f"{update.service_request_id}-{update.seq:06}")


def told_cursor(update: PublicUpdate) -> str:
    """The cursor to go on behind this update."""
    return cursors.encoded(_KIND, told_key(update))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The keys of a read, both included."""

    low: str
    high: str

    def years(self) -> range:
        """The years to look into, oldest first; none where nothing can be between."""
        return range(int(self.low[:4]), int(self.high[:4]) + 1 if self.low <= self.high else 0)


def bounds(start: datetime, end: datetime, *, limit: int, after: str | None) -> Bounds:
    """From ``start``, or behind a cursor, to ``end``.

    InvalidInput for a limit or cursor that is no use, or for too many years.
    """
    cursors.check_limit(limit)
    try:
        low, high = not_before(start), stamp(end) + _AFTER_ALL
    except OverflowError:
        raise _problem("Ask for times that a calendar has.") from None
    if int(high[:4]) - int(low[:4]) >= MOST_YEARS:
        raise _problem(f"Ask for at most {MOST_YEARS} calendar years at a time.")
    if after:
        low = max(low, cursors.decoded(_KIND, after) + _BEHIND)
    return Bounds(low=low, high=high)


def _problem(advice: str) -> InvalidInput:
    return InvalidInput(FieldProblem(field="start_date", advice=advice))
