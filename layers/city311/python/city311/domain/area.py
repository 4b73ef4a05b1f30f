"""A piece of the map that a list is asked for: a box, or a circle with the box around it."""

from dataclasses import dataclass
from math import cos, radians

from city311.domain.location import EARTH_M, distance_m


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Degrees WGS 84, edges included. ``west`` beyond ``east``: the box crosses the date line."""

    south: float
    west: float
    north: float
    east: float

    def holds(self, *, lat: float, long: float) -> bool:
        """Whether the point lies in the box."""
        if not self.south <= lat <= self.north:
            return False
        if self.west <= self.east:
            return self.west <= long <= self.east
        return long >= self.west or long <= self.east


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """All that is within ``radius_m`` metres of a point."""

    lat: float
    long: float
    radius_m: float

    def holds(self, *, lat: float, long: float) -> bool:
        """Whether the point lies in the circle, by the great-circle distance."""
        return distance_m((self.lat, self.long), (lat, long)) <= self.radius_m

    @property
    def box(self) -> Box:
        """The smallest box around it; near a pole, the whole cap."""
        degrees = self.radius_m / (EARTH_M * radians(1))
        south, north = max(self.lat - degrees, -90.0), min(self.lat + degrees, 90.0)
        # A degree of longitude is shortest where the circle comes closest to the pole.
        shortest = cos(radians(min(abs(self.lat) + degrees, 90.0)))
        if degrees >= 180.0 * shortest:
            return Box(south=south, west=-180.0, north=north, east=180.0)
        wide = degrees / shortest
        return Box(
            south=south, west=_turned(self.long - wide), north=north, east=_turned(self.long + wide)
        )


Area = Box | Circle


def _turned(long: float) -> float:
    """The same meridian between -180 and 180."""
    return (long + 180.0) % 360.0 - 180.0 if not -180.0 <= long <= 180.0 else long
