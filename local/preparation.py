"""The emulator's environment and the Lambda runtime's packages, each from its lock file."""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from local.errors import PreparationFailed
from local.layout import Layout

WANTED = ("3.13", "3.12", "3.11")
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What the city's processes are started with.

    `version` is the minor version of the interpreter that runs the functions ("3.13").
    """

    emulator: Path
    interpreter: Path
    version: str
    runtime: Path


def prepare(layout: Layout, progress: Progress) -> Tools:
    """Set up what is missing or out of date; quick when nothing is."""
    version, interpreter = find_interpreter()
    if version != WANTED[0]:
        told = f"No Python {WANTED[0]} found: the functions run on {version} here"
        progress(f"{told}, on {WANTED[0]} at AWS")
    emulator = layout.tools / "emulator"
    lock = layout.root / "requirements" / "emulator.lock"
    if not _is_current(emulator, lock, version):
        progress("Installing the emulator")
        shutil.rmtree(emulator, ignore_errors=True)
        _uv("venv", "--quiet", "--python", str(interpreter), str(emulator))
        python = str(emulator / "bin" / "python")
        _uv("pip", "install", "--quiet", "--compile-bytecode", "--python", python, "-r", str(lock))
        _mark(emulator, lock, version)
    return Tools(
        emulator=emulator / "bin" / "python",
        interpreter=interpreter,
        version=version,
        runtime=_runtime(layout, version, interpreter, progress),
    )


def _runtime(layout: Layout, version: str, interpreter: Path, progress: Progress) -> Path:
    folder = layout.tools / f"runtime-{version}"
    lock = layout.root / "requirements" / "runtime.lock"
    if not _is_current(folder, lock, version):
        progress("Installing the packages of the Lambda runtime")
        shutil.rmtree(folder, ignore_errors=True)
        where = ["--python", str(interpreter), "--target", str(folder)]
        _uv("pip", "install", "--quiet", "--compile-bytecode", *where, "-r", str(lock))
        _mark(folder, lock, version)
    return folder


def find_interpreter(versions: tuple[str, ...] = WANTED) -> tuple[str, Path]:
    """The newest interpreter of those versions on this computer, and its minor version.

    PreparationFailed when there is none.
    """
    for version in versions:
        names = [sys.executable] if _minor() == version else []
        names += [found for found in [shutil.which(f"python{version}")] if found]
        for name in names:
            path = _probe(name, version)
            if path is not None:
                return version, path
    span = f"{versions[-1]} to {versions[0]}"
    raise PreparationFailed(f"The functions need a Python from {span}; none is on PATH.")


def _minor() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def _probe(name: str, version: str) -> Path | None:
    """The real executable behind a name (a shim, a virtual environment's link)."""
    question = "import sys; print('%d.%d' % sys.version_info[:2]); print(sys._base_executable)"
    try:
        done = subprocess.run(
            [name, "-c", question], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = done.stdout.split("\n")
    return Path(lines[1]) if done.returncode == 0 and lines[0] == version else None


def _digest(lock: Path, version: str) -> str:
    return hashlib.sha256(lock.read_bytes() + version.encode()).hexdigest()


def _is_current(folder: Path, lock: Path, version: str) -> bool:
    marker = folder / ".lock-digest"
    return marker.is_file() and marker.read_text() == _digest(lock, version)


def _mark(folder: Path, lock: Path, version: str) -> None:
    (folder / ".lock-digest").write_text(_digest(lock, version))


def _uv(*arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "uv", *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise PreparationFailed(f"uv {arguments[0]} did not end well:\n{done.stderr.strip()}")
