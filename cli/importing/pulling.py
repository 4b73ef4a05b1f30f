"""All past requests of a span of time, each once, though pages shift while they are read.

Windows of at most 90 days are read one after the other, back from now; spans.py reads each, mostly
by moments and not by page numbers, so that a request that appears or vanishes moves nothing.
"""

from collections import deque
from collections.abc import Iterator
from datetime import datetime, timedelta

from cli.failures import Misuse
from cli.importing.archive import Archive
from cli.importing.asking import Asker
from cli.importing.client import Client
from cli.importing.endpoint import Endpoint
from cli.importing.orders import Order, Pulled
from cli.importing.past import Past, moment_of
from cli.importing.spans import DAY, Spans

WINDOW = timedelta(days=90)
_LATE = DAY
"""Requests that appear so long after their own time are still found by the next pull."""


class _Enough(Exception):
    """The limit is reached."""


def pull(
    client: Client,
    endpoint: Endpoint,
    archive: Archive,
    order: Order,
    *,
    limit: int | None,
    page_size: int,
) -> Pulled:
    """Fill the archive. Raises Failure where the server fails; what came until then is kept."""
    pulled = Pulled()
    asker = Asker(client, endpoint, page_size)
    walker = _Walker(asker, archive, order, pulled, limit)
    try:
        walker.everything(client)
    except _Enough:
        pulled.whole = False
    if asker.nameless:
        pulled.notes.append(f"{asker.nameless} requests without an id were left out.")
    pulled.total = len(archive.ids)
    return pulled


class _Walker:
    def __init__(
        self, asker: Asker, archive: Archive, order: Order, pulled: Pulled, limit: int | None
    ) -> None:
        self._archive = archive
        self._order = order
        self._pulled = pulled
        self._limit = limit
        self._spans = Spans(asker, self._keep, self._note)

    def everything(self, client: Client) -> None:
        """First what is newer than the archive, then on from its oldest moment."""
        order, covered = self._order, self._archive.covered
        oldest, newest = covered or (order.until, order.until)
        if order.until < oldest or order.since > newest:
            raise Misuse(
                f"The file holds requests from {oldest:%Y-%m-%d} to {newest:%Y-%m-%d}, and this "
                "span does not touch it: name another file with --to."
            )
        newest = self._newer(oldest, newest)
        for low, high in [] if self._spans.dateless else _windows(order.since, oldest):
            client.tell(f"{len(self._archive.ids)} requests; reading before {high:%Y-%m-%d}")
            for reached in self._spans.read(low, high):
                self._archive.cover(reached, newest)
            if self._spans.dateless:
                break
        if self._spans.dateless:
            self._note("The server takes no dates: what it shows by itself was taken.")
            self._spans.by_pages(order.since, order.until)
            self._archive.cover(min(order.since, oldest), max(order.until, newest))

    def _newer(self, oldest: datetime, newest: datetime) -> datetime:
        """Read what is newer than the archive, and a day before; gives its new newest moment."""
        if self._order.until <= newest:
            return newest
        for low, high in _windows(newest - _LATE, self._order.until):
            deque(self._spans.read(low, high), maxlen=0)
            if self._spans.dateless:
                return newest
        self._archive.cover(oldest, self._order.until)
        return self._order.until

    def _keep(self, found: list[Past]) -> None:
        for past in found:
            moment = moment_of(past)
            if moment and not self._order.since - _LATE <= moment <= self._order.until + _LATE:
                continue
            if past["id"] in self._archive.ids:
                continue
            if self._limit is not None and self._pulled.new >= self._limit:
                raise _Enough
            self._archive.add(past)
            self._pulled.new += 1

    def _note(self, words: str) -> None:
        if words not in self._pulled.notes:
            self._pulled.notes.append(words)


def _windows(low: datetime, high: datetime) -> Iterator[tuple[datetime, datetime]]:
    while high > low:
        start = max(low, high - WINDOW)
        yield start, high
        high = start
