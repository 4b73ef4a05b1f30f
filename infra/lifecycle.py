"""The lifecycle: its state machine, the stream that moves it, the round that mends it."""

import json

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.departments import Departments
from infra.function import CityFunction, log_group
from infra.keys import USE, use_through
from infra.plans import Plans
from infra.queues import dead_letters

HEARD = ("REQ#", "PHO#")
"""Kinds of items whose changes the lifecycle must hear of."""
ROUND_MINUTES = 5


def machine_name(plans: Plans) -> str:
    """The state machine's name, known before the machine is.

    The machine calls the lifecycle function, which starts the machine: a name ends the circle.
    """
    return f"{plans.prefix}-lifecycle"


def machine_arn(scope: Construct, plans: Plans) -> str:
    """Where the state machine will be."""
    return cdk.Stack.of(scope).format_arn(
        service="states",
        resource="stateMachine",
        resource_name=machine_name(plans),
        arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
    )


class Lifecycle(Construct):
    """One execution a generation of a request, by the definition in lifecycle.asl.json."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        plans: Plans,
        departments: Departments,
        functions: dict[str, CityFunction],
        keys: tuple[kms.IKey, kms.IKey],
    ) -> None:
        super().__init__(scope, id)
        log_key, transit_key = keys
        aliases = {name: functions[name].alias for name in ("triage", "lifecycle", "notify")}
        self.role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("states.amazonaws.com"))
        self._grant(list(aliases.values()), departments, transit_key)
        self.log = log_group(
            self, "Log", plans, log_key, f"/aws/vendedlogs/states/{machine_name(plans)}"
        )
        self.machine = sfn.StateMachine(
            self,
            "Machine",
            state_machine_name=machine_name(plans),
            state_machine_type=sfn.StateMachineType.STANDARD,
            definition_body=sfn.DefinitionBody.from_string(plans.lifecycle),
            definition_substitutions={
                "TriageFunction": aliases["triage"].function_arn,
                "LifecycleFunction": aliases["lifecycle"].function_arn,
                "NotifyFunction": aliases["notify"].function_arn,
                "EmergencyTopic": departments.emergency.topic_arn,
                "OperationsTopic": departments.operations.topic_arn,
                "DepartmentTopicPrefix": departments.arn_prefix(),
            },
            role=self.role,
            tracing_enabled=True,
            # Levels and errors, but no payloads: a request's story is in our audit events.
            logs=sfn.LogOptions(
                destination=self.log, level=sfn.LogLevel.ALL, include_execution_data=False
            ),
        )

    def _grant(
        self, aliases: list[lambda_.Alias], departments: Departments, transit_key: kms.IKey
    ) -> None:
        self.role.add_to_policy(
            iam.PolicyStatement(
                sid="CallItsTasks",
                actions=["lambda:InvokeFunction"],
                resources=[alias.function_arn for alias in aliases],
            )
        )
        self.role.add_to_policy(
            iam.PolicyStatement(
                sid="TellDepartments",
                actions=["sns:Publish"],
                resources=[
                    *[desk.topic.topic_arn for desk in departments.desks],
                    departments.emergency.topic_arn,
                    departments.operations.topic_arn,
                ],
            )
        )
        self.role.add_to_policy(use_through(transit_key, USE, "sns"))


class Outbox(Construct):
    """The table's stream, read by the lifecycle function: whatever was written is acted upon."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        table: dynamodb.ITable,
        lifecycle: CityFunction,
        keys: tuple[kms.IKey, kms.IKey],
    ) -> None:
        super().__init__(scope, id)
        data_key, transit_key = keys
        stream = table.table_stream_arn
        if stream is None:
            raise TypeError("The table has a stream.")
        self.unheard = dead_letters(self, "Unheard", transit_key)
        lifecycle.allow(
            iam.PolicyStatement(
                sid="ReadTheStream",
                actions=[
                    "dynamodb:DescribeStream",
                    "dynamodb:GetRecords",
                    "dynamodb:GetShardIterator",
                ],
                resources=[stream],
            ),
            iam.PolicyStatement(
                sid="FindTheStream", actions=["dynamodb:ListStreams"], resources=[stream]
            ),
            iam.PolicyStatement(
                sid="ReportUnheardChanges",
                actions=["sqs:SendMessage"],
                resources=[self.unheard.queue_arn],
            ),
            use_through(transit_key, USE, "sqs"),
            use_through(data_key, ["kms:Decrypt"], "dynamodb"),
        )
        mapping = lambda_.CfnEventSourceMapping
        self.mapping = mapping(
            self,
            "Changes",
            function_name=lifecycle.alias.function_arn,
            event_source_arn=stream,
            starting_position="TRIM_HORIZON",
            batch_size=25,
            bisect_batch_on_function_error=True,
            function_response_types=["ReportBatchItemFailures"],
            maximum_retry_attempts=20,
            maximum_record_age_in_seconds=23 * 3600,  # the stream itself forgets after 24 hours
            destination_config=mapping.DestinationConfigProperty(
                on_failure=mapping.OnFailureProperty(destination=self.unheard.queue_arn)
            ),
            filter_criteria=mapping.FilterCriteriaProperty(
                filters=[mapping.FilterProperty(pattern=_changes_of(kind)) for kind in HEARD]
            ),
        )
        self.mapping.node.add_dependency(lifecycle.role)  # the stream is tried at once


def _changes_of(kind: str) -> str:
    """The filter that lets changes of items of this kind through."""
    return json.dumps({"dynamodb": {"Keys": {"pk": {"S": [{"prefix": kind}]}}}})


class Reconciler(Construct):
    """Calls the lifecycle function on its round, every five minutes."""

    def __init__(
        self, scope: Construct, id: str, *, lifecycle: CityFunction, missed: sqs.IQueue
    ) -> None:
        super().__init__(scope, id)
        self.rule = events.Rule(
            self,
            "Round",
            description="Looks for whatever is owed and was not done",
            schedule=events.Schedule.rate(cdk.Duration.minutes(ROUND_MINUTES)),
            targets=[
                targets.LambdaFunction(
                    lifecycle.alias,
                    event=events.RuleTargetInput.from_object({"task": "reconcile"}),
                    # The next round does what this one missed.
                    retry_attempts=0,
                    max_event_age=cdk.Duration.minutes(ROUND_MINUTES),
                    dead_letter_queue=missed,
                )
            ],
        )
