"""Their attributes as our questions: codes that are numbers, six datatypes, choices with keys."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from city311.cities.rules.names import CODE
from cli.importing.datatypes import MANY, ONE, datatype_of, final
from cli.importing.decisions import Notes, at
from cli.importing.names import Names, slug
from cli.importing.theirs import TheirQuestion, TheirService

Part = dict[str, Any]

_NUMERIC = re.compile(r"[1-9][0-9]{0,8}")
_CORE = frozenset(
    {"description", "address", "address_string", "address_id", "lat", "long", "latitude"}
    | {"longitude", "email", "first_name", "last_name", "phone", "media_url", "media", "photo"}
    | {"service_code", "jurisdiction_id", "api_key", "device_id", "account_id"}
)
"""What every report holds anyway, and some servers ask for as if it were a question."""
_FILE = "services.yaml"
_YES = ((("yes", "true"), "Yes"), (("no", "false"), "No"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Where questions are written to. `known`: the service's questions in the folder so far."""

    language: str
    notes: Notes
    service: TheirService
    place: int
    known: list[Part]


def questions_of(setting: Setting) -> list[Part]:
    """The service's questions as services.yaml has them."""
    ordered = sorted(
        enumerate(setting.service.questions),
        key=lambda each: (each[1].order is None, each[1].order or 0.0, each[0]),
    )
    asked = [question for _, question in ordered if _is_asked(question, setting)]
    known = {str(part.get("imported_as", part["code"])): part for part in setting.known}
    codes = Names(_numbers(asked, {o: str(part["code"]) for o, part in known.items()}))
    aliases = Names({o: str(part["alias"]) for o, part in known.items()}, between="_")
    parts: dict[str, Part] = {}
    for order, question in enumerate(asked, start=1):
        original = question.code or f"note {order}"
        if original not in parts:
            part = _part(question, original, (codes, aliases), setting, len(parts) + 1)
            parts[original] = part
    for question in asked:
        if question.conditional:
            _condition(question, parts, setting)
    return list(parts.values())


def _is_asked(question: TheirQuestion, setting: Setting) -> bool:
    place = at(_FILE, "services", setting.place, label=f"{setting.service.name}: {question.text}")
    if question.automatic:
        setting.notes.found("A question that their server answers itself was left out.", place)
    elif not question.code and question.variable and datatype_of(question) != "note":
        setting.notes.found(
            "A question without a code was left out: no client can answer it.", place
        )
    elif question.code.lower() in _CORE:
        setting.notes.found("A question for what every report holds was left out.", place)
    else:
        return True
    return False


def _part(
    question: TheirQuestion,
    original: str,
    names: tuple[Names, Names],
    setting: Setting,
    order: int,
) -> Part:
    codes, aliases = names
    datatype = datatype_of(question)
    part: Part = {"code": codes.of(original, _free_number(codes, order))}
    if part["code"] != original:
        part["imported_as"] = original
    wish = slug(
        question.code if re.search("[a-z]{3}", question.code) else question.text, between="_"
    )
    wish = wish if wish[:1].isalpha() else f"q_{wish or order}"
    part["alias"] = aliases.of(original, wish[:40].rstrip("_"))
    part["order"] = order
    part["text"] = {setting.language: question.text or question.code or "?"}
    if question.hint and question.hint != question.text:
        part["hint"] = {setting.language: question.hint}
    choices = _choices(question, datatype, setting, order)
    shows = question.variable and datatype != "note"
    part["datatype"] = final(datatype, has_choices=bool(choices), shows=shows)
    _remark(question, part["datatype"], setting, order)
    if not shows:
        return part | {"variable": False}
    if question.required and not question.conditional:
        part["required"] = True
    return part | ({"choices": choices} if choices else {})


def _numbers(asked: list[TheirQuestion], known: Mapping[str, str]) -> dict[str, str]:
    """The codes that stand: those given before, and theirs that are numbers already."""
    given = dict(known)
    for question in asked:
        code = question.code
        if _NUMERIC.fullmatch(code) and code not in given and code not in given.values():
            given[code] = code
    return given


def _free_number(codes: Names, order: int) -> str:
    number = order
    while codes.is_taken(str(number)):
        number += 1
    return str(number)


def _remark(question: TheirQuestion, datatype: str, setting: Setting, order: int) -> None:
    where = ("services", setting.place, "questions", order - 1, "datatype")
    if question.datatype != datatype and question.variable:
        was = question.datatype or "none"
        words = f'The datatype "{slug(was)}" there is "{datatype}" here.'
        setting.notes.guessed(words, at(_FILE, *where, label=setting.service.name))


def _choices(question: TheirQuestion, datatype: str, setting: Setting, order: int) -> list[Part]:
    """The values of a list; a question of yes or no has these two."""
    if not question.variable or datatype not in (ONE, MANY, "boolean"):
        return []
    given = [(each.key, each.name) for each in question.choices]
    if not given and datatype == "boolean":
        given = [(keys[0], name) for keys, name in _YES]
    known: dict[str, str] = {}
    for part in setting.known:
        if part.get("imported_as", part["code"]) == question.code:
            known = {
                str(c.get("imported_as", c["key"])): str(c["key"]) for c in part.get("choices", [])
            }
    keys = Names(known)
    made: dict[str, Part] = {}
    for key, name in given:
        wish = key if CODE.fullmatch(key) else slug(name) or slug(key) or f"choice-{len(made) + 1}"
        ours = keys.of(key, wish, longest=60)
        if key not in made:
            part = {"key": ours, "name": {setting.language: name or key}}
            made[key] = part if ours == key else part | {"imported_as": key}
    return list(made.values())


def _condition(question: TheirQuestion, parts: Mapping[str, Part], setting: Setting) -> None:
    """Ask it only after the answers that the server names, where that is clear; else always."""
    part, when = parts.get(question.code), question.when
    if part is None:
        return
    where = at(
        _FILE, "services", setting.place, "questions", part["order"] - 1, label=setting.service.name
    )
    other = parts.get(when.question) if when else None
    keys = {str(c.get("imported_as", c["key"])): c["key"] for c in (other or {}).get("choices", [])}
    answers = [keys[value] for value in (when.values if when else ()) if value in keys]
    if other and answers and other["order"] < part["order"]:
        part["when"] = {"question": other["alias"], "answers": list(dict.fromkeys(answers))}
        if question.required and part.get("variable", True):
            part["required"] = True
        setting.notes.guessed("A condition of their server was read as `when`.", where)
    else:
        words = (
            "This is asked only in some cases there, which could not be read: decide with `when`."
        )
        setting.notes.decide(words, where)
