"""The keys: one for what is kept, one for what passes through."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.plans import Plans

USE = ["kms:Decrypt", "kms:GenerateDataKey"]
"""What a service needs that writes to, or reads from, something encrypted."""


def data_key(scope: Construct, plans: Plans) -> kms.Key:
    """Encrypts the table and every log group. Rotates by itself once a year."""
    key = _key(scope, "DataKey", plans, "what City311 keeps: its table and its logs")
    stack = cdk.Stack.of(scope)
    logs = f"arn:{stack.partition}:logs:{stack.region}:{stack.account}:log-group:*"
    key.add_to_resource_policy(
        iam.PolicyStatement(
            sid="LogGroupsOfThisAccount",
            principals=[iam.ServicePrincipal(f"logs.{stack.region}.amazonaws.com")],
            actions=["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"],
            resources=["*"],
            conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": logs}},
        )
    )
    return key


def transit_key(scope: Construct, plans: Plans) -> kms.Key:
    """Encrypts topics, queues and the quarantine; it lives and dies with them."""
    key = _key(scope, "TransitKey", plans, "what passes through City311: messages, new photos")
    stack = cdk.Stack.of(scope)
    for service in ("cloudwatch", "ses", "events"):
        key.add_to_resource_policy(
            iam.PolicyStatement(
                sid=f"{service.capitalize()}OfThisAccount",
                principals=[iam.ServicePrincipal(f"{service}.amazonaws.com")],
                actions=USE,
                resources=["*"],
                conditions={"StringEquals": {"aws:SourceAccount": stack.account}},
            )
        )
    topics = f"arn:{stack.partition}:sns:{stack.region}:{stack.account}:*"
    key.add_to_resource_policy(
        iam.PolicyStatement(
            sid="TopicsOfThisAccount",
            principals=[iam.ServicePrincipal("sns.amazonaws.com")],
            actions=USE,
            resources=["*"],
            conditions={"ArnLike": {"aws:SourceArn": topics}},
        )
    )
    return key


def use_through(key: kms.IKey, actions: list[str], *services: str) -> iam.PolicyStatement:
    """Allow a role to use ``key``, only on behalf of these services (``sqs``, ``dynamodb`` ...)."""
    region = cdk.Stack.of(key).region
    return iam.PolicyStatement(
        actions=actions,
        resources=[key.key_arn],
        conditions={
            "StringEquals": {"kms:ViaService": [f"{s}.{region}.amazonaws.com" for s in services]}
        },
    )


def _key(scope: Construct, id: str, plans: Plans, what: str) -> kms.Key:
    keep = plans.stage.retain
    return kms.Key(
        scope,
        id,
        description=f"{plans.prefix}: {what}",
        enable_key_rotation=True,
        pending_window=cdk.Duration.days(30 if keep else 7),
        removal_policy=cdk.RemovalPolicy.RETAIN if keep else cdk.RemovalPolicy.DESTROY,
    )
