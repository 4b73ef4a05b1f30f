"""Each client's own calls, made by its own code; every one must come out as its user expects."""

import pytest

from tests.clients.conftest import Drivers

CLIENTS = ("georeport", "three", "boston311", "chicagorequests", "civicbot", "open311")


@pytest.mark.parametrize("client", CLIENTS)
def test_client(client: str, drivers: Drivers) -> None:
    failed = [line for line in drivers.drive(client) if not line.ok]
    assert not failed
