"""The table as docs/data.md plans it, small enough to make anew for every test."""

from typing import Any

TABLE = "city"
PUBLIC = (
    "service_request_id",
    "status",
    "status_notes",
    "service_code",
    "service_name",
    "description",
    "agency_responsible",
    "service_notice",
    "requested_at",
    "updated_at",
    "expected_at",
    "address",
    "address_id",
    "lat",
    "long",
    "media_url",
)
WORK = ("status", "service_code", "priority", "district", "due_at", "assignee")
TOLD = ("at", "status", "description", "code", "service_code", "photos")
INDEXES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "requested": ("requested_bucket", "requested_key", PUBLIC),
    "updated": ("updated_bucket", "updated_key", PUBLIC),
    "service": ("service_bucket", "requested_key", PUBLIC),
    "service_updated": ("service_bucket", "updated_key", PUBLIC),
    "nearby": ("cell", "requested_key", PUBLIC),
    "work": ("queue", "due_key", WORK),
    "watch": ("watch", "watch_key", ()),
    "told": ("told_bucket", "told_key", TOLD),
}
"""Index -> partition key, sort key, projected attributes (none: keys only)."""


def make_table(client: Any) -> None:
    """Create the table."""
    names = {"pk", "sk"} | {key for index in INDEXES.values() for key in index[:2]}
    client.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"} for name in sorted(names)
        ],
        KeySchema=_schema("pk", "sk"),
        GlobalSecondaryIndexes=[
            {"IndexName": name, "KeySchema": _schema(*keys), "Projection": _projection(attributes)}
            for name, (*keys, attributes) in INDEXES.items()
        ],
    )


def _schema(partition: str, sort: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": partition, "KeyType": "HASH"},
        {"AttributeName": sort, "KeyType": "RANGE"},
    ]


def _projection(attributes: tuple[str, ...]) -> dict[str, Any]:
    if not attributes:
        return {"ProjectionType": "KEYS_ONLY"}
    return {"ProjectionType": "INCLUDE", "NonKeyAttributes": list(attributes)}
