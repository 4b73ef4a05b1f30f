"""The recipe of an invented city: what a person draws, before the streets are filled in."""

from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Name = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Spot = tuple[float, float]
"""Cells from the west edge, cells from the north edge; fractions are allowed."""

LAND, WATER = ".", "~"
"""In ``cells``: land outside the city, and open water. Every other letter is a district."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DistrictPlan(_Part):
    """One district and how tightly it is built."""

    district_id: Name
    name: Name
    blocks: Literal["dense", "town", "suburb", "works"]


class RiverPlan(_Part):
    """A river along a grid line from north to south; its width grows from first to second."""

    name: Name
    line: int
    first_row: float
    last_row: float
    width_m: tuple[float, float]
    bridges: frozenset[int]


class ParkPlan(_Part):
    """Green land (or another use) in a box: west, north, east, south in cells."""

    name: Name
    kind: Name
    box: tuple[float, float, float, float]


class LakePlan(_Part):
    """Still water: centre and half axes in cells."""

    name: Name
    kind: Name
    centre: Spot
    reach: Spot


class LinePlan(_Part):
    """A road or path that does not keep to the grid."""

    name: Name
    kind: Name
    kind_detail: Name
    points: tuple[Spot, ...] = Field(min_length=2)


class LandmarkPlan(_Part):
    """A place that people know."""

    name: Name
    kind: Name
    at: Spot


class StreetNames(_Part):
    """Names for one direction, from west to east or from north to south."""

    main: tuple[Name, ...]
    local: tuple[Name, ...]


class Recipe(_Part):
    """The whole recipe; ``cells`` is a drawing of the city, one letter a cell, north on top."""

    name: Name
    seed: int
    centre: tuple[float, float]
    cell_m: float
    turn_degrees: float
    cells: str
    districts: dict[str, DistrictPlan]
    water: Name
    river: RiverPlan
    parks: tuple[ParkPlan, ...]
    lakes: tuple[LakePlan, ...]
    lines: tuple[LinePlan, ...]
    landmarks: tuple[LandmarkPlan, ...]
    north_south: StreetNames
    east_west: StreetNames

    @property
    def rows(self) -> tuple[str, ...]:
        """The drawing, one string a row."""
        return tuple(self.cells.split())

    @model_validator(mode="after")
    def _drawing_fits(self) -> "Recipe":
        if len({len(row) for row in self.rows}) != 1:
            raise ValueError("cells: every row must be as long as the first")
        unknown = set("".join(self.rows)) - set(self.districts) - {LAND, WATER}
        if unknown:
            raise ValueError(f"cells: no district is called {', '.join(sorted(unknown))}")
        names = (*self.north_south.main, *self.north_south.local)
        names += (*self.east_west.main, *self.east_west.local)
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"streets: these names are given twice: {', '.join(twice)}")
        return self


def read_recipe(path: Path) -> Recipe:
    """The recipe in ``path``. Raises OSError, yaml.YAMLError or pydantic's ValidationError."""
    return Recipe.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
