"""Tables filled with a town's past: our engine, and DynamoDB Local for the proof."""

import gc
import marshal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.engine.client import Client
from benchmarks.engine.sizes import Item
from benchmarks.engine.table import Table
from benchmarks.town import NOW, Town
from city311.adapters.dynamodb import keys
from city311.adapters.dynamodb.items import request_from, request_item
from city311.adapters.dynamodb.placed import places
from city311.adapters.dynamodb.updates import update_item
from city311.domain.lifecycle import Status
from city311.domain.projection import public_view
from city311.domain.request import ServiceRequest
from city311.domain.update import PublicUpdate, UpdateStatus
from infra.storage import INDEXES

TABLE = "city"
KEPT = Path(__file__).resolve().parents[1] / ".local" / "reads"
_BATCH, _LOOKED_AT = 25, 300
_TOLD = timedelta(days=2)


def item_of(town: Town, request: ServiceRequest) -> dict[str, Any]:
    """The item as the adapter writes it, in every index that has it."""
    public = public_view(request, town.city)
    whole = keys.request(request.service_request_id) | request_item(request, public)
    return whole | places(request, public)


def closed(town: Town, item: Item, at: datetime) -> dict[str, Any]:
    """The same request once it is closed: it moves to other partitions."""
    request = replace(
        request_from(dict(item)), status=Status.CLOSED, updated_at=at, entered_at=at, closed_at=at
    )
    return item_of(town, request)


def with_updates(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The same rows, and what was told of those that changed in the last two days."""
    for item in rows:
        yield item
        at = datetime.fromisoformat(item["updated_at"]["S"])
        if NOW - at <= _TOLD and item["updated_at"] != item["requested_at"]:
            yield update_item(_told(item, at))


def _told(item: Item, at: datetime) -> PublicUpdate:
    closed_now = item["status"]["S"] == Status.CLOSED
    return PublicUpdate(
        service_request_id=item["service_request_id"]["S"],
        seq=2,
        at=at,
        status=UpdateStatus.FIXED if closed_now else UpdateStatus.IN_PROGRESS,
        description=item.get("status_notes", {}).get("S", "A crew has it."),
    )


def items(town: Callable[[], Town], count: int) -> Iterator[dict[str, Any]]:
    """The items of so many requests, kept on disk for as long as they would come out the same."""
    kept = next((file for file in sorted(KEPT.glob("*.rows")) if _fits(file, town(), count)), None)
    if kept is None:
        kept = KEPT / f"{count:09}.rows"
        KEPT.mkdir(parents=True, exist_ok=True)
        part = kept.with_suffix(".part")
        whole = town()
        with part.open("wb") as file:
            for request in whole.requests(count):
                packed = marshal.dumps(item_of(whole, request))
                file.write(len(packed).to_bytes(4, "big") + packed)
        part.replace(kept)
    return islice(_read(kept), count)


def _fits(kept: Path, town: Town, count: int) -> bool:
    """Whether a file has enough rows, and its first ones are what the code makes today."""
    fresh = [item_of(town, request) for request in town.requests(_LOOKED_AT)]
    return int(kept.stem) >= count and list(islice(_read(kept), _LOOKED_AT)) == fresh


def _read(kept: Path) -> Iterator[dict[str, Any]]:
    with kept.open("rb") as file:
        while size := file.read(4):
            yield marshal.loads(file.read(int.from_bytes(size, "big")))


def engine(rows: Iterable[Item]) -> Client:
    """Our engine with these rows in the indexes of the blueprint."""
    table = Table(INDEXES)
    gc.disable()  # Millions of things that stay: counting them again and again finds nothing.
    for item in rows:
        table.load(item)
    gc.freeze()
    gc.enable()
    return Client(table)


def local(client: Any, rows: Iterable[Item]) -> None:
    """The same in DynamoDB Local."""
    client.create_table(**_described())

    def put(some: tuple[Item, ...]) -> None:
        left = {TABLE: [{"PutRequest": {"Item": item}} for item in some]}
        while left:
            left = client.batch_write_item(RequestItems=left).get("UnprocessedItems")

    with ThreadPoolExecutor(4) as hands:
        for _ in hands.map(put, _batches(rows)):
            pass


def _batches(rows: Iterable[Item]) -> Iterator[tuple[Item, ...]]:
    left = iter(rows)
    while some := tuple(islice(left, _BATCH)):
        yield some


def _described() -> dict[str, Any]:
    names = {"pk", "sk"} | {key for index in INDEXES.values() for key in index[:2]}
    return {
        "TableName": TABLE,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": "S"} for name in sorted(names)
        ],
        "KeySchema": _schema("pk", "sk"),
        "GlobalSecondaryIndexes": [
            {"IndexName": name, "KeySchema": _schema(one, two), "Projection": _projection(what)}
            for name, (one, two, what) in INDEXES.items()
        ],
    }


def _schema(partition: str, sort: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": partition, "KeyType": "HASH"},
        {"AttributeName": sort, "KeyType": "RANGE"},
    ]


def _projection(attributes: tuple[str, ...]) -> dict[str, Any]:
    if not attributes:
        return {"ProjectionType": "KEYS_ONLY"}
    return {"ProjectionType": "INCLUDE", "NonKeyAttributes": list(attributes)}
