"""Documents in XML and JSON, both written from the table of fields; neither knows a resource."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from pydantic_core import to_json

from city311.open311.fields import Field, Format, Kind, Resource, Row, Value

Plain = str | bool | int | float | None
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NUMBERS = (float, int)
_TO_SECONDS = len("2026-01-31T23:59:59")


def legal(text: str) -> str:
    """``text`` without what XML 1.0 cannot carry: one rule for both formats."""
    # Most texts are plain; all that can be printed is legal, and that is known at once.
    return text if text.isprintable() else _ILLEGAL.sub("", text)


def render(resource: Resource, rows: Sequence[Row], fmt: Format) -> str:
    """The document. A resource that is one object takes exactly one row."""
    if fmt is Format.XML:
        return '<?xml version="1.0" encoding="utf-8"?>\n' + _xml_document(resource, rows)
    write = _json_object(resource.fields)
    return as_json([write(row) for row in rows] if resource.item else write(rows[0]))


def as_json(whole: object) -> str:
    """A document that only JSON has."""
    return to_json(whole).decode()


def time_text(at: datetime) -> str:
    """Seconds always, fractions never, ``Z`` for UTC: what every client's pattern accepts."""
    utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    return utc.isoformat()[:_TO_SECONDS] + "Z"


def _text(value: Value) -> Plain:
    """An empty text is an unknown one."""
    if value is None:
        return None
    text = str(value)
    return (text if text.isprintable() else legal(text)) or None


def _time(value: Value) -> Plain:
    return time_text(value) if isinstance(value, datetime) else _text(value)


def _degrees(value: Value) -> Plain:
    return round(float(value), 6) if isinstance(value, _NUMBERS) else None


def _number(value: Value) -> Plain:
    return value if isinstance(value, int) else None


def _maybe_empty(value: Value) -> Plain:
    return legal(str(value or ""))


_PLAIN: dict[Kind, Callable[[Value], Plain]] = {
    Kind.TEXT: _text,
    Kind.WORDS: _maybe_empty,
    Kind.TIME: _time,
    Kind.DEGREES: _degrees,
    Kind.BOOLEAN: _number,
    Kind.INTEGER: _number,
}
"""A value of each kind as JSON has it."""
_SAID = frozenset({Kind.TEXT, Kind.WORDS, Kind.TIME})
"""Kinds that are text in JSON."""


@cache
def _json_object(fields: tuple[Field, ...]) -> Callable[[Row], dict[str, object]]:
    """What writes such rows: fields are looked up in the table once, not once a row."""
    plan: list[tuple[str, Any, Callable[[Any], object], object]] = [
        (field.name, _as_it_is(field), write, write(None))
        for field in fields
        for write in (_json_value(field),)
    ]

    def written(row: Mapping[str, Any]) -> dict[str, object]:
        value_of: Any = row.get
        # Most values are plain text: a call for each would take as long as all the rest.
        return {
            name: value
            if type(value := value_of(name)) is text and value.isprintable() and value
            else nothing
            if value is None
            else write(value)
            for name, text, write, nothing in plan
        }

    return written


class _Nothing:
    """The type of no value."""


def _as_it_is(field: Field) -> type:
    """The type of values that stand in JSON as they are, if they can be printed."""
    simple = field.kind in _SAID and not (field.several or field.of or field.item)
    return str if simple else _Nothing


def _one_or_more(value: Sequence[str] | None) -> str | list[str]:
    texts = [legal(each) for each in value or ()]
    return texts if len(texts) > 1 else "".join(texts)


def _json_value(field: Field) -> Callable[[Any], object]:
    if field.several:
        return _one_or_more
    if not field.of and not field.item:
        return _PLAIN[field.kind]
    inner: Callable[[Any], object] = _json_object(field.of) if field.of else legal
    if field.item:
        return lambda value: [inner(each) for each in value or ()]
    return lambda value: inner(value) if value else None


def _xml_document(resource: Resource, rows: Sequence[Row]) -> str:
    write = _xml_object(resource.fields)
    if resource.item is None:
        return _element(resource.root, write(rows[0]))
    name = resource.item
    return _element(resource.root, "".join([_element(name, write(row)) for row in rows]))


@cache
def _xml_object(fields: tuple[Field, ...]) -> Callable[[Row], str]:
    plan: list[tuple[str, str, str, Any, Callable[[Any], str]]] = [
        (field.name, f"<{field.name}>", f"</{field.name}>", _as_it_is(field), _xml_element(field))
        for field in fields
        if not field.json_only
    ]

    def written(row: Row) -> str:
        value_of: Any = row.get
        return "".join(
            [
                f"{start}{value}{end}"
                if type(value := value_of(name)) is text and _plainly(value)
                else write(value)
                for name, start, end, text, write in plan
            ]
        )

    return written


def _plainly(text: str) -> bool:
    """Whether it says something, and stands in XML as it is."""
    marks = "&" in text or "<" in text or ">" in text
    return bool(text) and not marks and text.isprintable()


def _xml_element(field: Field) -> Callable[[Any], str]:
    if field.several:
        name = field.name
        return lambda value: "".join([_element(name, _words(e)) for e in value or ("",)])
    content = _xml_content(field)
    start, end, empty = f"<{field.name}>", f"</{field.name}>", f"<{field.name}/>"

    def written(value: Any) -> str:
        inside = "" if value is None else content(value)
        return f"{start}{inside}{end}" if inside else empty

    return written


def _xml_content(field: Field) -> Callable[[Any], str]:
    if not field.of and not field.item:
        plain, text = _PLAIN[field.kind], _XML[field.kind]
        return lambda value: text(plain(value))
    inner: Callable[[Any], str] = _xml_object(field.of) if field.of else _words
    if field.item is None:
        return lambda value: inner(value) if value else ""
    name = field.item
    return lambda value: "".join([_element(name, inner(each)) for each in value])


def _words(text: str) -> str:
    return _escaped(legal(text))


def _escaped(text: Plain) -> str:
    if text is None:
        return ""
    found = str(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return found.replace("\r", "&#13;")


def _spoken_boolean(plain: Plain) -> str:
    return "" if plain is None else "true" if plain else "false"


def _decimal(plain: Plain) -> str:
    return "" if plain is None else f"{plain:.6f}".rstrip("0").rstrip(".")


_XML: dict[Kind, Callable[[Plain], str]] = {
    Kind.TEXT: _escaped,
    Kind.WORDS: _escaped,
    Kind.TIME: _escaped,
    Kind.DEGREES: _decimal,
    Kind.BOOLEAN: _spoken_boolean,
    Kind.INTEGER: _escaped,
}


def _element(name: str, content: str) -> str:
    return f"<{name}>{content}</{name}>" if content else f"<{name}/>"
