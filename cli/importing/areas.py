"""A boundary to begin with: around recent requests, or a square in the sea where there are none."""

import json
from collections.abc import Sequence

from cli.importing.decisions import Notes, at

_FEWEST = 10
"""Places that say where a city is; a few could all be wrong ones."""
_LEAST = 0.01
"""Degrees around the outermost request; about a kilometre."""
_SHARE = 0.01
"""So much at each end is left out: a few positions are always wrong."""
DISTRICT = {"district_id": "whole-city", "name": "Whole city"}


def areas(points: Sequence[tuple[float, float]], name: str, notes: Notes) -> tuple[str, str]:
    """boundary.geojson and districts.geojson: one box, and one district that fills it."""
    if len(points) >= _FEWEST:
        south, north = _span([lat for lat, _ in points], 90)
        west, east = _span([long for _, long in points], 180)
        words = f"The boundary is a box around {len(points)} recent requests."
        notes.guessed(words, at("boundary.geojson"))
    else:
        south, north, west, east = -_LEAST, _LEAST, -_LEAST, _LEAST
        found = f"Only {len(points)} recent requests have" if points else "No recent request has"
        words = f"{found} a place, so the boundary is a square in the Gulf of Guinea."
        notes.guessed(words, at("boundary.geojson"))
    notes.decide(
        "The city's boundary, from your GIS: reports outside are refused.", at("boundary.geojson")
    )
    notes.decide(
        "Its districts, for routes and statistics; now there is one.", at("districts.geojson")
    )
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return _collection(ring, {"name": name}), _collection(ring, DISTRICT)


def _span(values: Sequence[float], most: int) -> tuple[float, float]:
    ordered = sorted(values)
    cut = int(len(ordered) * _SHARE)
    low, high = ordered[cut], ordered[-1 - cut]
    room = max(_LEAST, (high - low) / 20)
    return round(max(low - room, -most), 5), round(min(high + room, most), 5)


def _collection(ring: list[list[float]], properties: dict[str, str]) -> str:
    feature = {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    line = json.dumps(feature, ensure_ascii=False)
    return '{"type": "FeatureCollection", "features": [\n' + line + "\n]}\n"
