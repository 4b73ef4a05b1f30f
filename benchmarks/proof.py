"""DynamoDB Local and our engine asked the same: every answer and every unit side by side."""

import json
from collections.abc import Sequence
from typing import Any

from benchmarks.asking import Desk
from benchmarks.engine.client import Client
from benchmarks.questions import Asked
from benchmarks.town import Town

_READS = {"get_item", "batch_get_item", "query"}


class Both:
    """A client that asks both, keeps where they differ, and gives our engine's answer."""

    def __init__(self, ours: Client, theirs: Any) -> None:
        self._ours, self._theirs = ours, theirs
        self.calls, self.floors = 0, 0
        self.differences: list[str] = []

    @property
    def asked(self) -> list[Any]:
        """The bill of our engine."""
        return self._ours.asked

    def __getattr__(self, name: str) -> Any:
        if name not in _READS:
            raise AttributeError(name)
        return lambda **params: self._both(name, params)

    def _both(self, name: str, params: dict[str, Any]) -> Any:
        ours = getattr(self._ours, name)(**params)
        theirs = getattr(self._theirs, name)(**params, ReturnConsumedCapacity="TOTAL")
        self.calls += 1
        if _said(ours) != _said(theirs):
            self.differences.append(f"{name} answers otherwise: {params}")
        mine, other = _units(ours), _units(theirs)
        # Local asks nothing for what is not there; AWS's page says half a unit.
        nothing = ours.get("ScannedCount") == 0 and (mine, other) == (0.5, 0.0)
        self.floors += nothing
        if mine != other and not nothing:
            self.differences.append(f"{name} costs {mine:g} and {other:g}: {params}")
        return ours


def compared(client: Client, theirs: Any, town: Town, wanted: Sequence[Asked]) -> str:
    """Ask every question of both; one line for each difference, or how many calls agree."""
    both = Both(client, theirs)
    desk = Desk(both, client.table, town)
    for each in wanted:
        desk.ask(each)
    if both.differences:
        return "\n".join(both.differences[:20])
    return (
        f"DynamoDB Local gives the same answers and units in {both.calls} of {both.calls} calls "
        f"({both.floors} of them find nothing: half a unit here, none there)"
    )


def _said(answer: dict[str, Any]) -> Any:
    responses: list[Any] = next(iter(answer.get("Responses", {}).values()), [])
    found = [*answer.get("Items", responses), answer.get("Item", {})]
    batch = "Responses" in answer
    rows = sorted(map(_sorted, found)) if batch else [_sorted(each) for each in found]
    return rows, answer.get("ScannedCount"), _sorted(answer.get("LastEvaluatedKey", {}))


def _sorted(item: dict[str, Any]) -> str:
    return json.dumps(item, sort_keys=True, default=str)


def _units(answer: dict[str, Any]) -> float:
    said = answer.get("ConsumedCapacity") or {}
    found = said[0] if isinstance(said, list) else said
    return float(found.get("CapacityUnits", 0))
