"""A compiled city is the city, whole, and needs nothing but the standard library."""

import json
import subprocess
import sys
import time
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path

import pytest

from city311.cities.compiled import WrongFormat, dump, load
from city311.cities.files import read
from city311.domain.catalogue import City
from tests.cities.copies import CITIES, ROOT, SHIPPED, TINY, copy_of


@cache
def city_in(folder: Path) -> City:
    city = read(folder).city
    assert city is not None
    return city


def types_in(value: object) -> object:
    """The type of every value, all the way down: equality alone takes a word for an enum."""
    if is_dataclass(value):
        return type(value), {f.name: types_in(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, dict):
        return dict, {key: types_in(each) for key, each in value.items()}
    if isinstance(value, tuple):
        return tuple, [types_in(each) for each in value]
    if isinstance(value, frozenset):
        return frozenset, {type(each) for each in value}
    return type(value)


@pytest.mark.parametrize("folder", CITIES, ids=lambda folder: folder.name)
def test_what_is_loaded_is_what_was_dumped(folder: Path) -> None:
    city = city_in(folder)

    loaded = load(dump(city))

    assert loaded == city
    assert types_in(loaded) == types_in(city)
    assert list(loaded.services) == list(city.services)


@pytest.mark.parametrize("folder", CITIES, ids=lambda folder: folder.name)
def test_the_same_files_give_the_same_text(folder: Path, tmp_path: Path) -> None:
    copied = read(copy_of(folder, tmp_path)).city
    assert copied is not None

    assert dump(copied) == dump(city_in(folder))


def test_text_of_another_format_is_refused() -> None:
    text = dump(city_in(TINY)).replace('{"format":2', '{"format":1', 1)

    with pytest.raises(WrongFormat, match="format 1, not 2"):
        load(text)
    with pytest.raises(WrongFormat, match="format None"):
        load("[]")
    with pytest.raises(json.JSONDecodeError):
        load("{")


def test_loading_imports_no_tool() -> None:
    code = (
        "import sys; import city311.cities.compiled as c; "
        "print(sorted(set(sys.modules) & {'pydantic', 'yaml', 'city311.cities.schema'}))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(layer())!r}); {code}"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == "[]"


def layer() -> Path:
    return ROOT / "layers/city311/python"


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
def test_a_city_is_small_and_loads_fast_enough_for_a_cold_start(folder: Path) -> None:
    text = dump(city_in(folder))

    spent = []
    for _ in range(5):
        began = time.process_time()
        load(text)
        spent.append(time.process_time() - began)

    assert len(text.encode()) < 250_000
    # 3 to 4 ms of processor time here; the bound only notices another order of magnitude.
    assert min(spent) < 0.030


def test_the_tiny_city_says_what_its_files_say() -> None:
    city = city_in(TINY)

    hole = city.services["schlagloch"]
    assert city.language == "de"
    assert city.calendar.hours == {0: (480, 960), 1: (480, 960)}
    assert [question.alias for question in hole.questions] == ["tief", "seit"]
    assert hole.questions[1].when is not None
    assert hole.questions[1].when.question == "1"
    assert hole.questions[0].choices[1].stop is not None
    assert hole.questions[0].choices[1].stop.call == "112"
    assert city.services["laterne"].priority.rank == 2
    assert city.messages["received"]["de"].subject == "Ihre Meldung $service_request_id ist da"
    assert city.departments["rathaus"].email is None
    assert city.boundary[0][0][0] == (-41.0, 40.5)
