"""YAML and JSON files as plain data that knows on which line each value stands."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml

from city311.cities.findings import Finding, Level

Trail = tuple[str | int, ...]
"""The way to a value: keys and positions, from the top of the file."""

_NULL = re.compile(r"(?:~|null|Null|NULL|)\Z")
_TRUE = re.compile(r"(?:true|True|TRUE)\Z")
_FALSE = re.compile(r"(?:false|False|FALSE)\Z")
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\Z")
_NUMBER = re.compile(r"[-+]?[0-9]{1,18}\.[0-9]{1,18}\Z")
_DEEPEST = 40


class Unreadable(Exception):
    """The file is no YAML or JSON; says why and on which line."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One file. ``lines()`` knows the line of every value, ``repeats`` of keys given twice."""

    path: Path
    data: object
    lines: Callable[[], Mapping[Trail, int]]
    repeats: tuple[tuple[Trail, int], ...] = ()

    def line(self, *trail: str | int) -> int:
        """The line of a value, or of the nearest thing around it that exists."""
        lines = self.lines()
        while trail and trail not in lines:
            trail = trail[:-1]
        return lines.get(trail, 1)

    def finding(self, message: str, *trail: str | int, level: Level = Level.ERROR) -> Finding:
        """A finding at a value of this file."""
        return Finding(path=str(self.path), line=self.line(*trail), level=level, message=message)


def read_document(path: Path) -> Document:
    """Read a .yaml, .json or .geojson file. Raises Unreadable."""
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise Unreadable(1, "this file is missing") from None
    except OSError as problem:
        raise Unreadable(1, f"this file cannot be read: {problem.strerror}") from None
    except UnicodeDecodeError as problem:
        line = problem.object[: problem.start].count(b"\n") + 1
        raise Unreadable(line, "this file is not UTF-8 text") from None
    return _json(path, text) if path.suffix in (".json", ".geojson") else _yaml(path, text)


def _json(path: Path, text: str) -> Document:
    shrunk: list[bool] = []

    def pairs(items: list[tuple[str, object]]) -> dict[str, object]:
        values = dict(items)
        shrunk.append(len(values) < len(items))
        return values

    try:
        data = json.loads(text, parse_constant=_refuse, object_pairs_hook=pairs)
    except json.JSONDecodeError as problem:
        raise Unreadable(problem.lineno, f"this is not JSON: {problem.msg}") from None
    except (ValueError, RecursionError) as problem:
        raise Unreadable(1, f"this is not JSON: {problem}") from None

    @cache
    def found() -> _Found:
        """JSON is YAML but for tabs. Only lines are taken from it, and only if somebody asks."""
        try:
            return _compose(text.replace("\t", " "))
        except Unreadable:  # legal JSON all the same; its findings stand on line 1
            return _Found()

    repeats = tuple(found().repeats) if any(shrunk) else ()
    return Document(path=path, data=data, lines=lambda: found().lines, repeats=repeats)


def _yaml(path: Path, text: str) -> Document:
    found = _compose(text)
    if found.data is None:
        raise Unreadable(1, "this file is empty")
    return Document(
        path=path, data=found.data, lines=lambda: found.lines, repeats=tuple(found.repeats)
    )


def _refuse(name: str) -> object:
    raise ValueError(f"{name} is not a number")


@dataclass(slots=True)
class _Found:
    data: object = None
    lines: dict[Trail, int] = field(default_factory=dict)
    repeats: list[tuple[Trail, int]] = field(default_factory=list)


def _compose(text: str) -> _Found:
    try:
        for _ in _shallow(text):
            pass
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        why = problem.problem or problem.context or "it cannot be understood"
        raise Unreadable(mark.line + 1 if mark else 1, f"this is not YAML: {why}") from None
    except yaml.YAMLError as problem:
        why = str(problem).splitlines()[0]
        raise Unreadable(1, f"this is not YAML: {why}") from None
    found = _Found()
    if root is not None:
        found.data = _value(root, (), found)
    return found


def _shallow(text: str) -> Iterator[None]:
    """Read event by event, so that no file can nest deeper than the composer's stack."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent):
            raise Unreadable(_line(event), "write it out: names with * and & are not read here")
        if depth > _DEEPEST:
            raise Unreadable(_line(event), "this is nested too deep")
        yield


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _value(node: yaml.Node, trail: Trail, found: _Found) -> object:
    found.lines.setdefault(trail, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, trail, found)
    if isinstance(node, yaml.SequenceNode):
        return [_value(child, (*trail, place), found) for place, child in enumerate(node.value)]
    return _scalar(str(node.value), quoted=bool(getattr(node, "style", None)))


def _mapping(node: yaml.MappingNode, trail: Trail, found: _Found) -> dict[str, object]:
    values: dict[str, object] = {}
    for key_node, child in node.value:
        key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "?"
        here = (*trail, key)
        line = key_node.start_mark.line + 1
        if key in values:
            found.repeats.append((here, line))
        found.lines[here] = line
        values[key] = _value(child, here, found)
    return values


def _scalar(text: str, *, quoted: bool) -> object:
    """YAML 1.2's few rules: "no" is a word, 08:00 is text, 2026-01-01 is text."""
    if quoted:
        return text
    if _NULL.match(text):
        return None
    if _TRUE.match(text) or _FALSE.match(text):
        return bool(_TRUE.match(text))
    if _WHOLE.match(text):
        return int(text)
    return float(text) if _NUMBER.match(text) else text
