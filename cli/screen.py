"""What the commands write: results on stdout, progress and problems on stderr."""

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text

_WIDE = 200
"""Columns where nobody's window limits them: in a pipe, a line is a line."""
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def _console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else _WIDE
    return Console(stderr=stderr, highlight=False, markup=False, emoji=False, width=width)


out = _console(stderr=False)
err = _console(stderr=True)


def clean(value: object) -> str:
    """The value as text that cannot steer a terminal; empty for None."""
    return "" if value is None else _CONTROL.sub("", str(value))


def say(text: str, style: str = "") -> None:
    """One line of result."""
    out.print(Text(clean(text), style=style))


def progress(text: str) -> None:
    """One line about what is going on."""
    err.print(Text(clean(text), style="dim"))


def problem(text: str) -> None:
    """One line about what went wrong."""
    err.print(Text.assemble(("Error: ", "bold red"), clean(text)), soft_wrap=True)


def as_json(value: object) -> None:
    """The result for programs."""
    sys.stdout.write(json.dumps(value, indent=1, ensure_ascii=False) + "\n")


@contextmanager
def waiting(text: str) -> Iterator[None]:
    """Show that something takes its time: a spinner, or a line where nothing can spin."""
    if not err.is_terminal:
        progress(f"{text} ...")
        yield
        return
    with err.status(Text(clean(text))):
        yield


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Table:
    """A table of plain values; a column named `when` or `due` of moments is shown in local time."""
    made = Table(title=Text(title), title_justify="left", header_style="bold")
    for column in columns:
        made.add_column(Text(column), overflow="fold")
    for row in rows:
        made.add_row(*(Text(shown(value)) for value in row))
    return made


def pairs(title: str, rows: Sequence[tuple[str, object]]) -> Table:
    """Names and values, without those that are empty."""
    made = Table(title=Text(title), title_justify="left", show_header=False, box=None)
    made.add_column(style="bold", no_wrap=True)
    made.add_column(overflow="fold")
    for name, value in rows:
        if _said(value):
            made.add_row(Text(name), Text(shown(value)))
    return made


def shown(value: object) -> str:
    """A value as people read it."""
    if isinstance(value, datetime):
        return value.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        held = {str(key).replace("_", " "): each for key, each in value.items()}
        return "; ".join(f"{key}: {shown(each)}" for key, each in held.items() if _said(each))
    if isinstance(value, list | tuple):
        return ", ".join(shown(each) for each in value)
    return clean(value)


def _said(value: object) -> bool:
    return value not in (None, "", [], (), {})


def moment(text: str | None) -> datetime | None:
    """An RFC 3339 time of the city's answers."""
    return datetime.fromisoformat(text) if text else None
