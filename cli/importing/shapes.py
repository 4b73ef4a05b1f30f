"""Values as servers really send them, read as what they mean; nothing here raises."""

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Fields = Mapping[str, Any]

_UNPRINTABLE = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_TAG = re.compile(r"<(?:/?[A-Za-z][^<>]{0,500}|!--.*?--)>", re.DOTALL)
_TRUE = frozenset({"true", "1", "yes", "y", "t", "on"})
_FALSE = frozenset({"false", "0", "no", "n", "f", "off"})
_NUMBER = re.compile(r"[-+]?[0-9]{1,15}(?:\.[0-9]{1,20})?")
_DEEPEST = 40
_SAID = ("description", "detail", "message", "error", "errors", "error_message", "base", "title")
"""Where servers say what went wrong, the best first."""


def tidy(data: Any, depth: int = 0) -> Any:
    """The data without text that no file can hold and no deeper than anybody reads."""
    if isinstance(data, str):
        return _printable(data)
    if depth > _DEEPEST:
        return None
    if isinstance(data, list):
        return [tidy(each, depth + 1) for each in data]
    if isinstance(data, dict):
        return {_printable(name): tidy(each, depth + 1) for name, each in data.items()}
    return data


def _printable(value: str) -> str:
    whole = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _UNPRINTABLE.sub("", whole.replace("\u2028", "\n").replace("\u2029", "\n"))


def rows(data: Any, *names: str) -> list[Fields]:
    """The records that hold one of the names: from a list, one alone, or wrapped, in any depth."""
    return list(_rows(data, names, 0))


def _rows(data: Any, names: Sequence[str], depth: int) -> Iterator[Fields]:
    if depth > _DEEPEST:
        return
    if isinstance(data, Mapping):
        if any(_is_plain(data.get(name)) for name in names):
            yield data
            return
        data = list(data.values())
    if isinstance(data, list):
        for each in data:
            if isinstance(each, Mapping | list):
                yield from _rows(each, names, depth + 1)


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float) and value != ""


def text(value: Any) -> str:
    """The value as one line of plain words, without HTML; empty for nothing."""
    return " ".join(words(value).split())


def words(value: Any) -> str:
    """The value as plain words that may have line breaks, without HTML."""
    if value is None or isinstance(value, Mapping | list):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)  # a code that a server keeps as a number
    said = str(value)
    if "<" in said or "&" in said:
        said = re.sub("[ \t]+", " ", _printable(html.unescape(_TAG.sub(" ", said))))
    return said.replace("\r\n", "\n").replace("\r", "\n").strip()


def code(value: Any) -> str:
    """The value as the server wants it sent back: no HTML is taken out."""
    return value.strip() if isinstance(value, str) else text(value)


def flag(value: Any) -> bool | None:
    """Yes, no, or None where nothing is said."""
    word = text(value).lower()
    return True if word in _TRUE else False if word in _FALSE else None


def number(value: Any) -> float | None:
    """The value as a number; None for what is none."""
    word = text(value).replace(",", ".")
    return float(word) if _NUMBER.fullmatch(word) else None


def first(record: Fields, *names: str) -> Any:
    """The first of the fields that says something."""
    return next((record[n] for n in names if record.get(n) not in (None, "", [], {})), None)


def listed(value: Any) -> list[Any]:
    """The value as a list: of items, of one, or of what a lone container holds."""
    if isinstance(value, Mapping) and len(value) == 1:
        (inner,) = value.values()
        value = inner if isinstance(inner, list | Mapping) else value
    if value is None or value == "":
        return []
    return value if isinstance(value, list) else [value]


def complaint(data: Any) -> str:
    """What an error answer says, in one line of at most 300 characters."""
    said = list(dict.fromkeys(each for each in _complaints(data, 0) if each))
    return "; ".join(said)[:300]


def _complaints(data: Any, depth: int) -> Iterator[str]:
    if depth > 5:
        return
    if isinstance(data, list):
        for each in data[:10]:
            yield from _complaints(each, depth + 1)
    elif isinstance(data, Mapping):
        said = [data[name] for name in _SAID if data.get(name)]
        best = said[:1] or [v for v in data.values() if isinstance(v, Mapping | list)]
        for each in best:
            yield from _complaints(each, depth + 1)
    elif isinstance(data, str):
        yield text(data)
