"""Where: inside or out, whose district, how far, which cell of the map."""

from math import asin, atan2, cos, degrees, radians, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city311.domain.area import Box
from city311.domain.location import (
    EARTH_M,
    cell,
    cells_around,
    cells_of_box,
    distance_m,
    district_at,
    inside,
)
from tests.towns import TOWN, a_city, square


@pytest.mark.parametrize(
    ("lat", "long", "within"),
    [
        (40.02, -75.08, True),
        (40.0001, -75.0999, True),
        (40.0999, -75.0001, True),
        (39.9999, -75.05, False),
        (40.1001, -75.05, False),
        (40.05, -75.1001, False),
        (40.05, -74.9999, False),
        (-40.05, 75.05, False),
        # In the lake, and on each of its shores.
        (40.05, -75.03, False),
        (40.0399, -75.03, True),
        (40.0601, -75.03, True),
        (40.05, -75.0401, True),
        (40.05, -75.0199, True),
    ],
)
def test_the_city_ends_at_its_boundary_and_at_its_lake(
    lat: float, long: float, within: bool
) -> None:
    assert inside(TOWN.boundary, lat=lat, long=long) is within


def test_a_city_of_two_parts_is_both_of_them_and_not_what_lies_between() -> None:
    parts = (square(0, 0, 1, 1), (), square(0, 2, 1, 3))

    assert inside(parts, lat=0.5, long=0.5)
    assert inside(parts, lat=0.5, long=2.5)
    assert not inside(parts, lat=0.5, long=1.5)
    assert not inside((), lat=0.5, long=0.5)


def test_a_bay_is_not_the_land_around_it() -> None:
    bay = (((0, 0), (4, 0), (4, 4), (3, 4), (3, 1), (1, 1), (1, 4), (0, 4), (0, 0)),)

    assert not inside((bay,), lat=2, long=2)
    assert inside((bay,), lat=2, long=0.5)
    assert inside((bay,), lat=2, long=3.5)


@pytest.mark.parametrize(("long", "district"), [(-75.08, "west"), (-75.02, "east"), (-74.5, None)])
def test_a_place_lies_in_one_district_or_none(long: float, district: str | None) -> None:
    assert district_at(TOWN, lat=40.02, long=long) == district


def test_of_districts_that_overlap_the_first_counts() -> None:
    twice = a_city(districts=(TOWN.districts[0], *TOWN.districts))

    assert district_at(twice, lat=40.02, long=-75.08) == "west"


@pytest.mark.parametrize(
    ("here", "there", "metres"),
    [
        ((40.0, -75.0), (40.0, -75.0), 0),
        ((0.0, 0.0), (0.0, 1.0), 111_195),
        ((0.0, 0.0), (1.0, 0.0), 111_195),
        ((60.0, 0.0), (60.0, 1.0), 55_597),
        # London to Paris
        ((51.5007, -0.1246), (48.8584, 2.2945), 340_600),
        ((0.0, 0.0), (0.0, 180.0), 20_015_115),
        ((12.5, 34.0), (-12.5, -146.0), 20_015_115),
    ],
)
def test_distances_are_those_of_the_globe(
    here: tuple[float, float], there: tuple[float, float], metres: float
) -> None:
    assert distance_m(here, there) == pytest.approx(metres, rel=0.001)
    assert distance_m(there, here) == pytest.approx(distance_m(here, there))


@pytest.mark.parametrize(
    ("lat", "long", "geohash"),
    [
        (57.64911, 10.40744, "u4pruy"),
        (-25.382708, -49.265506, "6gkzwg"),
        (37.8324, 112.5584, "ww8p1r"),
        (40.7128, -74.0060, "dr5reg"),
        (0.0, 0.0, "s00000"),
        (-0.0001, -0.0001, "7zzzzz"),
        (90.0, 180.0, "zzzzzz"),
        (-90.0, -180.0, "000000"),
    ],
)
def test_a_cell_is_the_geohash_that_the_world_knows(lat: float, long: float, geohash: str) -> None:
    assert cell(lat=lat, long=long) == geohash


