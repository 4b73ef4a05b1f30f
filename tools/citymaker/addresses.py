"""Addresses: one on each side of most blocks, numbered as in a city with hundred-blocks."""

from collections.abc import Iterator
from dataclasses import dataclass

from tools.citymaker.ground import Ground, Point
from tools.citymaker.recipe import Spot
from tools.citymaker.streets import Piece, Street, in_green

SETBACK_M = 18.0
"""From the middle of the street to the door."""
BUILT = 0.86
"""The share of places along a street that have a house."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A door: number, street and district by index, and where it is."""

    number: int
    street: int
    district: str
    point: Point


def number_houses(ground: Ground, streets: list[Street]) -> Iterator[Address]:
    """Yield every address of the city, street by street."""
    for index, street in enumerate(streets):
        for run in street.runs:
            for piece in run:
                for side in (1, 0):
                    address = _house(ground, index, street, piece, side)
                    if address is not None:
                        yield address


def _house(ground: Ground, index: int, street: Street, piece: Piece, side: int) -> Address | None:
    dice = ground.dice("house", street.name, piece.number, side)
    if dice.random() > BUILT:
        return None
    along = 0.18 + 0.64 * dice.random()
    spot = _door(ground, street, piece, along, side)
    district = ground.district(spot)
    if district is None or ground.in_river(spot, 0.02) or in_green(ground, spot):
        return None
    # Numbers of upright streets grow northwards, against the rows.
    share = 1 - along if street.upright else along
    number = piece.number + 2 * int(share * 49) + side
    return Address(
        number=number,
        street=index,
        district=ground.recipe.districts[district].district_id,
        point=ground.place(spot),
    )


def _door(ground: Ground, street: Street, piece: Piece, along: float, side: int) -> Spot:
    setback = SETBACK_M / ground.recipe.cell_m * (1 if side else -1)
    column = piece.start[0] + (piece.end[0] - piece.start[0]) * along
    row = piece.start[1] + (piece.end[1] - piece.start[1]) * along
    return (column + setback, row) if street.upright else (column, row + setback)
