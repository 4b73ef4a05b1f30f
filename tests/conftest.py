"""Which tests count towards coverage: those that are there to try the layer and the functions."""

import pytest
from hypothesis import settings

settings.register_profile("gate", derandomize=True)
"""The same examples each time: what stands between a change and the city must not fail by chance.
`make unit` and `make fuzz` look for new ones."""
UNMEASURED = ("benchmarks", "cli", "conformance", "fuzz", "importing", "infra", "web")
"""Rooms whose tests try something else. Tracing them took a third of the whole run."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Spare the tests of these rooms the tracing; what only they reach does not count."""
    rooms = [config.rootpath / "tests" / room for room in UNMEASURED]
    for item in items:
        if any(item.path.is_relative_to(room) for room in rooms):
            item.add_marker("no_cover")
