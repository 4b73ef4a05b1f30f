"""Counts what an operation asks of DynamoDB: calls, write units, read units."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.adapters import capacity
from tests.adapters.plan import INDEXES, TABLE

Items = dict[tuple[str, str], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Bill:
    """What it took. ``sizes``: bytes of each item written, by its key's prefix."""

    calls: tuple[str, ...]
    writes: int
    reads: float
    sizes: dict[str, int]


@dataclass(slots=True)
class Meter:
    """Listens to a client. ``snapshot`` reads the table past it, through another client."""

    client: Any
    raw: Any
    _asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    _params: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        events = self.client.meta.events
        events.register("provide-client-params.dynamodb.*", self._on_params)
        events.register("after-call.dynamodb.*", self._on_answer)

    def measure(self, operation: Callable[[], object]) -> Bill:
        """Run it and write the bill."""
        self._asked.clear()
        before = self.snapshot()
        operation()
        after = self.snapshot()
        writes = reads = 0.0
        sizes: dict[str, int] = {}
        for name, params in self._asked:
            for action, in_transaction in _written(name, params):
                key = _key(action)
                old, new = before.get(key), after.get(key)
                writes += capacity.table_units(old, new, in_transaction=in_transaction)
                writes += sum(capacity.index_units(old, new, each) for each in INDEXES)
                if new:
                    sizes[key[0].partition("#")[0]] = capacity.size(new)
            reads += self._read(name, params, before)
        calls = tuple(name for name, _ in self._asked)
        return Bill(calls=calls, writes=int(writes), reads=reads, sizes=sizes)

    def reads(self, operation: Callable[[], object]) -> tuple[int, float]:
        """Calls and read units of what does nothing but query, without a look at the table."""
        self._asked.clear()
        operation()
        assert {name for name, _ in self._asked} <= {"Query"}
        return len(self._asked), sum(self._read(name, params, {}) for name, params in self._asked)

    def snapshot(self) -> Items:
        """Every item by its key."""
        pages = self.raw.get_paginator("scan").paginate(TableName=TABLE)
        items = [item for page in pages for item in page["Items"]]
        return {(item["pk"]["S"], item["sk"]["S"]): item for item in items}

    def _read(self, name: str, params: dict[str, Any], table: Items) -> float:
        """Projections and filters save nothing: what is charged is what is looked at."""
        consistent = params.get("ConsistentRead", False)
        if name == "GetItem":
            size = capacity.size(table.get(_key(params), {}))
            return capacity.read_units(size, consistent=consistent)
        if name == "BatchGetItem":
            keys = [_key({"Key": key}) for key in params["RequestItems"][TABLE]["Keys"]]
            sizes = [capacity.size(table.get(key, {})) for key in keys]
            return sum(capacity.read_units(each, consistent=False) for each in sizes)
        if name == "Query":
            size = sum(capacity.size(item) for item in self._looked_at(params))
            return capacity.read_units(size, consistent=consistent)
        return 0

    def _looked_at(self, params: dict[str, Any]) -> list[dict[str, Any]]:
        """The same query without its filter: what DynamoDB went through to answer it."""
        bare = {name: value for name, value in params.items() if name != "FilterExpression"}
        for part in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
            used = set(re.findall(r"[#:]\w+", bare["KeyConditionExpression"]))
            bare[part] = {alias: each for alias, each in params[part].items() if alias in used}
        items: list[dict[str, Any]] = self.raw.query(**bare)["Items"]
        return items

    def _on_params(self, params: dict[str, Any], **_: Any) -> None:
        self._params = params

    def _on_answer(self, model: Any, **_: Any) -> None:
        self._asked.append((model.name, self._params))


def _written(name: str, params: dict[str, Any]) -> list[tuple[dict[str, Any], bool]]:
    if name == "TransactWriteItems":
        return [(action, True) for each in params["TransactItems"] for action in each.values()]
    return [(params, False)] if name in {"PutItem", "UpdateItem", "DeleteItem"} else []


def _key(action: dict[str, Any]) -> tuple[str, str]:
    key = action.get("Key") or action["Item"]
    return key["pk"]["S"], key["sk"]["S"]
