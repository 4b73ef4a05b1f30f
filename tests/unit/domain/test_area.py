"""A piece of the map: what a box holds, what a circle holds, and the box around a circle."""

from math import asin, atan2, cos, degrees, radians, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city311.domain.area import Box, Circle
from city311.domain.location import EARTH_M

lats, longs = st.floats(-90, 90), st.floats(-180, 180)


@pytest.mark.parametrize(
    ("lat", "long", "held"),
    [
        (1.0, 11.0, True),
        (0.0, 10.0, True),
        (2.0, 12.0, True),
        (2.001, 11.0, False),
        (-0.001, 11.0, False),
        (1.0, 9.999, False),
        (1.0, 12.001, False),
    ],
)
def test_a_box_holds_its_edges_and_nothing_beyond(lat: float, long: float, held: bool) -> None:
    assert Box(south=0, west=10, north=2, east=12).holds(lat=lat, long=long) is held


@pytest.mark.parametrize(
    ("long", "held"),
    [(179.5, True), (-179.5, True), (180.0, True), (-180.0, True), (178.9, False), (0.0, False)],
)
def test_a_box_may_cross_the_date_line(long: float, held: bool) -> None:
    assert Box(south=-1, west=179, north=1, east=-179).holds(lat=0, long=long) is held


def test_a_circle_holds_its_rim() -> None:
    circle = Circle(lat=0, long=0, radius_m=EARTH_M * radians(1) + 0.001)

    assert circle.holds(lat=1, long=0)
    assert circle.holds(lat=0, long=-1)
    assert not circle.holds(lat=0.8, long=0.8)


@given(
    lat=lats,
    long=longs,
    radius=st.floats(1, 2_000_000),
    share=st.floats(0, 0.999999),
    bearing=st.floats(0, 360),
)
def test_whatever_lies_in_a_circle_lies_in_its_box(
    lat: float, long: float, radius: float, share: float, bearing: float
) -> None:
    circle = Circle(lat=lat, long=long, radius_m=radius)
    far, way = radius * share / EARTH_M, radians(bearing)
    there = asin(
        max(-1, min(1, sin(radians(lat)) * cos(far) + cos(radians(lat)) * sin(far) * cos(way)))
    )
    turn = atan2(sin(way) * sin(far) * cos(radians(lat)), cos(far) - sin(radians(lat)) * sin(there))
    point = {"lat": degrees(there), "long": (long + degrees(turn) + 540) % 360 - 180}

    if circle.holds(**point):
        assert circle.box.holds(**point)


@given(lat=lats, long=longs, radius=st.floats(0, 20_000_000))
def test_the_box_of_a_circle_lies_on_the_globe(lat: float, long: float, radius: float) -> None:
    box = Circle(lat=lat, long=long, radius_m=radius).box

    assert -90 <= box.south <= box.north <= 90
    assert -180 <= box.west <= 180
    assert -180 <= box.east <= 180


def test_a_circle_over_a_pole_is_its_whole_cap() -> None:
    box = Circle(lat=89.9, long=20, radius_m=50_000).box

    assert (box.west, box.east, box.north) == (-180, 180, 90)
    assert box.holds(lat=89.9, long=-160)
