"""The warm execution environments of all functions: one call each, none out of date."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from local.overlay.lambda_worker import Spec, Worker

_IDLE_SECONDS = 600.0
_WAIT_SECONDS = 30.0


@dataclass(slots=True)
class _Family:
    """The workers of one function version."""

    spec: Spec
    idle: list[Worker] = field(default_factory=list)
    busy: int = 0


class Pool:
    """At most `limit` processes; who finds none free in 30 seconds is throttled."""

    def __init__(self, limit: int, start: Callable[[Spec], Worker] = Worker) -> None:
        self._limit = limit
        self._start = start
        self._families: dict[str, _Family] = {}
        self._changed = threading.Condition()

    def acquire(self, name: str, spec: Spec) -> Worker | None:
        """A worker of this function that nobody else uses, or None when all stay busy."""
        deadline = time.monotonic() + _WAIT_SECONDS
        with self._changed:
            while True:
                family = self._family(name, spec)
                if family.idle:
                    family.busy += 1
                    return family.idle.pop()
                if self._room():
                    family.busy += 1
                    break
                if not self._changed.wait(max(0.0, deadline - time.monotonic())):
                    return None
        return self._start(spec)

    def release(self, name: str, worker: Worker) -> None:
        """Give a worker back; a dead or outdated one is ended."""
        with self._changed:
            family = self._families.get(name)
            if family is not None:
                family.busy = max(0, family.busy - 1)
            keep = family is not None and family.spec == worker.spec and worker.alive
            if keep and family is not None:
                family.idle.append(worker)
            self._changed.notify_all()
        if not keep:
            worker.stop()

    def close(self) -> None:
        """End every idle worker."""
        with self._changed:
            for family in self._families.values():
                for worker in family.idle:
                    worker.stop()
            self._families.clear()

    def _family(self, name: str, spec: Spec) -> _Family:
        family = self._families.get(name)
        if family is None:
            family = self._families[name] = _Family(spec)
        if family.spec != spec:
            for worker in family.idle:
                worker.stop()
            family.idle.clear()
            family.spec = spec
        family.idle = [worker for worker in family.idle if self._fresh(worker)]
        return family

    @staticmethod
    def _fresh(worker: Worker) -> bool:
        if worker.alive and time.monotonic() - worker.idle_since < _IDLE_SECONDS:
            return True
        worker.stop()
        return False

    def _room(self) -> bool:
        """Whether one more process may start, if need be in place of the longest idle one."""
        total = sum(len(family.idle) + family.busy for family in self._families.values())
        if total < self._limit:
            return True
        idle = [
            (worker.idle_since, family, worker)
            for family in self._families.values()
            for worker in family.idle
        ]
        if not idle:
            return False
        _, family, worker = min(idle, key=lambda entry: entry[0])
        family.idle.remove(worker)
        worker.stop()
        return True
