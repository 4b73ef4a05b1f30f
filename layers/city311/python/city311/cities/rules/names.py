"""What several rules share: how ids are spelt, what is given twice, what a city must say."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from city311.cities.documents import Document
from city311.cities.findings import Finding, Level

ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
"""Ids that become part of names of queues, groups and files."""
CODE = re.compile(r"[A-Za-z0-9_-]{1,60}")
"""Codes that stand in addresses of web pages and in forms."""
EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
Item = TypeVar("Item")


def repeated(items: Iterable[Item], key: Callable[[Item], str]) -> Iterator[tuple[Item, Item]]:
    """Each item whose key was there before, in any case, with the first that has it."""
    first: dict[str, Item] = {}
    for item in items:
        known = first.setdefault(key(item).casefold(), item)
        if known is not item:
            yield item, known


def spoken(
    document: Document, languages: Iterable[str], words: Iterable[str], *trail: str | int
) -> Iterator[Finding]:
    """Findings for languages that are missing in ``words``, or that the city does not speak."""
    known, given = set(languages), set(words)
    if not known:  # city.yaml cannot be read, and says so itself
        return
    for language in sorted(known - given):
        yield document.finding(f'the words in "{language}" are missing', *trail)
    for language in sorted(given - known):
        message = f'"{language}" is not one of the languages in city.yaml'
        yield document.finding(message, *trail, language, level=Level.WARNING)
