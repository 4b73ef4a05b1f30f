"""What a folder holds already, so that names once given stay as they are."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from city311.cities.documents import Unreadable, read_document
from cli.failures import Misuse

Part = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Services, groups and departments of the folder as they stand there.

    `codes`: their code -> ours. `groups` and `departments`: name -> id. `imported`: the codes of
    ours that an import made. `language`: the city's first; empty where there is no city.
    """

    codes: dict[str, str] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    departments: dict[str, str] = field(default_factory=dict)
    services: list[Part] = field(default_factory=list)
    group_parts: list[Part] = field(default_factory=list)
    imported: frozenset[str] = frozenset()
    language: str = ""

    def questions_of(self, original: str) -> list[Part]:
        """The questions of the service that they know by this code."""
        code = self.codes.get(original)
        found = [part for part in self.services if part["service_code"] == code]
        return list(found[0].get("questions", [])) if found else []

    def group(self, group: str) -> Part:
        """The group as it stands there."""
        found = [part for part in self.group_parts if part["group"] == group]
        return found[0] if found else {"group": group, "name": {}}


def known_in(folder: Path, imported: frozenset[str]) -> Known:
    """What the folder holds; nothing where there is no folder. Misuse where it cannot be read."""
    if not (folder / "services.yaml").exists():
        return Known()
    # pydantic, which no other part of an import needs.
    from city311.cities.parsing import parse
    from city311.cities.schema import DepartmentsFile, ServicesFile

    try:
        services = read_document(folder / "services.yaml")
        departments = read_document(folder / "departments.yaml")
    except Unreadable as problem:
        raise Misuse(f"{folder} cannot be read ({problem.message}): mend it first.") from None
    wrong = [parse(services, ServicesFile), parse(departments, DepartmentsFile)]
    if any(isinstance(each, tuple) for each in wrong):
        raise Misuse(f"{folder} has errors: mend what `city311 lint {folder}` says first.")
    offered: Any = services.data
    offices: Any = departments.data
    parts = [{**each, "service_code": str(each["service_code"])} for each in offered["services"]]
    return Known(
        codes={
            str(each.get("imported_as", each["service_code"])): each["service_code"]
            for each in parts
        },
        groups=_by_name(offered["groups"], "group"),
        departments=_by_name(offices["departments"], "department_id"),
        services=parts,
        group_parts=[dict(each) for each in offered["groups"]],
        imported=imported,
        language=str(next(iter(parts[0]["name"]))),
    )


def _by_name(parts: list[Part], key: str) -> dict[str, str]:
    """Names in the first language that is written, with the id behind each."""
    return {str(next(iter(part["name"].values()))): str(part[key]) for part in reversed(parts)}
