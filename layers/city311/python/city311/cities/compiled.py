"""A city as one JSON text: written by tools, loaded by functions, standard library only."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from city311.domain.catalogue import (
    Calendar,
    Choice,
    City,
    Clock,
    Condition,
    Datatype,
    Department,
    District,
    DuplicateRule,
    Phrases,
    Polygon,
    Priority,
    Promise,
    Question,
    Route,
    Service,
    Stop,
    TriageRules,
    Words,
)

FORMAT = 2
"""Raised when the meaning of the text changes, so that old text is refused and not misread."""


class WrongFormat(ValueError):
    """The text was written for another version of this module; compile the city again."""


def dump(city: City) -> str:
    """The city as JSON; the same city gives the same text."""
    content = {"format": FORMAT, "city": _plain(city)}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def load(text: str) -> City:
    """The city that ``dump`` wrote. Raises WrongFormat, and ValueError for text that is no JSON."""
    content = json.loads(text)
    found = content.get("format") if isinstance(content, dict) else None
    if found != FORMAT:
        raise WrongFormat(f"this city was compiled in format {found}, not {FORMAT}")
    data = content["city"]
    data["languages"] = tuple(data["languages"])
    data["boundary"] = _area(data["boundary"])
    data["districts"] = tuple(_district(each) for each in data["districts"])
    data["services"] = {code: _service(each) for code, each in data["services"].items()}
    data["departments"] = {key: Department(**each) for key, each in data["departments"].items()}
    data["routes"] = tuple(_route(each) for each in data["routes"])
    data["calendar"] = _calendar(data["calendar"])
    data["messages"] = {
        stage: {language: Words(**words) for language, words in by_language.items()}
        for stage, by_language in data["messages"].items()
    }
    data["phrases"] = {
        language: Phrases(**(phrases | {"months": tuple(phrases["months"])}))
        for language, phrases in data["phrases"].items()
    }
    data["triage"] = _triage(data["triage"])
    return City(**data)


def _plain(value: Any) -> Any:
    """Dataclasses as objects, sets in order; text, numbers and None as they are."""
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value


def _area(polygons: list[Any]) -> tuple[Polygon, ...]:
    return tuple(
        tuple(tuple((long, lat) for long, lat in ring) for ring in rings) for rings in polygons
    )


def _district(data: dict[str, Any]) -> District:
    data["area"] = _area(data["area"])
    return District(**data)


_PRIORITIES = {each.value: each for each in Priority}
_DATATYPES = {each.value: each for each in Datatype}
_CLOCKS = {each.value: each for each in Clock}


def _service(data: dict[str, Any]) -> Service:
    data["promise"]["clock"] = _CLOCKS[data["promise"]["clock"]]
    data["promise"] = Promise(**data["promise"])
    data["duplicates"] = DuplicateRule(**data["duplicates"])
    data["priority"] = _PRIORITIES[data["priority"]]
    data["keywords"] = _phrases(data["keywords"])
    data["questions"] = tuple(_question(each) for each in data["questions"])
    return Service(**data)


def _question(data: dict[str, Any]) -> Question:
    data["datatype"] = _DATATYPES[data["datatype"]]
    data["choices"] = tuple(_choice(each) for each in data["choices"])
    when = data["when"]
    if when:
        when["answers"] = frozenset(when["answers"])
        data["when"] = Condition(**when)
    return Question(**data)


def _choice(data: dict[str, Any]) -> Choice:
    if data["stop"]:
        data["stop"] = Stop(**data["stop"])
    return Choice(**data)


def _route(data: dict[str, Any]) -> Route:
    for field in ("services", "groups", "districts"):
        data[field] = frozenset(data[field])
    return Route(**data)


def _calendar(data: dict[str, Any]) -> Calendar:
    data["hours"] = {int(day): (span[0], span[1]) for day, span in data["hours"].items()}
    return Calendar(**data)


def _triage(data: dict[str, Any]) -> TriageRules:
    data["emergency"] = _phrases(data["emergency"])
    data["not_emergency"] = _phrases(data["not_emergency"])
    return TriageRules(**data)


def _phrases(by_language: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {language: tuple(phrases) for language, phrases in by_language.items()}
