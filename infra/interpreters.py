"""Finds the Python that compiles for Lambda, and the one that stands in for Lambda here."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LAMBDA = (3, 13)
"""The runtime of every function."""
STAND_INS = ((3, 13), (3, 15), (3, 14), (3, 12), (3, 11))
"""What may run the functions locally, best first: the runtime itself, else the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreter:
    """A Python that was started and has told its version."""

    path: Path
    version: tuple[int, int]

    @property
    def name(self) -> str:
        """Its version as people write it."""
        return f"{self.version[0]}.{self.version[1]}"


@cache
def lambda_interpreter() -> Interpreter | None:
    """A Python of the runtime's own version, or None: then layers ship without compiled files."""
    return _find(LAMBDA)


@cache
def local_interpreter() -> Interpreter:
    """The Python that runs the functions on this machine; ``CITY311_PYTHON`` may name another."""
    if named := os.environ.get("CITY311_PYTHON"):
        version = _version(Path(named))
        if version is None or version < (3, 11):
            raise RuntimeError(f"CITY311_PYTHON names {named}, which is no Python 3.11 or newer.")
        return Interpreter(path=Path(named), version=version)
    for version in STAND_INS:
        if found := _find(version):
            return found
    raise RuntimeError("No Python 3.11 or newer was found.")


def _find(version: tuple[int, int]) -> Interpreter | None:
    for path in _candidates(version):
        if path.exists() and _version(path) == version:
            return Interpreter(path=path, version=version)
    return None


def _candidates(version: tuple[int, int]) -> Iterator[Path]:
    name = f"python{version[0]}.{version[1]}"
    if sys.version_info[:2] == version:
        yield Path(getattr(sys, "_base_executable", sys.executable))
    if on_path := shutil.which(name):
        yield Path(on_path)
    home = Path.home()
    pattern = f"{version[0]}.{version[1]}"
    yield from sorted(home.glob(f".pyenv/versions/{pattern}*/bin/{name}"), reverse=True)
    yield from sorted(
        home.glob(f".local/share/uv/python/cpython-{pattern}*/bin/{name}"), reverse=True
    )


def _version(path: Path) -> tuple[int, int] | None:
    """What the file says its version is; None for shims and broken installs."""
    try:
        told = subprocess.run(  # noqa: S603 - the candidates are interpreters, or nothing happens
            [str(path), "-I", "-c", "import sys; print(*sys.version_info[:2])"],
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
        ).stdout.split()
        return int(told[0]), int(told[1])
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return None
