"""A state machine as a picture: where an execution has been, where it is, how it got there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from textwrap import wrap
from typing import Any

from local.desk.layers import Drawing, Edge, draw, edges_of
from local.desk.markup import Markup, tag

_COLUMN, _ROW, _WIDTH, _HEIGHT, _MARGIN = 190, 84, 168, 48, 24
_LETTERS = 22


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """What an execution did: the states it entered, the one it is in, those that failed."""

    entered: Sequence[str]
    current: str | None
    failed: frozenset[str]

    def kind(self, name: str) -> str:
        """How a state is painted."""
        if name == self.current:
            return "current"
        if name in self.failed:
            return "failed"
        return "visited" if name in self.entered else "other"

    def ways(self) -> set[tuple[str, str]]:
        """The pairs of states that followed each other."""
        return set(pairwise(self.entered))


def picture(definition: Mapping[str, Any], path: Path) -> Markup:
    """The whole machine as SVG, with words for who cannot see it."""
    drawing = draw(definition)
    wide = max(column for column, _ in drawing.places.values())
    high = max(row for _, row in drawing.places.values())
    width = int(wide * _COLUMN + _WIDTH + 2 * _MARGIN + 60)
    height = int(high * _ROW + _HEIGHT + 2 * _MARGIN)
    ways = [
        _way(drawing, edge, path)
        for edge in sorted(edges_of(definition), key=lambda edge: _taken(edge, path))
        if edge.kind != "catch" or edge in drawing.bends or _taken(edge, path)
    ]
    states = [_state(name, place, path) for name, place in drawing.places.items()]
    told = f"State machine; visited in order: {', '.join(path.entered)}"
    return tag(
        "svg",
        tag("title", told),
        *_arrows(),
        *ways,
        *states,
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
        role="img",
        class_="graph",
    )


def _taken(edge: Edge, path: Path) -> bool:
    return (edge.source, edge.target) in path.ways()


def _arrows() -> list[Markup]:
    shape = tag("path", d="M0,0 L8,4 L0,8 z")
    return [
        tag(
            "defs",
            *(
                tag(
                    "marker",
                    shape,
                    id=name,
                    class_=name,
                    markerWidth=9,
                    markerHeight=9,
                    refX=7,
                    refY=4,
                    orient="auto",
                    markerUnits="userSpaceOnUse",
                )
                for name in ("arrow", "arrow-taken")
            ),
        )
    ]


def _middle(place: tuple[float, int]) -> tuple[float, float]:
    return place[0] * _COLUMN + _MARGIN + _WIDTH / 2, place[1] * _ROW + _MARGIN + _HEIGHT / 2


def _way(drawing: Drawing, edge: Edge, path: Path) -> Markup:
    taken = _taken(edge, path)
    kind = " ".join(["way", edge.kind, *(["taken"] if taken else [])])
    return tag(
        "path",
        d=_curve(drawing, edge),
        class_=kind,
        marker_end=f"url(#{'arrow-taken' if taken else 'arrow'})",
    )


def _curve(drawing: Drawing, edge: Edge) -> str:
    """Down from one state to the top of the next; a way back goes round the right."""
    bends = drawing.bends.get(edge)
    if bends is None:
        return _round(drawing.places[edge.source], drawing.places[edge.target])
    points = [_middle(bend) for bend in bends]
    points[0] = (points[0][0], points[0][1] + _HEIGHT / 2)
    points[-1] = (points[-1][0], points[-1][1] - _HEIGHT / 2 - 2)
    text = f"M{points[0][0]:.0f},{points[0][1]:.0f}"
    for (x, y), (to_x, to_y) in pairwise(points):
        half = (to_y - y) / 2
        text += f" C{x:.0f},{y + half:.0f} {to_x:.0f},{to_y - half:.0f} {to_x:.0f},{to_y:.0f}"
    return text


def _round(source: tuple[float, int], target: tuple[float, int]) -> str:
    x, y = _middle(source)
    to_x, to_y = _middle(target)
    side = max(x, to_x) + _WIDTH / 2 + 22 + 4 * abs(source[1] - target[1])
    x, to_x = x + _WIDTH / 2, to_x + _WIDTH / 2 + 2
    return f"M{x:.0f},{y:.0f} C{side:.0f},{y:.0f} {side:.0f},{to_y:.0f} {to_x:.0f},{to_y:.0f}"


def _state(name: str, place: tuple[float, int], path: Path) -> Markup:
    x, y = _middle(place)
    lines = wrap(name, _LETTERS)[:2]
    first = y - (len(lines) - 1) * 8 + 4
    words = [
        tag("text", line, x=f"{x:.0f}", y=f"{first + number * 16:.0f}", text_anchor="middle")
        for number, line in enumerate(lines)
    ]
    left, top = f"{x - _WIDTH / 2:.0f}", f"{y - _HEIGHT / 2:.0f}"
    box = tag("rect", x=left, y=top, width=_WIDTH, height=_HEIGHT, rx=10)
    times = list(path.entered).count(name)
    count = [_count(x, y, times)] if times > 1 else []
    return tag("g", tag("title", name), box, *words, *count, class_=f"state {path.kind(name)}")


def _count(x: float, y: float, times: int) -> Markup:
    right, top = x + _WIDTH / 2, y - _HEIGHT / 2
    circle = tag("circle", cx=f"{right:.0f}", cy=f"{top:.0f}", r=11)
    word = tag("text", f"{times}", x=f"{right:.0f}", y=f"{top + 4:.0f}", text_anchor="middle")
    return tag("g", circle, word, class_="count")
