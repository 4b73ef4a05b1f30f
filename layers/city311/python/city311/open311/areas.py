"""Where: a bbox or a circle in a query string, as an area of the map."""

import re
from dataclasses import dataclass

from city311.domain.area import Area, Box, Circle
from city311.domain.catalogue import City
from city311.open311.asking import Reader, first

DEFAULT_RADIUS_M = 250.0
MOST_RADIUS_M = 5_000.0
_DEGREES = r"[+-]?[0-9]{1,3}(\.[0-9]{0,20})?"
_EARTH = 999_999_999
_ORDER = "Write bbox=west,south,east,north in degrees: the longitude comes first."


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """The area asked for, if any. ``clamped``: the circle was larger than we serve."""

    area: Area | None = None
    clamped: bool = False


def where(reader: Reader, city: City) -> Where:
    """The area in the query. What is no use is kept by the reader."""
    box = _box(reader, city)
    circle, clamped = _circle(reader)
    if box is not None and circle is not None:
        reader.wrong("bbox", "Ask for a box or for a circle, not for both.")
    return Where(area=box or circle, clamped=clamped)


def point(reader: Reader) -> tuple[float, float] | None:
    """Latitude and longitude, both or neither."""
    lat = reader.number("lat", -90, 90, "Write degrees from -90 to 90, such as 41.25.")
    long = reader.number("long", -180, 180, "Write degrees from -180 to 180, such as -87.5.")
    for name, other in (("lat", "long"), ("long", "lat")):
        if not first(reader.query, name) and first(reader.query, other):
            reader.wrong(name, f"Give {name} with {other}.", "missing")
    return None if lat is None or long is None else (lat, long)


def _circle(reader: Reader) -> tuple[Circle | None, bool]:
    found = point(reader)
    metres = reader.number("radius", 1, _EARTH, "Write metres, from 1 up.") or DEFAULT_RADIUS_M
    alone = not first(reader.query, "lat") and not first(reader.query, "long")
    if alone and first(reader.query, "radius"):
        reader.wrong("lat", "Give lat and long with radius.", "missing")
    if found is None:
        return None, False
    lat, long = found
    within = Circle(lat=lat, long=long, radius_m=min(metres, MOST_RADIUS_M))
    return within, metres > MOST_RADIUS_M


def _box(reader: Reader, city: City) -> Box | None:
    text = first(reader.query, "bbox")
    if text is None:
        return None
    numbers = _four(text)
    if numbers is None:
        reader.wrong("bbox", _ORDER)
        return None
    box, turned = _long_first(numbers), _long_first(_swapped(numbers))
    if turned is not None and (box is None or _misses_only_one_way(box, turned, city)):
        west, south, east, north = (f"{each}" for each in _swapped(numbers))
        advice = f"{_ORDER} Did you mean bbox={west},{south},{east},{north}?"
        reader.wrong("bbox", advice, "latitude_first")
        return None
    if box is None:
        reader.wrong("bbox", _ORDER)
    return box


Numbers = tuple[float, float, float, float]


def _four(text: str) -> Numbers | None:
    parts = [part.strip() for part in re.split("[,;]", text)]
    if len(parts) != 4 or not all(re.fullmatch(_DEGREES, p) for p in parts):
        return None
    one, two, three, four = (float(part) for part in parts)
    return one, two, three, four


def _swapped(numbers: Numbers) -> Numbers:
    one, two, three, four = numbers
    return two, one, four, three


def _long_first(numbers: Numbers) -> Box | None:
    """The box between two corners, in whichever order; None if a latitude cannot be one."""
    west, east = sorted(numbers[::2])
    south, north = sorted(numbers[1::2])
    if south < -90 or north > 90 or west < -180 or east > 180:
        return None
    return Box(south=south, west=west, north=north, east=east)


def _misses_only_one_way(box: Box, turned: Box, city: City) -> bool:
    """Whether the box misses the city, and would not with latitude and longitude turned round."""
    points = [point for polygon in city.boundary for point in polygon[0]]
    longs, lats = [long for long, _ in points], [lat for _, lat in points]
    around = Box(south=min(lats), west=min(longs), north=max(lats), east=max(longs))
    return not _touch(box, around) and _touch(turned, around)


def _touch(one: Box, other: Box) -> bool:
    beside = one.east < other.west or other.east < one.west
    above = one.north < other.south or other.north < one.south
    return not (beside or above)
