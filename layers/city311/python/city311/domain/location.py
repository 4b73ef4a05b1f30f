"""Where: inside the boundary, in which district, how far, in which cell of the map."""

from itertools import pairwise
from math import asin, cos, floor, radians, sin, sqrt

from city311.domain.catalogue import City, Polygon, Ring

EARTH_M = 6_371_008.8
"""Mean radius of the earth in metres (IUGG)."""
_BASE32 = "0123456789bcdefghjkmnpqrstuvwxyz"
CELL_SYMBOLS = 6
"""Geohash symbols of a map cell: at most 1.2 km by 0.6 km."""
_BITS = CELL_SYMBOLS * 5 // 2
_ROWS = _COLUMNS = 1 << _BITS


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
    return _symbols(_row(lat), min(_column(long), _COLUMNS - 1))


def cells_around(*, lat: float, long: float, radius_m: float) -> frozenset[str]:
    """Every cell that a circle around the point may touch: one to four for a street corner."""
    degrees = radius_m / (EARTH_M * radians(1))
    # A degree of longitude is shortest where the circle comes closest to the pole.
    shortest = max(cos(radians(min(abs(lat) + degrees, 90))), 0.01)
    wide = min(degrees / shortest, 180.0)
    south, north = max(lat - degrees, -90.0), min(lat + degrees, 90.0)
    rows = range(_row(south), _row(north) + 1)
    columns = range(_column(long - wide), _column(long + wide) + 1)
    return frozenset(_symbols(row, column % _COLUMNS) for row in rows for column in columns)


def cells_of_box(
    *, south: float, west: float, north: float, east: float, most: int
) -> frozenset[str] | None:
    """Every cell that a box touches, edges included; None if there are more than ``most``.

    ``west`` beyond ``east``: the box crosses the date line. Counted before any is made.
    """
    rows = range(_row(south), _row(north) + 1)
    first, last = (min(_column(long), _COLUMNS - 1) for long in (west, east))
    columns = range(first, last + 1 + (_COLUMNS if west > east else 0))
    if len(rows) * len(columns) > most:
        return None
    return frozenset(_symbols(row, column % _COLUMNS) for row in rows for column in columns)


def _in_ring(ring: Ring, *, lat: float, long: float) -> bool:
    """Even-odd rule: how many edges does a ray to the east cross?"""
    found = False
    for (x1, y1), (x2, y2) in pairwise(ring):
        if (y1 > lat) != (y2 > lat) and long < x1 + (lat - y1) / (y2 - y1) * (x2 - x1):
            found = not found
    return found


def _row(lat: float) -> int:
    return min(floor((lat + 90) / 180 * _ROWS), _ROWS - 1)


def _column(long: float) -> int:
    """Counted on beyond the date line, where the caller takes it modulo _COLUMNS."""
    return floor((long + 180) / 360 * _COLUMNS)


def _symbols(row: int, column: int) -> str:
    """Interleave the bits of both, longitude first, five to a symbol."""
    bits = 0
    for place in reversed(range(_BITS)):
        bits = bits << 2 | (column >> place & 1) << 1 | row >> place & 1
    return "".join(_BASE32[bits >> shift & 31] for shift in range((CELL_SYMBOLS - 1) * 5, -1, -5))
