"""Bytes that a server calls JSON or XML, read as what they are, whatever it calls them."""

import html
import json
import re
import zlib
from dataclasses import dataclass
from typing import Any

from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import ParseError, fromstring  # type: ignore[import-untyped]

from cli.importing.shapes import complaint, tidy
from cli.importing.transport import LARGEST, Raw

_CHARSET = re.compile(r"charset=[\"']?([A-Za-z0-9_.:-]+)")
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}encoding=[\"']([A-Za-z0-9_.:-]+)")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_PADDED = re.compile(r"^[\w.$]+\((.*)\)\s*;?\s*$", re.DOTALL)
_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]+|#x[0-9A-Fa-f]+);)(\w+;)?")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ITEMS = frozenset(
    {"service", "attribute", "value", "request", "service_request", "error", "endpoint", "format"}
    | {"group", "keyword", "note", "media_url"}
)
"""Names whose elements are items of a list, even one alone."""
_DEEPEST = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What an answer says. `kind`: json, xml, html or text; only the first two have `data`."""

    kind: str
    data: Any
    language: str | None = None

    def complaint(self) -> str:
        """What the server says went wrong, in one line; empty where it does not say."""
        return complaint(self.data) if self.kind in ("json", "xml") else ""


def read_body(raw: Raw) -> Body:
    """The answer, read by what it looks like. Never raises for what a server sends."""
    content = unpacked(raw.body, raw.headers.get("content-encoding", ""))
    text = decoded(content, raw.headers.get("content-type", "")).lstrip("\ufeff \t\r\n")
    language = raw.headers.get("content-language")
    kind, data = _read(text)
    return Body(kind=kind, data=data, language=language)


def _read(text: str) -> tuple[str, Any]:
    if re.search(r"(?i)<!doctype html|<html[\s>]", text[:500]):
        return "html", None
    if text.startswith("<"):
        found = _xml(text)
        return ("text", None) if found is None else ("xml", found)
    padded = _PADDED.match(text)
    try:
        data = json.loads(padded.group(1) if padded else text, strict=False, parse_constant=_none)
    except (ValueError, RecursionError):
        return "text", None
    return "json", tidy(data)


def _none(name: str) -> None:
    """NaN and Infinity are nothing."""


def unpacked(content: bytes, encoding: str) -> bytes:
    """The body without gzip or deflate, as far as it can be unpacked; packed or not, as it is."""
    packed = content[:2] == b"\x1f\x8b" or "deflate" in encoding.lower()
    if not packed:
        return content
    for bits in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):  # with a head of gzip or zlib, or bare
        machine = zlib.decompressobj(bits)
        parts = bytearray()
        try:
            for start in range(0, len(content), 16_384):
                room = LARGEST - len(parts)
                parts += machine.decompress(content[start : start + 16_384], max(room, 1))
                if len(parts) >= LARGEST:
                    break
        except zlib.error:
            if not parts:
                continue
        return bytes(parts)  # a body that breaks off is worth what came
    return content


def decoded(content: bytes, content_type: str) -> str:
    """UTF-8 if it is, whatever the label says; else what the label says; else Windows' Latin-1."""
    declared = _DECLARED.search(content[:300])
    label = _CHARSET.search(content_type)
    names = [declared.group(1).decode("ascii")] if declared else []
    names = ["utf-8-sig", *([label.group(1)] if label else []), *names, "cp1252"]
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        names = ["utf-16", *names]
    for name in names:
        try:
            return content.decode(name)
        except (UnicodeDecodeError, LookupError, ValueError):
            continue
    return content.decode("latin-1")


def _xml(text: str) -> Any:
    """The document as plain data; None where it is none, after one attempt to mend it."""
    bare = _DECLARATION.sub("", text, count=1)
    for attempt in (bare, _mended(bare)):
        try:
            root = fromstring(attempt)
        except (ParseError, ValueError):
            continue
        except DefusedXmlException:  # entities of its own: nothing a city needs
            return None
        return _element(root, 0) or {_name(root): None}
    return None


def _mended(text: str) -> str:
    def entity(match: re.Match[str]) -> str:
        named = html.unescape(match.group(0)) if match.group(1) else "&"
        return html.escape(named) if "&" in named else named

    return _ENTITY.sub(entity, _ILLEGAL.sub("", text))


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _element(element: Any, depth: int) -> Any:
    """An element as JSON has it: text, a list of items, or fields. Its own name is not in it."""
    children = [child for child in element if isinstance(child.tag, str)]
    if not children or depth > _DEEPEST:
        return (element.text or "").strip() or None
    names = [_name(child) for child in children]
    values = [_element(child, depth + 1) for child in children]
    if len(set(names)) == 1 and (len(names) > 1 or names[0] in _ITEMS):
        return values
    fields: dict[str, Any] = {}
    for name, value in zip(names, values, strict=True):
        if name in fields:  # the same name again: a list without a container
            former = fields[name]
            fields[name] = [*former, value] if isinstance(former, list) else [former, value]
        else:
            fields[name] = value
    return fields
