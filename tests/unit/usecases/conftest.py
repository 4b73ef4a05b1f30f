"""One town a test."""

import pytest

from tests.unit.usecases.town import Town


@pytest.fixture
def town() -> Town:
    return Town()
