"""Contact data: one item a request, so that it can be erased."""

from typing import TYPE_CHECKING

from city311.adapters.dynamodb import keys
from city311.adapters.dynamodb.people import resident_from
from city311.adapters.dynamodb.table import Table
from city311.domain.contact import Resident

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


class DynamoResidents:
    """Contact data in DynamoDB."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._table = Table(client, table)

    def get(self, service_request_id: str) -> Resident | None:
        """The record, or None once it is erased (consistent: what is erased is gone at once)."""
        item = self._table.get(keys.contact(service_request_id), consistent=True)
        return resident_from(item) if item else None

    def erase(self, service_request_id: str) -> None:
        """Destroy it, the commitment key with it."""
        self._table.delete(keys.contact(service_request_id))
