"""Both stacks, drawn once a test run; every test here is marked ``infra``."""

from pathlib import Path

import pytest

from tests.infra.drawing import drawn
from tests.infra.template import Template

WITHOUT_JSII = {"test_lifecycle_graph.py", "test_bundling.py"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.parent == here and item.path.name not in WITHOUT_JSII:
            item.add_marker(pytest.mark.infra)


@pytest.fixture(scope="session")
def data() -> Template:
    return Template(drawn()[0])


@pytest.fixture(scope="session")
def app() -> Template:
    return Template(drawn()[1])


@pytest.fixture(scope="session")
def production_data() -> Template:
    return Template(drawn("production")[0])


@pytest.fixture(scope="session")
def production_app() -> Template:
    return Template(drawn("production")[1])
