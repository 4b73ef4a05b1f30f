"""Where work goes: a topic and a queue for each department, the duty officer's, operations'."""

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.plans import Plans
from infra.queues import Mailbox, mailbox, publishers, subscribe, topic


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One department's topic and its work queue."""

    department_id: str
    topic: sns.Topic
    box: Mailbox


class Departments(Construct):
    """All topics that a request can be sent to, made from the city's files."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        plans: Plans,
        key: kms.IKey,
        mail_visibility: cdk.Duration,
    ) -> None:
        super().__init__(scope, id)
        self._key = key
        self.prefix = f"{plans.prefix}-department-"
        self.desks = tuple(self._desk(plans, d) for d in sorted(plans.city.departments))
        self.mail = mailbox(self, "Mail", key, visibility=mail_visibility)
        for desk in self.desks:
            if plans.city.departments[desk.department_id].email:
                subscribe(self, f"Mail-{desk.department_id}", desk.topic, self.mail)
        self.emergency = topic(self, "Emergency", key, words="311 emergency")
        self.emergency_box = mailbox(self, "EmergencyQueue", key)
        subscribe(self, "EmergencyToQueue", self.emergency, self.emergency_box)
        self.operations = topic(self, "Operations", key, words="311 operations")
        publishers(self.operations, "cloudwatch")
        self._people(plans)

    def arn_prefix(self) -> str:
        """The ARN of every department's topic, but for the department's id."""
        stack = cdk.Stack.of(self)
        return f"arn:{stack.partition}:sns:{stack.region}:{stack.account}:{self.prefix}"

    def url_prefix(self) -> str:
        """The URL of every department's queue, but for the department's id."""
        stack = cdk.Stack.of(self)
        host = f"https://sqs.{stack.region}.{stack.url_suffix}"
        return f"{host}/{stack.account}/{self.prefix}"

    def _desk(self, plans: Plans, department_id: str) -> Desk:
        name = f"{self.prefix}{department_id}"
        words = plans.city.say(plans.city.departments[department_id].name)
        work = topic(self, f"Topic-{department_id}", self._key, words=words[:100], name=name)
        box = mailbox(self, f"Queue-{department_id}", self._key, name=name)
        subscribe(self, f"Work-{department_id}", work, box)
        return Desk(department_id=department_id, topic=work, box=box)

    def _people(self, plans: Plans) -> None:
        """Whom the two topics call, if the stage says so; else they are subscribed by hand."""
        if plans.stage.duty_phone:
            sns.Subscription(
                self,
                "DutyPhone",
                topic=self.emergency,
                protocol=sns.SubscriptionProtocol.SMS,
                endpoint=plans.stage.duty_phone,
            )
        if plans.stage.operations_email:
            sns.Subscription(
                self,
                "OperationsEmail",
                topic=self.operations,
                protocol=sns.SubscriptionProtocol.EMAIL,
                endpoint=plans.stage.operations_email,
            )
