"""Start the emulator with every bridge in place; refuse an emulator that was not tried."""

import importlib
import json
import logging
import sys
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from local.lifeline import follow_parent
from local.overlay.registry import BRIDGES, EMULATOR, VERSION
from local.overlay.settings import Settings


def installed() -> str:
    """The emulator's version in this interpreter."""
    try:
        return version(EMULATOR)
    except PackageNotFoundError:
        return "none"


def check_version(found: str) -> None:
    """Bridges reach into the emulator: another version may have moved what they hold on to."""
    if found != VERSION:
        sys.exit(f"The bridges in local/overlay are for {EMULATOR} {VERSION}; this is {found}.")


def check_signatures() -> None:
    """Without this package nobody could sign in: the emulator would refuse every token."""
    if find_spec("cryptography") is None:
        sys.exit("The emulator needs the package cryptography: add it to requirements/emulator.in.")


def apply_all(settings: Settings) -> None:
    """Put every bridge in place and leave their list where the desk finds it."""
    for bridge in BRIDGES:
        importlib.import_module(f"local.overlay.{bridge.module}").apply(settings)
        logging.getLogger("city311").info("bridge: %s", bridge.name)
    rows = [asdict(bridge) | {"lines": bridge.lines} for bridge in BRIDGES]
    (settings.state / "bridges.json").write_text(json.dumps(rows, indent=1))


def main() -> None:
    """Serve until told to stop."""
    check_version(installed())
    check_signatures()
    follow_parent()
    from ministack import app

    from local.overlay.control import wrap

    apply_all(Settings.from_environment())
    app.app = wrap(app.app)
    sys.argv = sys.argv[:1]
    app.main()


if __name__ == "__main__":
    main()
