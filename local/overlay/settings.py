"""What the overlay is told when the emulator starts."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Addresses and folders of one running local cloud.

    `endpoint` is the emulator, `site` the front door; both are URLs without a slash at the end.
    `interpreter` and `runtime`: the Python and the packages that the Lambda service brings.
    """

    state: Path
    endpoint: str
    site: str
    region: str
    interpreter: str
    runtime: Path
    workers: int

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read CITY311_OVERLAY_*; KeyError names the first that is missing."""
        read = {name: os.environ[f"CITY311_OVERLAY_{name.upper()}"] for name in cls.__slots__}
        return cls(
            state=Path(read["state"]),
            endpoint=read["endpoint"],
            site=read["site"],
            region=read["region"],
            interpreter=read["interpreter"],
            runtime=Path(read["runtime"]),
            workers=int(read["workers"]),
        )
