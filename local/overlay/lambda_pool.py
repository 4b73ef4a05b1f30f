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

    @property
    def size(self) -> int:
        """Its processes, those that start included."""
        return len(self.idle) + self.busy


class Pool:
    """At most `limit` processes; who finds none free in `patience` seconds is throttled.

    A start costs a hundred times a call. So a full pool shares itself out: a function takes the
    place of another's process only while it has less than its share, and the other more. Who has
    its share waits for its own, which are free again in a moment.
    """

    def __init__(
        self,
        limit: int,
        start: Callable[[Spec], Worker] = Worker,
        patience: float = _WAIT_SECONDS,
    ) -> None:
        self._limit = limit
        self._start = start
        self._patience = patience
        self._families: dict[str, _Family] = {}
        self._changed = threading.Condition()

    def acquire(self, name: str, spec: Spec) -> Worker | None:
        """A worker of this function that nobody else uses, or None when all stay busy."""
        deadline = time.monotonic() + self._patience
        with self._changed:
            while True:
                family = self._family(name, spec)
                if family.idle:
                    family.busy += 1
                    return family.idle.pop()
                if self._room(family):
                    family.busy += 1
                    break
                if not self._changed.wait(max(0.0, deadline - time.monotonic())):
                    return None
        try:
            return self._start(spec)
        except BaseException:
            self._lose(family)
            raise

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

    def _lose(self, family: _Family) -> None:
        """A process that could not be started holds no place."""
        with self._changed:
            family.busy -= 1
            self._changed.notify_all()

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

    def _room(self, family: _Family) -> bool:
        """Whether one more process may start for it, if need be in place of another's idle one."""
        if sum(each.size for each in self._families.values()) < self._limit:
            return True
        running = sum(1 for each in self._families.values() if each.size or each is family)
        share = max(1, self._limit // running)
        if family.size >= share:
            return False
        rich = [each for each in self._families.values() if each.size > share and each.idle]
        if not rich and not family.size:
            rich = [each for each in self._families.values() if each.idle]
        if not rich:
            return False
        giver = min(rich, key=lambda each: min(worker.idle_since for worker in each.idle))
        worker = min(giver.idle, key=lambda each: each.idle_since)
        giver.idle.remove(worker)
        worker.stop()
        return True
