"""The way in: a city's folder, read, checked and built."""

from dataclasses import dataclass
from pathlib import Path

from city311.cities.building import build
from city311.cities.findings import Finding, Level
from city311.cities.lint import check, has_errors
from city311.cities.sources import open_folder
from city311.domain.catalogue import City

__all__ = ["Finding", "Level", "Reading", "read"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What came of reading a folder. ``city`` is None if any finding is an error."""

    city: City | None
    findings: tuple[Finding, ...]


def read(folder: Path) -> Reading:
    """Read and check a city's folder. Whatever is wrong is a finding; nothing is raised."""
    if not folder.is_dir():
        words = "there is no such folder"
        missing = Finding(path=str(folder), line=1, level=Level.ERROR, message=words)
        return Reading(city=None, findings=(missing,))
    sources = open_folder(folder)
    findings = check(sources)
    return Reading(city=None if has_errors(findings) else build(sources), findings=findings)
