"""Uploads the pages with the stack: CDK's own helper function, with a role that we can read."""

from pathlib import Path

from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_deployment as deployment
from constructs import Construct

from infra.function import log_group
from infra.plans import Plans

FOR_EVER = "public, max-age=31536000, immutable"


class Pages(Construct):
    """What is in web/site, in the site's bucket (``Custom::CDKBucketDeployment``)."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        plans: Plans,
        bucket: s3.Bucket,
        distribution: cloudfront.Distribution,
        log_key: kms.IKey,
    ) -> None:
        super().__init__(scope, id)
        log = log_group(self, "Log", plans, log_key)
        self.role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        self.role.add_to_policy(
            iam.PolicyStatement(
                sid="WriteItsOwnLog",
                actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                resources=[log.log_group_arn],
            )
        )
        sources = [deployment.Source.asset(str(site(plans)))]
        # Names of assets hold their content: they are kept for ever, and for pages still open.
        self.assets = deployment.BucketDeployment(
            self,
            "Assets",
            sources=sources,
            destination_bucket=bucket,
            exclude=["*"],
            include=["assets/*"],
            prune=False,
            cache_control=[deployment.CacheControl.from_string(FOR_EVER)],
            memory_limit=512,
            role=self.role,
            log_group=log,
        )
        self.deployment = deployment.BucketDeployment(
            self,
            "Upload",
            sources=sources,
            destination_bucket=bucket,
            exclude=["assets/*"],
            cache_control=[deployment.CacheControl.no_cache()],
            distribution=distribution,
            distribution_paths=["/*"],
            memory_limit=512,
            role=self.role,
            log_group=log,
        )
        # A page must not be there before what it loads.
        self.deployment.node.add_dependency(self.assets)


def site(plans: Plans) -> Path:
    """Where the built pages are; there may be none yet."""
    return plans.root / "web" / "site"
