"""Codes and ids of ours for names of theirs: the same each time, unique, and kept once given."""

import re
import unicodedata
from collections.abc import Mapping

_LETTERS = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "ø": "o",
        "đ": "d",
        "ł": "l",
        "œ": "oe",
        "þ": "th",
        "ð": "d",
        "\u0131": "i",
    }
)


def slug(words: str, *, between: str = "-", longest: int = 40) -> str:
    """The words in small Latin letters and digits; empty where they have none."""
    plain = unicodedata.normalize("NFKD", words.lower().translate(_LETTERS))
    parts = re.findall(r"[a-z0-9]+", "".join(c for c in plain if not unicodedata.combining(c)))
    short = between.join(parts)[:longest].strip(between)
    head, cut, _ = short.rpartition(between)
    whole = len(between.join(parts)) <= longest
    return short if whole or not cut or len(head) < longest // 2 else head


class Names:
    """Gives each original one name. `known`: original -> the name that it already has."""

    def __init__(
        self, known: Mapping[str, str], taken: frozenset[str] = frozenset(), between: str = "-"
    ) -> None:
        self._between = between
        self._given = dict(known)
        self._taken = {each.casefold() for each in (*known.values(), *taken)}

    def of(self, original: str, wish: str, *, longest: int = 40) -> str:
        """The name of the original: the wish, with a number behind it where that is taken."""
        if original not in self._given:
            self._given[original] = self._free(wish, longest)
        return self._given[original]

    def is_taken(self, name: str) -> bool:
        """Whether somebody has this name, in any case."""
        return name.casefold() in self._taken

    def _free(self, wish: str, longest: int) -> str:
        name, again = wish, 1
        while name.casefold() in self._taken:
            again += 1
            tail = f"{self._between}{again}"
            name = wish[: longest - len(tail)].rstrip("-_") + tail
        self._taken.add(name.casefold())
        return name
