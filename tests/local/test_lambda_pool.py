"""Who gets a process when there are not enough: no function lives off the starts of another."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from local.overlay.lambda_pool import Pool
from local.overlay.lambda_worker import Spec, Worker


class Process(Worker):
    """A worker without a process: it can be told apart, and that it was ended."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.idle_since = time.monotonic()
        self.ended = False

    @property
    def alive(self) -> bool:
        return not self.ended

    def stop(self) -> None:
        self.ended = True


class Nursery:
    """Starts processes and counts them; `broken` makes the next start fail."""

    def __init__(self) -> None:
        self.started: list[Process] = []
        self.broken = False

    def __call__(self, spec: Spec) -> Worker:
        if self.broken:
            raise OSError("no process")
        self.started.append(Process(spec))
        return self.started[-1]


def spec(name: str) -> Spec:
    return Spec(
        interpreter="python",
        handler=f"{name}.handle",
        task=Path(name),
        opt=Path("opt"),
        runtime=Path("runtime"),
        environment=(),
        memory_mb=128,
        timeout_seconds=3.0,
    )


def taken(pool: Pool, *names: str) -> list[Worker]:
    """A worker for each name, all at the same time."""
    workers = [pool.acquire(name, spec(name)) for name in names]
    assert all(workers)
    return [worker for worker in workers if worker is not None]


def given_back(pool: Pool, workers: list[Worker]) -> None:
    for worker in workers:
        pool.release(worker.spec.task.name, worker)


def beside(call: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=call, daemon=True)
    thread.start()
    return thread


def test_a_free_worker_is_used_again() -> None:
    nursery = Nursery()
    pool = Pool(4, nursery)

    given_back(pool, taken(pool, "intake"))
    taken(pool, "intake")

    assert len(nursery.started) == 1


def test_a_function_may_have_all_places_while_nobody_else_needs_one() -> None:
    nursery = Nursery()
    pool = Pool(4, nursery)

    assert len({id(worker) for worker in taken(pool, *["intake"] * 4)}) == 4


def test_bursts_of_several_functions_soon_need_no_more_starts() -> None:
    """More calls than places: each function keeps the processes it has got."""
    nursery = Nursery()
    pool = Pool(6, nursery, patience=0)

    def bursts() -> list[int]:
        served = []
        for name in ("intake", "triage", "notify"):
            workers = [pool.acquire(name, spec(name)) for _ in range(6)]
            given_back(pool, [worker for worker in workers if worker is not None])
            served.append(sum(worker is not None for worker in workers))
        return served

    bursts()
    after_one_round = len(nursery.started)

    assert [bursts() for _ in range(10)] == [[2, 2, 2]] * 10
    assert len(nursery.started) == after_one_round
    assert sum(process.alive for process in nursery.started) == 6


def test_who_finds_none_free_is_told_so() -> None:
    pool = Pool(1, Nursery(), patience=0)
    taken(pool, "intake")

    assert pool.acquire("triage", spec("triage")) is None


def test_who_has_less_than_its_share_takes_the_longest_idle_of_who_has_more() -> None:
    nursery = Nursery()
    pool = Pool(4, nursery)
    given_back(pool, taken(pool, *["intake"] * 3))
    given_back(pool, taken(pool, "status"))
    longest, *others = nursery.started
    for age, process in enumerate(reversed(nursery.started)):
        process.idle_since -= age

    taken(pool, "triage")

    assert longest.ended
    assert not any(process.ended for process in others)


def test_who_has_its_share_waits_for_its_own_and_leaves_another_its() -> None:
    nursery = Nursery()
    pool = Pool(2, nursery)
    given_back(pool, taken(pool, "triage"))
    busy = taken(pool, "intake")
    found: list[Worker] = []
    waiting = beside(lambda: found.extend(taken(pool, "intake")))
    waiting.join(0.2)
    assert waiting.is_alive()

    given_back(pool, busy)
    waiting.join(10)

    assert found == busy
    assert len(nursery.started) == 2
    assert all(process.alive for process in nursery.started)


def test_with_more_functions_than_places_the_longest_idle_goes() -> None:
    nursery = Nursery()
    pool = Pool(2, nursery)
    for name in ("intake", "triage", "notify"):
        given_back(pool, taken(pool, name))

    assert [process.ended for process in nursery.started] == [True, False, False]


def test_a_start_that_fails_holds_no_place() -> None:
    nursery = Nursery()
    pool = Pool(1, nursery)
    nursery.broken = True
    with pytest.raises(OSError, match="no process"):
        pool.acquire("intake", spec("intake"))
    nursery.broken = False

    taken(pool, "intake")

    assert len(nursery.started) == 1


def test_code_that_has_changed_ends_the_processes_of_the_old() -> None:
    nursery = Nursery()
    pool = Pool(4, nursery)
    given_back(pool, taken(pool, "intake"))

    pool.acquire("intake", spec("changed"))

    assert [process.ended for process in nursery.started] == [True, False]
