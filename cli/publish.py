"""`city311 publish`: a new moment for Open311 clients when, and only when, a city changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.failures import Failure, Misuse
from cli.screen import say

if TYPE_CHECKING:
    from city311.cities.sources import Sources

_HEAD = """\
# Written by `city311 publish`; run it after a change, and never edit this. Open311 clients read the
# catalogue anew when published_at moves. content: a hash of what all files of the city say.
"""


def publish(
    folders: Annotated[
        list[Path], typer.Argument(metavar="CITY_FOLDER...", help="Folders with a city's files.")
    ],
) -> None:
    """Tell Open311 clients that a city's files changed: give the change its moment.

    A city that says the same as before keeps its moment, whatever its comments. A city with errors
    is not published: `city311 lint` says what they are.

    Example: city311 publish cities/*/
    """
    for folder in folders:
        if not folder.is_dir():
            raise Misuse(f"{folder} is no folder: name the folder that holds a city.yaml.")
    for folder in folders:
        before = published_at(folder)
        moment = stamp(folder, datetime.now(UTC))
        if moment == before:
            say(f"{folder}: nothing changed since {moment}")
        else:
            say(f"{folder}: published at {moment}", "green")


def stamp(folder: Path, now: datetime) -> str:
    """Publish the folder's files as they are; returns the moment, the former if nothing changed.

    Raises Failure where the city has errors.
    """
    # pydantic and yaml, which few commands need.
    from city311.cities.lint import check, has_errors
    from city311.cities.sources import PUBLISHED, open_folder

    sources = open_folder(folder)
    others = tuple(each for each in check(sources) if each.path != str(folder / PUBLISHED))
    if has_errors(others):
        raise Failure(f"{folder} has errors: mend what `city311 lint {folder}` says, then publish.")
    moment = _moment(sources, now)
    if sources.published is None or sources.published.model.published_at != moment:
        said = f'{_HEAD}published_at: "{moment}"\ncontent: "{sources.content}"\n'
        (folder / PUBLISHED).write_text(said, encoding="utf-8", newline="\n")
    return moment


def published_at(folder: Path) -> str | None:
    """The moment that the folder was published last, if it can be read."""
    from city311.cities.sources import open_folder

    published = open_folder(folder).published
    return published.model.published_at if published else None


def _moment(sources: Sources, now: datetime) -> str:
    """Now, or just after the former moment where this computer's clock is behind it."""
    from city311.cities.rules.published import is_moment

    former = sources.published.model if sources.published else None
    if former is None or not is_moment(former.published_at):
        return _written(now)
    if former.content == sources.content:
        return former.published_at
    later = datetime.fromisoformat(former.published_at) + timedelta(seconds=1)
    return _written(max(now, later))


def _written(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
