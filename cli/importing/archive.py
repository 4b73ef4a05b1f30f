"""A file of past requests that can be gone on with: one JSON object a line, each id once."""

import json
import os
from datetime import datetime
from io import BufferedRandom
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from cli.failures import Misuse
from cli.importing.past import Past

Span = tuple[datetime, datetime]


class Archive:
    """The open file. `covered`: from when to when every request is in it; None at the beginning."""

    def __init__(self, path: Path, source: str) -> None:
        self.path = path
        self.source = source
        self.covered: Span | None = None
        self.ids: set[str] = set()
        self._file: BufferedRandom | None = None

    @classmethod
    def at(cls, path: Path, source: str) -> Self:
        """The archive at a path, new or as it was left. Misuse where it is something else."""
        archive = cls(path, source)
        archive._recall()
        return archive

    @property
    def state(self) -> Path:
        """Where it is written down how far the file goes."""
        return self.path.with_name(f"{self.path.name}.state.json")

    def __enter__(self) -> Self:
        """Open the file, without a last line that was cut off."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("r+b" if self.path.exists() else "w+b")
        except OSError as error:
            raise Misuse(f"{self.path} cannot be written: {error.strerror}.") from None
        try:
            self._read(self._file)
        except Misuse:
            self._file.close()
            raise
        return self

    def _read(self, file: BufferedRandom) -> None:
        whole = 0
        for number, line in enumerate(file, start=1):
            if not line.endswith(b"\n"):
                break
            self.ids.add(self._id_in(line, number))
            whole += len(line)
        file.truncate(whole)
        file.seek(whole)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file; what was added is in it."""
        if self._file:
            self._file.close()

    def add(self, past: Past) -> None:
        """Write one that is not in `ids` yet."""
        assert self._file  # noqa: S101
        self._file.write(json.dumps(past, ensure_ascii=False).encode() + b"\n")
        self.ids.add(past["id"])

    def cover(self, oldest: datetime, newest: datetime) -> None:
        """All requests between these moments are in the file, whatever happens next."""
        assert self._file  # noqa: S101
        self._file.flush()
        os.fsync(self._file.fileno())
        self.covered = (oldest, newest)
        said = {"source": self.source, "oldest": oldest.isoformat(), "newest": newest.isoformat()}
        beside = self.state.with_name(f"{self.state.name}.new")
        beside.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
        beside.replace(self.state)

    def _recall(self) -> None:
        if not self.state.exists():
            return
        try:
            said: Any = json.loads(self.state.read_bytes())
            source = said["source"]
            span = datetime.fromisoformat(said["oldest"]), datetime.fromisoformat(said["newest"])
        except (ValueError, KeyError, TypeError, OSError):
            raise Misuse(f"{self.state} cannot be read: delete it to begin anew.") from None
        if source != self.source:
            raise Misuse(f"{self.path} holds requests of {source}: name another file with --to.")
        self.covered = span if self.path.exists() else None

    def _id_in(self, line: bytes, number: int) -> str:
        try:
            return str(json.loads(line)["id"])
        except (ValueError, KeyError, TypeError):
            raise Misuse(f"{self.path}:{number} is no past request: name another file.") from None
