"""Each client's own calls, made by its own code; every one must come out as its user expects."""

import pytest

from tests.clients.conftest import Drivers

CLIENTS = ("georeport", "boston311", "three", "chicagorequests", "civicbot", "open311")
"""Who only reads comes first: boston311 reads no list with a report that has no address."""


@pytest.mark.parametrize("client", CLIENTS)
def test_client(client: str, drivers: Drivers) -> None:
    failed = [line for line in drivers.drive(client) if not line.ok]
    assert not failed
