"""`city311 lint`: a city's files checked whole, each finding with its file and line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from cli.failures import Misuse
from cli.screen import as_json, clean, out, say

if TYPE_CHECKING:
    from city311.cities.files import Finding, Reading

_STYLES = {"error": "bold red", "warning": "yellow"}


def lint(
    folders: Annotated[
        list[Path], typer.Argument(metavar="CITY_FOLDER...", help="Folders with a city's files.")
    ],
    json: Annotated[bool, typer.Option("--json", help="Findings for programs.")] = False,
) -> None:
    """Check the files of one or more cities.

    Finds broken references, duplicate codes, services that no route fits, missing messages and
    more. Exit code 1 if there is an error; warnings alone are no reason to stop.

    Example: city311 lint cities/*
    """
    # pydantic and yaml, which no other command needs.
    from city311.cities.files import read

    for folder in folders:
        if not folder.is_dir():
            raise Misuse(f"{folder} is no folder: name the folder that holds a city.yaml.")
    readings = [(folder, read(folder)) for folder in folders]
    if json:
        as_json([_plain(each) for _, reading in readings for each in reading.findings])
    else:
        for folder, reading in readings:
            _show(folder, reading)
    if any(_is_error(each) for _, reading in readings for each in reading.findings):
        raise typer.Exit(1)


def _show(folder: Path, reading: Reading) -> None:
    if reading.findings:
        grid = Table.grid(padding=(0, 2))
        grid.add_column(no_wrap=True)
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold")
        for each in reading.findings:
            level = str(each.level)
            place = Text(f"{clean(each.path)}:{each.line}", style="cyan")
            words = Text(clean(each.message))
            grid.add_row(place, Text(level, style=_STYLES.get(level, "")), words)
        out.print(grid)
    errors = sum(_is_error(each) for each in reading.findings)
    others = len(reading.findings) - errors
    if not reading.findings and reading.city is not None:
        city = reading.city
        held = f"{len(city.services)} services, {len(city.departments)} departments"
        say(f"{folder}: no findings ({held}, {len(city.districts)} districts)", "green")
    else:
        say(f"{folder}: {errors} errors, {others} warnings", "red" if errors else "yellow")


def _is_error(finding: Finding) -> bool:
    return str(finding.level) == "error"


def _plain(finding: Finding) -> dict[str, object]:
    return {
        "path": str(finding.path),
        "line": finding.line,
        "level": str(finding.level),
        "message": finding.message,
    }
