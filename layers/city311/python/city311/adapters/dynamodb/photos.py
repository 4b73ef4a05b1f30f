"""What the photo function found out about uploads; the first result of each counts."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from city311.adapters.cursors import sort_key
from city311.adapters.dynamodb import keys
from city311.adapters.dynamodb.items import PHOTO
from city311.adapters.dynamodb.table import ConditionFailed, Table, Terms
from city311.adapters.dynamodb.values import Item, Value, unpacked
from city311.adapters.placing import CLAIMED_WITHIN, ORPHAN_LIFE, seconds
from city311.domain.request import Photo
from city311.ports import Clock, PhotoRecord

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

_RENDITIONS = ("thumb", "medium", "large")
_NO_RESULT = "attribute_not_exists(thumb) AND attribute_not_exists(problem)"
_NO_OWNER = "attribute_not_exists(service_request_id)"


class DynamoPhotoRecords:
    """Photo records in DynamoDB. A result that no request wants within a month is forgotten."""

    def __init__(self, client: "DynamoDBClient", table: str, clock: Clock) -> None:
        self._table = Table(client, table)
        self._clock = clock

    def get(self, photo_id: str) -> PhotoRecord | None:
        """The record, or None."""
        item = self._table.get(keys.photo(photo_id), consistent=True)
        if item is None:
            return None
        return PhotoRecord(
            photo_id=photo_id,
            service_request_id=_text(item, "service_request_id"),
            photo=_photo(photo_id, item) if "thumb" in item else None,
            problem=_text(item, "problem"),
        )

    def clean(self, photo: Photo) -> None:
        """It may be served; while no request has it, it is under watch."""
        due = sort_key(self._clock() + CLAIMED_WITHIN, photo.photo_id)
        watch: Item = {"watch": {"S": keys.WATCH_PHOTO}, "watch_key": {"S": due}}
        result = {name: {"S": getattr(photo, name)} for name in _RENDITIONS}
        self._found(photo.photo_id, result, if_alone=watch)

    def refuse(self, photo_id: str, problem: str) -> None:
        """It cannot be served, and so there is nothing to watch."""
        self._found(photo_id, {"problem": {"S": problem}}, if_alone={})

    def _found(self, photo_id: str, result: Mapping[str, Value], *, if_alone: Item) -> None:
        expires = {"ttl": {"N": str(seconds(self._clock() + ORPHAN_LIFE))}}
        try:
            self._write(
                photo_id, {**result, **if_alone, **expires}, f"{_NO_OWNER} AND {_NO_RESULT}"
            )
        except ConditionFailed:
            self._write_for_owner(photo_id, result)

    def _write_for_owner(self, photo_id: str, result: Mapping[str, Value]) -> None:
        try:
            self._write(photo_id, result, _NO_RESULT)
        except ConditionFailed:
            return  # The first result counts.

    def _write(self, photo_id: str, sets: Mapping[str, Value], condition: str) -> None:
        terms = Terms()
        self._table.update(keys.photo(photo_id), terms.update(sets), condition, terms)


def _photo(photo_id: str, item: Item) -> Photo:
    renditions = {name: PHOTO[name] for name in _RENDITIONS}
    return Photo(photo_id=photo_id, **unpacked(item, renditions))


def _text(item: Item, name: str) -> str | None:
    return item[name]["S"] if name in item else None
