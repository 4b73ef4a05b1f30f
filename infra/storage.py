"""The filing cabinet: one table. Its indexes are the allow-list of what public reads can show."""

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.plans import Plans

PUBLIC_ATTRIBUTES = (
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
WORK_ATTRIBUTES = ("status", "service_code", "priority", "district", "due_at", "assignee")
UPDATE_ATTRIBUTES = ("at", "status", "description", "code", "service_code", "photos")
INDEXES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "requested": ("requested_bucket", "requested_key", PUBLIC_ATTRIBUTES),
    "updated": ("updated_bucket", "updated_key", PUBLIC_ATTRIBUTES),
    "service": ("service_bucket", "requested_key", PUBLIC_ATTRIBUTES),
    "service_updated": ("service_bucket", "updated_key", PUBLIC_ATTRIBUTES),
    "nearby": ("cell", "requested_key", PUBLIC_ATTRIBUTES),
    "work": ("queue", "due_key", WORK_ATTRIBUTES),
    "watch": ("watch", "watch_key", ()),
    "told": ("told_bucket", "told_key", UPDATE_ATTRIBUTES),
}
"""Index -> partition key, sort key, projected attributes (none: keys only)."""


class Storage(Construct):
    """The table, its stream (the outbox), its backups."""

    def __init__(self, scope: Construct, id: str, *, plans: Plans, key: kms.IKey) -> None:
        super().__init__(scope, id)
        keep = plans.stage.retain
        self.table = dynamodb.Table(
            self,
            "Table",
            partition_key=_text("pk"),
            sort_key=_text("sk"),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
            encryption_key=key,
            stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
            time_to_live_attribute="ttl",
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True, recovery_period_in_days=35
            ),
            deletion_protection=keep,
            removal_policy=cdk.RemovalPolicy.RETAIN if keep else cdk.RemovalPolicy.DESTROY,
        )
        for name, (partition, sort, attributes) in INDEXES.items():
            self._index(name, partition, sort, attributes)

    def _index(self, name: str, partition: str, sort: str, attributes: tuple[str, ...]) -> None:
        projection = dynamodb.ProjectionType
        self.table.add_global_secondary_index(
            index_name=name,
            partition_key=_text(partition),
            sort_key=_text(sort),
            projection_type=projection.INCLUDE if attributes else projection.KEYS_ONLY,
            non_key_attributes=list(attributes) or None,
        )


def _text(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
