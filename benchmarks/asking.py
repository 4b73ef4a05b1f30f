"""Asks the real window what a client asks, and keeps the bill."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from random import Random
from typing import Any
from urllib.parse import parse_qs, urlsplit

from benchmarks.engine import sizes
from benchmarks.engine.table import Table
from benchmarks.filled import TABLE
from benchmarks.questions import Asked
from benchmarks.town import NOW, Town
from city311.adapters.dynamodb.requests import DynamoRequests
from city311.open311.discovery import Place
from city311.open311.updates import UpdatesWindow
from city311.open311.window import Window
from city311.ports import Versions
from city311.usecases.changing import Changing
from city311.usecases.reading import Reading
from city311.usecases.updates import Updates

_PLACE = Place(site_url="https://city.example", production=False)
_DRAWN = 2_000
"""Rows to draw ids from: more public ones than the longest question names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a question cost. ``own``: the units that the rows it gave weigh by themselves.

    Those of a page by number include the rows of the pages before: they are walked, and no less.
    """

    rows: int
    calls: int
    units: float
    looked_at: int
    own: float
    ids: tuple[str, ...]
    next_page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A GET of the Open311 window."""

    query: Mapping[str, Sequence[str]]
    path: str = "/open311/v2/requests.json"
    accept: str = "application/json"

    def header(self, name: str) -> str:
        """None was sent."""
        return ""

    def language(self, languages: Sequence[str]) -> str | None:
        """None was asked for."""
        return None


@dataclass(slots=True)
class Desk:
    """The window over a table, with a counter at the client."""

    client: Any
    table: Table
    town: Town
    now: datetime = NOW
    ids: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        dice = Random(5)
        rows = (self.table.item(dice.randrange(len(self.table))) for _ in range(_DRAWN))
        found = (item["service_request_id"]["S"] for item in rows if _is_public(item))
        self.ids = list(dict.fromkeys(found))

    def ask(self, asked: Asked) -> Outcome:
        """The question's own page: those before it are followed and not counted."""
        if asked.path == "request":
            return self._one(self.ids[0])
        query = {name: [text] for name, text in asked.params.items()}
        if asked.path == "updates":
            return self._updates(query)
        if asked.ids:
            query["service_request_id"] = [",".join(self.ids[: asked.ids])]
        outcome = self.page(query)
        for _ in range(asked.follow):
            if outcome.next_page:
                outcome = self.page(parse_qs(urlsplit(outcome.next_page).query))
        return outcome

    def page(self, query: Mapping[str, Sequence[str]]) -> Outcome:
        """One page of the list, and its bill."""
        seen: list[tuple[str, ...]] = []
        window = self._window(seen)
        self.client.asked.clear()
        response = window.requests(Question(query=query))
        (ids,) = seen
        batch = "service_request_id" in query
        following = str(response.headers.get("X-Next-Page-URL") or "")
        outcome = self._outcome(ids, following, batch=batch)
        before = (int(query.get("page", ["1"])[0]) - 1) * int(query.get("page_size", ["0"])[0])
        share = (before + outcome.rows) / outcome.rows if before and outcome.rows else 1.0
        return replace(outcome, own=outcome.own * share)

    def _one(self, service_request_id: str) -> Outcome:
        self.client.asked.clear()
        path = f"/open311/v2/requests/{service_request_id}.json"
        self._window([]).request(Question(query={}, path=path), f"{service_request_id}.json")
        return self._outcome((service_request_id,), "", batch=True)

    def _updates(self, query: Mapping[str, Sequence[str]]) -> Outcome:
        """Own cost: the updates side by side, and each request once, which says if it is public."""
        self.client.asked.clear()
        window = UpdatesWindow(
            city=self.town.city,
            told=Updates(changing=self._changing()),
            clock=lambda: self.now,
            place=_PLACE,
            live={},
            apart={},
        )
        path = "/open311/v2/servicerequestupdates.json"
        response = window.updates(Question(query=query, path=path))
        ids = tuple(row["service_request_id"] for row in json.loads(response.body))
        outcome = self._outcome(tuple(dict.fromkeys(ids)), "", batch=True)
        told = [each for each in self.client.asked if each.operation == "Query"]
        return replace(outcome, rows=len(ids), own=outcome.own + sum(each.units for each in told))

    def _outcome(self, ids: tuple[str, ...], next_page: str, *, batch: bool) -> Outcome:
        reads = self.client.asked
        return Outcome(
            rows=len(ids),
            calls=len(reads),
            units=sum(each.units for each in reads),
            looked_at=sum(each.looked_at for each in reads),
            own=self._own(ids, batch=batch),
            ids=ids,
            next_page=next_page,
        )

    def _own(self, ids: Sequence[str], *, batch: bool) -> float:
        """What these rows would cost if they lay side by side in one index and nothing else did."""
        rows = [self.table.row((f"REQ#{each}", "META")) for each in ids]
        found = [self.table.item(row) for row in rows if row is not None]
        if batch:
            weights = [sizes.item_size(item) for item in found]
            return sizes.batch_units(weights, consistent=False)
        held = self.table.indexes["requested"].attributes or frozenset()
        entries = [{name: item[name] for name in item if name in held} for item in found]
        return sizes.units(sum(map(sizes.item_size, entries)), consistent=False)

    def _changing(self) -> Changing:
        requests = DynamoRequests(self.client, TABLE)
        versions = Versions(code="bench", catalogue="bench", lifecycle="bench")
        return Changing(
            requests=requests, city=self.town.city, clock=lambda: self.now, versions=versions
        )

    def _window(self, seen: list[tuple[str, ...]]) -> Window:
        return _Window(
            city=self.town.city,
            reads=Reading(changing=self._changing()),
            may_see_internal=lambda _: False,
            clock=lambda: self.now,
            place=_PLACE,
            kept={},
            live={},
            apart={},
            seen=seen,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Window(Window):
    """Notes which rows it shows: what the JSON says once more."""

    seen: list[tuple[str, ...]]

    def _list(self, asked: Any, wanted: Any, found: Any) -> Any:
        self.seen.clear()
        self.seen.append(tuple(row.service_request_id for row in found.rows))
        # Named: super() does not find its class in one that is made anew with slots.
        return Window._list(self, asked, wanted, found)


def _is_public(item: Mapping[str, Any]) -> bool:
    return "requested_key" in item
