"""Bridge: policies may name the partition keys that a DynamoDB request touches."""

import json
import re
from typing import Any

from ministack.core import iam_actions, iam_evaluator
from ministack.services import dynamodb

from local.overlay.settings import Settings

KEY = "dynamodb:LeadingKeys"
_MEMBERS = {"Put": "Item", "Update": "Key", "Delete": "Key", "ConditionCheck": "Key", "Get": "Key"}
_EQUALS = re.compile(r"([#\w.-]+)\s*=\s*(:\w+)")
Json = dict[str, Any]


class KeyedArn(str):
    """The ARN of a table with the key that one part of a transaction touches."""

    keys: list[str]


def _partition(table: Any, index: str | None) -> str | None:
    """The name of the partition key of a table or of one of its indexes."""
    name = str(table).rsplit("table/", 1)[-1].split("/")[0]
    known = dynamodb._tables.get(name)
    if known is None:
        return None
    schema = known["KeySchema"]
    for other in known.get("GlobalSecondaryIndexes") or []:
        if other["IndexName"] == index:
            schema = other["KeySchema"]
    return next((str(part["AttributeName"]) for part in schema if part["KeyType"] == "HASH"), None)


def _value(typed: Any) -> list[str]:
    return [str(value) for value in typed.values()] if isinstance(typed, dict) else []


def _of_item(table: Any, item: Any) -> list[str]:
    partition = _partition(table, None)
    return _value(item.get(partition)) if partition and isinstance(item, dict) else []


def _of_query(data: Json) -> list[str]:
    partition = _partition(data.get("TableName"), data.get("IndexName"))
    names = data.get("ExpressionAttributeNames") or {}
    values = data.get("ExpressionAttributeValues") or {}
    for name, value in _EQUALS.findall(str(data.get("KeyConditionExpression", ""))):
        if names.get(name, name) == partition:
            return _value(values.get(value))
    condition = (data.get("KeyConditions") or {}).get(partition) or {}
    return [key for typed in condition.get("AttributeValueList", []) for key in _value(typed)]


def _of_batch(data: Json) -> list[str]:
    found: list[str] = []
    for table, wanted in (data.get("RequestItems") or {}).items():
        keys = wanted.get("Keys", []) if isinstance(wanted, dict) else []
        for request in wanted if isinstance(wanted, list) else []:
            keys += [
                request[kind][part]
                for kind, part in (("PutRequest", "Item"), ("DeleteRequest", "Key"))
                if kind in request
            ]
        for item in keys:
            found += _of_item(table, item)
    return found


def leading_keys(data: Json) -> list[str]:
    """The partition keys that a request names; none for a scan."""
    if "RequestItems" in data:
        return _of_batch(data)
    if "KeyConditionExpression" in data or "KeyConditions" in data:
        return _of_query(data)
    return _of_item(data.get("TableName"), data.get("Item") or data.get("Key"))


def _loaded(body: bytes) -> Json:
    try:
        data = json.loads(body or b"{}")
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


def apply(settings: Settings) -> None:
    """Add the key to the context of single calls, and to each part of a transaction."""
    context, checks, enforce = (
        iam_actions.dynamodb_service_context,
        iam_actions.dynamodb_transaction_checks,
        iam_evaluator.enforce,
    )

    def with_keys(body: bytes) -> Json:
        keys = leading_keys(_loaded(body))
        found: Json = context(body)
        return found | ({KEY: keys} if keys else {})

    def keyed_checks(action: str, body: bytes, *rest: Any) -> list[tuple[str, str]]:
        found = checks(action, body, *rest)
        parts = [
            (kind, part)
            for item in _loaded(body).get("TransactItems") or []
            for kind, part in item.items()
            if kind in _MEMBERS
        ]
        return [_keyed(check, *part) for check, part in zip(found, parts, strict=True)]

    def enforced(
        *arguments: Any, resource_arn: str = "*", service_context: Json | None = None
    ) -> Any:
        if isinstance(resource_arn, KeyedArn):
            service_context = {**(service_context or {}), KEY: resource_arn.keys}
        return enforce(*arguments, resource_arn=str(resource_arn), service_context=service_context)

    iam_actions.dynamodb_service_context = with_keys
    iam_actions.dynamodb_transaction_checks = keyed_checks
    iam_evaluator.enforce = enforced


def _keyed(check: tuple[str, str], kind: str, part: Json) -> tuple[str, str]:
    arn = KeyedArn(check[1])
    arn.keys = _of_item(part.get("TableName"), part.get(_MEMBERS[kind]))
    return check[0], arn
