"""One table with its indexes: items by key, packed small, in every index whose keys they have."""

import marshal
import sys
from collections.abc import Mapping
from typing import Any, cast

from benchmarks.engine.index import Index
from benchmarks.engine.sizes import Item

PK, SK = "pk", "sk"


class Table:
    """Items in order of their arrival; a row keeps its number while it is there."""

    def __init__(self, indexes: Mapping[str, tuple[str, str, tuple[str, ...]]]) -> None:
        self.main = Index(PK, SK, None)
        self.indexes = {
            name: Index(partition, sort, frozenset({PK, SK, partition, sort, *attributes}))
            for name, (partition, sort, attributes) in indexes.items()
        }
        self._items: list[bytes | None] = []
        self._rows: dict[tuple[str, str], int] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def index(self, name: str | None) -> Index:
        """A secondary index by name; the table itself without."""
        return self.indexes[name] if name else self.main

    def put(self, item: Item) -> None:
        """Store an item in place of what has its key."""
        key = key_of(item)
        row = self._rows.get(key)
        if row is not None:
            self._leave(row)
            self._items[row] = _packed(item)
        else:
            row = self._rows[key] = len(self._items)
            self._items.append(_packed(item))
        for index in self._holding(item):
            index.at(item[index.partition]["S"]).add(item[index.sort]["S"], row)

    def load(self, item: Item) -> None:
        """Store an item that is new, and put off the sorting: for a great many at once."""
        row = self._rows[key_of(item)] = len(self._items)
        self._items.append(_packed(item))
        shared: dict[str, str] = {}
        for index in self._holding(item):
            text = item[index.sort]["S"]
            name = sys.intern(item[index.partition]["S"]) if index is not self.main else None
            # One text for all indexes that sort by it: a third of the memory.
            at = index.at(name if name is not None else item[index.partition]["S"])
            at.load(shared.setdefault(text, text), row)

    def delete(self, key: tuple[str, str]) -> None:
        """Remove an item, if it is there."""
        row = self._rows.pop(key, None)
        if row is not None:
            self._leave(row)
            self._items[row] = None

    def row(self, key: tuple[str, str]) -> int | None:
        """The number of the row with this key."""
        return self._rows.get(key)

    def item(self, row: int) -> dict[str, Any]:
        """A copy of the item in a row."""
        return cast("dict[str, Any]", marshal.loads(self._items[row] or b"{"))

    def _leave(self, row: int) -> None:
        item = self.item(row)
        for index in self._holding(item):
            index.at(item[index.partition]["S"]).remove(item[index.sort]["S"], row)

    def _holding(self, item: Item) -> list[Index]:
        """The indexes that hold an item: the sparse ones only if it has both keys."""
        every = (self.main, *self.indexes.values())
        return [index for index in every if index.partition in item and index.sort in item]


def _packed(item: Item) -> bytes:
    return marshal.dumps(cast("dict[str, Any]", item))


def key_of(item: Item) -> tuple[str, str]:
    """The primary key of an item, or of a Key."""
    return item[PK]["S"], item[SK]["S"]
