"""What an item weighs and a read costs, by the rules that AWS publishes.

Names and strings count in UTF-8 bytes, a number one byte for two significant digits and one more
(and one for a sign), binary as it is, true, false and null one byte, a set the sum of its members,
a list or map 3 bytes and one more for each element. The 100 bytes an item that storage is billed
for are no part of a read.
"""

from collections.abc import Iterable, Mapping
from math import ceil
from typing import Any

Value = Mapping[str, Any]
Item = Mapping[str, Value]
BLOCK = 4096
"""A read unit is so many bytes, read consistently; half of one, read eventually."""


def item_size(item: Item) -> int:
    """Bytes of an item, or of as much of it as an index holds."""
    return sum(_bytes(name) + value_size(value) for name, value in item.items())


def value_size(value: Value) -> int:
    """Bytes of one attribute value, without its name."""
    ((kind, content),) = value.items()
    size: int = _SIZES[kind](content)
    return size


def units(size: int, *, consistent: bool) -> float:
    """Units of one read of ``size`` bytes: a read of nothing is still a read."""
    return max(1, ceil(size / BLOCK)) * (1.0 if consistent else 0.5)


def batch_units(sizes: Iterable[int], *, consistent: bool) -> float:
    """Units of a BatchGetItem: every item is rounded up for itself."""
    return sum(units(size, consistent=consistent) for size in sizes)


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())


def _number(text: str) -> int:
    mantissa, _, exponent = text.lower().partition("e")
    whole, _, fraction = mantissa.lstrip("+-").partition(".")
    digits = (whole + fraction).strip("0")
    if not digits:
        return 1
    # Two digits a byte, counted from the decimal point: an odd exponent may take one byte more.
    point = len(whole) + int(exponent or 0)
    lead = len(whole + fraction) - len((whole + fraction).lstrip("0"))
    first = (point - lead) % 2
    pairs = ceil((len(digits) - first) / 2) + first
    return pairs + 1 + mantissa.startswith("-")


def _listed(content: list[Value]) -> int:
    return 3 + sum(1 + value_size(each) for each in content)


def _mapped(content: Mapping[str, Value]) -> int:
    return 3 + sum(1 + _bytes(name) + value_size(each) for name, each in content.items())


_SIZES: dict[str, Any] = {
    "S": _bytes,
    "N": _number,
    "B": len,
    "BOOL": lambda _: 1,
    "NULL": lambda _: 1,
    "SS": lambda content: sum(map(_bytes, content)),
    "NS": lambda content: sum(map(_number, content)),
    "BS": lambda content: sum(map(len, content)),
    "L": _listed,
    "M": _mapped,
}
