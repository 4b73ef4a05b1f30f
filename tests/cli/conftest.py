"""A small city, a folder for the session, and a way to run commands."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli import session
from cli.main import app
from cli.session import Place, Session
from tests.cli.fakecity import MACHINE, TOKEN, FakeCity, running

Run = Callable[..., Result]


@pytest.fixture
def city() -> Iterator[FakeCity]:
    with running() as found:
        yield found


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CITY311_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CITY311_STATE", str(tmp_path / "no-city-here"))
    return tmp_path / "home"


@pytest.fixture
def run() -> Run:
    def invoked(*arguments: str, stdin: str | None = None) -> Result:
        return CliRunner().invoke(app, list(arguments), input=stdin)

    return invoked


@pytest.fixture
def staff(city: FakeCity) -> Session:
    """Somebody who is signed in to the small city."""
    place = Place(
        site=city.site,
        region="us-east-1",
        client_id="client",
        endpoint=city.site,
        state_machine=MACHINE,
    )
    signed_in = Session(
        place=place,
        name="ada@city.example",
        id_token=TOKEN,
        refresh_token="refresh",
        expires_at=time.time() + 3600,
    )
    session.save(signed_in)
    return signed_in
