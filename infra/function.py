"""CityFunction: the one way to make a Lambda."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.keys import USE, use_through
from infra.layers import Layers
from infra.plans import Plans

RETENTION = {
    7: logs.RetentionDays.ONE_WEEK,
    30: logs.RetentionDays.ONE_MONTH,
    90: logs.RetentionDays.THREE_MONTHS,
    365: logs.RetentionDays.ONE_YEAR,
    731: logs.RetentionDays.TWO_YEARS,
}
ALIAS = "live"


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """One function: where its code is, how much machine it gets, whom its failure harms.

    ``harm`` finishes the sentence of its alarm. ``at_the_door``: a resident waits for its answer.
    """

    name: str
    folder: str
    handler: str
    harm: str
    memory_mb: int = 512
    timeout_s: int = 30
    at_the_door: bool = False
    photos: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """What all functions share."""

    plans: Plans
    layers: Layers
    log_key: kms.IKey
    environment: Mapping[str, str] = field(default_factory=dict)


class CityFunction(Construct):
    """A function with its own role, log group, version and alias ``live``.

    The role starts with three rights: write to its own log, and send traces. What else it may do
    is said by ``allow``, statement by statement.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        room: Room,
        workshop: Workshop,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(scope, id)
        self.room = room
        self.log_group = log_group(self, "Log", workshop.plans, workshop.log_key)
        self.role = self._role()
        layers, plans = workshop.layers, workshop.plans
        snap = room.at_the_door and plans.stage.snap_start
        self.function = lambda_.Function(
            self,
            "Function",
            description=f"{plans.prefix}: {room.name}, content {plans.content_version}",
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.ARM_64,
            code=lambda_.Code.from_asset(
                str(plans.root / "functions" / room.folder), exclude=["**/__pycache__", "*.pyc"]
            ),
            handler=room.handler,
            role=self.role,
            log_group=self.log_group,
            logging_format=lambda_.LoggingFormat.JSON,
            memory_size=room.memory_mb,
            timeout=cdk.Duration.seconds(room.timeout_s),
            tracing=lambda_.Tracing.ACTIVE,
            snap_start=lambda_.SnapStartConf.ON_PUBLISHED_VERSIONS if snap else None,
            layers=[
                layers.deps,
                *([layers.photo] if room.photos else []),
                layers.city311,
                layers.city,
            ],
            environment={
                **workshop.environment,
                **(environment or {}),
                "POWERTOOLS_SERVICE_NAME": room.name,
                "POWERTOOLS_METRICS_NAMESPACE": "City311",
                "POWERTOOLS_LOG_LEVEL": "INFO",
            },
            current_version_options=lambda_.VersionOptions(
                removal_policy=cdk.RemovalPolicy.RETAIN
                if plans.stage.retain  # a roll back points the alias at an older version
                else cdk.RemovalPolicy.DESTROY
            ),
        )
        self.alias = lambda_.Alias(
            self, "Live", alias_name=ALIAS, version=self.function.current_version
        )

    def allow(self, *statements: iam.PolicyStatement) -> None:
        """Add to what the function may do."""
        for statement in statements:
            self.role.add_to_policy(statement)

    def keep_failures(self, queue: sqs.IQueue, key: kms.IKey, *, retries: int = 2) -> None:
        """Where an event goes that nobody waits for, and that failed every try."""
        self.allow(
            iam.PolicyStatement(
                sid="KeepWhatFailed", actions=["sqs:SendMessage"], resources=[queue.queue_arn]
            ),
            use_through(key, USE, "sqs"),
        )
        config = lambda_.CfnEventInvokeConfig(
            self,
            "Failures",
            function_name=self.function.function_name,
            qualifier=ALIAS,
            maximum_retry_attempts=retries,
            maximum_event_age_in_seconds=6 * 3600,
            destination_config=lambda_.CfnEventInvokeConfig.DestinationConfigProperty(
                on_failure=lambda_.CfnEventInvokeConfig.OnFailureProperty(
                    destination=queue.queue_arn
                )
            ),
        )
        config.node.add_dependency(self.alias, self.role)

    def _role(self) -> iam.Role:
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        role.add_to_policy(
            iam.PolicyStatement(
                sid="WriteItsOwnLog",
                actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                resources=[self.log_group.log_group_arn],
            )
        )
        return role


def log_group(
    scope: Construct, id: str, plans: Plans, key: kms.IKey, name: str | None = None
) -> logs.LogGroup:
    """An encrypted log that forgets in time."""
    return logs.LogGroup(
        scope,
        id,
        log_group_name=name,
        encryption_key=key,
        retention=RETENTION[plans.stage.log_days],
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )
