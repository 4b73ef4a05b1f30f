"""Who may do what to the table: by room, by action, by kind of item. Read it as a table."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms

from infra.keys import use_through

REQUEST, CONTACT, AUDIT, UPDATED = "REQ#*", "RES#*", "AUD#*", "UPD#*"
KEY = "KEY#*"
TOKEN, MESSAGE, PHOTO, PARTNER = "TOK#*", "MSG#*", "PHO#*", "PAR#*"

GET: Final = ("dynamodb:GetItem",)
BATCH: Final = ("dynamodb:BatchGetItem",)
QUERY: Final = ("dynamodb:Query",)
PUT: Final = ("dynamodb:PutItem",)
UPDATE: Final = ("dynamodb:UpdateItem",)
DELETE: Final = ("dynamodb:DeleteItem",)
ALTER: Final = (
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:PartiQLUpdate",
    "dynamodb:PartiQLDelete",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """These actions on these kinds of items (prefixes of their partition key)."""

    actions: tuple[str, ...]
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRights:
    """All that one room may do to the table, and the indexes it may query."""

    access: tuple[Access, ...]
    indexes: tuple[str, ...] = ()


RIGHTS: Mapping[str, TableRights] = {
    # Of contact data it files, it reads one record back: for the capability of a post whose answer
    # was lost, and for the key that a resident's later words are committed with.
    "intake": TableRights(
        access=(
            Access(actions=GET, items=(REQUEST, CONTACT, AUDIT, KEY)),
            Access(actions=PUT, items=(REQUEST, CONTACT, AUDIT, UPDATED, KEY)),
            Access(actions=UPDATE, items=(REQUEST, PHOTO, PARTNER)),
        )
    ),
    "photo": TableRights(access=(Access(actions=UPDATE, items=(PHOTO,)),)),
    "status": TableRights(
        access=(
            Access(actions=GET, items=(REQUEST, AUDIT, PARTNER)),
            Access(actions=BATCH, items=(REQUEST,)),
            Access(actions=QUERY, items=(AUDIT, UPDATED, PARTNER)),
            Access(actions=PUT, items=(AUDIT, UPDATED, PARTNER)),
            Access(actions=UPDATE, items=(REQUEST, PARTNER)),
        ),
        indexes=("requested", "updated", "service", "service_updated", "nearby", "work", "told"),
    ),
    "lifecycle": TableRights(
        access=(
            Access(actions=GET, items=(REQUEST, AUDIT, TOKEN, PHOTO)),
            Access(actions=PUT, items=(AUDIT, TOKEN)),
            Access(actions=UPDATE, items=(REQUEST,)),
            Access(actions=DELETE, items=(TOKEN,)),
        ),
        indexes=("watch",),
    ),
    # Triage may make another service of a report, which the public is told; the lifecycle's own
    # steps are never told.
    "triage": TableRights(
        access=(
            Access(actions=GET, items=(REQUEST, AUDIT)),
            Access(actions=PUT, items=(AUDIT, UPDATED)),
            Access(actions=UPDATE, items=(REQUEST,)),
        ),
        indexes=("nearby",),
    ),
    "notify": TableRights(
        access=(
            Access(actions=GET, items=(REQUEST, CONTACT, MESSAGE)),
            Access(actions=UPDATE, items=(MESSAGE,)),
        )
    ),
}


def table_statements(
    room: str, table: dynamodb.ITable, key: kms.IKey
) -> Iterable[iam.PolicyStatement]:
    """The room's rights to the table, its indexes and its key, and the audit's protection."""
    rights = RIGHTS[room]
    for access in rights.access:
        yield iam.PolicyStatement(
            actions=list(access.actions),
            resources=[table.table_arn],
            conditions={"ForAllValues:StringLike": {"dynamodb:LeadingKeys": list(access.items)}},
        )
    if rights.indexes:
        yield iam.PolicyStatement(
            actions=["dynamodb:Query"],
            resources=[f"{table.table_arn}/index/{index}" for index in rights.indexes],
        )
    yield iam.PolicyStatement(
        sid="AuditEventsStayAsWritten",
        effect=iam.Effect.DENY,
        actions=list(ALTER),
        resources=[table.table_arn],
        conditions={"ForAnyValue:StringLike": {"dynamodb:LeadingKeys": [AUDIT]}},
    )
    yield use_through(key, ["kms:Decrypt", "kms:DescribeKey"], "dynamodb")
