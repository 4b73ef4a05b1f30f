"""Services that their list does not hold: the one for everything else, and those of the folder."""

import re
from typing import Any

from cli.importing.decisions import Notes, at
from cli.importing.known import Known

Part = dict[str, Any]

FILE = "services.yaml"
OTHER_GROUP, OTHER_SERVICE = "everything-else", "something-else"
PROMISE = {"pick_up_hours": 16, "done_hours": 80}
_ELSE = re.compile(
    r"(?:(?:all )?others?|something else|everything else|miscellaneous|general"
    r"|other (?:issue|request)s?|sonstiges|otros?|autres?|overig|muu|övrigt)",
    re.IGNORECASE,
)


def keep_others(services: list[Part], groups: dict[str, Part], known: Known, notes: Notes) -> None:
    """Services of the folder that they do not list; ids live for ever, old requests need them."""
    listed = {part["service_code"] for part in services}
    for part in known.services:
        if part["service_code"] in listed:
            continue
        groups.setdefault(part["group"], known.group(part["group"]))
        where = at(FILE, "services", len(services), label=part["service_code"])
        if part["service_code"] in known.imported:
            notes.guessed("It is in the folder, but not in their list: it stays, inactive.", where)
            services.append(part | {"active": False})
        else:
            notes.found("Somebody added it here: it stays as it is.", where)
            services.append(part)


def fallback_of(
    services: list[Part], groups: dict[str, Part], spelt: tuple[str, str], notes: Notes
) -> str:
    """The service for everything else: theirs, if one is called so, else one with this code."""
    code, language = spelt
    for place, part in enumerate(services):
        closed = part.get("staff_only") or part.get("private") or part.get("active") is False
        asks = any(question.get("required") for question in part.get("questions", []))
        if not closed and not asks and _ELSE.fullmatch(part["name"][language]):
            where = at(FILE, "services", place, label=part["name"][language])
            notes.guessed("This was taken for the service for everything else.", where)
            return str(part["service_code"])
    groups[OTHER_GROUP] = {"group": OTHER_GROUP, "name": {language: "Everything else"}}
    notes.guessed(
        "A service for everything else was added; residents need one.",
        at(FILE, "services", len(services)),
    )
    services.append(
        {
            "service_code": code,
            "group": OTHER_GROUP,
            "name": {language: "Something else"},
            "description": {language: "Anything that no other service fits. A person reads it."},
            "keywords": {language: []},
            "promise": dict(PROMISE),
            "duplicates": {"radius_m": 0, "days": 1},
        }
    )
    return code
