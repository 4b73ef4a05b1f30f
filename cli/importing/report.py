"""What an import has to say: a table on the terminal, and REPORT.md in the folder."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table
from rich.text import Text

from city311.cities.documents import Document, Unreadable, read_document
from cli.importing.decisions import Kind, Note, Place
from cli.importing.endpoint import Endpoint
from cli.importing.memory import Difference
from cli.screen import clean

_SHOWN = 3
_LISTED = 40
_STYLES = {Kind.DECIDE: "bold yellow", Kind.GUESSED: "cyan", Kind.FOUND: ""}
_TITLES = {
    Kind.DECIDE: "What you must decide",
    Kind.GUESSED: "What was guessed: look whether it is right",
    Kind.FOUND: "What was found",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A note with its places as file and line."""

    kind: Kind
    words: str
    places: tuple[tuple[str, str], ...]


def lines_of(folder: Path, notes: Iterable[Note]) -> list[Line]:
    """The notes, each place with its line in the folder's files."""
    opened: dict[str, Document | None] = {}
    return [
        Line(
            kind=note.kind,
            words=note.words,
            places=tuple((_where(folder, place, opened), place.label) for place in note.places),
        )
        for note in notes
    ]


def _where(folder: Path, place: Place, opened: dict[str, Document | None]) -> str:
    if place.file not in opened:
        try:
            opened[place.file] = read_document(folder / place.file)
        except Unreadable:
            opened[place.file] = None
    document = opened[place.file]
    return f"{place.file}:{document.line(*place.trail) if document else 1}"


def table(lines: list[Line]) -> Table:
    """The notes for a terminal, with the first places of each."""
    made = Table(title=Text("What to look at"), title_justify="left", header_style="bold")
    for column in ("", "what", "where"):
        made.add_column(Text(column), overflow="fold")
    for line in lines:
        shown = [where for where, _ in line.places[:_SHOWN]]
        more = len(line.places) - len(shown)
        tail = [f"and {more} more"] if more else []
        style = _STYLES[line.kind]
        words = Text(clean(line.words))
        made.add_row(Text(line.kind, style=style), words, Text("\n".join([*shown, *tail])))
    return made


def page(endpoint: Endpoint, counts: Mapping[str, int], lines: list[Line]) -> str:
    """REPORT.md: all of it."""
    parts = [
        "# Report of the import",
        "",
        f"From <{endpoint.base}>. `city311 import` writes this page anew; keep your own notes",
        "in `README.md`. After each change: `city311 lint`, then `city311 publish`.",
        "",
        *(f"- {name}: {count}" for name, count in counts.items()),
    ]
    for kind, title in _TITLES.items():
        chosen = [line for line in lines if line.kind is kind]
        if chosen:
            parts += ["", f"## {title}", ""]
            for line in chosen:
                parts += _item(line)
    return "\n".join(parts) + "\n"


def _item(line: Line) -> list[str]:
    box = "[ ] " if line.kind is Kind.DECIDE else ""
    if len(line.places) == 1:
        where, label = line.places[0]
        about = f" {_plain(label)}:" if label else ""
        return [f"- {box}`{where}`{about} {line.words}"]
    made = [f"- {box}{line.words}"]
    made += [f"  - `{where}` {_plain(label)}".rstrip() for where, label in line.places[:_LISTED]]
    more = len(line.places) - _LISTED
    return [*made, f"  - and {more} more"] if more > 0 else made


def _plain(words: str) -> str:
    """Words of a server as Markdown that is only words."""
    return re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", " ".join(clean(words).split()))


def differences(difference: Difference, names: Mapping[str, str]) -> Table:
    """What the server lists now, against the last import."""
    made = Table(title=Text("Against the last import"), title_justify="left", header_style="bold")
    for column in ("", "service there", "name", "what"):
        made.add_column(Text(column), overflow="fold")
    rows = [("new", key, "") for key in difference.new]
    rows += [("changed", key, ", ".join(fields)) for key, fields in difference.changed.items()]
    rows += [("vanished", key, "") for key in difference.vanished]
    for kind, key, what in rows:
        made.add_row(kind, Text(clean(key)), Text(clean(names.get(key, ""))), what)
    return made
