"""The functions over an AWS that is moto, with secrets planted in it; and how much to call them.

``FUZZ_CALLS`` is how many calls to make in all, about (``make fuzz``); without it a small share.
"""

import os
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.functions.conftest import Account, account, logged
from tests.fuzz.planted import Planted, plant

__all__ = ["account", "logged"]
SMALL = 900
CALLS = int(os.environ.get("FUZZ_CALLS", SMALL))
QUIET = [
    HealthCheck.function_scoped_fixture,
    HealthCheck.too_slow,
    HealthCheck.data_too_large,
    HealthCheck.filter_too_much,
]
made: Counter[str] = Counter()
"""Calls by what they were answered, for the summary."""


def as_many_as(share: float) -> settings:
    """Settings for this share of all calls. The small share is always the same one."""
    return settings(
        max_examples=max(1, int(CALLS * share)),
        deadline=None,
        database=None,
        derandomize="FUZZ_CALLS" not in os.environ,
        suppress_health_check=QUIET,
    )


@pytest.fixture(scope="package")
def planted(account: Account) -> Iterator[Planted]:
    """A town in which somebody has reported something, and told who they are."""
    yield plant(account)
    account.empty()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if made:
        told = ", ".join(f"{count} {what}" for what, count in sorted(made.items()))
        terminalreporter.write_line(f"{made.total()} calls: {told}")
