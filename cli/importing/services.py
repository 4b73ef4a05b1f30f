"""Their services as our services: codes, groups, words, flags, and one for everything else."""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from city311.cities.rules.names import CODE
from city311.domain.matching import words_of
from cli.importing.decisions import Notes, at
from cli.importing.known import Known
from cli.importing.leftovers import (
    FILE,
    OTHER_GROUP,
    OTHER_SERVICE,
    PROMISE,
    fallback_of,
    keep_others,
)
from cli.importing.names import Names, slug
from cli.importing.questions import Setting, questions_of
from cli.importing.theirs import FAILED, MISSING, TheirService

Part = dict[str, Any]

_LONG = 40
_PATH = re.compile(r"\s*[:>|]\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """services.yaml as plain data, and what other files need of it.

    `codes`: the code of each of their services. `fallback`: the code of "something else".
    """

    groups: list[Part]
    services: list[Part]
    codes: dict[str, str]
    fallback: str


def offer(theirs: list[TheirService], known: Known, language: str, notes: Notes) -> Offer:
    """What the city offers. A service in the folder that they list no more stays, inactive."""
    grouped = _grouping(theirs, notes)
    names = Names(known.groups, frozenset({OTHER_GROUP}))
    groups: dict[str, Part] = {}
    theirs_too = any(each.id == OTHER_SERVICE for each in theirs)
    codes = Names(known.codes, frozenset() if theirs_too else frozenset({OTHER_SERVICE}))
    titles = _titles(theirs, grouped, notes)
    services: list[Part] = []
    for place, service in enumerate(theirs):
        title = grouped[service.id]
        group = names.of(title, slug(title) or "group")
        groups.setdefault(group, {"group": group, "name": {language: title}})
        wish = service.code if CODE.fullmatch(service.code) else _wish(service, place)
        part: Part = {"service_code": codes.of(service.id, wish, longest=60)}
        if part["service_code"] != service.id:
            part["imported_as"] = service.id
        part |= {"group": group, "name": {language: titles[service.id]}}
        part |= _words(service, titles[service.id], language)
        part |= _flags(service)
        _remarks(service, place, notes)
        setting = Setting(
            language=language,
            notes=notes,
            service=service,
            place=place,
            known=known.questions_of(service.id),
        )
        kept = setting.known if service.definition else questions_of(setting)
        services.append(part | ({"questions": kept} if kept else {}))
    other = codes.of("", OTHER_SERVICE) if theirs_too else OTHER_SERVICE
    fallback = fallback_of(services, groups, (other, language), notes)
    keep_others(services, groups, known, notes)
    return Offer(
        groups=list(groups.values()),
        services=services,
        codes={each.id: codes.of(each.id, "") for each in theirs},
        fallback=fallback,
    )


def _wish(service: TheirService, place: int) -> str:
    """A code for people: of the name, or of the last part of a code that is a long path."""
    last = _PATH.split(service.code)[-1] if len(service.code) > _LONG else ""
    named = service.name if service.name != service.code else ""
    words = next((each for each in (named, last, service.code) if slug(each)), "")
    return slug(words, longest=60) or f"service-{place + 1}"


def _grouping(theirs: list[TheirService], notes: Notes) -> dict[str, str]:
    """The title of each service's group: theirs, or the first part of a code that is a path."""
    paths = {each.id: _PATH.split(each.id)[0].strip() for each in theirs if _PATH.search(each.id)}
    by_path = not any(each.groups for each in theirs) and len(paths) > 0.8 * len(theirs)
    if by_path:
        words = "Their services have no groups: the first part of each code was taken for one."
        notes.guessed(words, at(FILE, "groups"))
    elif not all(each.groups for each in theirs):
        notes.decide(
            'Services without a group there stand under "Services": sort them.', at(FILE, "groups")
        )
    found: dict[str, str] = {}
    for place, each in enumerate(theirs):
        own = each.groups[0] if each.groups else ""
        found[each.id] = own or (paths.get(each.id, "") if by_path else "") or "Services"
        if len(each.groups) > 1:
            words = "It stands in several groups there, and in the first of them here."
            label = f"{each.name} ({', '.join(each.groups)})"
            notes.guessed(words, at(FILE, "services", place, "group", label=label))
    return found


def _titles(theirs: list[TheirService], grouped: dict[str, str], notes: Notes) -> dict[str, str]:
    """The name of each service; one that several have gets the group's, or its code, behind it."""
    plain = {each.id: each.name or each.id for each in theirs}
    counts = Counter(name.casefold() for name in plain.values())
    inside = Counter((name.casefold(), grouped[key]) for key, name in plain.items())
    for place, (key, name) in enumerate(plain.items()):
        if counts[name.casefold()] > 1:
            alone = inside[name.casefold(), grouped[key]] == 1
            plain[key] = f"{name} ({grouped[key] if alone else key})"
            words = (
                "Several of their services have the same name; a word behind it tells them apart."
            )
            notes.guessed(words, at(FILE, "services", place, "name", label=plain[key]))
    return plain


def _words(service: TheirService, title: str, language: str) -> Part:
    flags = {"private", "inactive", "staff", "hidden", "waste_only"}
    keywords = {
        words_of(word): word for word in reversed(service.keywords) if word.lower() not in flags
    }
    keywords.pop((), None)
    return {
        "description": {language: service.description or title},
        "keywords": {language: list(reversed(keywords.values()))},
        "promise": dict(PROMISE),
    }


def _flags(service: TheirService) -> Part:
    """What some servers say by special keywords."""
    said = {word.lower() for word in service.keywords}
    private = "private" in said
    part: Part = {"duplicates": {"radius_m": 0 if private else 25, "days": 14}}
    part |= {"private": True} if private else {}
    part |= {"staff_only": True} if "staff" in said else {}
    return part | ({"active": False} if said & {"inactive", "hidden"} else {})


def _remarks(service: TheirService, place: int, notes: Notes) -> None:
    where = at(FILE, "services", place, label=service.name)
    if not service.code:
        notes.guessed("Their list gives no code for this service; its name was taken.", where)
    if service.definition == FAILED:
        notes.decide("Its questions could not be read: import again, or write them.", where)
    if service.definition == MISSING and service.metadata:
        notes.found("It is said to ask questions, but has no definition there.", where)
    if service.metadata and not service.questions and not service.definition:
        notes.found("It is said to ask questions, but asks none.", where)
    if service.metadata is False and service.questions:
        notes.found("It is said to ask nothing, but has questions, which were taken.", where)
    if service.type not in ("", "realtime"):
        words = f'It is "{slug(service.type)}" there; here every request gets its number at once.'
        notes.found(words, where)
