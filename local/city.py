"""The city on this computer: start, stop, where it is, what it is made of."""

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from local import staff
from local.archives import Archives
from local.assembly import Assembly
from local.blueprint import synthesise
from local.clients import Clients
from local.deployment import Deployment
from local.emulator import Launch, Ports, answers
from local.errors import AlreadyRunning, NotRunning
from local.layout import Layout
from local.preparation import Progress, prepare
from local.processes import Group

DEFAULT_PORT = 3110


@dataclass(frozen=True, slots=True, kw_only=True)
class Urls:
    """Where to look. `endpoint` is for AWS clients (key and secret: test)."""

    site: str
    api: str
    open311: str
    desk: str
    endpoint: str


class LocalCity:
    """One city on one state folder.

    `root` is the project, `state` what the city remembers (default: .local/state in the project),
    `port` the front door's; the emulator takes the next one.
    """

    def __init__(self, root: Path, state: Path | None = None, port: int = DEFAULT_PORT) -> None:
        root = root.resolve()
        self.layout = Layout(root, (state or root / ".local" / "state").resolve())
        self._ports = Ports(port)
        self._groups: list[Group] = []

    # --- life ---------------------------------------------------------------------------------

    def start(
        self,
        progress: Progress,
        *,
        keep_state: bool = False,
        tied: bool = True,
        assembly: Assembly | None = None,
    ) -> None:
        """Bring the city up: tools, emulator, front door, stacks, staff accounts.

        `keep_state` goes on with what the last run left; otherwise it starts empty. `tied`: it ends
        with this process, however that ends. `assembly` is one that was synthesised before.
        AlreadyRunning, PortTaken and the other LocalCloudErrors say what is wrong; nothing is left
        running then.
        """
        if self.is_running():
            where = self._running()["site"]
            raise AlreadyRunning(f"The city runs already at {where}: stop it first, or use it.")
        self._ports.check_free()
        tools = prepare(self.layout, progress)
        if not keep_state:
            shutil.rmtree(self.layout.state, ignore_errors=True)
        self.layout.state.mkdir(parents=True, exist_ok=True)
        assembly = assembly or synthesise(self.layout, tools, progress)
        launch = Launch(layout=self.layout, tools=tools, ports=self._ports, tied=tied)
        try:
            self._raise(launch, progress)
            self._deploy(assembly, progress)
        except BaseException:
            self.stop()
            raise

    def _raise(self, launch: Launch, progress: Progress) -> None:
        progress("Starting the emulator and the front door")
        self._groups.append(launch.emulator())
        self._groups.append(launch.front_door())
        record = {
            "site": self._ports.site_url,
            "port": self._ports.site,
            "pids": [group.pid for group in self._groups],
        }
        self.layout.running.write_text(json.dumps(record))

    def _deploy(self, assembly: Assembly, progress: Progress) -> None:
        archives = Archives(self.layout.root, self.layout.sources)
        # The template's own parameter: on this computer no name server knows the distribution.
        address = {"SiteAddress": self._ports.site_url}
        everything = Deployment(self.clients, archives, progress, address).deploy(assembly)
        outputs = {
            name: value for name, value in everything.items() if not name.startswith("Exports")
        }
        self.layout.outputs.write_text(json.dumps(outputs, indent=1))
        if "UserPoolId" in outputs:
            progress("Making the staff accounts")
            staff.seed(self.clients, outputs, self.layout)

    def stop(self) -> None:
        """End all processes of the city, whoever started them; the state stays."""
        groups = [Group(pid) for pid in self._running().get("pids", [])] or self._groups
        for group in reversed(groups):
            group.stop()
        self._groups.clear()
        self.layout.running.unlink(missing_ok=True)

    def stop_own(self) -> None:
        """End the city if this process started it, and leave another's alone."""
        if self._groups:
            self.stop()

    def is_running(self) -> bool:
        """Whether a city answers on this state folder."""
        record = self._running()
        return bool(record) and answers(f"{record['site']}/_local/health")

    def attach(self) -> None:
        """Use the city that runs on this state, whatever its port; NotRunning when none does."""
        if not self.is_running():
            raise NotRunning("No city runs here. Start it with: make run")
        self._ports = Ports(int(self._running()["port"]))

    def _running(self) -> Mapping[str, Any]:
        try:
            record = json.loads(self.layout.running.read_text())
        except (OSError, ValueError):
            return {}
        return record if isinstance(record, dict) else {}

    # --- what it is ---------------------------------------------------------------------------

    @property
    def urls(self) -> Urls:
        """The addresses."""
        site = self._ports.site_url
        return Urls(
            site=site,
            api=f"{site}/api",
            open311=f"{site}/open311/v2",
            desk=f"{site}/_local/",
            endpoint=self._ports.endpoint,
        )

    @property
    def outputs(self) -> Mapping[str, str]:
        """Outputs of all stacks; empty before the first deployment."""
        try:
            outputs = json.loads(self.layout.outputs.read_text())
        except (OSError, ValueError):
            return {}
        return {str(key): str(value) for key, value in outputs.items()}

    @property
    def clients(self) -> Clients:
        """AWS clients on this city, as the account's owner."""
        return Clients(self._ports.endpoint)

    def time_out(self, execution_arn: str) -> int:
        """Let the clock of what an execution waits for run out now; how many waits there were."""
        where = f"{self._ports.endpoint}/_city311/hurry?{urlencode({'execution': execution_arn})}"
        with urlopen(Request(where, method="POST"), timeout=10) as answer:
            return int(json.load(answer)["waits"])

    # --- staff --------------------------------------------------------------------------------

    def staff(self) -> tuple[staff.Account, ...]:
        """The seeded accounts with their passwords."""
        return staff.read(self.layout)

    def staff_token(self, name: str) -> str:
        """A fresh identity token of a seeded account, as its sign-in page would get it."""
        return staff.token(self.clients, self.outputs, self.layout, name)


def default_state(root: Path) -> Path:
    """The state folder of `make run`; CITY311_STATE names another."""
    named = os.environ.get("CITY311_STATE")
    return Path(named) if named else root / ".local" / "state"
