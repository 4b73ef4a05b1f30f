"""What a row of a public list must say: as an expression, as far as DynamoDB can decide it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil, floor

from city311.adapters import cursors
from city311.adapters.dynamodb.table import Terms
from city311.adapters.dynamodb.values import DEGREES, Item
from city311.domain.area import Area, Box, Circle
from city311.domain.lifecycle import PUBLIC, PublicStatus, Status
from city311.ports import ListQuery

_IN_AT_MOST = 100
_MOST_CODES = 300
"""An expression has at most 4 KB: more service codes than these are compared here."""
_MICRO = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFilter:
    """What is left to ask of a row once its partition is chosen.

    ``statuses`` and ``service_codes``: any, if empty. ``unchanged``: only what never changed.
    """

    query: ListQuery
    statuses: frozenset[PublicStatus] = frozenset()
    service_codes: tuple[str, ...] = ()
    unchanged: bool = False

    def expression(self, terms: Terms) -> str:
        """The filter as an expression; empty if every row will do."""
        return " AND ".join(self._parts(terms))

    @property
    def rare(self) -> bool:
        """Whether it may let few rows through: more has to be looked at than is wanted."""
        query = self.query
        others = (
            query.requested_from,
            query.requested_to,
            query.updated_from,
            query.updated_to,
            query.agency,
            query.area,
        )
        return bool(self.statuses or self.service_codes) or any(each is not None for each in others)

    def lets(self, row: Item) -> bool:
        """What an expression cannot say: circles, the date line, a very long list of services."""
        area = self.query.area
        if area is not None and not ("lat" in row and "long" in row and _in(area, row)):
            return False
        codes = self.service_codes
        return len(codes) <= _MOST_CODES or row["service_code"]["S"] in codes

    def _parts(self, terms: Terms) -> Iterator[str]:
        query = self.query
        if self.statuses:
            yield _one_of(terms, "status", [s for s in Status if PUBLIC[s] in self.statuses])
        if 0 < len(self.service_codes) <= _MOST_CODES:
            yield _one_of(terms, "service_code", self.service_codes)
        if query.agency is not None:
            yield terms.equal("agency_responsible", {"S": query.agency})
        yield from _within(terms, "requested_at", query.requested_from, query.requested_to)
        yield from _within(terms, "updated_at", query.updated_from, query.updated_to)
        if self.unchanged:
            yield f"{terms.name('updated_at')} = {terms.name('requested_at')}"
        if query.area is not None:
            yield from _in_box(terms, box_of(query.area))


def box_of(area: Area) -> Box:
    """The area itself, or the box around it."""
    return area.box if isinstance(area, Circle) else area


def _in(area: Area, row: Item) -> bool:
    return area.holds(lat=DEGREES.unpack(row["lat"]), long=DEGREES.unpack(row["long"]))


def _one_of(terms: Terms, attribute: str, words: Sequence[str]) -> str:
    lists = [words[at : at + _IN_AT_MOST] for at in range(0, len(words), _IN_AT_MOST)]
    name = terms.name(attribute)
    parts = [f"{name} IN ({', '.join(_texts(terms, each))})" for each in lists]
    return f"({' OR '.join(parts)})"


def _texts(terms: Terms, words: Iterable[str]) -> Iterator[str]:
    return (terms.value({"S": str(word)}) for word in words)


def _within(
    terms: Terms, attribute: str, start: datetime | None, end: datetime | None
) -> Iterator[str]:
    low, high = cursors.times(start, end)
    if low is not None:
        yield f"{terms.name(attribute)} >= {terms.value({'S': low})}"
    if high is not None:
        yield f"{terms.name(attribute)} <= {terms.value({'S': high})}"


def _in_box(terms: Terms, box: Box) -> Iterator[str]:
    """At least what lies in it: bounds are rounded outwards to the decimals that are stored."""
    bounds = {"lat": (box.south, box.north), "long": (box.west, box.east)}
    for name, (low, high) in bounds.items():
        if low > high:  # Across the date line, which the row itself is asked about.
            continue
        lowest, highest = floor(low * _MICRO) / _MICRO, ceil(high * _MICRO) / _MICRO
        yield f"{terms.name(name)} >= {terms.value(DEGREES.pack(lowest))}"
        yield f"{terms.name(name)} <= {terms.value(DEGREES.pack(highest))}"
