"""Several partitions read as one list, newest first, within a budget of reads."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from city311.adapters.cursors import AFTER_ALL
from city311.adapters.dynamodb import keys
from city311.adapters.dynamodb.filters import RowFilter
from city311.adapters.dynamodb.table import Table, Terms
from city311.adapters.dynamodb.values import Item

READS = 20
"""Reads for one page; a filter that finds little gives a short page and a cursor to go on."""
_FIRST_READ, _LARGEST_READ = 20, 10_000
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

    @property
    def ended(self) -> bool:
        """Whether all of it has been looked at."""
        return self._at == len(self.stretches)

    def read(self, table: Table, need: int, share: int) -> list[Found]:
        """Look at more of it: what is wanted of what was found there.

        ``need``: rows that are wanted of all streams together; ``share``: of this one, at first.
        """
        stretch, terms = self.stretches[self._at], Terms()
        floor = max(stretch.low, self.source.frontier) if self.source else stretch.low
        partition, sort = keys.PUBLIC_LISTS[self.index]
        low, high = (terms.value({"S": each}) for each in (floor, self.frontier))
        here = terms.equal(partition, {"S": stretch.bucket})
        rows, last = table.query(
            f"{here} AND {terms.name(sort)} BETWEEN {low} AND {high}",
            terms,
            IndexName=self.index,
            newest_first=True,
            FilterExpression=self.wanted.expression(terms),
            Limit=self._size(need, share),
        )
        found = [(str(row[sort]["S"]), row) for row in rows if self.wanted.lets(row)]
        seen, self._reads = self.frontier, self._reads + 1
        self.frontier = last[sort]["S"] if last else floor
        self._at += not last and floor == stretch.low
        return [each for each in found if each[0] != seen]

    def _size(self, need: int, share: int) -> int:
        """Rows to look at. The one where it stopped is looked at again, and does not count."""
        if self.wanted.rare:
            # A filter that found little is likely to go on finding little.
            return min(max(_FIRST_READ, 2 * share) << 2 * self._reads, _LARGEST_READ)
        most = _LARGEST_READ if self.wanted.unchanged else need
        return min(share << self._reads, most) + (self.frontier[-1] != AFTER_ALL)


@dataclass(slots=True, kw_only=True)
class Walk:
    """A way down all streams at once. ``rows`` are done: nothing newer can come any more.

    ``skip``: rows still to be left out before the first; they are counted and not kept.
    """

    streams: Sequence[Stream]
    skip: int
    rows: list[Found] = field(default_factory=list)
    _waiting: dict[str, Found] = field(default_factory=dict)
    _done: set[str] = field(default_factory=set)

    @property
    def reach(self) -> str | None:
        """Every row from this key up is done. None: there is no other row."""
        return max((each.frontier for each in self.streams if not each.ended), default=None)

    def go(self, table: Table, most: int) -> None:
        """Read until ``most`` rows are done, or all of them, or the budget is spent."""
        shares = sum(not each.wanted.unchanged for each in self.streams)
        for _ in range(READS):
            reach, need = self.reach, self.skip + most - len(self.rows)
            if reach is None or need <= 0:
                return
            # What holds up the rest; of several, what rows move out of.
            last = next(s for s in self.streams if not s.ended and s.frontier == reach)
            self._take(last.read(table, need, _share(need, shares)))
            self._finish()

    def _take(self, found: list[Found]) -> None:
        for key, row in found:
            name = row["pk"]["S"]
            known = self._waiting.get(name)
            if name not in self._done and (known is None or _changed(known[1]) <= _changed(row)):
                self._waiting[name] = key, row

    def _finish(self) -> None:
        reach = self.reach or ""
        ready = [(name, each) for name, each in self._waiting.items() if each[0] >= reach]
        for name, each in sorted(ready, key=lambda pair: pair[1][0], reverse=True):
            del self._waiting[name]
            self._done.add(name)
            if self.skip:
                self.skip -= 1
            else:
                self.rows.append(each)


def _share(need: int, streams: int) -> int:
    """How many rows to look at in one of several streams: twice as many in all as are wanted."""
    return min(need, -(-2 * need // streams))


def _changed(row: Item) -> str:
    return str(row["updated_at"]["S"])
