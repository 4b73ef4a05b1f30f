"""Where: inside the boundary, in which district, how far, in which cell of the map."""

from itertools import pairwise
from math import asin, ceil, cos, radians, sin, sqrt

from city311.domain.catalogue import City, Polygon, Ring

EARTH_M = 6_371_008.8
"""Mean radius of the earth in metres (IUGG)."""
_BASE32 = "0123456789bcdefghjkmnpqrstuvwxyz"
CELL_SYMBOLS = 6
"""Geohash symbols of a map cell: at most 1.2 km by 0.6 km."""
_CELL_LONG_BITS = CELL_SYMBOLS * 5 // 2
_CELL_LAT_BITS = CELL_SYMBOLS * 5 // 2


def inside(area: tuple[Polygon, ...], *, lat: float, long: float) -> bool:
    """Whether the point lies in one of the polygons; holes do not count as inside."""
    return any(
        _in_ring(polygon[0], lat=lat, long=long)
        and not any(_in_ring(hole, lat=lat, long=long) for hole in polygon[1:])
        for polygon in area
        if polygon
    )


def district_at(city: City, *, lat: float, long: float) -> str | None:
    """The id of the district around the point, or None."""
    for district in city.districts:
        if inside(district.area, lat=lat, long=long):
            return district.district_id
    return None


def distance_m(here: tuple[float, float], there: tuple[float, float]) -> float:
    """Great-circle distance in metres between two (lat, long) points (haversine)."""
    (lat1, long1), (lat2, long2) = here, there
    half_lat = sin(radians(lat2 - lat1) / 2)
    half_long = sin(radians(long2 - long1) / 2)
    chord = half_lat**2 + cos(radians(lat1)) * cos(radians(lat2)) * half_long**2
    return 2 * EARTH_M * asin(sqrt(min(chord, 1)))


def cell(*, lat: float, long: float) -> str:
    """The geohash of the point, in CELL_SYMBOLS symbols."""
    row, column = _grid(lat=lat, long=long)
    return _symbols(row, column)


def cells_around(*, lat: float, long: float, radius_m: float) -> frozenset[str]:
    """Every cell that a circle around the point may touch."""
    row, column = _grid(lat=lat, long=long)
    degrees = radius_m / (EARTH_M * radians(1))
    high = ceil(degrees / (180 / 2**_CELL_LAT_BITS))
    # A degree of longitude is shortest where the circle comes closest to the pole.
    shortest = max(cos(radians(min(abs(lat) + degrees, 90))), 0.01)
    wide = ceil(degrees / shortest / (360 / 2**_CELL_LONG_BITS))
    return frozenset(
        _symbols(near_row, near_column % 2**_CELL_LONG_BITS)
        for near_row in range(max(row - high, 0), min(row + high, 2**_CELL_LAT_BITS - 1) + 1)
        for near_column in range(column - wide, column + wide + 1)
    )


def _in_ring(ring: Ring, *, lat: float, long: float) -> bool:
    """Even-odd rule: how many edges does a ray to the east cross?"""
    found = False
    for (x1, y1), (x2, y2) in pairwise(ring):
        if (y1 > lat) != (y2 > lat) and long < x1 + (lat - y1) / (y2 - y1) * (x2 - x1):
            found = not found
    return found


def _grid(*, lat: float, long: float) -> tuple[int, int]:
    row = int((lat + 90) / 180 * 2**_CELL_LAT_BITS)
    column = int((long + 180) / 360 * 2**_CELL_LONG_BITS)
    return min(row, 2**_CELL_LAT_BITS - 1), min(column, 2**_CELL_LONG_BITS - 1)


def _symbols(row: int, column: int) -> str:
    """Interleave the bits of both, longitude first, five to a symbol."""
    bits = 0
    for place in reversed(range(_CELL_LAT_BITS)):
        bits = bits << 2 | (column >> place & 1) << 1 | row >> place & 1
    return "".join(_BASE32[bits >> shift & 31] for shift in range((CELL_SYMBOLS - 1) * 5, -1, -5))
