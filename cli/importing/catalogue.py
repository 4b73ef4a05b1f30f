"""The import of a catalogue from end to end: read, compare, draft, write."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from cli.failures import Failure, Refused
from cli.importing import memory
from cli.importing.client import Client
from cli.importing.drafting import Draft, Wishes, city_word, draft
from cli.importing.endpoint import Endpoint, found_at
from cli.importing.folder import Delivery, checked_folder, is_in_use, put
from cli.importing.known import known_in
from cli.importing.names import slug
from cli.importing.past import sample_of
from cli.importing.reading import services_in, with_definitions
from cli.importing.report import Line, lines_of, page
from cli.importing.theirs import FAILED, Sample, TheirService


@dataclass(frozen=True, slots=True, kw_only=True)
class Theirs:
    """What a server said."""

    endpoint: Endpoint
    services: list[TheirService]
    sample: Sample

    @property
    def counts(self) -> dict[str, int]:
        """How much was found, for people."""
        asked = [question for service in self.services for question in service.questions]
        return {
            "services": len(self.services),
            "questions": len(asked),
            "definitions that could not be read": sum(
                each.definition == FAILED for each in self.services
            ),
            "recent requests looked at": self.sample.count,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of it. `written` is False where a folder in use was only compared."""

    folder: Path
    theirs: Theirs
    difference: memory.Difference | None
    edited: list[str]
    lines: list[Line]
    written: bool


def read(client: Client, jurisdiction: str | None, tell: Callable[[str], None]) -> Theirs:
    """All that a server says of its catalogue, and a page of recent requests. Raises Failure."""
    tell(f"Looking for Open311 at {client.home}")
    endpoint, body = found_at(client, jurisdiction)
    services = services_in(body)
    total = len(services)
    found = with_definitions(
        client, endpoint, services, lambda n: tell(f"Reading definitions: {n} of {total}")
    )
    tell("Reading recent requests")
    return Theirs(endpoint=endpoint, services=found, sample=_sample(client, endpoint))


def _sample(client: Client, endpoint: Endpoint) -> Sample:
    """Recent requests, if the server shows any; an import goes on without."""
    try:
        return sample_of(client.get(endpoint.url("requests"), endpoint.query).data)
    except Refused:
        return Sample(agencies={}, points=())


def bring_in(
    theirs: Theirs, folder: Path, client: Client, wishes: Wishes, *, force: bool
) -> Outcome:
    """Write the folder; one in use is only compared, unless `force`. Raises Failure."""
    checked_folder(folder)
    before = memory.recall(folder)
    known = known_in(folder, frozenset(before.codes.values()))
    in_use = is_in_use(folder)
    changed = memory.difference(theirs.services, before, known.codes) if in_use else None
    edited = memory.edited(folder, before) if in_use else []
    lines: list[Line] = []
    if in_use and not force:
        return _outcome(theirs, folder, changed, edited, lines)
    made = draft(theirs.endpoint, theirs.services, theirs.sample, known, wishes)

    def told(trial: Path) -> dict[str, str]:
        lines.extend(lines_of(trial, made.notes.all()))
        return {"REPORT.md": page(theirs.endpoint, theirs.counts, lines)}

    files = {**made.files, memory.FILE: _memory(theirs, made, before)}
    keep = [name for name in edited if name in made.files]
    put(folder, Delivery(files=files, keep=keep, told=told), client.time.now())
    return _outcome(theirs, folder, changed, keep, lines, written=True)


def _memory(theirs: Theirs, made: Draft, before: memory.Memory) -> str:
    return memory.written(theirs.endpoint, theirs.services, made, before)


def _outcome(
    theirs: Theirs,
    folder: Path,
    changed: memory.Difference | None,
    edited: list[str],
    lines: list[Line],
    *,
    written: bool = False,
) -> Outcome:
    return Outcome(
        folder=folder,
        theirs=theirs,
        difference=changed,
        edited=edited,
        lines=lines,
        written=written,
    )


def folder_for(client: Client) -> Path:
    """Where a city goes that nobody named: by its server's name."""
    word = slug(city_word(urlsplit(client.home).hostname or ""), longest=20)
    if not word:
        raise Failure("The server's name says no city: name the folder with --to cities/NAME.")
    return Path("cities") / word
