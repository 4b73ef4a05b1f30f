"""Several partitions read as one list, newest first, within a budget of reads."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil

from city311.adapters.cursors import Span, time_of
from city311.adapters.dynamodb.streams import FIRST_READ, Found, Goal, Stream
from city311.adapters.dynamodb.table import Table
from city311.adapters.dynamodb.values import Item

READS = 20
"""Reads for one page; a filter that finds little gives a short page and a cursor to go on."""
_WORTH = 2
"""The second way is looked at if what is left of the first is more than so many times that look."""


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

    @property
    def looked_at(self) -> int:
        """Rows, wanted or not, as far as they were counted."""
        return sum(each.looked_at for each in self.streams)

    @property
    def let(self) -> int:
        """Those that were wanted."""
        return sum(each.let for each in self.streams)

    def go(self, table: Table, most: int, reads: int = READS) -> int:
        """Read until ``most`` rows are done, or all of them, or so many reads: how many it took."""
        for number in range(reads):
            reach, need = self.reach, self.need(most)
            if reach is None or need <= 0:
                return number
            # What holds up the rest; of several, what rows move out of.
            last = next(s for s in self.streams if not s.ended and s.frontier == reach)
            self._take(last.read(table, self._goal(need, last)))
            self._finish()
        return reads

    def need(self, most: int) -> int:
        """Rows that are wanted and not done."""
        return self.skip + most - len(self.rows)

    def _goal(self, need: int, stream: Stream) -> Goal:
        shares = sum(not each.wanted.unchanged for each in self.streams)
        known = sorted((key for key, _ in self._waiting.values()), reverse=True)
        return Goal(
            need=need,
            missing=max(need - len(known), 1),
            share=_share(need, shares, rare=stream.wanted.rare),
            floor=known[need - 1] if len(known) >= need else "",
        )

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


def walked(table: Table, ways: Sequence[Sequence[Stream]], within: Span, most: int) -> Walk:
    """The list, read in that of one or two ways which is the cheaper, as far as a look can tell.

    The way that is taken gives all rows of the page: what the other one showed is forgotten, so
    that a row that moves meanwhile cannot fall between the two.
    """
    walk, *others = (Walk(streams=each, skip=within.skip) for each in ways)
    left = READS
    for other in others:
        left -= walk.go(table, most, len(walk.streams))
        look = max(other.need(most), FIRST_READ * len(other.streams))
        if _rest(walk, within, most) > _WORTH * look:
            left -= other.go(table, most, len(other.streams))
            walk = max(
                walk, other, key=lambda each: _covered(each, within) / max(each.looked_at, 1)
            )
    walk.go(table, most, left)
    return walk


def _rest(walk: Walk, within: Span, most: int) -> float:
    """Rows that it has likely still to look at: to the end of the page, or of the list."""
    done = _covered(walk, within)
    whole = (time_of(within.after or within.high) - time_of(within.low)).total_seconds()
    by_time = (whole - done) / max(done, 1)
    return walk.looked_at * min(max(walk.need(most), 0) / max(walk.let, 1), by_time)


def _covered(walk: Walk, within: Span) -> float:
    """Seconds of the list that it went down."""
    high = time_of(within.after or within.high)
    return (high - time_of(walk.reach or within.low)).total_seconds()


def _share(need: int, streams: int, *, rare: bool) -> int:
    """How many rows to look at in one of several streams: twice as many in all as are wanted.

    Where a filter is, as many: what it lets through says how to go on.
    """
    return min(need, ceil((1 if rare else 2) * need / streams))


def _changed(row: Item) -> str:
    return str(row["updated_at"]["S"])
