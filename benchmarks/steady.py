"""Whether pages stay true while the city goes on: nothing twice, nothing left out, in order."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import islice
from typing import Any
from urllib.parse import parse_qs, urlsplit

from benchmarks.asking import Desk
from benchmarks.filled import closed, item_of
from benchmarks.town import NOW, Town

_PAGES, _SIZE, _NEW, _CLOSED = 40, 50, 20, 5


def walked(desk: Desk, town: Town) -> str:
    """Follow next links through 40 pages. After each, 20 requests come in and 5 open ones close."""
    table = desk.table
    rows = range(len(table))
    listed = sorted(_listed(table.item(row) for row in rows), reverse=True)
    expected = [key.partition("#")[2] for key in listed]
    some = (
        item for item in map(table.item, rows) if "seq" in item and item["status"]["S"] != "closed"
    )
    open_ones = list(islice(some, _PAGES * _CLOSED))
    outcome = desk.page({"page_size": [str(_SIZE)]})
    seen, calls = list(outcome.ids), outcome.calls
    for page in range(1, _PAGES):
        _go_on(desk, town, page, open_ones)
        if not outcome.next_page:
            break
        outcome = desk.page(parse_qs(urlsplit(outcome.next_page).query))
        calls += outcome.calls
        seen += outcome.ids
    twice = sum(count > 1 for count in Counter(seen).values())
    missing = len(set(expected[: len(seen)]) - set(seen))
    order = "in order" if seen == expected[: len(seen)] else "NOT in order"
    return (
        f"walk of {len(seen)} rows in {calls} calls while {_NEW} came in and {_CLOSED} closed "
        f"between any two pages: {twice} twice, {missing} missing, {order}"
    )


def _listed(items: Iterable[dict[str, Any]]) -> list[str]:
    """The sort keys of the public requests of 90 days."""
    first = (NOW - timedelta(days=90)).isoformat()
    keys = (item["requested_key"]["S"] for item in items if "requested_key" in item)
    return [key for key in keys if key >= first]


def _is_open(item: Mapping[str, Any]) -> bool:
    return "seq" in item and item["status"]["S"] != "closed"


def _go_on(desk: Desk, town: Town, page: int, open_ones: Sequence[dict[str, Any]]) -> None:
    desk.now = NOW + timedelta(seconds=page)
    for number in range(_NEW):
        at = desk.now + timedelta(milliseconds=number)
        desk.client.put_item(Item=item_of(town, town.request(at)))
    for item in open_ones[page * _CLOSED : (page + 1) * _CLOSED]:
        desk.client.put_item(Item=closed(town, item, desk.now))
