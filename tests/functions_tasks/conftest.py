"""The functions over a town in memory: their own code, their own log, no AWS."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Any

import pytest

from city311 import wiring
from functions.lifecycle import handler as lifecycle
from functions.notify import handler as notify
from functions.triage import handler as triage
from tests.unit.usecases.town import Town


@dataclass(frozen=True)
class Context:
    """What Lambda tells of an invocation."""

    function_name: str = "function"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:123456789012:function:function"
    aws_request_id: str = "request-1"


CONTEXT: Any = Context()


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch) -> Town:
    """The town, wired to the functions in place of AWS."""
    made = Town()
    rooms = {
        "lifecycle": lambda: made.lifecycle,
        "photo_records": lambda: made.photos,
        "reconciler": lambda: made.reconciler,
        "triage": lambda: made.triage,
        "notify": lambda: made.notify,
    }
    for name, room in rooms.items():
        monkeypatch.setattr(wiring, name, room)
    return made


@pytest.fixture
def log() -> Iterator[StringIO]:
    """What the three functions write to their logs."""
    written = StringIO()
    handlers = [room.logger.logger_handler for room in (lifecycle, notify, triage)]
    for handler in handlers:
        handler.setStream(written)
    yield written
    for handler in handlers:
        handler.setStream(sys.stdout)


def lines(log: StringIO) -> list[dict[str, Any]]:
    """The lines of a log."""
    return [json.loads(line) for line in log.getvalue().splitlines()]
