"""A place for every state of a state machine: ranks from top to bottom, few crossings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

SWEEPS = 12
PULL = 0.9  # towards the middle, so that rows do not drift apart


@dataclass(frozen=True, slots=True)
class Edge:
    """A way from one state to the next. `kind` is next, choice or catch."""

    source: str
    target: str
    kind: str


@dataclass(slots=True)
class Drawing:
    """Positions in columns and rows, and the bends of ways that pass other rows."""

    places: dict[str, tuple[float, int]]
    bends: dict[Edge, list[tuple[float, int]]] = field(default_factory=dict)
    back: set[Edge] = field(default_factory=set)


def edges_of(definition: Mapping[str, Any]) -> list[Edge]:
    """Every way in the definition, each pair of states once, the plain ways first."""
    found: dict[tuple[str, str], Edge] = {}
    kinds: list[tuple[str, str, str]] = []
    for name, state in definition["States"].items():
        kinds += [(name, state["Next"], "next")] if "Next" in state else []
        kinds += [(name, choice["Next"], "choice") for choice in state.get("Choices", [])]
        kinds += [(name, state["Default"], "choice")] if "Default" in state else []
        kinds += [(name, catch["Next"], "catch") for catch in state.get("Catch", [])]
    for source, target, kind in sorted(kinds, key=lambda entry: entry[2] == "catch"):
        found.setdefault((source, target), Edge(source, target, kind))
    return list(found.values())


def shaping(edges: list[Edge], start: str) -> list[Edge]:
    """The ways that decide the picture: plain ones, and a catch where nothing else leads."""
    chosen = [edge for edge in edges if edge.kind != "catch"]
    reached = _reached(chosen, start)
    for edge in edges:
        if edge.kind == "catch" and edge.source in reached and edge.target not in reached:
            chosen.append(edge)
            reached = _reached(chosen, start)
    return chosen


def _reached(edges: list[Edge], start: str) -> set[str]:
    seen, waiting = {start}, [start]
    while waiting:
        here = waiting.pop()
        for edge in edges:
            if edge.source == here and edge.target not in seen:
                seen.add(edge.target)
                waiting.append(edge.target)
    return seen


def draw(definition: Mapping[str, Any]) -> Drawing:
    """Rank by the longest way from the start, then order each rank by its neighbours."""
    start = definition["StartAt"]
    chosen = shaping(edges_of(definition), start)
    back = _back_edges(chosen, start)
    down = [edge for edge in chosen if edge not in back]
    ranks = _ranks(down, start)
    for name in definition["States"]:
        ranks.setdefault(name, max(ranks.values(), default=0) + 1)
    rows, chains = _with_bends(down, ranks)
    _order(rows, chains)
    columns = _columns(rows, chains)
    drawing = Drawing(
        {name: (columns[name], ranks[name]) for name in definition["States"]}, back=back
    )
    for edge, chain in chains.items():
        drawing.bends[edge] = [
            (columns[node], ranks[edge.source] + step) for step, node in enumerate(chain)
        ]
    return drawing


def _back_edges(edges: list[Edge], start: str) -> set[Edge]:
    """The ways that lead back to a state on the way here."""
    found: set[Edge] = set()
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        for edge in (edge for edge in edges if edge.source == name):
            if edge.target in (*path, name):
                found.add(edge)
            elif edge.target not in done:
                visit(edge.target, (*path, name))
        done.add(name)

    visit(start, ())
    return found


def _ranks(edges: list[Edge], start: str) -> dict[str, int]:
    ranks = {start: 0}
    for _ in range(len(edges) + 1):
        for edge in edges:
            if edge.source in ranks:
                ranks[edge.target] = max(ranks.get(edge.target, 0), ranks[edge.source] + 1)
    return ranks


def _with_bends(
    edges: list[Edge], ranks: dict[str, int]
) -> tuple[list[list[str]], dict[Edge, list[str]]]:
    """The states of each rank, with a bend where a way passes through."""
    rows: list[list[str]] = [[] for _ in range(max(ranks.values()) + 1)]
    for name, rank in ranks.items():
        rows[rank].append(name)
    chains: dict[Edge, list[str]] = {}
    for number, edge in enumerate(edges):
        chain = [edge.source]
        for rank in range(ranks[edge.source] + 1, ranks[edge.target]):
            bend = f"\0{number}-{rank}"
            rows[rank].append(bend)
            chain.append(bend)
        chains[edge] = [*chain, edge.target]
    return rows, chains


def _neighbours(chains: dict[Edge, list[str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for chain in chains.values():
        for above, below in pairwise(chain):
            found.setdefault(above, []).append(below)
            found.setdefault(below, []).append(above)
    return found


def _order(rows: list[list[str]], chains: dict[Edge, list[str]]) -> None:
    """Sort each rank by where its neighbours stand, down and up in turn."""
    beside = _neighbours(chains)
    for sweep in range(SWEEPS):
        for row in rows if sweep % 2 == 0 else reversed(rows):
            place = {name: float(at) for other in rows for at, name in enumerate(other)}
            row.sort(
                key=lambda name: _mean([place[one] for one in beside.get(name, [])], place[name])
            )


def _weight(name: str, other: str) -> int:
    """A way that passes several ranks should be straight."""
    return (1, 2, 4)[name.startswith("\0") + other.startswith("\0")]


def _middle_of(name: str, beside: dict[str, list[str]], column: dict[str, float]) -> float:
    """The weighted mean of its neighbours' columns."""
    weights = [(_weight(name, one), column[one]) for one in beside.get(name, [])]
    total = sum(weight for weight, _ in weights)
    return sum(weight * at for weight, at in weights) / total if total else column[name]


def _mean(values: list[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _width(name: str) -> float:
    return 0.35 if name.startswith("\0") else 1.0


def _columns(rows: list[list[str]], chains: dict[Edge, list[str]]) -> dict[str, float]:
    """Where each stands: near its neighbours, not far from the middle, never on top of another."""
    beside = _neighbours(chains)
    column = {name: at - len(row) / 2 for row in rows for at, name in enumerate(row)}
    for sweep in range(SWEEPS * 2):
        for row in rows if sweep % 2 == 0 else reversed(rows):
            wanted = [PULL * _middle_of(name, beside, column) for name in row]
            column.update(zip(row, _apart(row, wanted), strict=True))
    least = min(column.values())
    return {name: value - least for name, value in column.items()}


def _apart(row: list[str], wanted: list[float]) -> list[float]:
    """The wanted columns, pushed apart to both sides alike."""
    right = list(wanted)
    for at in range(1, len(row)):
        gap = (_width(row[at - 1]) + _width(row[at])) / 2
        right[at] = max(right[at], right[at - 1] + gap)
    left = list(wanted)
    for at in range(len(row) - 2, -1, -1):
        gap = (_width(row[at]) + _width(row[at + 1])) / 2
        left[at] = min(left[at], left[at + 1] - gap)
    return [(one + other) / 2 for one, other in zip(left, right, strict=True)]
