"""What is asked for when past requests are pulled, and what came of it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self

from cli.failures import Misuse

_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """From when to when."""

    since: datetime
    until: datetime

    @classmethod
    def of(cls, since: datetime | None, until: datetime | None, now: datetime) -> Self:
        """The span that is meant; without a beginning, a year."""
        end = min(until or now, now)
        start = since or end - _YEAR
        if start >= end:
            raise Misuse("--since must be before --until, and both before now.")
        return cls(since=start, until=end)


@dataclass(slots=True, kw_only=True)
class Pulled:
    """What came of it. `whole`: the span is in the file; else running again goes on."""

    new: int = 0
    total: int = 0
    whole: bool = True
    notes: list[str] = field(default_factory=list)

    def plain(self) -> dict[str, Any]:
        """For programs."""
        return {"new": self.new, "total": self.total, "whole": self.whole, "notes": self.notes}
