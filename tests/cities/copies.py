"""Copies of the tiny city in which one thing is broken."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from city311.cities.files import Level, read

ROOT = Path(__file__).parent.parent.parent
TINY = Path(__file__).parent / "tinytown"
SHIPPED = tuple(sorted(p.parent for p in (ROOT / "cities").glob("*/city.yaml")))
CITIES = (TINY, *SHIPPED)
"""The tiny city and every city that ships."""

CITY, OFFERS, HOURS = "city.yaml", "services.yaml", "calendar.yaml"
PUBLISHED = "published.yaml"
DEPARTMENTS, ROUTES, TRIAGE = "departments.yaml", "routes.yaml", "triage.yaml"
BOUNDARY, DISTRICTS, ADDRESSES = "boundary.geojson", "districts.geojson", "map/addresses.json"
RECEIVED, WORKING = "messages/de/received.yaml", "messages/de/in_progress.yaml"
RESOLVED = "messages/de/resolved.yaml"


@dataclass(frozen=True, slots=True)
class Break:
    """In ``file``, ``old`` becomes ``new``; a finding with ``words`` is due where ``mark`` is.

    ``found_in``: the file of the finding, where it is another one.
    """

    file: str
    old: str
    new: str
    mark: str
    words: str
    level: Level = Level.ERROR
    found_in: str = ""

    def shows(self, into: Path) -> None:
        """Break a copy of the tiny city and assert that the finding is there."""
        folder = copy_of(TINY, into)
        change(folder, self.file, self.old, self.new)
        name = self.found_in or self.file
        expected = (str(folder / name), line_of(folder, name, self.mark), self.level)

        reading = read(folder)

        said = [f.message for f in reading.findings if (f.path, f.line, f.level) == expected]
        assert any(self.words in message for message in said), (
            f"nothing says {self.words!r} at {expected}:\n" + "\n".join(map(str, reading.findings))
        )
        if self.level is Level.ERROR:
            assert reading.city is None


def copy_of(city: Path, into: Path) -> Path:
    """A copy of a city's folder, under the same name."""
    return Path(shutil.copytree(city, into / city.name))


def change(folder: Path, name: str, old: str, new: str) -> None:
    """Replace ``old``, which must be there exactly once."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {name}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def line_of(folder: Path, name: str, mark: str) -> int:
    """The line on which ``mark`` stands; it must be there exactly once."""
    lines = (folder / name).read_text(encoding="utf-8").splitlines()
    found = [number for number, line in enumerate(lines, start=1) if mark in line]
    assert len(found) == 1, f"{mark!r} is on lines {found} of {name}"
    return found[0]
