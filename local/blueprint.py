"""The CDK app run for this computer: the template for AWS, anew when an input changed."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from local.assembly import Assembly
from local.emulator import ACCOUNT, REGION
from local.errors import SynthesisFailed
from local.layout import Layout
from local.preparation import Progress, Tools

_INPUTS = ("app.py", "cdk.json", "infra", "functions", "layers", "cities", "requirements", "web")
_SKIP = {"__pycache__", "node_modules", ".pytest_cache", "site"}


def synthesise(layout: Layout, tools: Tools, progress: Progress) -> Assembly:
    """Run `python app.py`, unless its inputs are those of the last run.

    SynthesisFailed holds what it said.
    """
    assembly = Assembly(layout.assembly, ACCOUNT, REGION)
    marker = layout.assembly / ".inputs"
    digest = inputs_digest(layout.root, tools)
    if marker.is_file() and marker.read_text() == digest:
        return assembly
    progress("Synthesising the CDK app")
    environment = {
        **{
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("AWS_", "CDK_"))
        },
        "CDK_OUTDIR": str(layout.assembly),
        "CDK_VALIDATION": "false",  # two thirds of the time; `make synth` validates
        "CITY311_LAYER_TARGET": "local",
        "CITY311_PYTHON": str(tools.interpreter),
    }
    command = [sys.executable, "app.py"]
    done = subprocess.run(
        command, cwd=layout.root, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise SynthesisFailed(f"python app.py ended with {done.returncode}:\n{done.stderr.strip()}")
    marker.write_text(digest)
    return assembly


def inputs_digest(root: Path, tools: Tools) -> str:
    """A hash of everything that the template and its assets are made from."""
    whole = hashlib.sha256(str(tools.interpreter).encode())
    for name in _INPUTS:
        for path in _files(root / name):
            whole.update(str(path.relative_to(root)).encode())
            whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    for folder, names, files in os.walk(path):
        names[:] = sorted(set(names) - _SKIP)
        yield from (Path(folder) / name for name in sorted(files))
