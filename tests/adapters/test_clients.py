"""The factory of clients, the clock and the dice."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from city311.adapters import clients
from city311.adapters.system import dice, utc_now


@pytest.fixture(autouse=True)
def _forgotten(aws: None) -> object:
    clients.client.cache_clear()
    clients._session.cache_clear()
    yield
    clients.client.cache_clear()
    clients._session.cache_clear()


def test_one_client_a_service_and_kind() -> None:
    assert clients.client("dynamodb") is clients.client("dynamodb")
    assert clients.client("sns") is not clients.client("sns", retries=False)


@pytest.mark.parametrize(
    ("service", "retries", "attempts", "silence"),
    [("dynamodb", True, 3, 3), ("sesv2", False, 1, 10), ("sns", False, 1, 10)],
)
def test_how_often_and_how_long(
    service: str, attempts: int, silence: int, *, retries: bool
) -> None:
    config = clients.client(service, retries=retries).meta.config

    assert config.retries["mode"] == "standard"
    assert config.retries["total_max_attempts"] == attempts
    assert (config.connect_timeout, config.read_timeout) == (1, silence)


def test_the_clock_is_utc_in_whole_milliseconds() -> None:
    now = utc_now()

    assert now.tzinfo is UTC
    assert now.microsecond % 1000 == 0
    assert abs(datetime.now(UTC) - now) < timedelta(seconds=5)


def test_the_dice_are_thrown_anew() -> None:
    throws = {dice(16) for _ in range(100)}

    assert len(throws) == 100
    assert {len(throw) for throw in throws} == {16}


def test_nothing_happens_at_import() -> None:
    modules = (
        "clients s3 ses sns stepfunctions system memory dynamodb.requests dynamodb.residents "
        "dynamodb.tokens dynamodb.ledger dynamodb.watch dynamodb.photos"
    )
    code = "import sys, importlib\n" + "\n".join(
        f"importlib.import_module('city311.adapters.{name}')" for name in modules.split()
    )
    code += "\nassert 'boto3' not in sys.modules"

    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, b"")
