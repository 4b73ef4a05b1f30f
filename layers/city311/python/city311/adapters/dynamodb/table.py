"""The table behind a handful of verbs: expressions are built, and AWS's errors translated, here."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from city311.adapters.aws import code_of, translated, unavailable
from city311.adapters.dynamodb.values import Item, Value

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

BATCH = 100
FAILED = "ConditionalCheckFailed"
BUSY_ITEM = "TransactionConflict"
"""Codes of a cancelled transaction: a condition did not hold; another writer is at the item."""


class ConditionFailed(Exception):
    """What had to be true before the write was not; nothing was written. Stays inside.

    ``item``: the item as it stands, where the write asked to be told and there is one.
    """

    def __init__(self, item: Item | None = None) -> None:
        super().__init__()
        self.item = item


class Cancelled(Exception):
    """A transaction was refused whole; ``codes`` says why, action by action. Stays inside."""

    def __init__(self, codes: Sequence[str]) -> None:
        super().__init__(", ".join(codes))
        self.codes = tuple(codes)


@dataclass(slots=True)
class Terms:
    """Names and values of one request's expressions. Every name is aliased: many are reserved."""

    names: dict[str, str] = field(default_factory=dict)
    values: dict[str, Value] = field(default_factory=dict)

    def name(self, attribute: str) -> str:
        """The alias of an attribute."""
        self.names[f"#{attribute}"] = attribute
        return f"#{attribute}"

    def value(self, value: Value) -> str:
        """The alias of a value."""
        alias = f":v{len(self.values)}"
        self.values[alias] = value
        return alias

    def equal(self, attribute: str, value: Value) -> str:
        """``attribute = value``."""
        return f"{self.name(attribute)} = {self.value(value)}"

    def update(self, sets: Mapping[str, Value], removes: Iterable[str] = ()) -> str:
        """An update expression that sets these and takes those away."""
        parts = []
        if sets:
            parts.append("SET " + ", ".join(self.equal(name, sets[name]) for name in sets))
        names = [self.name(name) for name in removes]
        if names:
            parts.append("REMOVE " + ", ".join(names))
        return " ".join(parts)

    def as_params(self) -> dict[str, Any]:
        """What the API wants of it."""
        out: dict[str, Any] = {}
        if self.names:
            out["ExpressionAttributeNames"] = self.names
        if self.values:
            out["ExpressionAttributeValues"] = self.values
        return out


@dataclass(frozen=True, slots=True)
class Table:
    """One table through one client. Raises Conflict and Unavailable beside its own two errors."""

    client: "DynamoDBClient"
    name: str

    def get(
        self, key: Item, *, consistent: bool = False, attributes: Iterable[str] = ()
    ) -> Item | None:
        """The item, or those of its attributes, or None."""
        params: dict[str, Any] = {"TableName": self.name, "Key": key, "ConsistentRead": consistent}
        with _answered():
            answer: Any = self.client.get_item(**params, **projection(attributes))
        found: Item | None = answer.get("Item")
        return found

    def batch(self, wanted: Sequence[Item], attributes: Iterable[str]) -> Iterator[Item]:
        """Those of at most 100 items that exist, in no order."""
        request: Any = {self.name: {"Keys": list(wanted), **projection(attributes)}}
        while request:
            asked = len(request[self.name]["Keys"])
            with _answered():
                answer: Any = self.client.batch_get_item(RequestItems=request)
            yield from answer["Responses"].get(self.name, [])
            request = answer.get("UnprocessedKeys")
            # Some left over: the answer was full, go on. All left over: the table is throttled.
            if request and len(request[self.name]["Keys"]) == asked:
                raise unavailable()

    def create(self, item: Item) -> None:
        """Store it if there is none of its key, else ConditionFailed."""
        with _answered():
            self.client.put_item(**self.put_action(item, "attribute_not_exists(pk)")["Put"])

    def put(self, item: Item) -> None:
        """Store it in place of what is there."""
        with _answered():
            self.client.put_item(TableName=self.name, Item=item)

    def update(self, key: Item, expression: str, condition: str, terms: Terms) -> None:
        """Change it if the condition holds, else ConditionFailed."""
        with _answered():
            self.client.update_item(
                **self.update_action(key, expression, condition, terms)["Update"]
            )

    def changed(self, key: Item, expression: str, condition: str, terms: Terms) -> Item:
        """The item as it is after this change; ConditionFailed tells how it stands instead."""
        params = self.update_action(key, expression, condition, terms)["Update"]
        params["ReturnValues"] = "ALL_NEW"
        params["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        with _answered():
            answer: Any = self.client.update_item(**params)
        found: Item = answer["Attributes"]
        return found

    def delete(self, key: Item, condition: str | None = None, terms: Terms | None = None) -> None:
        """Remove it if the condition holds, else ConditionFailed."""
        params: dict[str, Any] = {"ConditionExpression": condition} if condition else {}
        params |= (terms or Terms()).as_params()
        with _answered():
            self.client.delete_item(TableName=self.name, Key=key, **params)

    def query(
        self, condition: str, terms: Terms, *, newest_first: bool = False, **more: Any
    ) -> tuple[list[Item], Item | None]:
        """One read of a query, and the key to go on behind if there may be more."""
        params: dict[str, Any] = {"TableName": self.name, "KeyConditionExpression": condition}
        params |= terms.as_params() | {name: value for name, value in more.items() if value}
        params["ScanIndexForward"] = not newest_first
        with _answered():
            answer: Any = self.client.query(**params)
        return answer["Items"], answer.get("LastEvaluatedKey")

    def partition(self, pk: str) -> Iterator[Item]:
        """All items of a partition in order, read consistently."""
        terms = Terms()
        condition, last = terms.equal("pk", {"S": pk}), None
        while True:
            items, last = self.query(condition, terms, ConsistentRead=True, ExclusiveStartKey=last)
            yield from items
            if last is None:
                return

    def transact(self, actions: Sequence[Any]) -> None:
        """All of it or nothing; Cancelled says which action was refused.

        The SDK gives each call a token of its own, so its own repetitions are the same call.
        """
        with _answered():
            self.client.transact_write_items(TransactItems=actions)

    def put_action(self, item: Item, condition: str, terms: Terms | None = None) -> dict[str, Any]:
        """A put as a part of a transaction."""
        params = {"TableName": self.name, "Item": item, "ConditionExpression": condition}
        return {"Put": params | (terms or Terms()).as_params()}

    def update_action(
        self, key: Item, expression: str, condition: str | None, terms: Terms
    ) -> dict[str, Any]:
        """An update as a part of a transaction."""
        params = {"TableName": self.name, "Key": key, "UpdateExpression": expression}
        if condition:
            params["ConditionExpression"] = condition
        return {"Update": params | terms.as_params()}


def projection(attributes: Iterable[str]) -> dict[str, Any]:
    """The parameters by which a read brings these attributes and no other."""
    terms = Terms()
    names = ", ".join(terms.name(each) for each in attributes)
    return {"ProjectionExpression": names, **terms.as_params()} if names else {}


@contextmanager
def _answered() -> Iterator[None]:
    try:
        with translated():
            yield
    except ClientError as error:
        if code_of(error) == "ConditionalCheckFailedException":
            response: Any = error.response
            raise ConditionFailed(response.get("Item")) from error
        if code_of(error) == "TransactionCanceledException":
            reasons: Any = error.response.get("CancellationReasons", [])
            raise Cancelled([each.get("Code", "None") for each in reasons]) from error
        raise
