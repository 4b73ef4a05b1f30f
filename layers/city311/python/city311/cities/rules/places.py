"""boundary.geojson, districts.geojson and the address table: one city, cut into districts."""

from collections.abc import Iterator
from itertools import pairwise
from math import cos, hypot, radians
from typing import Any

from city311.cities.areas import Areas, Shape
from city311.cities.documents import Document
from city311.cities.findings import Finding, Level
from city311.cities.rules.names import ID, repeated
from city311.cities.sources import Sources
from city311.domain.catalogue import Polygon, Ring
from city311.domain.location import inside

NO_DISTRICT = "none"
"""What the lifecycle says where a request has no district."""
TOLERANCE_M = 40.0
"""How far a district may reach over the boundary before it counts as outside."""
LEAST_COVER = 0.98
_METRES_PER_DEGREE = 111_320.0
_COLUMNS = ("address_id", "number", "street", "district", "long", "lat")


def check(sources: Sources) -> Iterator[Finding]:
    """Everything about places."""
    if sources.districts:
        yield from _district_names(sources.districts)
    if sources.districts and sources.boundary:
        yield from _fit(sources.districts, sources.boundary)
    if sources.addresses and sources.districts:
        yield from _addresses(sources.addresses, sources.districts)


def district_id(shape: Shape) -> str:
    """The id of a district's feature; empty if it has none."""
    found = shape.properties.get("district_id")
    return found if isinstance(found, str) else ""


def _district_names(districts: Areas) -> Iterator[Finding]:
    document = districts.document
    for shape in districts.shapes:
        name, found = shape.properties.get("name"), district_id(shape)
        if not found or not isinstance(name, str) or not name.strip():
            words = 'this district needs the properties "district_id" and "name"'
            yield document.finding(words, *shape.trail)
        elif not ID.fullmatch(found) or found == NO_DISTRICT:
            words = f'district "{found}": use lower-case letters, digits and dashes, not "none"'
            yield document.finding(words, *shape.trail)
    for shape, first in repeated(districts.shapes, district_id):
        line = document.line(*first.trail)
        words = f'district "{district_id(shape)}" is already on line {line}'
        yield document.finding(words, *shape.trail)


def _fit(districts: Areas, boundary: Areas) -> Iterator[Finding]:
    """Districts lie inside the boundary, cover it, and do not overlap."""
    document = districts.document
    whole = tuple(polygon for shape in boundary.shapes for polygon in shape.area)
    for shape in districts.shapes:
        outside = _first_outside(shape.area, whole)
        if outside:
            words = f'district "{district_id(shape)}" reaches outside the boundary at {outside}'
            yield document.finding(words, *shape.trail)
    for place, shape in enumerate(districts.shapes):
        for other in districts.shapes[:place]:
            if _overlap(shape.area, other.area):
                words = f'district "{district_id(shape)}" overlaps "{district_id(other)}"'
                yield document.finding(words, *shape.trail)
    covered = sum(_size(shape.area) for shape in districts.shapes)
    if covered < LEAST_COVER * _size(whole):
        share = round(100 * covered / _size(whole))
        words = f"the districts cover {share} % of the boundary; the rest has no district"
        yield document.finding(words, level=Level.WARNING)


def _first_outside(
    area: tuple[Polygon, ...], whole: tuple[Polygon, ...]
) -> tuple[float, float] | None:
    for polygon in area:
        for long, lat in polygon[0]:
            if not inside(whole, lat=lat, long=long) and _from_edge(whole, long, lat) > TOLERANCE_M:
                return long, lat
    return None


def _overlap(one: tuple[Polygon, ...], other: tuple[Polygon, ...]) -> bool:
    """Whether a corner, or the middle of an edge, of either lies well inside the other."""
    for here, there in ((one, other), (other, one)):
        west, south, east, north = _box(there)
        for long, lat in _rim(here):
            near = west < long < east and south < lat < north
            deep = near and inside(there, lat=lat, long=long)
            if deep and _from_edge(there, long, lat) > TOLERANCE_M:
                return True
    return False


def _rim(area: tuple[Polygon, ...]) -> Iterator[tuple[float, float]]:
    """Corners and middles of edges."""
    for polygon in area:
        for (x1, y1), (x2, y2) in pairwise(polygon[0]):
            yield x1, y1
            yield (x1 + x2) / 2, (y1 + y2) / 2


def _box(area: tuple[Polygon, ...]) -> tuple[float, float, float, float]:
    """West, south, east, north."""
    longs, lats = zip(*(point for polygon in area for point in polygon[0]), strict=True)
    return min(longs), min(lats), max(longs), max(lats)


def _from_edge(area: tuple[Polygon, ...], long: float, lat: float) -> float:
    """Metres to the nearest edge, on a flat earth: good to a few per mille within a city."""
    shrink = cos(radians(lat))
    nearest = float("inf")
    for polygon in area:
        for ring in polygon:
            for (x1, y1), (x2, y2) in pairwise(ring):
                ax, ay = (x1 - long) * shrink, y1 - lat
                bx, by = (x2 - long) * shrink, y2 - lat
                dx, dy = bx - ax, by - ay
                along = max(0.0, min(1.0, -(ax * dx + ay * dy) / ((dx * dx + dy * dy) or 1.0)))
                nearest = min(nearest, hypot(ax + along * dx, ay + along * dy))
    return nearest * _METRES_PER_DEGREE


def _size(area: tuple[Polygon, ...]) -> float:
    """Size in square degrees: enough to compare areas of one city."""
    return sum(_ring_size(polygon[0]) - sum(map(_ring_size, polygon[1:])) for polygon in area)


def _ring_size(ring: Ring) -> float:
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(ring))) / 2


def _addresses(document: Document, districts: Areas) -> Iterator[Finding]:
    """Each address lies in the district that the table names."""
    table: Any = document.data
    wrong = not isinstance(table, dict) or list(table.get("columns") or ()) != list(_COLUMNS)
    lists = ("streets", "districts", "rows")
    if wrong or not all(isinstance(table.get(name), list) for name in lists):
        columns = ", ".join(_COLUMNS)
        yield document.finding(f"this must hold columns ({columns}), streets, districts and rows")
        return
    areas = {district_id(shape): shape.area for shape in districts.shapes}
    for place, name in enumerate(table["districts"]):
        if name not in areas:
            yield document.finding(f'there is no district "{name}"', "districts", place)
    taken: set[object] = set()
    for place, row in enumerate(table["rows"]):
        words = _row_problem(table, row, areas, taken)
        if words:
            yield document.finding(words, "rows", place)


def _row_problem(
    table: dict[str, Any], row: Any, areas: dict[str, tuple[Polygon, ...]], taken: set[object]
) -> str | None:
    if not isinstance(row, list) or len(row) != len(_COLUMNS):
        return f"an address has {len(_COLUMNS)} columns"
    if not all(isinstance(value, int) for value in row[:4]):
        return "address_id, number, street and district are whole numbers"
    if not all(isinstance(value, int | float) for value in row[4:]):
        return "long and lat are numbers"
    address_id, _, street, district, long, lat = row
    if address_id in taken:
        return f"address_id {address_id} is already taken"
    taken.add(address_id)
    if not (0 <= street < len(table["streets"]) and 0 <= district < len(table["districts"])):
        return "street and district are positions in the lists above, from 0"
    name = table["districts"][district]
    if name in areas and not inside(areas[name], lat=lat, long=long):
        return f'this address does not lie in district "{name}"'
    return None
