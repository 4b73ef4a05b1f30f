"""Where a list looks: boxes with the longitude first, and circles."""

import pytest

from city311.domain.area import Box, Circle
from city311.domain.errors import InvalidInput
from city311.open311.areas import DEFAULT_RADIUS_M, MOST_RADIUS_M, Where, where
from city311.open311.asking import Reader
from tests.open311.listing import query
from tests.towns import TOWN, a_city, square

BOX = Box(south=40.0, west=-75.1, north=40.05, east=-75.0)
HERE = {"lat": "40.02", "long": "-75.08"}


def found(**parameters: str) -> Where:
    reader = Reader(query(**parameters))
    place = where(reader, TOWN)
    reader.refuse()
    return place


def refused(city: object = TOWN, **parameters: str) -> list[tuple[str, str]]:
    reader = Reader(query(**parameters))
    where(reader, city)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput) as caught:
        reader.refuse()
    return [(each.field, each.advice) for each in caught.value.problems]


@pytest.mark.parametrize(
    "text",
    [
        "-75.1,40,-75,40.05",
        "-75.1;40;-75;40.05",
        " -75.1 , 40.0 , -75.0 , 40.05 ",
        "-75,40.05,-75.1,40",
        "-75.1,40.05,-75,40",
        "-75.,40.,-75.1,+40.05",
    ],
)
def test_a_box_is_read_between_any_two_corners(text: str) -> None:
    assert found(bbox=text) == Where(area=BOX)


@pytest.mark.parametrize(
    "text",
    [
        "1,2,3",
        "1,2,3,4,5",
        "a,b,c,d",
        "",
        ",,,",
        "1,2,3,nan",
        "1,2,3,1e1",
        "200,91,201,92",
        "٤,1,2,3",
    ],
)
def test_what_is_no_box_is_told_how_to_write_one(text: str) -> None:
    if not text:
        assert found(bbox=text) == Where()
        return
    ((name, advice),) = refused(bbox=text)

    assert name == "bbox"
    assert "west,south,east,north" in advice
    assert "Did you mean" not in advice


def test_a_box_that_fits_only_with_the_latitude_first_is_turned_round_in_the_advice() -> None:
    ((name, advice),) = refused(bbox="48.1,150.25,48.2,150.5")

    assert name == "bbox"
    assert advice.endswith("Did you mean bbox=150.25,48.1,150.5,48.2?")


def test_a_box_that_meets_the_city_only_with_the_latitude_first_is_one_too() -> None:
    ((_, advice),) = refused(bbox="40.0,-75.1,40.05,-75.0")

    assert advice.endswith("Did you mean bbox=-75.1,40.0,-75.0,40.05?")


@pytest.mark.parametrize("text", ["10,50,11,51", "50,10,51,11", "-75.3,39.9,-75.2,39.95"])
def test_a_box_beside_the_city_is_empty_and_no_mistake(text: str) -> None:
    assert found(bbox=text).area is not None


def test_where_both_orders_meet_the_city_the_standing_one_holds() -> None:
    city = a_city(boundary=(square(40.0, 40.0, 41.0, 41.0),))
    reader = Reader(query(bbox="40.1,40.2,40.3,40.4"))

    assert where(reader, city).area == Box(west=40.1, south=40.2, east=40.3, north=40.4)
    assert not reader.problems


def test_a_circle() -> None:
    default, wide = found(**HERE), found(**HERE, radius="1200.5")

    assert default.area == Circle(lat=40.02, long=-75.08, radius_m=DEFAULT_RADIUS_M)
    assert wide == Where(area=Circle(lat=40.02, long=-75.08, radius_m=1200.5))


def test_a_circle_larger_than_we_serve_is_clamped_and_said() -> None:
    assert found(**HERE, radius="5000") == Where(
        area=Circle(lat=40.02, long=-75.08, radius_m=MOST_RADIUS_M)
    )
    assert found(**HERE, radius="60000") == Where(
        area=Circle(lat=40.02, long=-75.08, radius_m=MOST_RADIUS_M), clamped=True
    )


@pytest.mark.parametrize(
    ("parameters", "fields"),
    [
        ({"lat": "40.02"}, ["long"]),
        ({"long": "-75.08"}, ["lat"]),
        ({"radius": "100"}, ["lat"]),
        ({"radius": "100", "lat": "40.02"}, ["long"]),
        ({"lat": "91", "long": "181"}, ["lat", "long"]),
        ({"lat": "north", "long": "0x1"}, ["lat", "long"]),
        ({**HERE, "radius": "0"}, ["radius"]),
        ({**HERE, "radius": "-5"}, ["radius"]),
        ({**HERE, "radius": "far"}, ["radius"]),
        ({**HERE, "bbox": "-75.1,40,-75,40.05"}, ["bbox"]),
    ],
)
def test_half_a_place_and_nonsense_are_named(parameters: dict[str, str], fields: list[str]) -> None:
    assert [name for name, _ in refused(**parameters)] == fields


def test_blank_is_absent() -> None:
    assert found(lat="", long=" ", radius="", bbox="  ") == Where()
