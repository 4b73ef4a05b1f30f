"""The body of a post, in any of the three shapes that clients send, as one list of named texts."""

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from city311.domain.errors import FieldProblem, InvalidInput
from city311.open311 import multipart
from city311.open311.wire import legal

MOST_FIELDS = 500
MOST_BYTES = 4_500_000
"""A function is handed at most 6 MB, in which a body takes a third more room than it is long."""
CHARSET_FIELD = "_charset_"
"""A form may name its charset in a field of this name (HTML); it is nobody's answer."""
_CHARSET = re.compile(rb"(?:\A|&)_charset_=([\w.:-]+)", re.ASCII)
_CHARSETS = frozenset({"utf-8", "ascii", "iso8859-1", "iso8859-15", "cp1252"})


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file that came inside the post; the declared type is only a claim."""

    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Fields in the order sent, repeated ones repeated, blank ones left out: blank is absent."""

    fields: tuple[tuple[str, str], ...]
    files: tuple[File, ...] = ()

    def first(self, name: str) -> str | None:
        """The first value of a field, without the white space around it."""
        return next((value.strip() for key, value in self.fields if key == name), None)

    def every(self, name: str) -> tuple[str, ...]:
        """All values of a field."""
        return tuple(value.strip() for key, value in self.fields if key == name)


def read(body: bytes, content_type: str) -> Form:
    """The form. InvalidInput (field ``body``) if it is too long or not what its type says."""
    if len(body) > MOST_BYTES:
        raise _unreadable(
            "This is too large. Send at most 4.5 MB: smaller photos, or a report without them."
        )
    kind = content_type.partition(";")[0].strip().lower()
    declared = multipart.parameters(";" + content_type.partition(";")[2])
    charset = declared.get("charset")
    if kind == "multipart/form-data":
        return _multipart(body, declared.get("boundary", ""), charset)
    if kind in ("application/x-www-form-urlencoded", ""):
        named = _CHARSET.search(body)
        return _form(_urlencoded(body, _chosen(charset, named[1] if named else b"")))
    if kind == "application/json":
        return _form(_json(body, _charset(charset)))
    raise _unreadable(
        "Send application/x-www-form-urlencoded, multipart/form-data or application/json."
    )


def _form(pairs: Iterator[tuple[str, str]], files: tuple[File, ...] = ()) -> Form:
    legible = ((legal(name), legal(value)) for name, value in pairs)
    said = ((n, v) for n, v in legible if v.strip() and n != CHARSET_FIELD)
    return Form(fields=tuple(said), files=files)


def _charset(name: str | None) -> str:
    known = _known(name or "utf-8")
    if known is None:
        raise _unreadable("Send the text as UTF-8.")
    return known


def _known(name: str) -> str | None:
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    return found if found in _CHARSETS else None


def _chosen(declared: str | None, named: bytes) -> str:
    """The charset of the Content-Type, else the one that the form names, if it names one."""
    return _charset(declared or _known(named.decode("ascii", "replace").strip() or "utf-8"))


def _decoded(content: bytes, charset: str) -> str:
    try:
        return content.decode(charset)
    except UnicodeDecodeError:
        raise _unreadable(f"The text is not {charset}. Send it as UTF-8.") from None


def _urlencoded(body: bytes, charset: str) -> Iterator[tuple[str, str]]:
    text = _decoded(body, charset)
    try:
        pairs = parse_qsl(
            text,
            keep_blank_values=True,
            encoding=charset,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except UnicodeDecodeError:
        raise _unreadable(f"The text is not {charset}. Send it as UTF-8.") from None
    except ValueError:
        raise _unreadable(f"Send at most {MOST_FIELDS} fields.") from None
    yield from pairs


def _multipart(body: bytes, boundary: str, declared: str | None) -> Form:
    found = multipart.parts(body, boundary)
    named = (part.content for part in found if part.name == CHARSET_FIELD)
    charset = _chosen(declared, next(named, b""))
    texts = (
        (part.name, _decoded(part.content, _charset(part.charset) if part.charset else charset))
        for part in found
        if part.filename is None
    )
    files = tuple(
        File(content_type=part.content_type, content=part.content)
        for part in found
        # A browser sends an empty part for a file input that was left empty.
        if part.filename is not None and part.content
    )
    return _form(texts, files)


def _json(body: bytes, charset: str) -> Iterator[tuple[str, str]]:
    try:
        # Numbers stay the text they were: 41.50 is what the sender wrote.
        text = _decoded(body, charset).removeprefix("\ufeff")
        value = json.loads(text, parse_float=str, parse_int=str)
    except (ValueError, RecursionError):
        raise _unreadable("The body is not JSON. Send one object with the fields.") from None
    if not isinstance(value, dict):
        raise _unreadable("Send one JSON object with the fields.")
    yield from _members(value)


def _members(value: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, content in value.items():
        if name in ("attribute", "attributes") and isinstance(content, dict):
            for code, answer in content.items():
                yield from _texts(f"attribute[{code}]", answer)
        else:
            yield from _texts(name, content)


def _texts(name: str, content: object) -> Iterator[tuple[str, str]]:
    match content:
        case None:
            return
        case bool():
            yield name, "true" if content else "false"
        case list():
            for each in content:
                yield from _texts(name, each if isinstance(each, str | bool | None) else str(each))
        case dict():
            yield name, json.dumps(content, ensure_ascii=False)
        case _:
            yield name, str(content)


def _unreadable(advice: str) -> InvalidInput:
    return InvalidInput(FieldProblem(field="body", advice=advice, reason="unreadable"))
