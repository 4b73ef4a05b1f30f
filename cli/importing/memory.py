"""import.yaml: what an import found and wrote, so that the next one can say what changed."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from city311.cities.documents import Unreadable, read_document
from cli.importing.drafting import Draft
from cli.importing.endpoint import Endpoint
from cli.importing.theirs import TheirService
from cli.importing.yamlish import dump

FILE = "import.yaml"
_HEAD = """\
Written by `city311 import`, which compares with it when it runs again. Never edit this.
files: a hash of each file as it was written. services: what the server said of each, as hashes.
"""
FIELDS = ("name", "description", "group", "keywords", "flags", "questions")
"""What is compared; a short hash of each is kept."""
_UNREAD = "unread"


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """The last import. `services`: their code -> hashes by field. `codes`: their code -> ours."""

    services: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    there: bool = False


def recall(folder: Path) -> Memory:
    """What is remembered; nothing where nothing is, or where it cannot be read."""
    try:
        data = read_document(folder / FILE).data
    except Unreadable:
        return Memory()
    if not isinstance(data, dict) or not isinstance(data.get("services"), list):
        return Memory()
    parts = [each for each in data["services"] if isinstance(each, dict) and "source" in each]
    files = data.get("files")
    return Memory(
        services={
            str(each["source"]): {name: str(each.get(name, "")) for name in FIELDS}
            for each in parts
        },
        codes={str(each["source"]): str(each.get("code", "")) for each in parts},
        files={str(k): str(v) for k, v in files.items()} if isinstance(files, dict) else {},
        there=True,
    )


def written(endpoint: Endpoint, services: list[TheirService], draft: Draft, before: Memory) -> str:
    """The file's text. A service that is no longer listed stays in it."""
    known = {each.id: facts(each) for each in services}
    for key, hashes in known.items():
        if hashes["questions"] == _UNREAD and key in before.services:
            known[key] = hashes | {"questions": before.services[key]["questions"]}
    former = {key: dict(each) for key, each in before.services.items() if key not in known}
    codes = {**before.codes, **draft.codes}
    data: dict[str, Any] = {
        "source": endpoint.base,
        "jurisdiction_id": endpoint.jurisdiction or "",
        "files": {name: digest(text) for name, text in sorted(draft.files.items())},
        "services": [
            {"source": key, "code": codes.get(key, ""), **each}
            for key, each in {**known, **former}.items()
        ],
    }
    return dump(data, {(): _HEAD})


def facts(service: TheirService) -> dict[str, str]:
    """A short hash of each field of what the server says."""
    values: dict[str, Any] = {
        "name": service.name,
        "description": service.description,
        "group": service.groups,
        "keywords": service.keywords,
        "flags": service.type,
        "questions": repr(service.questions),
    }
    found = {
        name: digest(json.dumps(value, ensure_ascii=False))[:8] for name, value in values.items()
    }
    return found | ({"questions": _UNREAD} if service.definition else {})


def digest(text: str) -> str:
    """A short hash of a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def edited(folder: Path, memory: Memory) -> list[str]:
    """Files that are not as the import left them, and those of a city that it did not make."""
    names = sorted(
        path.relative_to(folder).as_posix()
        for path in [
            *folder.glob("*.yaml"),
            *folder.glob("*.geojson"),
            *folder.glob("messages/*/*.yaml"),
        ]
        if path.name not in (FILE, "published.yaml")
    )
    return [name for name in names if memory.files.get(name) != _digest_of(folder / name)]


def _digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What a server lists now, against the last import: their codes, and fields that changed."""

    new: list[str]
    changed: dict[str, list[str]]
    vanished: list[str]

    @property
    def is_empty(self) -> bool:
        """Whether the server says the same as before."""
        return not (self.new or self.changed or self.vanished)


def difference(
    services: list[TheirService], memory: Memory, codes: Mapping[str, str]
) -> Difference:
    """Against what is remembered, or where nothing is, against the codes in the folder."""
    now = {each.id: facts(each) for each in services}
    before = set(memory.services) if memory.there else set(codes)
    changed: dict[str, list[str]] = {}
    for key in now.keys() & memory.services.keys():
        moved = [
            name
            for name in FIELDS
            if now[key][name] != memory.services[key][name]
            and _UNREAD not in (now[key][name], memory.services[key][name])
        ]
        if moved:
            changed[key] = moved
    return Difference(
        new=[key for key in now if key not in before and key not in codes],
        changed={key: changed[key] for key in now if key in changed},
        vanished=sorted(before - now.keys()),
    )
