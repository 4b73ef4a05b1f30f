"""Where things are kept: tools and cloud assembly once a clone, the rest in the state."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Layout:
    """Folders and files. `root` is the project, `state` what one city remembers."""

    root: Path
    state: Path

    @property
    def tools(self) -> Path:
        """Virtual environment of the emulator, packages of the Lambda runtime."""
        return self.root / ".local"

    @property
    def assembly(self) -> Path:
        """What the CDK app writes."""
        return self.tools / "cdk.out"

    @property
    def emulator_data(self) -> Path:
        """The emulator's own files."""
        return self.state / "emulator"

    @property
    def logs(self) -> Path:
        """Output of the processes."""
        return self.state / "logs"

    @property
    def running(self) -> Path:
        """Process ids and ports of the city that runs on this state."""
        return self.state / "running.json"

    @property
    def outputs(self) -> Path:
        """Outputs of the stacks as deployed."""
        return self.state / "outputs.json"

    @property
    def staff(self) -> Path:
        """Accounts made by the seed."""
        return self.state / "staff.json"

    @property
    def sources(self) -> Path:
        """Which folder of the project each uploaded archive was made from."""
        return self.state / "sources.json"
