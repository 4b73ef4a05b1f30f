"""A draft into its folder: written beside, linted, published, and only then moved in."""

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from city311.cities.rules.identity import LONGEST_FOLDER
from city311.cities.rules.names import ID
from cli.failures import Failure, Misuse
from cli.publish import stamp


def checked_folder(folder: Path) -> Path:
    """The folder, if a city may be called so and nothing else stands there."""
    name = folder.resolve().name
    if not ID.fullmatch(name) or len(name) > LONGEST_FOLDER:
        raise Misuse(
            f'A city\'s folder cannot be called "{name}": use at most {LONGEST_FOLDER} lower-case '
            "letters, digits and dashes, with --to cities/NAME."
        )
    if folder.exists() and not folder.is_dir():
        raise Misuse(f"{folder} is no folder.")
    return folder


def is_in_use(folder: Path) -> bool:
    """Whether it holds anything of a city."""
    return any(folder.glob("*.yaml")) if folder.is_dir() else False


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What to write. `keep`: files whose present text stays beside, with ~ behind the name.

    `told`: more files, from the folder with all others in it.
    """

    files: Mapping[str, str]
    keep: list[str]
    told: Callable[[Path], Mapping[str, str]]


def put(folder: Path, delivery: Delivery, now: datetime) -> None:
    """Write the files.

    Raises Failure, with the folder as it was, where the files make no city without errors.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".import-", dir=folder.parent) as room:
        trial = Path(room) / folder.resolve().name
        if folder.is_dir():
            shutil.copytree(folder, trial)
        for name in delivery.keep:
            shutil.copy2(trial / name, trial / f"{name}~")
        for name, text in delivery.files.items():
            _write(trial / name, text)
        _lint(trial)
        told = delivery.told(trial)
        for name, text in told.items():
            _write(trial / name, text)
        stamp(trial, now)
        kept = [f"{name}~" for name in delivery.keep]
        _move(trial, folder, [*kept, *delivery.files, *told, "published.yaml"])


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def _lint(trial: Path) -> None:
    # pydantic and yaml, which no other command needs.
    from city311.cities.files import Level, read

    errors = [
        each
        for each in read(trial).findings
        if each.level is Level.ERROR and not each.path.endswith("published.yaml")
    ]
    if errors:
        where = Path(errors[0].path).relative_to(trial)
        raise Failure(
            f"What the server offers makes no sound city: {where}:{errors[0].line}: "
            f"{errors[0].message} ({len(errors)} errors). Nothing was written."
        )


def _move(trial: Path, folder: Path, names: list[str]) -> None:
    """Each file in one step, so that no reader finds half of one."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        os.replace(trial / name, folder / name)  # noqa: PTH105 - Path.replace says the same longer
