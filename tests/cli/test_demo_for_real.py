"""The demo against the local cloud, on a state and ports of its own."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    """A port whose successor is free too."""
    for port in range(21_000, 22_000, 2):
        with socket.socket() as first, socket.socket() as second:
            try:
                first.bind(("127.0.0.1", port))
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port
    raise OSError("no two free ports")


@pytest.mark.local
def test_one_request_goes_door_to_door_and_nothing_is_left_running(tmp_path: Path) -> None:
    search = os.pathsep.join([str(ROOT), str(ROOT / "layers" / "city311" / "python")])
    environment = os.environ | {"PYTHONPATH": search, "CITY311_STATE": str(tmp_path / "state")}
    city311 = [sys.executable, "-m", "cli.main"]

    done = subprocess.run(
        [*city311, "demo", "--json", "--port", str(free_port())],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    story = json.loads(done.stdout)
    assert story["mails"] == 3
    assert story["transitions"] <= 15
    assert story["states"][-1] == "Close"
    status = subprocess.run([*city311, "local", "status"], cwd=ROOT, env=environment, check=False)
    assert status.returncode == 1
