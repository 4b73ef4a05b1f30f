"""Plain data as YAML for people: the same data gives the same text, with comments where wanted."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from cli.importing.decisions import Trail

Comments = Mapping[Trail, str]

_PLAIN = re.compile(r"[A-Za-zÀ-ɏ](?:[A-Za-z0-9À-ɏ _./()+'-]*[A-Za-z0-9À-ɏ_./()+-])?")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_WIDE = 98


def dump(data: Mapping[str, Any], comments: Comments | None = None) -> str:
    """The data as a YAML file. `comments`: text above the value at a trail; () is the head."""
    notes = comments or {}
    head = _comment(notes.get((), ""), 0)
    return "\n".join([*head, *_fields(data, (), notes, 0)]) + "\n"


def scalar(value: Any) -> str:
    """A value as YAML of any version reads it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    plain = _PLAIN.fullmatch(value) and value.lower() not in _WORDS
    return value if plain else json.dumps(value, ensure_ascii=False)


def _fields(data: Mapping[str, Any], trail: Trail, notes: Comments, indent: int) -> Iterator[str]:
    for name, value in data.items():
        here = (*trail, name)
        if indent == 0 and trail == () and name != next(iter(data)) and _tall(value, notes, here):
            yield ""
        yield from _comment(notes.get(here, ""), indent)
        yield from _value(f"{' ' * indent}{scalar(name)}:", value, here, notes, indent)


def _tall(value: Any, notes: Comments, here: Trail) -> bool:
    return here in notes or (isinstance(value, list | dict) and _flow(value) is None)


def _value(lead: str, value: Any, trail: Trail, notes: Comments, indent: int) -> Iterator[str]:
    flow = _flow(value)
    if flow is not None and (not isinstance(value, list | dict) or len(lead) + len(flow) < _WIDE):
        yield f"{lead} {flow}"
    elif isinstance(value, Mapping):
        yield lead
        yield from _fields(value, trail, notes, indent + 2)
    else:
        yield lead
        yield from _items(value, trail, notes, indent + 2)


def _items(values: list[Any], trail: Trail, notes: Comments, indent: int) -> Iterator[str]:
    flat = all(isinstance(each, Mapping) and _is_short(each, indent) for each in values)
    for place, value in enumerate(values):
        here = (*trail, place)
        if indent == 2 and place and isinstance(value, Mapping) and len(value) > 4:
            yield ""
        yield from _comment(notes.get(here, ""), indent)
        lead = f"{' ' * indent}- "
        if flat or not isinstance(value, Mapping):
            yield f"{lead}{_flow(value)}"
            continue
        lines = list(_fields(value, here, notes, indent + 2))
        # The dash stands where the first field would be indented; comments stand above it.
        first = next(n for n, line in enumerate(lines) if not line.lstrip().startswith("#"))
        yield from (line[2:] for line in lines[:first])
        yield lead + lines[first].lstrip()
        yield from lines[first + 1 :]


def _is_short(value: Mapping[str, Any], indent: int) -> bool:
    flow = _flow(value)
    return flow is not None and len(value) <= 3 and indent + len(flow) < _WIDE


def _flow(value: Any) -> str | None:
    """The value on one line; None for what people would not read so."""
    if isinstance(value, Mapping):
        inner = [(scalar(name), _flow(each)) for name, each in value.items()]
        if len(inner) > 3 or any(each is None for _, each in inner):
            return None
        return "{" + ", ".join(f"{name}: {each}" for name, each in inner) + "}"
    if isinstance(value, list):
        if any(isinstance(each, list | dict) for each in value):
            return None
        return "[" + ", ".join(scalar(each) for each in value) + "]"
    return scalar(value)


def _comment(words: str, indent: int) -> list[str]:
    return [f"{' ' * indent}# {line}".rstrip() for line in words.splitlines()]
