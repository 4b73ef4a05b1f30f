"""Child processes in groups of their own: started with a clean environment, ended whole."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_GRACE_SECONDS = 20.0  # saving the state of a full city takes several


@dataclass(frozen=True, slots=True)
class Group:
    """A process group, known by the id of its first process."""

    pid: int

    @property
    def alive(self) -> bool:
        """Whether anything of the group still runs."""
        _reap(self.pid)
        try:
            os.killpg(self.pid, 0)
        except (ProcessLookupError, PermissionError):
            return False
        return True

    def stop(self) -> None:
        """Ask the whole group to end; after twenty seconds make it."""
        for word, seconds in ((signal.SIGTERM, _GRACE_SECONDS), (signal.SIGKILL, 2.0)):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, word)
            deadline = time.monotonic() + seconds
            while self.alive and time.monotonic() < deadline:
                time.sleep(0.05)


def start(command: Sequence[str], environment: Mapping[str, str], log: Path, cwd: Path) -> Group:
    """Start a program whose output goes to `log`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        child = subprocess.Popen(
            list(command),
            env=dict(environment),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    child.returncode = 0  # reaped by _reap: the group may be stopped by another process than this
    return Group(child.pid)


def _reap(pid: int) -> None:
    """Collect our own child, so that it does not count as running."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def tail(log: Path, lines: int = 15) -> str:
    """The end of a log, for an error message."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""
