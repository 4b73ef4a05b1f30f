"""One execution environment of a function: a process of its own under AWS's runtime client."""

import os
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from local.overlay.runtime_api import Invocation, RuntimeApi, problem

_INIT_SECONDS = (
    60.0  # AWS: 10; this computer shares its cores between all functions and the emulator
)
_LOOK_SECONDS = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """Everything that makes two execution environments of a function alike."""

    interpreter: str
    handler: str
    task: Path
    opt: Path
    runtime: Path
    environment: tuple[tuple[str, str], ...]
    memory_mb: int
    timeout_seconds: float


class Worker:
    """A started process that takes one invocation at a time."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.idle_since = time.monotonic()
        self.peak_mb = 0
        self._api = RuntimeApi()
        self._home = Path(tempfile.mkdtemp(prefix="city311-worker-"))
        self._log = (self._home / "log").open("a+b")
        self._read = 0
        self._process = subprocess.Popen(
            [spec.interpreter, "-S", "-u", "-m", "awslambdaric", spec.handler],
            cwd=spec.task,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )

    def _environment(self) -> dict[str, str]:
        spec = self.spec
        search = [spec.task, spec.opt / "python", spec.runtime]
        return {
            **dict(spec.environment),
            "AWS_LAMBDA_RUNTIME_API": self._api.address,
            "PYTHONPATH": os.pathsep.join(str(folder) for folder in search),
            "LAMBDA_TASK_ROOT": str(spec.task),
            "LAMBDA_RUNTIME_DIR": str(spec.runtime),
            "_HANDLER": spec.handler,
            "HOME": str(self._home),
            "TMPDIR": str(self._home),
        }

    @property
    def alive(self) -> bool:
        """Whether the process can take another invocation."""
        return self._process.poll() is None

    def invoke(self, invocation: Invocation) -> bool:
        """Run one invocation to its end: an answer, an error, a time-out or a dead process.

        False when the process had died before it took the invocation: another may still do it.
        """
        if not self._await_start(invocation):
            return True
        invocation.deadline_ms = int((time.time() + self.spec.timeout_seconds) * 1000)
        self._api.hand(invocation)
        deadline = time.monotonic() + self.spec.timeout_seconds
        while not invocation.done.wait(_LOOK_SECONDS):
            if not self.alive and not invocation.taken:
                return False
            self._look(invocation, deadline)
        self.idle_since = time.monotonic()
        return True

    def _await_start(self, invocation: Invocation) -> bool:
        deadline = time.monotonic() + _INIT_SECONDS
        while not self._api.ready.wait(_LOOK_SECONDS):
            if not self.alive:
                invocation.finish(self._exited(invocation), failed=True)
                return False
            if time.monotonic() > deadline:
                invocation.finish(problem("Sandbox.Timedout", "Init phase timed out"), failed=True)
                self.end()
                return False
        if self._api.init_error is not None:
            invocation.finish(self._api.init_error, failed=True)
            self.end()
            return False
        return True

    def _look(self, invocation: Invocation, deadline: float) -> None:
        """Has it died, does it take too long, does it use too much?"""
        self.peak_mb = max(self.peak_mb, self._resident_mb())
        if not self.alive:
            invocation.finish(self._exited(invocation), failed=True)
        elif time.monotonic() > deadline:
            self.end()
            seconds = f"{self.spec.timeout_seconds:.2f}"
            message = (
                f"RequestId: {invocation.request_id} Error: Task timed out after {seconds} seconds"
            )
            invocation.finish(problem("Sandbox.Timedout", message), failed=True)
        elif self.peak_mb > self.spec.memory_mb:
            self.end()
            message = f"{_said(invocation)} Runtime exited with error: signal: killed"
            invocation.finish(problem("Runtime.ExitError", message), failed=True)

    def _exited(self, invocation: Invocation) -> bytes:
        status = self._process.poll()
        message = f"{_said(invocation)} Runtime exited with error: exit status {status}"
        return problem("Runtime.ExitError", message)

    def _resident_mb(self) -> int:
        try:
            pages = int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1])
        except (OSError, IndexError, ValueError):
            return 0
        return pages * os.sysconf("SC_PAGE_SIZE") // 1_048_576

    def take_log(self) -> str:
        """What the process has written since the last call."""
        if self._log.closed:
            return ""
        size = os.fstat(self._log.fileno()).st_size
        text = os.pread(self._log.fileno(), size - self._read, self._read)
        self._read = size
        return text.decode("utf-8", "replace")

    def end(self) -> None:
        """End the process at once; its log can still be taken."""
        if self.alive:
            self._process.kill()
            self._process.wait()
        self._api.close()

    def stop(self) -> None:
        """End the process and remove what it kept on disk."""
        self.end()
        self._log.close()
        shutil.rmtree(self._home, ignore_errors=True)


def _said(invocation: Invocation) -> str:
    return f"RequestId: {invocation.request_id} Error:"
