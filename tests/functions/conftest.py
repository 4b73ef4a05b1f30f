"""The functions as they are deployed: their real wiring, over an AWS that is moto."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from moto import mock_aws

from city311 import wiring
from city311.adapters import clients
from city311.api import watch
from city311.cities.compiled import dump
from city311.domain.catalogue import City
from functions.intake.app import app as intake
from functions.status import app as status
from tests.adapters.plan import TABLE, make_table
from tests.functions.gateway import Gateway, event_named
from tests.functions.town import a_town

BUCKETS = ("quarantine", "clean")
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_REGION": "us-east-1",
    "TABLE_NAME": TABLE,
    "QUARANTINE_BUCKET": "quarantine",
    "PHOTO_BUCKET": "clean",
    "SITE_URL": "https://larkmere.example",
    "CODE_VERSION": "code-1",
    "STAGE": "production",
    "LIFECYCLE_VERSION": "lifecycle-1",
}


def forget_wiring(*, clients_too: bool = False) -> None:
    """Build everything anew, as a new process would."""
    for room in (wiring, status, *([clients] if clients_too else [])):
        for made in vars(room).values():
            if hasattr(made, "cache_clear"):
                made.cache_clear()


@dataclass(frozen=True)
class Account:
    """An AWS account of our own, which is moto, with the stateful things that are deployed."""

    dynamodb: Any = field(repr=False)
    s3: Any = field(repr=False)
    city_file: Path

    def items(self) -> list[dict[str, Any]]:
        """Everything in the table."""
        found: list[dict[str, Any]] = self.dynamodb.scan(TableName=TABLE)["Items"]
        return found

    def keys(self, bucket: str) -> list[str]:
        """The keys of all objects in a bucket."""
        listed = self.s3.list_objects_v2(Bucket=bucket).get("Contents", [])
        return sorted(found["Key"] for found in listed)

    def serve(self, city: City) -> None:
        """Deploy a city."""
        self.city_file.write_text(dump(city), encoding="utf-8")
        forget_wiring()

    def empty(self) -> None:
        """Throw away what is stored."""
        # A new table, for moto remembers the keys of what was deleted and copies them all again.
        if self.items():
            self.dynamodb.delete_table(TableName=TABLE)
            make_table(self.dynamodb)
        for bucket in BUCKETS:
            for key in self.keys(bucket):
                self.s3.delete_object(Bucket=bucket, Key=key)

    @contextmanager
    def failing(self, event: str, code: str = "InternalError", status: int = 500) -> Iterator[None]:
        """An AWS that answers these calls (``before-call.<service>.<Operation>``) with an error."""

        def fail(**_: Any) -> tuple[Any, dict[str, Any]]:
            answered = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
            return AWSResponse("https://aws.example", status, {}, None), answered

        client = self.s3 if ".s3" in event else self.dynamodb
        client.meta.events.register(event, fail)
        try:
            yield
        finally:
            client.meta.events.unregister(event, fail)


@pytest.fixture(scope="package")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """The account, made once: clients and tables are slow to make."""
    city_file = tmp_path_factory.mktemp("town") / "city.json"
    with pytest.MonkeyPatch.context() as environment, mock_aws():
        for name, value in {**ENVIRONMENT, "CITY_FILE": str(city_file)}.items():
            environment.setenv(name, value)
        forget_wiring(clients_too=True)
        made = Account(clients.client("dynamodb"), clients.client("s3"), city_file)
        make_table(made.dynamodb)
        for bucket in BUCKETS:
            made.s3.create_bucket(Bucket=bucket)
        yield made
    forget_wiring(clients_too=True)


@pytest.fixture
def deployed(account: Account) -> Account:
    """The town, with nothing in it yet."""
    account.empty()
    account.serve(a_town())
    return account


@pytest.fixture
def gateway() -> Gateway:
    """The door; nobody is signed in."""
    return Gateway(apps=(intake, status.app))


@pytest.fixture
def staff_door() -> Gateway:
    """The door, for somebody of the streets department."""
    claims = event_named("rest-api-staff-claims")["claims"]
    return Gateway(apps=(intake, status.app), claims=claims)


@pytest.fixture
def logged() -> Iterator[StringIO]:
    """What the functions write to their logs."""
    written = StringIO()
    handlers = [watch.logger(room).logger_handler for room in ("intake", "status", "photo")]
    before = [handler.setStream(written) for handler in handlers]
    yield written
    for handler, stream in zip(handlers, before, strict=True):
        handler.setStream(stream)
