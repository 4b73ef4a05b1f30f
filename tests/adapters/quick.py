"""The table of the benchmarks as a cabinet: it answers and charges as DynamoDB does, at once.

tests/benchmarks compares it with DynamoDB Local; moto takes some thirty times as long for a query.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from benchmarks.engine.client import Client
from benchmarks.engine.table import Table
from tests.adapters.conftest import Cabinet, dynamo_cabinet
from tests.adapters.plan import INDEXES


def nothing() -> None:
    """What is done after a query, unless a test wants something."""


@dataclass(slots=True)
class Quick(Client):
    """Its client, with the write that fills it. ``after``: what is done after each query."""

    table: Table = field(default_factory=lambda: Table(INDEXES))
    after: Callable[[], None] = nothing

    def batch_write_item(self, **params: Any) -> dict[str, Any]:
        for put in (put for puts in params["RequestItems"].values() for put in puts):
            self.put_item(**put["PutRequest"])
        return {}

    def query(self, **params: Any) -> dict[str, Any]:
        answer = Client.query(self, **params)
        self.after()
        return answer

    def bill(self, operation: Callable[[], object]) -> tuple[int, float]:
        """Calls and read units of an operation."""
        self.asked.clear()
        operation()
        return len(self.asked), sum(each.units for each in self.asked)


def quick_cabinet() -> tuple[Cabinet, Quick]:
    """An empty table, and its client."""
    client = Quick()
    return dynamo_cabinet(client), client
