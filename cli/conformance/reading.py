"""Answers read: strictly, where a rule is about that; else as tolerant clients read them."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, TypeAlias
from xml.etree.ElementTree import Element

from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import ParseError, fromstring  # type: ignore[import-untyped]

from cli.conformance.exchange import Answer

Row: TypeAlias = dict[str, Any]
JSON, XML = "json", "xml"
KINDS = {XML: "text/xml", JSON: "application/json"}
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")
"""How GeoReport writes a time: seconds always, fractions never, a zone always."""
CONTAINERS = frozenset(
    (
        *("services", "attributes", "values", "service_requests", "errors", "endpoints"),
        *("formats", "service_request_updates", "groups", "notes", "media_urls"),
    )
)
FIELDS = (
    *("service_request_id", "status", "status_notes", "service_name", "service_code"),
    *("description", "agency_responsible", "service_notice", "requested_datetime"),
    *("updated_datetime", "expected_datetime", "address", "address_id", "zipcode"),
    *("lat", "long", "media_url"),
)
"""Of a request, in their order."""
_DEEPEST = 40
_HALF = re.compile(rb"\\u[dD][89a-fA-F]")
_YEARS = range(1900, 2200)


class Unreadable(Exception):
    """The body is not what its format is; the text says where it ends to be."""

    def __init__(self, answer: Answer, reason: str) -> None:
        super().__init__(reason)
        self.answer = answer


def json_value(answer: Answer) -> Any:
    """The body as JSON in UTF-8, to the letter. Raises Unreadable."""
    try:
        value = json.loads(answer.body.decode("utf-8"), parse_constant=_no_number)
        if _HALF.search(answer.body):
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise Unreadable(answer, "it has half a character, escaped") from None
    except RecursionError:
        raise Unreadable(answer, "it is nested without end") from None
    except UnicodeDecodeError:
        raise Unreadable(answer, "it is not UTF-8") from None
    except ValueError as error:
        raise Unreadable(answer, f"it is no JSON: {error}") from None
    return value


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no JSON number")


def xml_root(answer: Answer) -> Element:
    """The body's root. A document type, and so every entity, is refused. Raises Unreadable."""
    try:
        root: Element = fromstring(answer.body, forbid_dtd=True)
    except DefusedXmlException:
        raise Unreadable(answer, "it has a document type, which no Open311 document has") from None
    except (ParseError, LookupError, ValueError) as error:
        raise Unreadable(answer, f"it is no XML: {error}") from None
    if _deep(root):
        raise Unreadable(answer, "it is nested without end")
    return root


def _deep(root: Element) -> bool:
    level = [root]
    for _ in range(_DEEPEST):
        level = [child for each in level for child in each]
    return bool(level)


def plain(element: Element) -> Any:
    """An element by the one rule of GeoReport: a container is a list, an empty one is None."""
    if element.tag in CONTAINERS:
        return [plain(child) for child in element]
    if len(element) == 0:
        return element.text if (element.text or "").strip() else None
    found: Row = {}
    for child in element:
        if child.tag in found:
            before = found[child.tag]
            found[child.tag] = [*(before if isinstance(before, list) else [before]), plain(child)]
        else:
            found[child.tag] = plain(child)
    return found


def rows(answer: Answer, item: str) -> list[Row]:
    """The entries named ``item``, however they are wrapped. Raises Unreadable."""
    if answer.ask.fmt == XML:
        root = xml_root(answer)
        return [_row(plain(each)) for each in root.iter(item)]
    return list(_dicts(json_value(answer)))


def _row(value: Any) -> Row:
    return value if isinstance(value, dict) else {}


def _dicts(value: Any) -> Iterator[Row]:
    """The entries of a bare array, of a wrapped one, or the one entry itself."""
    if isinstance(value, list):
        yield from (each for each in value if isinstance(each, dict))
    elif isinstance(value, dict):
        wrapped = [each for each in value.values() if isinstance(each, list | dict)]
        if len(value) == 1 and wrapped:
            yield from _dicts(wrapped[0])
        elif value:
            yield value


def single(answer: Answer) -> Row:
    """A document that is one object: discovery, a definition. Raises Unreadable."""
    if answer.ask.fmt == XML:
        return _row(plain(xml_root(answer)))
    value = json_value(answer)
    found = next(iter(value), None) if isinstance(value, list) else value
    return _row(found)


def error_fault(answer: Answer) -> str:
    """What is wrong with the form of an error; empty if nothing is."""
    if answer.kind != KINDS[answer.ask.fmt]:
        return f"it is {answer.kind or 'of no type'}, not {KINDS[answer.ask.fmt]}"
    try:
        found = _xml_errors(answer) if answer.ask.fmt == XML else _json_errors(answer)
    except Unreadable as unreadable:
        return str(unreadable)
    if found is None:
        return "it is no list of errors"
    if not found:
        return "its list of errors is empty"
    lacking = [name for name in ("code", "description") for each in found if not each.get(name)]
    return f"an error has no {lacking[0]}" if lacking else ""


def _json_errors(answer: Answer) -> list[Row] | None:
    value = json_value(answer)
    is_list = isinstance(value, list) and all(isinstance(each, dict) for each in value)
    return value if is_list else None


def _xml_errors(answer: Answer) -> list[Row] | None:
    root = xml_root(answer)
    named = root.tag == "errors" and all(child.tag == "error" for child in root)
    return [_row(plain(each)) for each in root] if named else None


def said(answer: Answer) -> str:
    """The words of a refusal, all of them."""
    try:
        found = rows(answer, "error")
    except Unreadable:
        return ""
    return " ".join(str(each.get("description") or each.get("detail") or "") for each in found)


def instant(value: object) -> datetime | None:
    """A time, if it is one; without a zone it is taken as UTC."""
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    if found.year not in _YEARS:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
