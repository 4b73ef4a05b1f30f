"""The overlay knows what it bridges, for which emulator, and says so."""

from pathlib import Path

import pytest

from local.overlay.__main__ import check_version
from local.overlay.registry import BRIDGES, VERSION
from local.overlay.settings import Settings
from tests.local.conftest import ROOT, Town

OVERLAY = ROOT / "local" / "overlay"


def test_every_bridge_is_registered_once() -> None:
    bridges = {path.stem for path in OVERLAY.glob("*.py") if "\ndef apply(" in path.read_text()}

    assert sorted(bridges) == sorted(bridge.module for bridge in BRIDGES)


def test_every_bridge_is_in_the_document_with_what_aws_does() -> None:
    document = (ROOT / "docs" / "local-cloud.md").read_text()

    for bridge in BRIDGES:
        assert f"| {bridge.name} | {bridge.aws} | {bridge.emulator} |" in document


def test_every_bridge_is_in_place_and_on_the_desk(town: Town) -> None:
    page = town.http("/_local/bridges").body.decode()

    for bridge in BRIDGES:
        assert bridge.name in page


def test_the_lock_and_the_bridges_mean_the_same_emulator() -> None:
    assert f"ministack=={VERSION} " in (ROOT / "requirements" / "emulator.lock").read_text()


def test_another_emulator_is_refused() -> None:
    check_version(VERSION)

    with pytest.raises(SystemExit, match=r"1\.5\.34"):
        check_version("1.5.34")


def test_a_missing_setting_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CITY311_OVERLAY_STATE", str(tmp_path))
    monkeypatch.delenv("CITY311_OVERLAY_ENDPOINT", raising=False)

    with pytest.raises(KeyError, match="CITY311_OVERLAY_ENDPOINT"):
        Settings.from_environment()


def test_the_emulator_listens_on_this_computer_only(town: Town) -> None:
    port = int(town.city.urls.endpoint.rsplit(":", 1)[-1])
    listening = [
        line.split()[1]
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]
        if line.split()[3] == "0A" and int(line.split()[1].split(":")[1], 16) in {port, port - 1}
    ]

    assert listening
    assert {address.split(":")[0] for address in listening} == {"0100007F"}
