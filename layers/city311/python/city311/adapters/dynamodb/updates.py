"""Updates: each an item of its request, and a row of the year in which it was told."""

from collections.abc import Iterator
from typing import Any

from city311.adapters import told
from city311.adapters.cursors import stamp
from city311.adapters.dynamodb import keys
from city311.adapters.dynamodb.table import Table, Terms
from city311.adapters.dynamodb.values import (
    MOMENT,
    TEXT,
    TEXTS,
    Field,
    Fields,
    Item,
    packed,
    unpacked,
    word,
)
from city311.domain.update import PublicUpdate, UpdateStatus
from city311.ports import Page

UPDATE: Fields = {
    "at": Field(MOMENT),
    "status": Field(word(UpdateStatus)),
    "description": Field(TEXT, ""),
    "code": Field(TEXT, None),
    "service_code": Field(TEXT, None),
    "photos": Field(TEXTS, ()),
}
"""What is stored of an update, and what ``told`` projects; request and number are its key."""


def update_item(update: PublicUpdate) -> Item:
    """The update, with its place among all that were told."""
    place = {"told_bucket": stamp(update.at)[:4], "told_key": told.told_key(update)}
    return (
        keys.update(update.service_request_id, update.seq)
        | packed(update, UPDATE)
        | {name: {"S": value} for name, value in place.items()}
    )


def update_from(item: Item) -> PublicUpdate:
    """An update, from its item or from the index."""
    values: dict[str, Any] = unpacked(item, UPDATE)
    return PublicUpdate(service_request_id=keys.name_of(item), seq=int(item["sk"]["S"]), **values)


def between(table: Table, bounds: told.Bounds, limit: int) -> Page[PublicUpdate]:
    """A page of all that was told, oldest first, one year after another."""
    items: list[Item] = []
    for year in bounds.years():
        # One more than is wanted: it tells whether there is more without another read.
        items += _told(table, f"{year:04}", bounds, limit + 1 - len(items))
        if len(items) > limit:
            break
    rows = tuple(update_from(item) for item in items[:limit])
    more = len(items) > limit
    return Page(rows=rows, cursor=told.told_cursor(rows[-1]) if more else None)


def _told(table: Table, year: str, bounds: told.Bounds, wanted: int) -> Iterator[Item]:
    """Rows of one year: as many as are wanted, if there are so many."""
    terms, last = Terms(), None
    bucket = terms.equal("told_bucket", {"S": year})
    low, high = (terms.value({"S": bound}) for bound in (bounds.low, bounds.high))
    condition = f"{bucket} AND {terms.name('told_key')} BETWEEN {low} AND {high}"
    while wanted > 0:
        found, last = table.query(
            condition, terms, IndexName=keys.TOLD, Limit=wanted, ExclusiveStartKey=last
        )
        yield from found
        wanted -= len(found)
        if last is None:
            return
