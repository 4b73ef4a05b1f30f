"""The layers of the map as GeoJSON features; property names follow the Protomaps basemap schema."""

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from tools.citymaker.addresses import Address
from tools.citymaker.ground import Ground, Point
from tools.citymaker.outline import outline
from tools.citymaker.recipe import WATER, ParkPlan, Spot
from tools.citymaker.streets import Street

Feature = dict[str, Any]


class Misplaced(ValueError):
    """The recipe puts something where it cannot be."""


def boundary(ground: Ground) -> list[Feature]:
    """The area that the city answers for."""
    ring = outline(ground, ground.cells(set(ground.recipe.districts)))
    return [_feature("Polygon", [ring], name=ground.recipe.name)]


def districts(ground: Ground) -> list[Feature]:
    """The districts; together they are the boundary's area, without gap or overlap."""
    return [
        _feature(
            "Polygon",
            [outline(ground, ground.cells({letter}))],
            district_id=plan.district_id,
            name=plan.name,
        )
        for letter, plan in ground.recipe.districts.items()
    ]


def water(ground: Ground) -> list[Feature]:
    """Open water, the river, lakes."""
    recipe, river = ground.recipe, ground.recipe.river
    rows = _steps(river.first_row, river.last_row, 0.25)
    west = [(river.line - ground.half_width(row), row) for row in rows]
    east = [(river.line + ground.half_width(row), row) for row in rows]
    found = [
        _feature(
            "Polygon",
            [outline(ground, ground.cells({WATER}, margin=4))],
            kind="ocean",
            name=recipe.water,
        ),
        _feature(
            "Polygon", [_ring(ground, [*west, *reversed(east)])], kind="river", name=river.name
        ),
    ]
    for lake in recipe.lakes:
        rim = [
            (
                lake.centre[0] + lake.reach[0] * math.cos(-turn),
                lake.centre[1] + lake.reach[1] * math.sin(-turn),
            )
            for turn in (math.tau * part / 28 for part in range(28))
        ]
        found.append(_feature("Polygon", [_ring(ground, rim)], kind=lake.kind, name=lake.name))
    return found


def parks(ground: Ground) -> list[Feature]:
    """Green land and other land of one use."""
    return [
        _feature("Polygon", [_ring(ground, _rim(park))], kind=park.kind, name=park.name)
        for park in ground.recipe.parks
    ]


def roads(ground: Ground, streets: list[Street]) -> list[Feature]:
    """Every street, and the roads and paths off the grid."""
    found = [
        _feature(
            "LineString",
            [ground.place(spot) for spot in _bent(line.points)],
            kind=line.kind,
            kind_detail=line.kind_detail,
            name=line.name,
        )
        for line in ground.recipe.lines
    ]
    for street in streets:
        runs = [
            [ground.place(run[0].start), *(ground.place(piece.end) for piece in run)]
            for run in street.runs
        ]
        found.append(
            _feature(
                "MultiLineString",
                runs,
                kind="major_road" if street.main else "minor_road",
                kind_detail="secondary" if street.main else "residential",
                name=street.name,
            )
        )
    return found


def places(ground: Ground, area: Callable[[str], list[tuple[int, int]]]) -> list[Feature]:
    """Labels: the city, and each district in the middle of its cells."""
    recipe = ground.recipe
    long, lat = recipe.centre[1], recipe.centre[0]
    found = [_feature("Point", (long, lat), kind="locality", kind_detail="city", name=recipe.name)]
    for letter, plan in recipe.districts.items():
        cells = area(letter)
        middle = (
            sum(column for column, _ in cells) / len(cells) + 0.5,
            sum(row for _, row in cells) / len(cells) + 0.5,
        )
        found.append(
            _feature(
                "Point",
                ground.place(middle),
                kind="neighbourhood",
                kind_detail="suburb",
                name=plan.name,
            )
        )
    return found


def landmarks(ground: Ground) -> list[Feature]:
    """Places that people know. Raises Misplaced for one outside the city or in the river."""
    found = []
    for mark in ground.recipe.landmarks:
        letter = ground.district(mark.at)
        if letter is None or ground.in_river(mark.at):
            raise Misplaced(f"{mark.name} at {mark.at} is not on the city's land")
        plan = ground.recipe.districts[letter]
        found.append(
            _feature(
                "Point",
                ground.place(mark.at),
                kind=mark.kind,
                name=mark.name,
                district_id=plan.district_id,
            )
        )
    return found


def address_table(
    ground: Ground, streets: list[Street], addresses: list[Address]
) -> tuple[dict[str, Any], list[list[Any]]]:
    """Head and rows of the address table; streets and districts are numbered in the head."""
    ids = [plan.district_id for plan in ground.recipe.districts.values()]
    head = {
        "columns": ["address_id", "number", "street", "district", "long", "lat"],
        "districts": ids,
        "streets": [street.name for street in streets],
    }
    rows: list[list[Any]] = [
        [place, each.number, each.street, ids.index(each.district), *each.point]
        for place, each in enumerate(addresses, start=1)
    ]
    return head, rows


def _feature(shape: str, coordinates: object, /, **properties: str) -> Feature:
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": shape, "coordinates": coordinates},
    }


def _ring(ground: Ground, rim: list[Spot]) -> list[Point]:
    points = [ground.place(spot) for spot in rim]
    return [*points, points[0]]


def _rim(park: ParkPlan) -> list[Spot]:
    """The box counterclockwise, a little inside its streets, bent with them."""
    west, north, east, south = park.box
    inset = 0.018
    west, north, east, south = west + inset, north + inset, east - inset, south - inset
    return [
        *[(column, south) for column in _steps(west, east, 0.2)[:-1]],
        *[(east, row) for row in reversed(_steps(north, south, 0.2)[1:])],
        *[(column, north) for column in reversed(_steps(west, east, 0.2)[1:])],
        *[(west, row) for row in _steps(north, south, 0.2)[:-1]],
    ]


def _steps(first: float, last: float, size: float) -> list[float]:
    count = max(1, round((last - first) / size))
    return [first + (last - first) * step / count for step in range(count + 1)]


def _bent(points: tuple[Spot, ...]) -> list[Spot]:
    """The line with more points, so that it bends with the ground."""
    spots: list[Spot] = []
    for start, end in pairwise(points):
        far = max(abs(end[0] - start[0]), abs(end[1] - start[1]))
        shares = _steps(0.0, 1.0, min(1.0, 0.25 / far))[:-1]
        spots += [
            (start[0] + (end[0] - start[0]) * s, start[1] + (end[1] - start[1]) * s) for s in shares
        ]
    return [*spots, points[-1]]
