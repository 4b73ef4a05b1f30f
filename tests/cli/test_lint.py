"""`city311 lint`: places, levels, exit codes."""

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Run

ROOT = Path(__file__).parents[2]
TINY = ROOT / "tests" / "cities" / "tinytown"


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A city whose last routing rule sends everything to a department that is not there."""
    folder = tmp_path / "town"
    shutil.copytree(TINY, folder)
    routes = folder / "routes.yaml"
    routes.write_text(routes.read_text() + "\n  - department: nobody\n    reason: To see it.\n")
    return folder


def test_a_sound_city_has_no_findings(run: Run) -> None:
    result = run("lint", str(TINY))

    assert result.exit_code == 0
    assert result.stdout.startswith(f"{TINY}: no findings (")


def test_a_finding_has_its_file_line_level_and_message(run: Run, broken: Path) -> None:
    result = run("lint", str(TINY), str(broken))

    line = next(line for line in result.stdout.splitlines() if "nobody" in line)
    where, level, message = line.split(maxsplit=2)
    path, _, number = where.rpartition(":")
    assert result.exit_code == 1
    assert Path(path).name == "routes.yaml"
    assert (
        "department: nobody" in (broken / "routes.yaml").read_text().splitlines()[int(number) - 1]
    )
    assert (level, bool(message)) == ("error", True)


def test_findings_for_programs(run: Run, broken: Path) -> None:
    result = run("lint", str(broken), "--json")

    assert result.exit_code == 1
    found = [each for each in json.loads(result.stdout) if "nobody" in each["message"]]
    assert found
    assert set(found[0]) == {"path", "line", "level", "message"}


def test_a_folder_that_is_none_is_told(run: Run) -> None:
    result = run("lint", "nowhere")

    assert result.exit_code == 2
    assert "nowhere is no folder" in result.stderr
