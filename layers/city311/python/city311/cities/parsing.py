"""From a document to its model: what does not fit becomes findings in plain words."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from city311.cities.documents import Document, Trail
from city311.cities.findings import Finding

Model = TypeVar("Model", bound=BaseModel)

_WORDS = {
    "missing": "this field is missing",
    "string_type": "this must be text",
    "string_too_short": "this must not be empty",
    "bool_type": "this must be true or false",
    "bool_parsing": "this must be true or false",
    "int_type": "this must be a whole number",
    "int_parsing": "this must be a whole number",
    "int_from_float": "this must be a whole number",
    "float_type": "this must be a number",
    "float_parsing": "this must be a number",
    "list_type": "this must be a list, one item a line, each after a dash",
    "dict_type": "this must be fields with names, like en: ...",
    "model_type": "this must be fields with names, like name: ...",
    "too_short": "this list must not be empty",
    "enum": "this must be {expected}",
    "literal_error": "this must be {expected}",
    "greater_than_equal": "this must be at least {ge}",
    "less_than_equal": "this must be at most {le}",
}
_HINTS = {
    "metadata": "it is not written: a service with questions has it",
    "type": "it is not written: every request gets its number at once",
    "service_name": 'write "name"',
    "attributes": 'write "questions"',
    "values": 'write "choices"',
    "datatype_description": 'write "hint"',
    "version": "it is not written: it is made from the contents of the files",
    "published_at": "`city311 publish` writes it, into published.yaml",
}
"""What people bring along from Open311 documents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded(Generic[Model]):
    """A file that has the right shape."""

    document: Document
    model: Model


def parse(document: Document, model: type[Model]) -> Loaded[Model] | tuple[Finding, ...]:
    """The document as ``model``, or what keeps it from being one."""
    try:
        return Loaded(document=document, model=model.model_validate(document.data))
    except ValidationError as problem:
        return tuple(_finding(document, error, model) for error in problem.errors())


def repeats(document: Document) -> Iterator[Finding]:
    """Names that are given twice: only the last would count, and nobody would see it."""
    for trail, line in document.repeats:
        words = f"{_named(trail)}: this name is given twice"
        yield replace(document.finding(words), line=line)


def _finding(document: Document, error: ErrorDetails, model: type[BaseModel]) -> Finding:
    trail = error["loc"]
    if error["type"] == "extra_forbidden":
        words = _unknown(str(trail[-1]), _siblings(model, trail))
    else:
        words = _WORDS.get(error["type"], error["msg"]).format(**error.get("ctx", {}))
    return document.finding(f"{_named(trail)}: {words}", *trail)


def _unknown(name: str, known: list[str]) -> str:
    if name in _HINTS:
        return f"there is no such field; {_HINTS[name]}"
    near = difflib.get_close_matches(name, known, n=1)
    return "there is no such field" + (f'; did you mean "{near[0]}"?' if near else "")


def _siblings(model: type[BaseModel], trail: Trail) -> list[str]:
    """The fields that exist where an unknown one was found."""
    here: Any = model
    for step in trail[:-1]:
        if isinstance(step, str):
            here = _model_in(here.model_fields[step].annotation)
    return list(here.model_fields)


def _model_in(annotation: Any) -> Any:
    """The model inside ``list[Model]`` or ``Model | None``."""
    inner = [part for part in getattr(annotation, "__args__", ()) if part is not type(None)]
    return inner[0] if inner else annotation


def _named(trail: Trail) -> str:
    """``services[3].promise.done_hours``, as people write it."""
    text = ""
    for step in trail:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}"
    return text.removeprefix(".") or "the file"
