"""Streets on the grid: main ones between the cells, local ones inside, none in water or parks."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from tools.citymaker.ground import Ground
from tools.citymaker.recipe import Spot, StreetNames

STEPS = 6
"""A cell's side has six blocks' lengths; a street is built step by step."""
BANK = 0.05
"""Cells that a street keeps from the river."""
SHORE, SHORE_MAIN = 0.19, 0.3
"""Cells that a street keeps from the grid's shore: the real one wanders about it, and the last
piece of a district's border, which a main street may follow, bends towards it."""
LOCAL = {
    "dense": ((1, 2, 3, 4, 5), (1, 2, 3, 4, 5)),
    "town": ((2, 4), (1, 2, 3, 4, 5)),
    "suburb": ((3,), (2, 4)),
    "works": ((3,), (3,)),
}
"""Which lines inside a cell are streets: (across, along)."""


class TooFewNames(ValueError):
    """The recipe has fewer street names than the drawing has streets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One block's length of a street. ``number``: its hundred in house numbers."""

    start: Spot
    end: Spot
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Street:
    """A named street; ``runs``: unbroken stretches of pieces."""

    name: str
    main: bool
    upright: bool
    runs: tuple[tuple[Piece, ...], ...]


def lay_streets(ground: Ground) -> list[Street]:
    """All streets of the grid, north-south ones first. Raises TooFewNames."""
    recipe = ground.recipe
    return [
        *_direction(ground, recipe.north_south, upright=True),
        *_direction(ground, recipe.east_west, upright=False),
    ]


def _direction(ground: Ground, names: StreetNames, *, upright: bool) -> Iterator[Street]:
    main, local = iter(names.main), iter(names.local)
    height, width = len(ground.recipe.rows), len(ground.recipe.rows[0])
    for line in range((width if upright else height) * STEPS + 1):
        runs = _runs(ground, line, (height if upright else width) * STEPS, upright=upright)
        if not runs:
            continue
        is_main = line % STEPS == 0
        name = next(main if is_main else local, None)
        if name is None:
            kind = f"{'main' if is_main else 'local'} {'north_south' if upright else 'east_west'}"
            raise TooFewNames(f"give more names for {kind} streets: line {line} has none")
        yield Street(name=name, main=is_main, upright=upright, runs=runs)


def _runs(
    ground: Ground, line: int, length: int, *, upright: bool
) -> tuple[tuple[Piece, ...], ...]:
    runs: list[list[Piece]] = [[]]
    for step in range(length):
        if _built(ground, line, step, upright=upright):
            runs[-1].append(_piece(line, step, length, upright=upright))
        elif runs[-1]:
            runs.append([])
    return tuple(tuple(run) for run in runs if len(run) > 1)


def _piece(line: int, step: int, length: int, *, upright: bool) -> Piece:
    aside, start, end = line / STEPS, step / STEPS, (step + 1) / STEPS
    if upright:  # numbers grow away from the water in the south
        return Piece(start=(aside, start), end=(aside, end), number=(length - step) * 100)
    return Piece(start=(start, aside), end=(end, aside), number=(step + 1) * 100)


def _built(ground: Ground, line: int, step: int, *, upright: bool) -> bool:
    piece = _piece(line, step, 0, upright=upright)
    middle = ((piece.start[0] + piece.end[0]) / 2, (piece.start[1] + piece.end[1]) / 2)
    planned = _main_fits if line % STEPS == 0 else _local_fits
    if not planned(ground, line, step, middle, upright=upright):
        return False
    shore = SHORE_MAIN if planned is _main_fits else SHORE
    if any(ground.near_water(at, shore) for at in (piece.start, piece.end)):
        return False
    bridge = not upright and line % STEPS == 0 and line // STEPS in ground.recipe.river.bridges
    wet = not bridge and any(ground.in_river(at, BANK) for at in (piece.start, middle, piece.end))
    return not wet and not in_green(ground, middle)


def _main_fits(ground: Ground, line: int, step: int, middle: Spot, *, upright: bool) -> bool:
    """A main street needs the city on both sides, and stops short of the shore."""
    if upright and line // STEPS == ground.recipe.river.line:
        return False
    near = 0.01
    sides = [
        (middle[0] + near * s * upright, middle[1] + near * s * (not upright)) for s in (-1, 1)
    ]
    return all(ground.district(side) for side in sides)


def _local_fits(ground: Ground, line: int, step: int, middle: Spot, *, upright: bool) -> bool:
    """A local street follows the pattern of its cell; some stretches were never built."""
    letter = ground.district(middle)
    if letter is None:
        return False
    cell = (math.floor(middle[0]), math.floor(middle[1]))
    across, along = LOCAL[ground.recipe.districts[letter].blocks]
    if ground.dice("turned", *cell).random() < 0.3:
        across, along = along, across
    if line % STEPS not in (across if upright else along):
        return False
    return ground.dice("gap", upright, line, step // 3).random() > 0.05


def in_green(ground: Ground, spot: Spot) -> bool:
    """Whether ``spot`` is inside a park or a lake."""
    column, row = spot
    for park in ground.recipe.parks:
        west, north, east, south = park.box
        if west < column < east and north < row < south:
            return True
    return any(
        ((column - lake.centre[0]) / lake.reach[0]) ** 2
        + ((row - lake.centre[1]) / lake.reach[1]) ** 2
        < 1
        for lake in ground.recipe.lakes
    )
