"""What DynamoDB charges, computed from the items by the rules that AWS publishes.

Sizes: names and strings in UTF-8 bytes, a number one byte per two digits and one more, binary as
it is, true, false and null one byte, a list or map 3 bytes and one more per element. Writes are in
units of 1 KB and cost double in a transaction; an index entry is written apart, not double: once
when it appears, vanishes or changes, twice when its key changes. Reads are in units of 4 KB and
cost half unless they are consistent.
"""

from collections.abc import Mapping
from math import ceil
from typing import Any

from tests.adapters.plan import INDEXES

Item = Mapping[str, Mapping[str, Any]]
KB = 1024


def size(item: Item) -> int:
    """Bytes of an item."""
    return sum(len(name.encode()) + value_size(value) for name, value in item.items())


def value_size(value: Mapping[str, Any]) -> int:
    """Bytes of one attribute value."""
    ((kind, content),) = value.items()
    if kind == "S":
        return len(content.encode())
    if kind == "N":
        digits = content.lstrip("-").replace(".", "").strip("0") or "0"
        return ceil(len(digits) / 2) + 1 + content.startswith("-")
    if kind == "B":
        return len(content)
    if kind == "L":
        return 3 + sum(1 + value_size(each) for each in content)
    if kind == "M":
        return 3 + sum(1 + len(name.encode()) + value_size(each) for name, each in content.items())
    assert kind in {"BOOL", "NULL"}
    return 1


def write_units(bytes_: int) -> int:
    return max(1, ceil(bytes_ / KB))


def read_units(bytes_: int, *, consistent: bool) -> float:
    return max(1, ceil(bytes_ / (4 * KB))) * (1 if consistent else 0.5)


def entry(item: Item | None, index: str) -> dict[str, Any] | None:
    """What an index holds of an item: None if it is not in it."""
    partition, sort, attributes = INDEXES[index]
    if item is None or partition not in item or sort not in item:
        return None
    names = {"pk", "sk", partition, sort, *attributes}
    return {name: value for name, value in item.items() if name in names}


def index_units(before: Item | None, after: Item | None, index: str) -> int:
    """What a change of an item costs in one index."""
    old, new = entry(before, index), entry(after, index)
    if old == new:
        return 0
    if old is not None and new is not None:
        keys = INDEXES[index][:2]
        if all(old[key] == new[key] for key in keys):
            return write_units(max(size(old), size(new)))
    return sum(write_units(size(each)) for each in (old, new) if each is not None)


def table_units(before: Item | None, after: Item | None, *, in_transaction: bool) -> int:
    """What a change of an item costs in the table itself."""
    largest = max(size(each) for each in (before, after, {}) if each is not None)
    return write_units(largest) * (2 if in_transaction else 1)
