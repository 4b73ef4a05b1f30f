"""A child that must not outlive its parent looks whether it is still there."""

import os
import signal
import threading
import time

VARIABLE = "CITY311_PARENT"
_LOOK_SECONDS = 1.0


def follow_parent() -> None:
    """End this process, as if told to, once the parent named in the environment is gone."""
    parent = int(os.environ.get(VARIABLE, "0"))
    if parent:
        threading.Thread(target=_watch, args=(parent,), daemon=True, name="lifeline").start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(5)
    os.killpg(os.getpgrp(), signal.SIGKILL)
