"""Documents in XML and JSON, both written from the table of fields; neither knows a resource."""

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime

from city311.open311.fields import Field, Format, Kind, Resource, Row, Value

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPES = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord("\r"): "&#13;"}


def legal(text: str) -> str:
    """``text`` without what XML 1.0 cannot carry: one rule for both formats."""
    return _ILLEGAL.sub("", text)


def render(resource: Resource, rows: Sequence[Row], fmt: Format) -> str:
    """The document. A resource that is one object takes exactly one row."""
    if fmt is Format.XML:
        return '<?xml version="1.0" encoding="utf-8"?>\n' + _xml_document(resource, rows)
    found = [_json_row(resource.fields, row) for row in rows]
    whole = found if resource.item else found[0]
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))


def time_text(at: datetime) -> str:
    """Seconds always, fractions never, ``Z`` for UTC: what every client's pattern accepts."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _plain(field: Field, value: Value) -> str | bool | int | float | None:
    """One value as JSON has it; an empty text is an unknown one."""
    if value is None or value == "":
        return None
    match field.kind:
        case Kind.TIME if isinstance(value, datetime):
            return time_text(value)
        case Kind.DEGREES if isinstance(value, float | int):
            return round(float(value), 6)
        case Kind.BOOLEAN | Kind.INTEGER if isinstance(value, int):
            return value
    return legal(str(value)) or None


def _json_row(fields: tuple[Field, ...], row: Row) -> dict[str, object]:
    return {field.name: _json_value(field, row.get(field.name)) for field in fields}


def _json_value(field: Field, value: Value) -> object:
    if not field.item:
        return _plain(field, value)
    children = value if isinstance(value, list | tuple) else ()
    return [_json_row(field.of, each) if field.of else legal(each) for each in children]


def _xml_document(resource: Resource, rows: Sequence[Row]) -> str:
    if resource.item is None:
        return _element(resource.root, _xml_row(resource.fields, rows[0]))
    name = resource.item
    return _element(
        resource.root, "".join(_element(name, _xml_row(resource.fields, row)) for row in rows)
    )


def _xml_row(fields: tuple[Field, ...], row: Row) -> str:
    return "".join(
        _element(field.name, _xml_value(field, row.get(field.name)))
        for field in fields
        if not field.json_only
    )


def _xml_value(field: Field, value: Value) -> str:
    if not field.item:
        return _xml_text(field, value)
    name = field.item
    children = value if isinstance(value, list | tuple) else ()
    return "".join(
        _element(name, _xml_row(field.of, each) if field.of else _escaped(legal(each)))
        for each in children
    )


def _xml_text(field: Field, value: Value) -> str:
    plain = _plain(field, value)
    if plain is None:
        return ""
    if isinstance(plain, bool):
        return "true" if plain else "false"
    if isinstance(plain, float):
        return f"{plain:.6f}".rstrip("0").rstrip(".")
    return _escaped(str(plain))


def _element(name: str, content: str) -> str:
    return f"<{name}>{content}</{name}>" if content else f"<{name}/>"


def _escaped(text: str) -> str:
    return text.translate(_ESCAPES)
