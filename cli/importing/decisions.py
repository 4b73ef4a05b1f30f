"""What an import found, guessed and leaves to a person, each with its place in the files."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

Trail = tuple[str | int, ...]


class Kind(StrEnum):
    """Found: the server said it. Guessed: look whether it is right. Decide: only a person knows."""

    DECIDE = "to decide"
    GUESSED = "guessed"
    FOUND = "found"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A value in a file; `label` says which of many."""

    file: str
    trail: Trail = ()
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One thing that a person should read, with all places that it is about."""

    kind: Kind
    words: str
    places: tuple[Place, ...]


@dataclass(slots=True)
class Notes:
    """Collects notes; the same words again add a place."""

    _kept: dict[tuple[Kind, str], list[Place]] = field(default_factory=dict)

    def decide(self, words: str, *places: Place) -> None:
        """Only a person knows."""
        self._add(Kind.DECIDE, words, places)

    def guessed(self, words: str, *places: Place) -> None:
        """Look whether it is right."""
        self._add(Kind.GUESSED, words, places)

    def found(self, words: str, *places: Place) -> None:
        """The server said it, or it is as it was there."""
        self._add(Kind.FOUND, words, places)

    def _add(self, kind: Kind, words: str, places: tuple[Place, ...]) -> None:
        self._kept.setdefault((kind, words), []).extend(places)

    def all(self) -> Iterator[Note]:
        """What must be decided first, then guesses, then what was found."""
        for wanted in Kind:
            for (kind, words), places in self._kept.items():
                if kind is wanted:
                    yield Note(kind=kind, words=words, places=tuple(places))


def at(file: str, *trail: str | int, label: str = "") -> Place:
    """A place, short to write."""
    return Place(file=file, trail=trail, label=label)
