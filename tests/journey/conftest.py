"""The city on this computer, once for all journeys: the template that deploys, IAM enforced."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.city import LocalCity
from tests.journey.town import Town

ROOT = Path(__file__).resolve().parents[2]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.local)


def free_port() -> int:
    """A port that is free together with the next one."""
    for port in range(3700, 3900, 2):
        with socket.socket() as first, socket.socket() as second:
            try:
                first.bind(("127.0.0.1", port))
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port
    raise AssertionError("no two free ports in a row")


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The running city."""
    city = LocalCity(ROOT, state=tmp_path_factory.mktemp("city"), port=free_port())
    city.start(lambda words: None)
    try:
        yield Town(city)
    finally:
        city.stop()
