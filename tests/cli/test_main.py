"""The command line as a whole: help everywhere, and never a traceback."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from cli.main import app
from tests.cli.conftest import Run

ROOT = Path(__file__).parents[2]


def commands(group: Any, *path: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, *path, name)
        else:
            yield (*path, name), command


ALL = dict(commands(typer.main.get_command(app)))


def test_the_commands_are_those_of_the_manual() -> None:
    manual = (ROOT / "docs" / "cli.md").read_text()

    assert [path for path in ALL if f"city311 {' '.join(path)}" not in manual] == []


@pytest.mark.parametrize("path", list(ALL), ids=" ".join)
def test_every_command_helps_with_an_example(run: Run, path: tuple[str, ...]) -> None:
    result = run(*path, "--help")

    assert result.exit_code == 0
    assert f"Example: city311 {' '.join(path)}" in " ".join(result.stdout.split())
    assert all(option.help for option in ALL[path].params)


@pytest.mark.parametrize(
    ("command", "words"),
    [("wait", "everybody can read it"), ("resolve", "public"), ("reassign", "for staff only")],
)
def test_staff_are_told_which_of_their_words_are_public(command: str, words: str) -> None:
    said = [option.help for option in ALL["work", command].params]

    assert any(words in each for each in said)


def test_a_wrong_option_is_exit_code_2(run: Run) -> None:
    assert run("queue", "--nonsense").exit_code == 2


def test_a_fault_of_ours_is_one_sentence() -> None:
    code = (
        "import cli.main\n"
        "cli.main.app.command('break')(lambda: 1 / 0)\n"
        "import sys; sys.argv = ['city311', 'break']\n"
        "cli.main.main()\n"
    )
    search = f"{ROOT}{os.pathsep}{ROOT / 'layers' / 'city311' / 'python'}"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": search, "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr == (
        "Error: city311 itself failed: ZeroDivisionError: division by zero "
        "(CITY311_TRACEBACK=1 shows where)\n"
    )


def test_no_city_runs_here(run: Run) -> None:
    status = run("local", "status")

    assert status.exit_code == 1
    assert "No city runs on this computer" in status.stdout
    assert run("local", "stop").stdout == "No city runs on this computer.\n"
