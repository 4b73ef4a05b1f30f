"""Which partitions a public list is read from: those that hold little else than was asked for."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from city311.adapters.cursors import FIRST_OF_YEAR, Span
from city311.adapters.dynamodb import keys
from city311.adapters.dynamodb.filters import RowFilter, box_of
from city311.adapters.dynamodb.streams import Stream, Stretch
from city311.adapters.placing import CLOSED, OPEN, open311_word
from city311.domain.lifecycle import PublicStatus
from city311.domain.location import cells_of_box
from city311.ports import ListQuery

MOST_CELLS = 12
"""Each is read once at least, and many of them twice; a page has few reads."""
_MOST_PARTS = 8
"""Partitions of services that are read without a look at how else the list could be had."""
_TOGETHER = 18
"""Streams of two ways: each of them can be begun within the reads of a page, and gone on with."""
_LONGEST_CODE = 256
"""No service has a longer code, and no partition a name of more than 2,048 bytes."""
_MEANT = {
    word: frozenset(status for status in PublicStatus if open311_word(status) == word)
    for word in (OPEN, CLOSED)
}
Kind = tuple[str, frozenset[PublicStatus]]
"""Open or closed, and which statuses to look for among these; empty: all."""


def ways(query: ListQuery, within: Span) -> Sequence[Sequence[Stream]]:
    """One or two ways to read the list, where only a look shows which is the cheaper.

    A way is streams that together hold every row, a source before what it runs into.
    """
    codes = tuple(sorted(code for code in query.service_codes if len(code) <= _LONGEST_CODE))
    plan = _Plan(query=query, low=within.low, high=within.after or within.high, codes=codes)
    if plan.low > plan.high or (query.service_codes and not codes):
        return [()]
    cells = plan.in_cells()
    services = plan.of_services() if plan.parts <= _TOGETHER else []
    few = 0 < len(services) <= _MOST_PARTS
    if few and not cells:
        return [services]
    if few:
        return [services, cells] if len(services) + len(cells) <= _TOGETHER else [cells]
    if cells:
        return [cells]
    years = plan.of_years()
    both = services and len(years) + len(services) <= _TOGETHER
    return [years, services] if both else [years]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """A list with its span; ``high``: where it begins, or goes on."""

    query: ListQuery
    low: str
    high: str
    codes: tuple[str, ...]

    @property
    def kinds(self) -> Sequence[Kind]:
        """Open before closed: rows move that way."""
        asked = self.query.statuses or frozenset(PublicStatus)
        return [
            (word, frozenset() if meant <= asked else meant & asked)
            for word, meant in _MEANT.items()
            if meant & asked
        ]

    @property
    def parts(self) -> int:
        """How many partitions hold the services that were named."""
        return len(self.codes) * len(self.kinds) * (1 + self.query.by_updated)

    def in_cells(self) -> Sequence[Stream]:
        """Whatever lies in the cells of the area; empty if they are too many.

        In ``nearby``, rows stand by the time of request only, and open and closed ones together.
        """
        if self.query.area is None or self.query.by_updated:
            return ()
        box = box_of(self.query.area)
        cells = cells_of_box(
            south=box.south, west=box.west, north=box.north, east=box.east, most=MOST_CELLS
        )
        return [self._in_cell(cell) for cell in sorted(cells or ())]

    def _in_cell(self, cell: str) -> Stream:
        wanted = RowFilter(query=self.query, statuses=self.query.statuses, service_codes=self.codes)
        stretch = Stretch(bucket=cell, low=self.low)
        return Stream(index=keys.NEARBY, stretches=(stretch,), frontier=self.high, wanted=wanted)

    def of_services(self) -> Sequence[Stream]:
        """Whatever is of the services, one after another."""
        return [stream for code in self.codes for stream in self.of_service(code)]

    def of_service(self, code: str) -> Sequence[Stream]:
        """Whatever is of one service, of all years."""

        def stretches(word: str) -> Sequence[Stretch]:
            return (Stretch(bucket=keys.service_bucket(code, word), low=self.low),)

        return self._chain((keys.SERVICE, keys.SERVICE_UPDATED), (), stretches)

    def of_years(self) -> Sequence[Stream]:
        """Everything, year by year."""

        def stretches(word: str) -> Sequence[Stretch]:
            return tuple(
                Stretch(bucket=keys.year_bucket(word, year), low=max(self.low, first))
                for year, first in self._years()
            )

        if not any(self._years()):
            return ()
        return self._chain((keys.REQUESTED, keys.UPDATED), self.codes, stretches)

    def _years(self) -> Iterator[tuple[str, str]]:
        """The years it touches, newest first, and where each begins."""
        for number in range(int(self.high[:4]), int(self.low[:4]) - 1, -1):
            year = f"{number:04}"
            if year + FIRST_OF_YEAR < self.high:
                yield year, year + FIRST_OF_YEAR

    def _chain(
        self,
        indexes: tuple[str, str],
        codes: tuple[str, ...],
        stretches: Callable[[str], Sequence[Stretch]],
    ) -> Sequence[Stream]:
        """Never changed, then changed; open, then closed."""
        by_requested, by_updated = indexes
        out: list[Stream] = []
        for index in (by_requested, *((by_updated,) if self.query.by_updated else ())):
            for word, statuses in self.kinds:
                wanted = RowFilter(
                    query=self.query,
                    statuses=statuses,
                    service_codes=codes,
                    unchanged=self.query.by_updated and index == by_requested,
                )
                out.append(
                    Stream(
                        index=index,
                        stretches=stretches(word),
                        frontier=self.high,
                        wanted=wanted,
                        source=out[-1] if out else None,
                    )
                )
        return out
