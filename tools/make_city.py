"""Makes the map files of an invented city from its recipe: ``python -m tools.make_city FOLDER``."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from tools.citymaker import layers
from tools.citymaker.addresses import number_houses
from tools.citymaker.ground import Ground
from tools.citymaker.recipe import Recipe, read_recipe
from tools.citymaker.streets import lay_streets

RECIPE = "map/recipe.yaml"


def make(recipe: Recipe) -> dict[str, str]:
    """Every file of the map by its path in the city's folder; the same bytes each time.

    Raises ValueError, with words for people, where the recipe contradicts itself.
    """
    ground = Ground(recipe)
    streets = lay_streets(ground)
    addresses = list(number_houses(ground, streets))

    def cells(letter: str) -> list[tuple[int, int]]:
        return sorted(ground.cells({letter}))

    return {
        "boundary.geojson": _collection(layers.boundary(ground)),
        "districts.geojson": _collection(layers.districts(ground)),
        "map/addresses.json": _table(*layers.address_table(ground, streets, addresses)),
        "map/landmarks.geojson": _collection(layers.landmarks(ground)),
        "map/parks.geojson": _collection(layers.parks(ground)),
        "map/places.geojson": _collection(layers.places(ground, cells)),
        "map/streets.geojson": _collection(layers.roads(ground, streets)),
        "map/water.geojson": _collection(layers.water(ground)),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the files and say so; 1 with words on stderr if the recipe cannot be followed."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.make_city",
        description="Make boundary, districts, streets, water, parks, places and addresses of an "
        f"invented city from FOLDER/{RECIPE}. The same recipe gives the same bytes.",
    )
    parser.add_argument("folder", type=Path, help="the city's folder, for example cities/<city>")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail if a file would change"
    )
    options = parser.parse_args(arguments)
    try:
        files = make(read_recipe(options.folder / RECIPE))
    except (OSError, yaml.YAMLError, ValidationError, ValueError) as problem:
        print(f"{options.folder / RECIPE}: {problem}", file=sys.stderr)
        return 1
    return _check(options.folder, files) if options.check else _write(options.folder, files)


def _write(folder: Path, files: Mapping[str, str]) -> int:
    for place, (name, text) in enumerate(files.items(), start=1):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        print(f"[{place}/{len(files)}] {path}  {text.count(chr(10)):,} lines, {len(text):,} bytes")
    print(f"If that changed something: city311 publish {folder}")
    return 0


def _check(folder: Path, files: Mapping[str, str]) -> int:
    stale = [name for name, text in files.items() if not _same(folder / name, text)]
    for name in stale:
        print(f"{folder / name} is not what the recipe makes", file=sys.stderr)
    print(f"{len(files) - len(stale)} of {len(files)} files are what the recipe makes")
    return 1 if stale else 0


def _same(path: Path, text: str) -> bool:
    return path.is_file() and path.read_bytes() == text.encode()


def _collection(features: Sequence[layers.Feature]) -> str:
    """GeoJSON with one feature a line: small, and a change shows as a line."""
    lines = ",\n".join(_compact(feature) for feature in features)
    return '{"type":"FeatureCollection","features":[\n' + lines + "\n]}\n"


def _table(head: Mapping[str, Any], rows: Sequence[Sequence[Any]]) -> str:
    parts = [f"{_compact(key)}:{_compact(value)}" for key, value in head.items()]
    lines = ",\n".join(_compact(row) for row in rows)
    return "{" + ",\n".join(parts) + ',\n"rows":[\n' + lines + "\n]}\n"


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    sys.exit(main())
