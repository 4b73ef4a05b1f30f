"""Every state of the pages in a real browser: axe, keyboard, narrow screens, what leaves them."""

import shutil
import subprocess
from pathlib import Path

import pytest

from web.build import build
from web.check import install, types
from web.node import NodeMissingError, node, run

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

try:
    node()
except NodeMissingError as missing:
    pytest.skip(str(missing), allow_module_level=True)


@pytest.mark.local
def test_the_types_hold() -> None:
    install()

    types()


@pytest.mark.local
@pytest.mark.skipif(not CHROMIUM, reason="There is no Chromium: apt-get install chromium.")
def test_every_state_in_a_browser(tmp_path: Path) -> None:
    install()
    site = build(tmp_path / "site")

    try:
        said = run("e2e/run.ts", str(site), str(CHROMIUM))
    except subprocess.CalledProcessError as problem:
        pytest.fail(f"{problem.stdout}{problem.stderr}")

    assert said.strip().endswith(" 0 problems")
