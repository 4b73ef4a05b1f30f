"""`python -m local`: the city in the foreground until Ctrl-C."""

import argparse
import signal
import sys
import time
from pathlib import Path

from local.assembly import Assembly
from local.city import DEFAULT_PORT, LocalCity, default_state
from local.emulator import ACCOUNT, REGION
from local.errors import LocalCloudError


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    root = Path(__file__).parent.parent
    parser.add_argument(
        "--port",
        type=int,
        default=DEFAULT_PORT,
        help="the front door; the emulator takes the next one",
    )
    parser.add_argument("--root", type=Path, default=root)
    parser.add_argument("--state", type=Path, default=None)
    parser.add_argument("--assembly", type=Path, help="a cloud assembly made before: no synthesis")
    kept = parser.add_mutually_exclusive_group()
    kept.add_argument("--keep-state", action="store_true", help="go on with what the last run left")
    kept.add_argument("--fresh", action="store_true", help="start empty (the default)")
    return parser.parse_args()


def main() -> int:
    """Start, say where everything is, wait, stop."""
    arguments = _arguments()
    city = LocalCity(
        arguments.root, arguments.state or default_state(arguments.root), arguments.port
    )
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        city.start(_say, keep_state=arguments.keep_state, assembly=_assembly(arguments))
        _say(f"The city: {city.urls.site}   the desk: {city.urls.desk}   (Ctrl-C ends it)")
        for account in city.staff():
            _say(f"  {account.email:<40} {account.password}")
        while city.is_running():
            time.sleep(1.0)
    except KeyboardInterrupt:
        pass
    except LocalCloudError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not leave half a city
        city.stop_own()
    return 0


def _assembly(arguments: argparse.Namespace) -> Assembly | None:
    folder = arguments.assembly
    return Assembly(folder, ACCOUNT, REGION) if folder else None


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