def beyond(lat: float, long: float, metres: float, bearing: float) -> tuple[float, float]:
    """The point so far away in that direction, on the globe."""
    far, way = metres / EARTH_M, radians(bearing)
    here, there = radians(lat), radians(long)
    lat2 = asin(sin(here) * cos(far) + cos(here) * sin(far) * cos(way))
    long2 = there + atan2(sin(way) * sin(far) * cos(here), cos(far) - sin(here) * sin(lat2))
    return degrees(lat2), (degrees(long2) + 540) % 360 - 180


@given(
    lat=st.floats(-84, 84),
    long=st.floats(-180, 180),
    radius=st.floats(1, 5000),
    share=st.floats(0, 1),
    bearing=st.floats(0, 360),
)
def test_no_point_of_a_circle_lies_outside_its_cells(
    lat: float, long: float, radius: float, share: float, bearing: float
) -> None:
    cells = cells_around(lat=lat, long=long, radius_m=radius)
    rim, within = (beyond(lat, long, radius * part, bearing) for part in (0.999999, share))

    assert cell(lat=lat, long=long) in cells
    assert cell(lat=rim[0], long=rim[1]) in cells
    assert cell(lat=within[0] if share < 1 else lat, long=within[1] if share < 1 else long) in cells


def test_a_small_circle_asks_few_cells() -> None:
    assert len(cells_around(lat=40.02, long=-75.08, radius_m=60)) <= 9


def test_a_circle_of_no_size_is_its_own_cell() -> None:
    assert cells_around(lat=40.02, long=-75.08, radius_m=0) == {cell(lat=40.02, long=-75.08)}


def test_cells_go_on_on_the_other_side_of_the_date_line() -> None:
    cells = cells_around(lat=-17.0, long=179.9999, radius_m=500)

    assert cell(lat=-17.0, long=-179.9999) in cells


@pytest.mark.parametrize("lat", [89.9999, -89.9999])
def test_no_cell_lies_beyond_a_pole(lat: float) -> None:
    assert cell(lat=lat, long=0.0) in cells_around(lat=lat, long=0.0, radius_m=10)


def cells(box: Box, most: int = 10**9) -> frozenset[str] | None:
    return cells_of_box(south=box.south, west=box.west, north=box.north, east=box.east, most=most)


lats, longs = st.floats(-90, 90), st.floats(-180, 180)


@given(south=lats, west=longs, tall=st.floats(0, 0.05), wide=st.floats(0, 0.05), data=st.data())
def test_no_point_of_a_box_lies_outside_its_cells(
    south: float, west: float, tall: float, wide: float, data: st.DataObject
) -> None:
    east = west + wide if west + wide <= 180 else west + wide - 360
    box = Box(south=south, west=west, north=min(south + tall, 90), east=east)
    lat = data.draw(st.floats(box.south, box.north))
    turn = data.draw(st.floats(0, wide))
    long = west + turn if west + turn <= 180 else west + turn - 360
    corner = data.draw(st.sampled_from([(box.south, box.west), (box.north, box.east)]))

    found = cells(box)

    assert found is not None
    assert cell(lat=corner[0], long=corner[1]) in found
    if box.holds(lat=lat, long=long):
        assert cell(lat=lat, long=long) in found


@given(south=lats, north=lats, west=longs, east=longs, most=st.integers(0, 40))
def test_cells_of_a_box_are_few_or_none_at_all(
    south: float, north: float, west: float, east: float, most: int
) -> None:
    found = cells(Box(south=south, west=west, north=north, east=east), most)

    assert found is None or len(found) <= most


@pytest.mark.parametrize(
    ("box", "count"),
    [
        (Box(south=40.02, west=-75.08, north=40.02, east=-75.08), 1),
        (Box(south=40.02, west=180.0, north=40.02, east=180.0), 1),
        (Box(south=40.02, west=180.0, north=40.02, east=-180.0), 2),
        (Box(south=90.0, west=-180.0, north=90.0, east=-180.0), 1),
        (Box(south=40.02, west=-75.08, north=40.01, east=-75.08), 0),
        (Box(south=0.0, west=0.0, north=180 / 2**15, east=360 / 2**15), 4),
    ],
)
def test_a_box_touches_so_many_cells(box: Box, count: int) -> None:
    found = cells(box, most=count)

    assert found is not None
    assert len(found) == count
    assert cells(box, most=count - 1) is None


def test_the_whole_earth_is_counted_and_not_made() -> None:
    assert cells(Box(south=-90, west=-180, north=90, east=180), most=10**6) is None
