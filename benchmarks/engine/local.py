"""AWS's own DynamoDB Local, from a pinned npm package, as the second opinion on our engine.

Needs Java 17 and npm. It is installed under .local once, answers from memory, and is stopped with
the ``with`` block. It listens wherever its makers let it (all interfaces), on a free port.
"""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from botocore.config import Config
from botocore.session import get_session

PACKAGE = "amplify-dynamodb-simulator@2.9.30"
_ROOT = Path(__file__).resolve().parents[2]
_HOME = _ROOT / ".local" / "dynamodb-local"
_EMULATOR = _HOME / "node_modules" / "amplify-dynamodb-simulator" / "emulator"
_START_SECONDS = 60


class NoLocal(Exception):
    """Java or npm is missing, or it did not start."""


def available() -> bool:
    """Whether it can be had on this computer."""
    return shutil.which("java") is not None and (
        _EMULATOR.is_dir() or shutil.which("npm") is not None
    )


@contextmanager
def running(heap: str = "4g") -> Iterator[Any]:
    """A client of a fresh, empty DynamoDB Local. NoLocal if there can be none."""
    _installed()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = ["java", f"-Xmx{heap}", f"-Djava.library.path={_EMULATOR / 'DynamoDBLocal_lib'}"]
    command += ["-jar", str(_EMULATOR / "DynamoDBLocal.jar"), "-inMemory", "-sharedDb"]
    command += ["-disableTelemetry", "-port", str(port)]
    process = subprocess.Popen(
        command, cwd=_HOME, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(process, port)
        yield client(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(20)


def client(endpoint: str) -> Any:
    """A client that takes its time."""
    return get_session().create_client(
        "dynamodb",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
        config=Config(
            connect_timeout=5,
            read_timeout=300,
            retries={"mode": "standard", "total_max_attempts": 2},
            parameter_validation=False,
            max_pool_connections=8,
        ),
    )


def _installed() -> None:
    if shutil.which("java") is None:
        raise NoLocal("DynamoDB Local needs Java 17.")
    if _EMULATOR.is_dir():
        return
    npm = shutil.which("npm")
    if npm is None:
        raise NoLocal("DynamoDB Local comes by npm, and npm is not here.")
    _HOME.mkdir(parents=True, exist_ok=True)
    (_HOME / "package.json").write_text("{}")
    words = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-save", PACKAGE]
    done = subprocess.run([npm, *words], cwd=_HOME, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NoLocal(done.stderr.strip())


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise NoLocal("DynamoDB Local did not start.")
