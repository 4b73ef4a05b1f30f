"""Sorted partitions of one index: which rows stand where, and walks along them."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from benchmarks.engine.conditions import KeyCondition


@dataclass(slots=True)
class Partition:
    """Sort keys in order, and beside each the number of its row. Sorted when it is next read."""

    keys: list[str] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    dirty: bool = False

    def add(self, key: str, row: int) -> None:
        """Put a row in: cheap at the end, where most come, and never more than one move."""
        if self.dirty or not self.keys or key >= self.keys[-1]:
            self.keys.append(key)
            self.rows.append(row)
            return
        at = bisect_right(self.keys, key)
        self.keys.insert(at, key)
        self.rows.insert(at, row)

    def load(self, key: str, row: int) -> None:
        """Put a row in without keeping order."""
        self.keys.append(key)
        self.rows.append(row)
        self.dirty = True

    def remove(self, key: str, row: int) -> None:
        """Take a row out."""
        at = self.find(key, row)
        del self.keys[at], self.rows[at]

    def find(self, key: str, row: int) -> int:
        """Where a row stands, or where it would."""
        self.tidy()
        at = bisect_left(self.keys, key)
        while at < len(self.keys) and self.keys[at] == key and self.rows[at] != row:
            at += 1
        return at

    def tidy(self) -> None:
        """Sort what was loaded."""
        if self.dirty:
            order = sorted(range(len(self.keys)), key=self.keys.__getitem__)
            self.keys = [self.keys[at] for at in order]
            self.rows = [self.rows[at] for at in order]
            self.dirty = False

    def walk(
        self, within: KeyCondition, after: tuple[str, int] | None, *, forward: bool
    ) -> Iterator[int]:
        """The rows within the bounds, from behind ``after``, in either direction."""
        self.tidy()
        low, high = self._bounds(within)
        if after is not None:
            at = self.find(*after)
            here = at < len(self.keys) and self.keys[at] == after[0] and self.rows[at] == after[1]
            low, high = (max(low, at + here), high) if forward else (low, min(high, at))
        span = range(low, high) if forward else range(high - 1, low - 1, -1)
        return (self.rows[at] for at in span)

    def _bounds(self, within: KeyCondition) -> tuple[int, int]:
        low, high = 0, len(self.keys)
        if within.low is not None:
            side = bisect_right if within.open_low else bisect_left
            low = side(self.keys, within.low)
        if within.high is not None:
            side = bisect_left if within.open_high else bisect_right
            high = side(self.keys, within.high)
        return low, high


@dataclass(frozen=True, slots=True)
class Index:
    """The table itself or a secondary index. ``attributes``: what it holds; None: everything."""

    partition: str
    sort: str
    attributes: frozenset[str] | None
    partitions: dict[str, Partition] = field(default_factory=dict)

    def at(self, name: str) -> Partition:
        """A partition, made if it is new."""
        found = self.partitions.get(name)
        if found is None:
            found = self.partitions[name] = Partition()
        return found
