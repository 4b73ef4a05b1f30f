"""Partitions that a list is read from: how much of each to look at, and what is wanted of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from city311.adapters.cursors import AFTER_ALL
from city311.adapters.dynamodb import keys
from city311.adapters.dynamodb.filters import RowFilter
from city311.adapters.dynamodb.table import Table, Terms
from city311.adapters.dynamodb.values import Item

FIRST_READ, _LARGEST_READ = 7, 10_000
"""Rows. The first: about what half a read unit holds, so that fewer would not be cheaper."""
_MOST_GROWTH, _MARGIN = 4, 1.25
"""A read looks at most at so many times what the stream looked at before, and at so much more than
is likely to hold what is needed."""
Found = tuple[str, Item]
"""A row behind its sort key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A partition, and the lowest key in it that is wanted."""

    bucket: str
    low: str


@dataclass(slots=True, kw_only=True)
class Stream:
    """Rows of one kind, newest first: stretch by stretch, each older than the one before.

    ``frontier``: every key from here up has been looked at, or is not wanted. ``source``: the
    stream that rows move out of, into this one. It is read first, and this one never further: so
    a row that moves meanwhile is met in one of the two, if not in both.
    """

    index: str
    stretches: Sequence[Stretch]
    frontier: str
    wanted: RowFilter
    source: "Stream | None" = None
    _at: int = 0
    _reads: int = 0
    looked_at: int = 0
    let: int = 0

    @property
    def ended(self) -> bool:
        """Whether all of it has been looked at."""
        return self._at == len(self.stretches)

    def read(self, table: Table, goal: "Goal") -> list[Found]:
        """Look at more of it: what is wanted of what was found there."""
        stretch, terms = self.stretches[self._at], Terms()
        floor = max(stretch.low, goal.floor, self.source.frontier if self.source else "")
        partition, sort = keys.PUBLIC_LISTS[self.index]
        low, high = (terms.value({"S": each}) for each in (floor, self.frontier))
        here = terms.equal(partition, {"S": stretch.bucket})
        size = self._size(goal)
        rows, last = table.query(
            f"{here} AND {terms.name(sort)} BETWEEN {low} AND {high}",
            terms,
            IndexName=self.index,
            newest_first=True,
            FilterExpression=self.wanted.expression(terms),
            Limit=size,
        )
        found = [(str(row[sort]["S"]), row) for row in rows if self.wanted.lets(row)]
        found = [each for each in found if each[0] != self.frontier]
        self._reads += 1
        self.frontier = last[sort]["S"] if last else floor
        if last:  # A read that was not cut short does not say how much it looked at.
            self.looked_at += size
            self.let += len(found)
        self._at += not last and floor == stretch.low
        return found

    def _size(self, goal: "Goal") -> int:
        """Rows to look at. The one where it stopped is looked at again, and does not count."""
        again = self.frontier[-1] != AFTER_ALL
        if not self.wanted.rare:
            most = _LARGEST_READ if self.wanted.unchanged else goal.need
            return min(goal.share << self._reads, most) + again
        if not self.looked_at:
            return min(max(goal.share, FIRST_READ) << self._reads, _LARGEST_READ) + again
        # As many as hold what is missing if it goes on as it was; a guess from few rows is bounded.
        likely = ceil(_MARGIN * goal.missing * self.looked_at / max(self.let, 1))
        return min(max(likely, FIRST_READ), _MOST_GROWTH * self.looked_at, _LARGEST_READ) + again


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What a read is for.

    ``need``: rows that are wanted of all streams together; ``missing``: those that no stream has
    found yet, at least 1; ``share``: rows to look at in one of them, at first. ``floor``: what is
    below need not be looked at: enough rows above it are known.
    """

    need: int
    missing: int
    share: int
    floor: str
