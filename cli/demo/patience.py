"""Waiting for something to come true, but not for ever."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from cli.failures import Failure, Refused
from cli.web import Unreachable

Seen = TypeVar("Seen")
_NOT_YET = {404, 409, 429, 502, 503, 504}
"""What a city may answer while something is still on its way."""


class DidNotComeTrue(Failure):
    """A step of the story that never happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a step may take, in seconds, and how often it is looked for."""

    seconds: float = 60.0
    pause: float = 0.2
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def until(self, what: str, look: Callable[[], Seen | None]) -> Seen:
        """What `look` found, as soon as it finds something. DidNotComeTrue when time is up."""
        deadline = self.clock() + self.seconds
        said = ""
        while True:
            try:
                found = look()
                if found is not None:
                    return found
                said = ""
            except (Refused, Unreachable) as problem:
                if isinstance(problem, Refused) and problem.status not in _NOT_YET:
                    raise DidNotComeTrue(f"{what}: {problem}") from None
                said = f" The last answer was: {problem}"
            if self.clock() >= deadline:
                raise DidNotComeTrue(
                    f"{what}: it did not come true within {self.seconds:.0f} seconds.{said}"
                )
            self.sleep(self.pause)
