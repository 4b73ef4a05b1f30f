"""Outlines of areas made of cells: neighbours share every point of their border."""

from tools.citymaker.ground import PARTS, Ground, Point
from tools.citymaker.recipe import WATER, Spot

Corner = tuple[int, int]


class TornOutline(ValueError):
    """Two cells of one area touch at a corner only, or the area has a hole or two parts."""


def outline(ground: Ground, cells: set[Corner]) -> list[Point]:
    """The closed ring around ``cells``, counterclockwise. Raises TornOutline."""
    steps = dict(_border(cells))
    first = corner = min(steps)
    ring: list[Point] = []
    while steps:
        if corner not in steps:
            raise TornOutline(f"the area around cell {first} is not in one piece")
        following = steps.pop(corner)
        ring += [ground.place(spot) for spot in _edge(ground, corner, following)]
        corner = following
    if corner != first:
        raise TornOutline(f"the area around cell {first} does not close")
    return [*ring, ring[0]]


def _border(cells: set[Corner]) -> list[tuple[Corner, Corner]]:
    edges: set[tuple[Corner, Corner]] = set()
    for column, row in sorted(cells):
        corners = [(column, row + 1), (column + 1, row + 1), (column + 1, row), (column, row)]
        for start, end in zip(corners, corners[1:] + corners[:1], strict=True):
            if (end, start) in edges:
                edges.remove((end, start))
            else:
                edges.add((start, end))
    starts = [start for start, _ in edges]
    if len(starts) != len(set(starts)):
        raise TornOutline("two cells of one area touch at a corner only")
    return sorted(edges)


def _edge(ground: Ground, start: Corner, end: Corner) -> list[Spot]:
    """The points from ``start`` up to, without, ``end``; the same both ways."""
    if start > end:
        back = _edge(ground, end, start)
        return [_moved(ground, start), *reversed(back[1:])]
    shore = _is_shore(ground, start, end)
    first, last = (_moved(ground, start), _moved(ground, end)) if shore else (start, end)
    dice = ground.dice("shore", start, end)
    points: list[Spot] = [_moved(ground, start)]
    for part in range(1, PARTS):
        share = part / PARTS
        rough = (dice.random() - 0.5) * 0.14 if shore else 0.0
        column = first[0] + (last[0] - first[0]) * share
        row = first[1] + (last[1] - first[1]) * share
        across = start[0] == end[0]
        points.append((column + rough * across, row + rough * (not across)))
    return points


def _is_shore(ground: Ground, start: Corner, end: Corner) -> bool:
    column, row = min(start, end)
    beside = (column - 1, row) if start[0] == end[0] else (column, row - 1)
    return (ground.letter(column, row) == WATER) != (ground.letter(*beside) == WATER)


def _moved(ground: Ground, corner: Corner) -> Spot:
    """A corner on the shore lies a little off the grid: no coast has right angles."""
    if not ground.touches_water(*corner):
        return corner
    dice = ground.dice("corner", corner)
    return corner[0] + (dice.random() - 0.5) * 0.3, corner[1] + (dice.random() - 0.5) * 0.3
