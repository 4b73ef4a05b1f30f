"""Task tokens of executions that wait for people."""

from typing import TYPE_CHECKING

from city311.adapters.dynamodb import keys
from city311.adapters.dynamodb.table import ConditionFailed, Table, Terms
from city311.adapters.placing import TOKEN_LIFE, seconds
from city311.ports import Clock, WaitToken

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


class DynamoTokens:
    """Wait tokens in DynamoDB; each expires after the longest wait that Step Functions allows."""

    def __init__(self, client: "DynamoDBClient", table: str, clock: Clock) -> None:
        self._table = Table(client, table)
        self._clock = clock

    def put(self, token: WaitToken) -> None:
        """Keep it, in place of an older one."""
        item = keys.token(token.service_request_id, token.generation)
        item["token"] = {"S": token.token}
        item["turn"] = {"N": str(token.turn)}
        item["ttl"] = {"N": str(seconds(self._clock() + TOKEN_LIFE))}
        self._table.put(item)

    def get(self, service_request_id: str, generation: int) -> WaitToken | None:
        """The token that waits, or None; what has expired may lie there for two days more."""
        item = self._table.get(keys.token(service_request_id, generation), consistent=True)
        if item is None or int(item["ttl"]["N"]) <= self._clock().timestamp():
            return None
        return WaitToken(
            service_request_id=service_request_id,
            generation=generation,
            token=item["token"]["S"],
            turn=int(item["turn"]["N"]),
        )

    def drop(self, token: WaitToken) -> None:
        """Forget it, unless a newer one has taken its place."""
        terms = Terms()
        condition = terms.equal("token", {"S": token.token})
        try:
            self._table.delete(
                keys.token(token.service_request_id, token.generation), condition, terms
            )
        except ConditionFailed:
            return  # A newer token waits here, or this one is gone: both are fine.
