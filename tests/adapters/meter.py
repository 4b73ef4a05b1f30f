"""Counts what an operation asks of DynamoDB: calls, write units, read units."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.adapters import capacity
from tests.adapters.plan import INDEXES, TABLE


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
    _asked: list[tuple[str, dict[str, Any], dict[str, Any]]] = field(default_factory=list)
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
        for name, params, answer in self._asked:
            for action, in_transaction in _written(name, params):
                key = _key(action)
                old, new = before.get(key), after.get(key)
                writes += capacity.table_units(old, new, in_transaction=in_transaction)
                writes += sum(capacity.index_units(old, new, each) for each in INDEXES)
                if new:
                    sizes[key[0].partition("#")[0]] = capacity.size(new)
            reads += _read(name, params, answer, before)
        calls = tuple(name for name, _, _ in self._asked)
        return Bill(calls=calls, writes=int(writes), reads=reads, sizes=sizes)

    def snapshot(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Every item by its key."""
        pages = self.raw.get_paginator("scan").paginate(TableName=TABLE)
        items = [item for page in pages for item in page["Items"]]
        return {(item["pk"]["S"], item["sk"]["S"]): item for item in items}

    def _on_params(self, params: dict[str, Any], **_: Any) -> None:
        self._params = params

    def _on_answer(self, parsed: dict[str, Any], model: Any, **_: Any) -> None:
        self._asked.append((model.name, self._params, parsed))


def _written(name: str, params: dict[str, Any]) -> list[tuple[dict[str, Any], bool]]:
    if name == "TransactWriteItems":
        return [(action, True) for each in params["TransactItems"] for action in each.values()]
    return [(params, False)] if name in {"PutItem", "UpdateItem", "DeleteItem"} else []


def _key(action: dict[str, Any]) -> tuple[str, str]:
    key = action.get("Key") or action["Item"]
    return key["pk"]["S"], key["sk"]["S"]


def _read(
    name: str,
    params: dict[str, Any],
    answer: dict[str, Any],
    table: dict[tuple[str, str], dict[str, Any]],
) -> float:
    """Projections and filters save nothing: what is charged is what is looked at."""
    consistent = params.get("ConsistentRead", False)
    if name == "GetItem":
        return capacity.read_units(
            capacity.size(table.get(_key(params), {})), consistent=consistent
        )
    if name == "BatchGetItem":
        keys = [_key({"Key": key}) for key in params["RequestItems"][TABLE]["Keys"]]
        sizes = [capacity.size(table.get(key, {})) for key in keys]
        return sum(capacity.read_units(each, consistent=False) for each in sizes)
    if name == "Query":
        assert "FilterExpression" not in params
        return capacity.read_units(
            sum(capacity.size(item) for item in answer["Items"]), consistent=consistent
        )
    return 0
