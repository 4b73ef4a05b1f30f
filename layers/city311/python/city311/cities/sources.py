"""All files of a city's folder, each read for itself; what cannot be read becomes findings."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from city311.cities.areas import Areas, read_areas
from city311.cities.documents import Document, Unreadable, read_document
from city311.cities.findings import Finding, Level
from city311.cities.parsing import Loaded, Model, parse, repeats
from city311.cities.schema import (
    CalendarFile,
    CityFile,
    DepartmentsFile,
    MessageFile,
    PhrasesFile,
    PublishedFile,
    RoutesFile,
    ServicesFile,
    TriageFile,
)
from city311.domain.lifecycle import RESIDENT_STAGES

Read = TypeVar("Read", bound=object)

PUBLISHED = "published.yaml"
IMPORTED = ("import.yaml", "REPORT.md")
"""What `city311 import` remembers and tells; no part of the city."""
NAMES = (
    "city.yaml",
    "services.yaml",
    "departments.yaml",
    "routes.yaml",
    "calendar.yaml",
    "triage.yaml",
    "districts.geojson",
    "boundary.geojson",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What could be read. None: the file is missing or has the wrong shape, and a finding says so.

    ``version``: a hash of every byte. ``content``: a hash of what the files mean; comments, the
    map and published.yaml do not count. ``messages``: (language, stage) -> message;
    ``phrases``: language -> phrases. ``addresses``: the table, if the city has one.
    """

    folder: Path
    version: str
    content: str
    published: Loaded[PublishedFile] | None
    city: Loaded[CityFile] | None
    services: Loaded[ServicesFile] | None
    departments: Loaded[DepartmentsFile] | None
    routes: Loaded[RoutesFile] | None
    calendar: Loaded[CalendarFile] | None
    triage: Loaded[TriageFile] | None
    boundary: Areas | None
    districts: Areas | None
    messages: Mapping[tuple[str, str], Loaded[MessageFile]]
    phrases: Mapping[str, Loaded[PhrasesFile]]
    addresses: Document | None
    findings: tuple[Finding, ...]

    @property
    def languages(self) -> tuple[str, ...]:
        """The city's languages; none as long as city.yaml cannot be read."""
        return tuple(self.city.model.languages) if self.city else ()


def open_folder(folder: Path) -> Sources:
    """Read every file of the folder."""
    reader = _Reader(folder)
    return Sources(
        folder=folder,
        published=reader.published(),
        city=reader.model("city.yaml", CityFile),
        services=reader.model("services.yaml", ServicesFile),
        departments=reader.model("departments.yaml", DepartmentsFile),
        routes=reader.model("routes.yaml", RoutesFile),
        calendar=reader.model("calendar.yaml", CalendarFile),
        triage=reader.model("triage.yaml", TriageFile),
        boundary=reader.areas("boundary.geojson"),
        districts=reader.areas("districts.geojson"),
        messages=reader.messages(),
        phrases=reader.phrases(),
        addresses=reader.addresses(),
        version=_version(folder),
        content=_content(reader.read),
        findings=(*reader.findings, *_strangers(folder)),
    )


class _Reader:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.findings: list[Finding] = []
        self.read: dict[str, object] = {}

    def document(self, name: str) -> Document | None:
        path = self.folder / name
        try:
            document = read_document(path)
        except Unreadable as problem:
            words, line = problem.message, problem.line
            finding = Finding(path=str(path), line=line, level=Level.ERROR, message=words)
            self.findings.append(finding)
            return None
        self.findings += repeats(document)
        self.read[name] = document.data
        return document

    def model(self, name: str, model: type[Model]) -> Loaded[Model] | None:
        document = self.document(name)
        return self._kept(parse(document, model)) if document else None

    def areas(self, name: str) -> Areas | None:
        document = self.document(name)
        return self._kept(read_areas(document)) if document else None

    def messages(self) -> dict[tuple[str, str], Loaded[MessageFile]]:
        """Every message file there is; rules/messages.py says which are missing."""
        found: dict[tuple[str, str], Loaded[MessageFile]] = {}
        for path in sorted((self.folder / "messages").glob("*/*.yaml")):
            if path.stem in RESIDENT_STAGES:
                name = path.relative_to(self.folder).as_posix()
                message = self.model(name, MessageFile)
                if message:
                    found[path.parent.name, path.stem] = message
        return found

    def phrases(self) -> dict[str, Loaded[PhrasesFile]]:
        """The phrases of every language that has some."""
        found: dict[str, Loaded[PhrasesFile]] = {}
        for path in sorted((self.folder / "messages").glob("*/words.yaml")):
            phrases = self.model(path.relative_to(self.folder).as_posix(), PhrasesFile)
            if phrases:
                found[path.parent.name] = phrases
        return found

    def published(self) -> Loaded[PublishedFile] | None:
        """When it was published; rules/published.py says if it never was."""
        there = (self.folder / PUBLISHED).exists()
        return self.model(PUBLISHED, PublishedFile) if there else None

    def addresses(self) -> Document | None:
        name = "map/addresses.json"
        return self.document(name) if (self.folder / name).exists() else None

    def _kept(self, result: Read | tuple[Finding, ...]) -> Read | None:
        if isinstance(result, tuple):
            self.findings += result
            return None
        return result


def _version(folder: Path) -> str:
    """A hash of the name and contents of every file: another byte, another version."""
    total = hashlib.sha256()
    for path in _files(folder):
        total.update(f"{path.relative_to(folder).as_posix()}\0".encode())
        total.update(hashlib.sha256(_bytes(path)).digest())
    return total.hexdigest()[:16]


def _content(read: Mapping[str, object]) -> str:
    """A hash of what the files say, whatever their comments, quotes and order of names."""
    said = {name: data for name, data in read.items() if not name.startswith(("map/", PUBLISHED))}
    text = json.dumps(said, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # said by whoever needs the file
        return b""


def _files(folder: Path) -> list[Path]:
    """Every file but hidden ones and editors' copies."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not path.name.endswith("~")
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )


def _strangers(folder: Path) -> Iterator[Finding]:
    """Files that nothing reads: most are misspelt names."""
    for path in _files(folder):
        parts = path.relative_to(folder).parts
        message = len(parts) == 3 and parts[0] == "messages" and path.suffix == ".yaml"
        name = "/".join(parts)
        known = parts[0] == "map" or parts[-1] == "README.md"
        known = known or name in (*NAMES, *IMPORTED, PUBLISHED)
        if not known and not (message and path.stem in (*RESIDENT_STAGES, "words")):
            words = "nothing reads this file; is its name right?"
            yield Finding(path=str(path), line=1, level=Level.WARNING, message=words)
