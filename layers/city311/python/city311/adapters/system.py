"""The clock and the dice: the only place that asks the operating system for either."""

import os
from datetime import UTC, datetime


def utc_now() -> datetime:
    """The time now, aware, UTC, in whole milliseconds."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def dice(count: int) -> bytes:
    """``count`` random bytes, good enough for secrets."""
    return os.urandom(count)
