"""`city311 publish`: a new moment for a change, none without one, and never for a broken city."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from city311.cities.files import read
from cli.failures import Failure
from cli.publish import stamp
from tests.cli.conftest import Run

TINY = Path(__file__).parents[2] / "tests" / "cities" / "tinytown"
FORMER = "2027-03-01T09:00:00+01:00"
LATER = datetime(2027, 6, 1, 12, 0, 0, 999, tzinfo=UTC)


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TINY, tmp_path / "town"))


def rename(town: Path, name: str) -> None:
    path = town / "city.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("name: Kleinfeld", f"name: {name}"), encoding="utf-8")


def test_a_change_gets_its_moment_once(town: Path) -> None:
    rename(town, "Grossfeld")

    assert stamp(town, LATER) == "2027-06-01T12:00:00Z"
    written = (town / "published.yaml").read_bytes()
    assert stamp(town, datetime(2028, 1, 1, tzinfo=UTC)) == "2027-06-01T12:00:00Z"

    assert (town / "published.yaml").read_bytes() == written
    reading = read(town)
    assert reading.findings == ()
    assert reading.city is not None
    assert reading.city.published_at == "2027-06-01T12:00:00Z"


def test_without_a_change_the_moment_stays_as_it_was_written(town: Path) -> None:
    before = (town / "published.yaml").read_bytes()

    assert stamp(town, LATER) == FORMER
    assert (town / "published.yaml").read_bytes() == before


def test_a_clock_that_is_behind_does_not_turn_the_changeset_back(town: Path) -> None:
    rename(town, "Grossfeld")

    assert stamp(town, datetime(2020, 1, 1, tzinfo=UTC)) == "2027-03-01T08:00:01Z"


@pytest.mark.parametrize(
    "broken", ["", "content: x\n", 'published_at: "soon"\ncontent: "x"\n', "["]
)
def test_a_published_file_that_is_lost_or_mangled_is_made_anew(town: Path, broken: str) -> None:
    (town / "published.yaml").write_text(broken, encoding="utf-8")

    assert stamp(town, LATER) == "2027-06-01T12:00:00Z"
    assert read(town).findings == ()


def test_a_broken_city_is_not_published(town: Path) -> None:
    rename(town, '""')
    before = (town / "published.yaml").read_bytes()

    with pytest.raises(Failure, match="has errors"):
        stamp(town, LATER)
    assert (town / "published.yaml").read_bytes() == before


def test_the_command_says_what_it_did(run: Run, town: Path) -> None:
    same = run("publish", str(town))
    rename(town, "Grossfeld")
    changed = run("publish", str(town))

    assert same.stdout == f"{town}: nothing changed since {FORMER}\n"
    assert changed.stdout.startswith(f"{town}: published at 20")
    assert run("publish", "nowhere").exit_code == 2
