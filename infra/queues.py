"""Queues and topics as City311 makes them: encrypted, TLS only, with dead letters."""

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

TRIES = 5
"""How often a consumer may fail on a message before a person looks at it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """A queue and the dead letters behind it."""

    queue: sqs.Queue
    dead: sqs.Queue


def mailbox(
    scope: Construct,
    id: str,
    key: kms.IKey,
    *,
    name: str | None = None,
    visibility: cdk.Duration | None = None,
) -> Mailbox:
    """A queue that keeps messages 14 days; after TRIES failures they go to its dead letters."""
    dead = dead_letters(scope, f"{id}Dead", key, name=f"{name}-dead" if name else None)
    queue = sqs.Queue(
        scope,
        id,
        queue_name=name,
        encryption=sqs.QueueEncryption.KMS,
        encryption_master_key=key,
        data_key_reuse=cdk.Duration.hours(1),
        enforce_ssl=True,
        retention_period=cdk.Duration.days(14),
        visibility_timeout=visibility or cdk.Duration.seconds(60),
        dead_letter_queue=sqs.DeadLetterQueue(queue=dead, max_receive_count=TRIES),
    )
    return Mailbox(queue=queue, dead=dead)


def dead_letters(scope: Construct, id: str, key: kms.IKey, *, name: str | None = None) -> sqs.Queue:
    """Where messages end that nobody could take: 14 days, and an alarm on the first."""
    return sqs.Queue(
        scope,
        id,
        queue_name=name,
        encryption=sqs.QueueEncryption.KMS,
        encryption_master_key=key,
        data_key_reuse=cdk.Duration.hours(1),
        enforce_ssl=True,
        retention_period=cdk.Duration.days(14),
    )


def topic(
    scope: Construct, id: str, key: kms.IKey, *, words: str, name: str | None = None
) -> sns.Topic:
    """An encrypted topic that refuses plain HTTP."""
    return sns.Topic(
        scope, id, topic_name=name, display_name=words, master_key=key, enforce_ssl=True
    )


def publishers(topic: sns.Topic, *services: str) -> None:
    """Let AWS services of this account publish to the topic."""
    account = cdk.Stack.of(topic).account
    for service in services:
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid=f"{service.capitalize()}OfThisAccount",
                principals=[iam.ServicePrincipal(f"{service}.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": account}},
            )
        )


def subscribe(scope: Construct, id: str, topic: sns.Topic, box: Mailbox) -> sns.Subscription:
    """Deliver the topic's messages into the queue as they are; what cannot be goes to the dead."""
    box.queue.add_to_resource_policy(
        iam.PolicyStatement(
            principals=[iam.ServicePrincipal("sns.amazonaws.com")],
            actions=["sqs:SendMessage"],
            resources=[box.queue.queue_arn],
            conditions={"ArnEquals": {"aws:SourceArn": topic.topic_arn}},
        )
    )
    return sns.Subscription(
        scope,
        id,
        topic=topic,
        protocol=sns.SubscriptionProtocol.SQS,
        endpoint=box.queue.queue_arn,
        raw_message_delivery=True,
        dead_letter_queue=box.dead,
    )
