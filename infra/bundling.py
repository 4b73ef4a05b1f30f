"""Builds what goes into the layers, without Docker: install, prune, compile."""

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from infra.interpreters import LAMBDA, Interpreter, lambda_interpreter, local_interpreter
from infra.plans import is_source

BUILDER = "1"
"""Raised by hand when the steps below change, so that layers are built anew."""
CHALICE_AT_RUNTIME = {"__init__.py", "app.py"}
"""All of Chalice that a running function imports; the rest is its deployer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """For what compiled wheels are chosen. ``python`` None: Lambda's own, on arm64."""

    python: Interpreter | None = None

    @property
    def tag(self) -> str:
        """Names it in asset hashes."""
        if self.python is None:
            return f"lambda-arm64-{LAMBDA[0]}.{LAMBDA[1]}"
        return f"local-{sysconfig.get_platform()}-{self.python.name}"

    @property
    def compiler(self) -> Interpreter | None:
        """The Python whose compiled files this target loads, if there is one here."""
        return self.python or lambda_interpreter()

    def choices(self) -> list[str]:
        """What the installer must be told."""
        if self.python is not None:
            return ["--python", str(self.python.path)]
        version = f"{LAMBDA[0]}.{LAMBDA[1]}"
        return ["--python-platform", "aarch64-manylinux_2_28", "--python-version", version]


def target(*, local: bool) -> Target:
    """Lambda, or this machine and its best interpreter."""
    return Target(python=local_interpreter()) if local else Target()


def wheels_hash(lock: Path, target: Target) -> str:
    """Names the result of install_wheels, before it is made."""
    compiled = "pyc" if target.compiler else "nopyc"
    text = "\0".join([BUILDER, target.tag, compiled, lock.read_text(encoding="utf-8")])
    return hashlib.sha256(text.encode()).hexdigest()


def install_wheels(lock: Path, target: Target, out: Path) -> None:
    """Install exactly what ``lock`` pins into ``out/python``, prune it, compile it."""
    folder = out / "python"
    subprocess.run(  # noqa: S603 - our own installer, our own arguments
        [
            *_uv(),
            *["pip", "install", "--quiet", "--no-deps", "--require-hashes"],
            *["--only-binary", ":all:", "--no-compile-bytecode", "--link-mode", "copy"],
            *target.choices(),
            *["--target", str(folder), "--requirement", str(lock)],
        ],
        check=True,
        env=os.environ | {"UV_NO_PROGRESS": "1"},
    )
    prune(folder)
    compile_tree(folder, out, target.compiler)


def copy_sources(source: Path, out: Path, compiler: Interpreter | None) -> None:
    """Copy a tree of our own Python into ``out/python`` and compile it."""
    folder = out / "python"
    for path in sorted(source.rglob("*")):
        if path.is_file() and is_source(path.relative_to(source)):
            there = folder / path.relative_to(source)
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, there)
    compile_tree(folder, out, compiler)


def compile_tree(folder: Path, out: Path, compiler: Interpreter | None) -> None:
    """Compile for ``/opt``, where layers are mounted; nothing happens without a compiler.

    The compiled files carry no time and are not checked against their source, so that the same
    source gives the same bytes, and a cold start reads each module once.
    """
    if compiler is None:
        return
    subprocess.run(  # noqa: S603 - an interpreter that was found and tried
        [
            *[str(compiler.path), "-I", "-m", "compileall", "-q", "-j", "1"],
            *["--invalidation-mode", "unchecked-hash"],
            *["-s", str(out.resolve()), "-p", "/opt", str(folder.resolve())],
        ],
        check=True,
    )


def _uv() -> list[str]:
    beside = Path(sys.executable).parent / "uv"
    if beside.exists():
        return [str(beside)]
    found = shutil.which("uv")
    if found is None:
        raise RuntimeError("uv is missing: install requirements/tools.lock first.")
    return [found]


def prune(folder: Path) -> None:
    """Leave out what no function loads: tools, caches, old interfaces, Chalice's deployer."""
    for path in (folder / "bin", folder / ".lock", folder / "pydantic" / "v1"):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    chalice = folder / "chalice"
    if chalice.is_dir():
        for path in chalice.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name not in CHALICE_AT_RUNTIME:
                path.unlink()
