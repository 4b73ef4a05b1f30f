"""GeoJSON files as areas: polygons of closed rings, with what is wrong in them said by line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from city311.cities.documents import Document, Trail
from city311.cities.findings import Finding
from city311.domain.catalogue import Polygon, Ring

MOST_POINTS = 4_000
"""Points of one file; every function loads them at each cold start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One feature: its properties, its area, and where in the file it stands."""

    properties: Mapping[str, Any]
    area: tuple[Polygon, ...]
    trail: Trail


@dataclass(frozen=True, slots=True, kw_only=True)
class Areas:
    """All features of a file."""

    document: Document
    shapes: tuple[Shape, ...]


def read_areas(document: Document) -> Areas | tuple[Finding, ...]:
    """The file's polygons, or what keeps them from being used."""
    findings = list(_problems(document))
    if findings:
        return tuple(findings)
    return Areas(document=document, shapes=tuple(_shapes(document)))


def _shapes(document: Document) -> Iterator[Shape]:
    for trail, feature in _features(document.data):
        polygons = tuple(tuple(_ring(ring) for ring in rings) for _, rings in _polygons(feature))
        yield Shape(properties=feature.get("properties") or {}, area=polygons, trail=trail)


def _ring(ring: list[list[float]]) -> Ring:
    return tuple((float(point[0]), float(point[1])) for point in ring)


def _features(data: Any) -> Iterator[tuple[Trail, Any]]:
    if isinstance(data, dict) and isinstance(data.get("features"), list):
        for place, feature in enumerate(data["features"]):
            yield ("features", place), feature
    elif isinstance(data, dict) and data.get("type") == "Feature":
        yield (), data


def _polygons(feature: Any) -> list[tuple[Trail, Any]]:
    """The feature's polygons as lists of rings; none if it has another shape."""
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    if not isinstance(geometry, dict):
        return []
    base: Trail = ("geometry", "coordinates")
    coordinates = geometry.get("coordinates")
    if geometry.get("type") == "Polygon" and isinstance(coordinates, list):
        return [(base, coordinates)]
    if geometry.get("type") == "MultiPolygon" and isinstance(coordinates, list):
        return [((*base, place), rings) for place, rings in enumerate(coordinates)]
    return []


def _problems(document: Document) -> Iterator[Finding]:
    points = 0
    features = list(_features(document.data))
    if not features:
        yield document.finding("this must be a GeoJSON FeatureCollection with a feature in it")
    for trail, feature in features:
        polygons = _polygons(feature)
        if not polygons:
            yield document.finding("this feature must be a Polygon or MultiPolygon", *trail)
        for inner, rings in polygons:
            if not isinstance(rings, list) or not rings:
                yield document.finding("this polygon has no ring", *trail, *inner)
                continue
            for place, ring in enumerate(rings):
                points += len(ring) if isinstance(ring, list) else 0
                yield from _ring_problems(document, (*trail, *inner, place), ring)
    if points > MOST_POINTS:
        yield document.finding(
            f"{points} points are too many: every function loads them; simplify to {MOST_POINTS}"
        )


def _ring_problems(document: Document, trail: Trail, ring: Any) -> Iterator[Finding]:
    if not isinstance(ring, list) or len(ring) < 4:
        yield document.finding("a ring needs at least four points", *trail)
        return
    for place, point in enumerate(ring):
        if not _is_position(point):
            words = "this must be a position: longitude -180 to 180, then latitude -90 to 90"
            yield document.finding(words, *trail, place)
            return
    if ring[0] != ring[-1]:
        yield document.finding("this ring is not closed: end it with its first point", *trail)
    elif any(first == second for first, second in pairwise(ring)):
        yield document.finding("this ring has the same point twice in a row", *trail)
    elif crossing(_ring(ring)):
        yield document.finding("this ring crosses itself", *trail)


def _is_position(point: Any) -> bool:
    return (
        isinstance(point, list)
        and len(point) >= 2
        and all(isinstance(n, int | float) and not isinstance(n, bool) for n in point)
        and -180 <= point[0] <= 180
        and -90 <= point[1] <= 90
    )


def crossing(ring: Ring) -> bool:
    """Whether two edges of a closed ring cross or touch other than at their shared corner."""
    last = len(ring) - 2
    edges = sorted(
        (min(a[0], b[0]), max(a[0], b[0]), place, a, b)
        for place, (a, b) in enumerate(pairwise(ring))
    )
    near: list[tuple[float, float, int, _Point, _Point]] = []
    for edge in edges:  # from west to east; ``near`` holds those that reach as far
        west, _, place, a, b = edge
        near = [other for other in near if other[1] >= west]
        for _, _, beyond, c, d in near:
            if abs(place - beyond) not in (1, last) and _meet(a, b, c, d):
                return True
        near.append(edge)
    return False


_Point = tuple[float, float]


def _meet(a: _Point, b: _Point, c: _Point, d: _Point) -> bool:
    """Whether two edges, whose longitudes overlap, share a point."""
    if max(a[1], b[1]) < min(c[1], d[1]) or max(c[1], d[1]) < min(a[1], b[1]):
        return False
    return _side(a, b, c) * _side(a, b, d) <= 0 and _side(c, d, a) * _side(c, d, b) <= 0


def _side(a: _Point, b: _Point, c: _Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
