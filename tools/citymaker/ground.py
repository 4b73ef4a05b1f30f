"""The ground: the drawing's cells, the river in them, and how they bend into a landscape."""

import math
from dataclasses import dataclass
from random import Random

from tools.citymaker.recipe import LAND, WATER, Recipe, Spot

Point = tuple[float, float]
"""Longitude, latitude; five decimals, about a metre."""
METRES_PER_DEGREE = 111_320.0
PARTS = 4
"""Pieces of a cell's edge in an outline: enough to follow the bends, few enough to load fast."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Positions are (column, row) in cells from the north-west corner of the drawing."""

    recipe: Recipe

    def letter(self, column: int, row: int) -> str:
        """What is in a cell; beyond the drawing land goes on as land, water as water."""
        rows = self.recipe.rows
        if row >= len(rows):
            return WATER
        if row < 0:
            return LAND
        line = rows[row]
        inside = line[min(max(column, 0), len(line) - 1)]
        return inside if 0 <= column < len(line) or inside == WATER else LAND

    def district(self, spot: Spot) -> str | None:
        """The letter of the district around ``spot``, or None outside the city."""
        letter = self.letter(math.floor(spot[0]), math.floor(spot[1]))
        return letter if letter in self.recipe.districts else None

    def cells(self, letters: set[str], margin: int = 0) -> set[tuple[int, int]]:
        """The cells with one of ``letters``, up to ``margin`` cells beyond the drawing."""
        height, width = len(self.recipe.rows), len(self.recipe.rows[0])
        return {
            (column, row)
            for row in range(-margin, height + margin)
            for column in range(-margin, width + margin)
            if self.letter(column, row) in letters
        }

    def half_width(self, row: float) -> float:
        """Half of the river's width at ``row``, in cells."""
        river = self.recipe.river
        along = (row - river.first_row) / (river.last_row - river.first_row)
        narrow, wide = river.width_m
        return (narrow + (wide - narrow) * min(max(along, 0.0), 1.0)) / 2 / self.recipe.cell_m

    def in_river(self, spot: Spot, clearance: float = 0.0) -> bool:
        """Whether ``spot`` is in the river, or nearer to it than ``clearance`` cells."""
        river = self.recipe.river
        column, row = spot
        if not river.first_row <= row <= river.last_row:
            return False
        return abs(column - river.line) < self.half_width(row) + clearance

    def touches_water(self, column: int, row: int) -> bool:
        """Whether a corner of the grid lies on the shore."""
        around = {self.letter(column - west, row - north) for west in (0, 1) for north in (0, 1)}
        return WATER in around

    def near_water(self, spot: Spot, reach: float) -> bool:
        """Whether open water may begin within ``reach`` cells of ``spot``."""
        column, row = spot
        offsets = (-reach, 0.0, reach)
        return any(
            self.letter(math.floor(column + east), math.floor(row + south)) == WATER
            for east in offsets
            for south in offsets
        )

    def place(self, spot: Spot) -> Point:
        """Where ``spot`` is on the earth: bent along the river and over gentle hills."""
        recipe = self.recipe
        east, north = spot[0] * recipe.cell_m, -spot[1] * recipe.cell_m
        beside = (spot[0] - recipe.river.line) * recipe.cell_m
        meander = 330 * math.sin(north / 780 + 0.6) + 120 * math.sin(north / 410)
        x = east + meander * math.exp(-((beside / 1700) ** 2)) + 170 * math.sin(north / 830 + 0.7)
        y = north + 190 * math.sin(east / 1010 + 1.9) + 60 * math.sin(east / 420)
        x -= len(recipe.rows[0]) / 2 * recipe.cell_m
        y += len(recipe.rows) / 2 * recipe.cell_m
        turn = math.radians(recipe.turn_degrees)
        x, y = (
            x * math.cos(turn) - y * math.sin(turn),
            x * math.sin(turn) + y * math.cos(turn),
        )
        lat, long = recipe.centre
        shrink = math.cos(math.radians(lat))
        return (
            round(long + x / (METRES_PER_DEGREE * shrink), 5),
            round(lat + y / METRES_PER_DEGREE, 5),
        )

    def dice(self, *key: object) -> Random:
        """Dice of its own for each thing, so that a change here moves nothing over there."""
        return Random("/".join(map(str, (self.recipe.seed, *key))))
