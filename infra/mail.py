"""Letters to residents: the sender's identity, the rules, what became of each letter."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_ses as ses
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.function import CityFunction
from infra.keys import USE, use_through
from infra.plans import Plans
from infra.queues import Mailbox, dead_letters, topic

EVENTS = (
    ses.EmailSendingEvent.SEND,
    ses.EmailSendingEvent.DELIVERY,
    ses.EmailSendingEvent.BOUNCE,
    ses.EmailSendingEvent.COMPLAINT,
    ses.EmailSendingEvent.REJECT,
    ses.EmailSendingEvent.RENDERING_FAILURE,
    ses.EmailSendingEvent.DELIVERY_DELAY,
)


class Mail(Construct):
    """SES: who sends, under which rules, and where its events go."""

    def __init__(self, scope: Construct, id: str, *, plans: Plans, key: kms.IKey) -> None:
        super().__init__(scope, id)
        self._key = key
        self._sender = plans.sender
        identity = plans.mail_identity
        self.settings = ses.ConfigurationSet(
            self,
            "Settings",
            reputation_metrics=True,
            sending_enabled=True,
            tls_policy=ses.ConfigurationSetTlsPolicy.REQUIRE,
            suppression_reasons=ses.SuppressionReasons.BOUNCES_AND_COMPLAINTS,
        )
        self.identity = ses.EmailIdentity(
            self,
            "Sender",
            identity=ses.Identity.email(identity)
            if "@" in identity
            else ses.Identity.domain(identity),
            feedback_forwarding=False,  # bounces come back as events
        )
        self.events = topic(self, "Events", key, words="311 mail events")
        self.settings.add_event_destination(
            "WhatBecameOfIt",
            destination=ses.EventDestination.sns_topic(self.events),
            events=list(EVENTS),
        )
        self.feedback_dead = dead_letters(self, "FeedbackDead", key)

    def delivered_by(self, notify: CityFunction, departments: Mailbox) -> None:
        """Let ``notify`` send, hear what became of it, and take the departments' mail queue."""
        self._hear(notify)
        stack = cdk.Stack.of(self)
        anywhere = f"arn:{stack.partition}:sns:*:*:*"
        notify.allow(
            iam.PolicyStatement(
                sid="MailFromTheCitysAddress",
                actions=["ses:SendEmail"],
                resources=[
                    self.identity.email_identity_arn,
                    stack.format_arn(
                        service="ses",
                        resource="configuration-set",
                        resource_name=self.settings.configuration_set_name,
                    ),
                ],
                conditions={"StringEquals": {"ses:FromAddress": self._sender}},
            ),
            # A telephone number has no ARN: everything is allowed, then everything with an ARN
            # is denied, which leaves telephone numbers.
            iam.PolicyStatement(sid="TextResidents", actions=["sns:Publish"], resources=["*"]),
            iam.PolicyStatement(
                sid="PublishToNoTopic",
                effect=iam.Effect.DENY,
                actions=["sns:Publish"],
                resources=[anywhere],
            ),
            iam.PolicyStatement(
                sid="TakeDepartmentMail",
                actions=["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
                resources=[departments.queue.queue_arn],
            ),
            use_through(self._key, USE, "sqs"),
        )
        mapping = lambda_.CfnEventSourceMapping
        mapping(
            self,
            "DepartmentMail",
            function_name=notify.alias.function_arn,
            event_source_arn=departments.queue.queue_arn,
            batch_size=10,
            function_response_types=["ReportBatchItemFailures"],
            scaling_config=mapping.ScalingConfigProperty(maximum_concurrency=5),
        ).node.add_dependency(notify.role)

    def _hear(self, notify: CityFunction) -> None:
        lambda_.CfnPermission(
            self,
            "MayTellNotify",
            action="lambda:InvokeFunction",
            function_name=notify.alias.function_arn,
            principal="sns.amazonaws.com",
            source_arn=self.events.topic_arn,
        )
        sns.Subscription(
            self,
            "Feedback",
            topic=self.events,
            protocol=sns.SubscriptionProtocol.LAMBDA,
            endpoint=notify.alias.function_arn,
            dead_letter_queue=self.feedback_dead,
        )
