"""Reading every request of a span of time, whatever the order and the length of answers."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from cli.importing.asking import Asker
from cli.importing.past import Past, moment_of

NARROWEST = timedelta(minutes=1)
DAY = timedelta(days=1)
_PASSES = 5
_MOST_PAGES = 2_000
_FULL = 50
"""An answer of so many may have been cut."""


class Spans:
    """Asks about spans. `keep` takes what came, `note` what a person should know.

    `dateless`: the server takes no dates. `_whole`: the longest answer that was all there was; a
    shorter one is all there is, while one as long may just be as long as answers get.
    """

    def __init__(
        self, asker: Asker, keep: Callable[[list[Past]], None], note: Callable[[str], None]
    ) -> None:
        self.asker = asker
        self.dateless = False
        self._keep = keep
        self._note = note
        self._sorted = True
        self._whole = 2

    def read(self, low: datetime, high: datetime) -> Iterator[datetime]:
        """Read a span; gives each moment down to which it is whole. Stops where `dateless`.

        While answers are in order, the last moment of one is the end of the next question: one call
        a page, and nothing moves when a request appears or vanishes in between.
        """
        start, top, walked, former, number = low, high, set[str](), 0, 0
        while self._sorted:
            found = self._between(low, high)
            if self.dateless:
                return
            fresh = {each["id"] for each in found} - walked
            walked |= fresh
            if not fresh and len(found) < max(former, 1):
                yield start  # nothing but what lies on the edge: this is the end
                return
            falls = _falls(found, low, high) if fresh else None
            if falls is None:
                break
            edge = _moments(found)[-1]
            slice_ = (edge, high) if falls else (low, edge)
            number += 1
            if number & (number - 1) == 0 and not self._holds(slice_, walked, len(found)):
                self._sorted = False
                break
            former = len(found)
            low, high = (low, edge) if falls else (edge, high)
            if falls:
                yield high
        yield top  # what was read until here may have gaps
        self._halve(start, top, self._between(start, top))
        yield start

    def by_pages(self, low: datetime, high: datetime) -> None:
        """Read by page numbers, again and again until a pass brings nothing new."""
        known: set[str] = set()
        for _ in range(_PASSES):
            passed, number, first, last = self._pass(low, high)
            if number == 2 and last == first >= _FULL:
                self._note(
                    f"The server shows no more than {first} requests of one span; some are missing."
                )
            if number <= 2 or passed <= known:
                return
            known |= passed
        self._note("The list kept moving while it was read by pages; some requests may be missing.")

    def _pass(self, low: datetime, high: datetime) -> tuple[set[str], int, int, int]:
        """All pages once: ids, how many pages were asked for, the first's and the last's length."""
        seen: set[str] = set()
        first = 0
        for number in range(1, _MOST_PAGES + 1):
            found = self.asker.between(low, high, page=number)
            self._keep(found)
            fresh = {each["id"] for each in found} - seen
            if not fresh:
                return seen, number, first, len(found)
            first = first or len(found)
            seen |= fresh
        return seen, _MOST_PAGES, first, 0

    def _between(self, low: datetime, high: datetime) -> list[Past]:
        found = self.asker.between(low, high)
        moments = _moments(found)
        outside = [each for each in moments if not low - 2 * DAY <= each <= high + 2 * DAY]
        if len(outside) * 2 > len(found):
            self.dateless = True
        else:
            self._keep(found)
        return found

    def _holds(self, span: tuple[datetime, datetime], walked: set[str], length: int) -> bool:
        """Whether both halves of a span hold only what is known, so that the order can be trusted.

        A list may be in order and yet leave out: open requests first, then closed ones. A half that
        is as long as the whole answer was may have been cut like it, and is halved again.
        """
        low, high = span
        if high - low <= NARROWEST:
            return True
        middle = low + (high - low) / 2
        long = []
        for half in ((middle, high), (low, middle)):
            found = self._between(*half)
            inside = {e["id"] for e in found if (at := moment_of(e)) and low <= at <= high}
            if not inside <= walked:
                return False
            if len(found) >= max(length, self._whole + 1):
                long.append(half)
        if len(long) == 2:  # Nothing is learnt by asking for less.
            return False
        if long and middle - low <= NARROWEST:
            self.by_pages(*long[0])
            return True
        return not long or self._holds(long[0], walked, length)

    def _halve(self, low: datetime, high: datetime, found: list[Past]) -> None:
        """Make sure of a span by its halves, in any order of answers.

        An answer was whole if its halves hold nothing else, and both hold something.
        """
        if len(found) < self._whole:
            return
        if high - low <= max(NARROWEST, 4 * self.asker.slack):
            self.by_pages(low, high)
            return
        middle = low + (high - low) / 2
        newer, older = self._between(middle, high), self._between(low, middle)
        whole = {each["id"] for each in found}
        if newer and older and {each["id"] for each in (*newer, *older)} <= whole:
            self._whole = max(self._whole, len(found))
            return
        self._halve(middle, high, newer)
        self._halve(low, middle, older)


def _moments(found: list[Past]) -> list[datetime]:
    return [moment for each in found if (moment := moment_of(each))]


def _falls(found: list[Past], low: datetime, high: datetime) -> bool | None:
    """Whether they go from new to old (True) or the other way; None for neither, or no way on."""
    moments = _moments(found)
    if len(moments) < len(found):
        return None
    if all(a >= b for a, b in pairwise(moments)):
        return True if moments[-1] < high else None
    rises = all(a <= b for a, b in pairwise(moments))
    return False if rises and moments[-1] > low else None
