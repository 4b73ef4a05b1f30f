"""The map of an invented city: made from its recipe, the same bytes each time."""

import json
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from city311.domain.location import inside
from tests.cities.copies import ROOT, SHIPPED
from tools.citymaker.layers import Misplaced
from tools.citymaker.outline import TornOutline
from tools.citymaker.recipe import Recipe, read_recipe
from tools.citymaker.streets import TooFewNames
from tools.make_city import RECIPE, main, make

MADE = [folder for folder in SHIPPED if (folder / RECIPE).exists()]
from_recipe = pytest.mark.parametrize("folder", MADE, ids=lambda folder: folder.name)


def recipe() -> Recipe:
    return read_recipe(MADE[0] / RECIPE)


@from_recipe
def test_the_files_are_what_the_recipe_makes(folder: Path) -> None:
    for name, text in make(read_recipe(folder / RECIPE)).items():
        assert (folder / name).read_bytes() == text.encode(), f"{name}: run tools.make_city"


@from_recipe
def test_another_process_makes_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / folder.name
    (target / "map").mkdir(parents=True)
    (target / RECIPE).write_bytes((folder / RECIPE).read_bytes())
    done = subprocess.run(
        [sys.executable, "-m", "tools.make_city", str(target)],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.count("bytes") == 8
    for path in target.rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (folder / path.relative_to(target)).read_bytes()


@from_recipe
def test_districts_tile_the_boundary(folder: Path) -> None:
    """Each edge of a district is another district's or the boundary's, once."""

    def edges(name: str) -> list[tuple[tuple[float, float], ...]]:
        features = json.loads((folder / name).read_text(encoding="utf-8"))["features"]
        rings = [ring for f in features for ring in f["geometry"]["coordinates"]]
        return [(tuple(a), tuple(b)) for ring in rings for a, b in pairwise(ring)]

    outer, inner = edges("boundary.geojson"), edges("districts.geojson")
    alone = [(a, b) for a, b in inner if (b, a) not in set(inner)]

    assert len(set(inner)) == len(inner)
    assert sorted(alone) == sorted(outer)


@from_recipe
def test_no_house_stands_in_the_water(folder: Path) -> None:
    water = json.loads((folder / "map/water.geojson").read_text(encoding="utf-8"))["features"]
    rows = json.loads((folder / "map/addresses.json").read_text(encoding="utf-8"))["rows"]
    for feature in water:
        area = (tuple(tuple(map(tuple, ring)) for ring in feature["geometry"]["coordinates"]),)
        wet = [row for row in rows if inside(area, lat=row[5], long=row[4])]
        assert wet == [], feature["properties"]["name"]


@from_recipe
def test_every_street_has_a_name_of_its_own(folder: Path) -> None:
    streets = json.loads((folder / "map/streets.geojson").read_text(encoding="utf-8"))["features"]
    names = [feature["properties"]["name"] for feature in streets]

    assert len(names) == len(set(names)) > 100


def test_check_says_which_file_is_stale(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small = recipe().model_dump(mode="json") | {"cells": "UOO", "landmarks": []}
    small["districts"] = {letter: small["districts"][letter] for letter in "UO"}
    (tmp_path / "map").mkdir()
    (tmp_path / RECIPE).write_text(yaml.safe_dump(small))
    assert main([str(tmp_path)]) == 0
    assert main([str(tmp_path), "--check"]) == 0
    (tmp_path / "boundary.geojson").write_text("{}")
    capsys.readouterr()

    assert main([str(tmp_path), "--check"]) == 1

    said = capsys.readouterr()
    assert "7 of 8 files" in said.out
    assert said.err == f"{tmp_path / 'boundary.geojson'} is not what the recipe makes\n"


def test_a_recipe_that_cannot_be_followed_is_said_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path)]) == 1
    (tmp_path / "map").mkdir()
    (tmp_path / RECIPE).write_text("name: Nowhere\n")
    assert main([str(tmp_path)]) == 1

    said = capsys.readouterr().err
    assert "No such file" in said
    assert "Field required" in said


def test_help_says_what_it_does(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_info:
        main(["--help"])

    assert exit_info.value.code == 0
    assert "The same recipe gives the same bytes" in " ".join(capsys.readouterr().out.split())


def drawn(*rows: str) -> str:
    """The boundary of a city with one district in these cells."""
    plan = recipe()
    change = {"cells": "\n".join(rows), "districts": {"O": plan.districts["O"]}}
    bare = {"landmarks": (), "parks": (), "lakes": ()}
    return make(plan.model_copy(update=change | bare))["boundary.geojson"]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (("O.", ".O"), "touch at a corner only"),
        (("O..O", "O..O"), "not in one piece"),
        (("OOO", "O.O", "OOO"), "not in one piece"),
    ],
)
def test_a_torn_district_is_refused(rows: tuple[str, ...], words: str) -> None:
    with pytest.raises(TornOutline, match=words):
        drawn(*rows)


def test_a_bent_district_is_one_piece() -> None:
    assert '"type":"Polygon"' in drawn("O.O", "OOO")


def test_a_landmark_in_the_sea_is_refused() -> None:
    plan = recipe()
    lost = plan.landmarks[0].model_copy(update={"at": (0.5, 10.5)})

    with pytest.raises(Misplaced, match="is not on the city's land"):
        make(plan.model_copy(update={"landmarks": (lost,)}))


def test_too_few_names_are_said() -> None:
    plan = recipe()
    few = plan.north_south.model_copy(update={"local": plan.north_south.local[:3]})

    with pytest.raises(TooFewNames, match="more names for local north_south streets"):
        make(plan.model_copy(update={"north_south": few}))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"cells": "OO\nO"}, "every row must be as long as the first"),
        ({"cells": "OZ"}, "no district is called Z"),
    ],
)
def test_a_drawing_that_does_not_fit_is_refused(change: dict[str, str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Recipe.model_validate(recipe().model_dump() | change)


def test_a_street_name_twice_is_refused() -> None:
    plan = recipe().model_dump()
    plan["east_west"]["local"] = (*plan["east_west"]["local"], plan["north_south"]["main"][0])

    with pytest.raises(ValueError, match="given twice: Alder Avenue"):
        Recipe.model_validate(plan)
