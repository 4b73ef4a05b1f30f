"""A table in moto, clients that reach it, and both cabinets for the contract tests."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import pytest
from botocore.config import Config
from botocore.session import get_session
from moto import mock_aws

from city311 import ports
from city311.adapters.dynamodb.ledger import DynamoLedger
from city311.adapters.dynamodb.photos import DynamoPhotoRecords
from city311.adapters.dynamodb.requests import DynamoRequests
from city311.adapters.dynamodb.residents import DynamoResidents
from city311.adapters.dynamodb.table import Table
from city311.adapters.dynamodb.tokens import DynamoTokens
from city311.adapters.dynamodb.watch import DynamoWatch
from city311.adapters.memory import (
    MemoryLedger,
    MemoryPhotoRecords,
    MemoryRequests,
    MemoryResidents,
    MemoryTable,
    MemoryTokens,
    MemoryWatch,
)
from tests.adapters.building import NOON
from tests.adapters.plan import TABLE, make_table


@dataclass
class Hands:
    """A clock that a test can turn."""

    at: datetime = NOON

    def __call__(self) -> datetime:
        return self.at


@dataclass(frozen=True)
class Cabinet:
    """Every port of the table, kept by one kind of adapter."""

    requests: ports.Requests
    residents: ports.Residents
    tokens: ports.Tokens
    ledger: ports.Ledger
    watch: ports.Watch
    photos: ports.PhotoRecords
    clock: Hands
    store: Table | None = None

    @property
    def table(self) -> Table:
        """The table itself, where there is one."""
        assert self.store is not None
        return self.store


def memory_cabinet() -> Cabinet:
    table, clock = MemoryTable(), Hands()
    return Cabinet(
        requests=MemoryRequests(table),
        residents=MemoryResidents(table),
        tokens=MemoryTokens(table, clock),
        ledger=MemoryLedger(table),
        watch=MemoryWatch(table),
        photos=MemoryPhotoRecords(table, clock),
        clock=clock,
    )


def dynamo_cabinet(client: Any) -> Cabinet:
    clock = Hands()
    return Cabinet(
        requests=DynamoRequests(client, TABLE),
        residents=DynamoResidents(client, TABLE),
        tokens=DynamoTokens(client, TABLE, clock),
        ledger=DynamoLedger(client, TABLE),
        watch=DynamoWatch(client, TABLE),
        photos=DynamoPhotoRecords(client, TABLE, clock),
        clock=clock,
        store=Table(client, TABLE),
    )


def a_client(service: str) -> Any:
    """A client that tries three times, as ours do."""
    config = Config(retries={"mode": "standard", "total_max_attempts": 3})
    return get_session().create_client(
        service,
        region_name="us-east-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=config,
    )


@cache
def _shared(service: str) -> Any:
    return a_client(service)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Credentials that are none, and an AWS that is moto."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCOUNT_ID_ENDPOINT_MODE", "disabled")
    with mock_aws():
        yield


@pytest.fixture
def dynamodb(aws: None) -> Any:
    """A client, and a table behind it. Listen on a client of your own: this one is shared."""
    client = _shared("dynamodb")
    make_table(client)
    return client


@pytest.fixture(params=["memory", "dynamodb"])
def cabinet(request: pytest.FixtureRequest) -> Cabinet:
    """The twin and the real one: both keep the same promises."""
    if request.param == "memory":
        return memory_cabinet()
    return dynamo_cabinet(request.getfixturevalue("dynamodb"))


@pytest.fixture
def filed(dynamodb: Any) -> Cabinet:
    """The cabinet in DynamoDB alone, for what only it does."""
    return dynamo_cabinet(dynamodb)
