"""What is owed and when it should have been done: the reconciler's list, oldest first."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from city311.adapters.cursors import stamp
from city311.adapters.dynamodb import keys
from city311.adapters.dynamodb.table import Table, Terms

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


class DynamoWatch:
    """The watch index."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._table = Table(client, table)

    def requests_due(self, before: datetime, limit: int) -> Sequence[str]:
        """Ids of requests whose execution should have heard of a change by then."""
        return self._due(keys.WATCH_REQUEST, before, limit)

    def messages_due(self, before: datetime, limit: int) -> Sequence[str]:
        """Ledger ids of claims whose lease was over by then."""
        return self._due(keys.WATCH_MESSAGE, before, limit)

    def photos_due(self, before: datetime, limit: int) -> Sequence[str]:
        """Ids of served photos that a request should have had by then."""
        return self._due(keys.WATCH_PHOTO, before, limit)

    def _due(self, watch: str, before: datetime, limit: int) -> Sequence[str]:
        terms = Terms()
        due = f"{terms.name('watch_key')} < {terms.value({'S': stamp(before)})}"
        condition = f"{terms.equal('watch', {'S': watch})} AND {due}"
        rows, _ = self._table.query(condition, terms, IndexName=keys.WATCH, Limit=limit)
        return tuple(row["watch_key"]["S"].partition("#")[2] for row in rows)
