"""A DynamoDB client without a network: reads and puts, each answered and charged as AWS does.

Reads are counted in ``asked``. Where DynamoDB Local and AWS's page differ, AWS's page holds: a
query that reads nothing, and an item of a batch that is not there, cost half a unit.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from benchmarks.engine import conditions, expressions, sizes
from benchmarks.engine.expressions import Wrong
from benchmarks.engine.index import Index
from benchmarks.engine.sizes import Item
from benchmarks.engine.table import PK, SK, Table, key_of

PAGE_BYTES = 1_048_576
BATCH_BYTES = 16 * 1_048_576
BATCH = 100
_ALIAS = re.compile(r"[#:]\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One call: what it was, what it cost in read units, how many items it looked at and gave."""

    operation: str
    index: str | None
    units: float
    looked_at: int
    given: int


@dataclass(slots=True)
class Client:
    """The calls that the adapters make of a client, against one table of any name."""

    table: Table
    asked: list[Read] = field(default_factory=list)

    def get_item(self, **params: Any) -> dict[str, Any]:
        """One item, or none; both cost at least half a unit."""
        consistent = params.get("ConsistentRead", False)
        row = self.table.row(key_of(params["Key"]))
        item = {} if row is None else self.table.item(row)
        units = sizes.units(sizes.item_size(item), consistent=consistent)
        self._note("GetItem", None, units, 1, bool(item))
        answer: dict[str, Any] = {"ConsumedCapacity": {"CapacityUnits": units}}
        return answer | ({"Item": _projected(item, params)} if item else {})

    def batch_get_item(self, **params: Any) -> dict[str, Any]:
        """At most 100 items, each rounded up for itself."""
        ((name, wanted),) = params["RequestItems"].items()
        keys = [key_of(key) for key in wanted["Keys"]]
        if not 1 <= len(keys) <= BATCH or len(set(keys)) < len(keys):
            raise Wrong("1 to 100 different keys")
        rows = [self.table.row(key) for key in keys]
        items = [self.table.item(row) for row in rows if row is not None]
        weights = [sizes.item_size(item) for item in items] + [0] * (len(keys) - len(items))
        if sum(weights) > BATCH_BYTES:
            raise Wrong("more than an answer holds: such a batch is not simulated")
        units = sizes.batch_units(weights, consistent=wanted.get("ConsistentRead", False))
        self._note("BatchGetItem", None, units, len(keys), len(items))
        return {
            "Responses": {name: [_projected(item, wanted) for item in items]},
            "UnprocessedKeys": {},
            "ConsumedCapacity": [{"TableName": name, "CapacityUnits": units}],
        }

    def query(self, **params: Any) -> dict[str, Any]:
        """One page: ends at Limit items or at 1 MB of what was looked at, filtered or not."""
        _all_used(params)
        name = params.get("IndexName")
        index = self.table.index(name)
        if name and params.get("ConsistentRead"):
            raise Wrong("Consistent reads are not supported on global secondary indexes")
        looked_at, weight, more = self._page(index, params)
        kept = _filtered(looked_at, index, params)
        units = sizes.units(weight, consistent=params.get("ConsistentRead", False))
        self._note("Query", name, units, len(looked_at), len(kept))
        answer: dict[str, Any] = {
            "Items": [_projected(item, params) for item in kept],
            "Count": len(kept),
            "ScannedCount": len(looked_at),
            "ConsumedCapacity": {"CapacityUnits": units},
        }
        if more:
            answer["LastEvaluatedKey"] = _position(looked_at[-1], index)
        return answer

    def put_item(self, **params: Any) -> dict[str, Any]:
        """Store an item whole; conditions are not simulated."""
        self.table.put(params["Item"])
        return {}

    def _page(self, index: Index, params: Mapping[str, Any]) -> tuple[list[Item], int, bool]:
        within = conditions.key_condition(
            params["KeyConditionExpression"],
            params.get("ExpressionAttributeNames", {}),
            params.get("ExpressionAttributeValues", {}),
            (index.partition, index.sort),
        )
        limit = params.get("Limit")
        if limit is not None and limit < 1:
            raise Wrong("Limit must be 1 or more")
        partition = index.partitions.get(within.partition)
        if partition is None:
            return [], 0, False
        after = self._after(index, within.partition, params.get("ExclusiveStartKey"))
        found: list[Item] = []
        weight = 0
        for row in partition.walk(within, after, forward=params.get("ScanIndexForward", True)):
            item = _held(self.table.item(row), index)
            found.append(item)
            weight += sizes.item_size(item)
            # As the service does: a page that ends at its limit does not know that it is the last.
            if len(found) == limit or weight > PAGE_BYTES:
                return found, weight, True
        return found, weight, False

    def _after(self, index: Index, partition: str, start: Item | None) -> tuple[str, int] | None:
        if not start:
            return None
        if set(start) != {PK, SK, index.partition, index.sort}:
            raise Wrong("The provided starting key is invalid")
        if start[index.partition]["S"] != partition:
            raise Wrong("The provided starting key is outside query boundaries")
        row = self.table.row(key_of(start))
        return start[index.sort]["S"], -1 if row is None else row

    def _note(self, operation: str, index: str | None, units: float, *counts: int) -> None:
        looked_at, given = counts
        self.asked.append(
            Read(operation=operation, index=index, units=units, looked_at=looked_at, given=given)
        )


def _all_used(params: Mapping[str, Any]) -> None:
    said = " ".join(str(text) for name, text in params.items() if name.endswith("Expression"))
    words = set(_ALIAS.findall(said))
    for kind in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
        if set(params.get(kind, {})) - words:
            raise Wrong(f"Value provided in {kind} unused in expressions")


def _held(item: dict[str, Any], index: Index) -> dict[str, Any]:
    if index.attributes is None:
        return item
    return {name: value for name, value in item.items() if name in index.attributes}


def _filtered(items: list[Item], index: Index, params: Mapping[str, Any]) -> list[Item]:
    text = params.get("FilterExpression")
    if not text:
        return items
    condition = expressions.condition(text, params.get("ExpressionAttributeNames", {}))
    if index.attributes is not None and condition.attributes - index.attributes:
        raise Wrong("Secondary index does not project one or more filter attributes")
    if condition.attributes & {index.partition, index.sort}:
        raise Wrong("Filter Expression can only contain non-primary key attributes")
    values = params.get("ExpressionAttributeValues", {})
    return [item for item in items if condition.holds(item, values)]


def _projected(item: Mapping[str, Any], params: Mapping[str, Any]) -> dict[str, Any]:
    text = params.get("ProjectionExpression")
    if not text:
        return dict(item)
    names = expressions.projected(text, params.get("ExpressionAttributeNames", {}))
    return {name: item[name] for name in names if name in item}


def _position(item: Item, index: Index) -> dict[str, Any]:
    return {name: item[name] for name in {PK, SK, index.partition, index.sort}}
