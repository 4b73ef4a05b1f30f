"""Two buckets: the quarantine that residents post to, the clean one that photos come from."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.plans import Plans

UPLOADS = "uploads/"
CLEAN = "photos/"
MAX_AGE_DAYS = 2


class CleanPhotos(Construct):
    """Photos after they were decoded and re-encoded: nothing in here came from outside as it is."""

    def __init__(self, scope: Construct, id: str, *, plans: Plans) -> None:
        super().__init__(scope, id)
        keep = plans.stage.retain
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            versioned=True,
            lifecycle_rules=[
                s3.LifecycleRule(
                    abort_incomplete_multipart_upload_after=cdk.Duration.days(1),
                    noncurrent_version_expiration=cdk.Duration.days(30),
                )
            ],
            removal_policy=cdk.RemovalPolicy.RETAIN if keep else cdk.RemovalPolicy.DESTROY,
        )
        stack = cdk.Stack.of(self)
        site = f"arn:{stack.partition}:cloudfront::{stack.account}:distribution/*"
        # The distribution is in the other stack, so it is named by account and not by its id.
        self.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid="ServedByOurSite",
                principals=[iam.ServicePrincipal("cloudfront.amazonaws.com")],
                actions=["s3:GetObject"],
                resources=[self.bucket.arn_for_objects(f"{CLEAN}*")],
                conditions={"ArnLike": {"AWS:SourceArn": site}},
            )
        )


def quarantine_name(stack: cdk.Stack, plans: Plans) -> str:
    """The quarantine's name, known before the bucket is.

    The bucket calls the photo function, which must know the bucket: a physical name ends the
    circle. Its last part is the stack's own random id, since bucket names are the whole world's.
    """
    unique = cdk.Fn.select(
        0, cdk.Fn.split("-", cdk.Fn.select(2, cdk.Fn.split("/", stack.stack_id)))
    )
    return cdk.Fn.join("-", [plans.prefix, "quarantine", unique])


class Quarantine(Construct):
    """Where uploads land, live two days at most, and are never served from."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        key: kms.IKey,
        site: str,
        photo: lambda_.Alias,
    ) -> None:
        super().__init__(scope, id)
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            bucket_name=name,
            encryption=s3.BucketEncryption.KMS,
            encryption_key=key,
            bucket_key_enabled=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            lifecycle_rules=[
                s3.LifecycleRule(
                    expiration=cdk.Duration.days(MAX_AGE_DAYS),
                    abort_incomplete_multipart_upload_after=cdk.Duration.days(1),
                )
            ],
            cors=[
                s3.CorsRule(
                    allowed_methods=[s3.HttpMethods.POST],
                    allowed_origins=[site],
                    allowed_headers=["*"],
                    max_age=3600,
                )
            ],
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        self._announce(name, photo)

    def _announce(self, name: str, photo: lambda_.Alias) -> None:
        """Call the photo function for each upload: a property of the bucket, no helper function."""
        stack = cdk.Stack.of(self)
        permission = lambda_.CfnPermission(
            self,
            "MayCallPhoto",
            action="lambda:InvokeFunction",
            function_name=photo.function_arn,
            principal="s3.amazonaws.com",
            source_account=stack.account,
            source_arn=f"arn:{stack.partition}:s3:::{name}",
        )
        resource = self.bucket.node.default_child
        if not isinstance(resource, s3.CfnBucket):
            raise TypeError("A bucket is drawn as a CfnBucket.")
        resource.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
            lambda_configurations=[
                s3.CfnBucket.LambdaConfigurationProperty(
                    event="s3:ObjectCreated:*",
                    function=photo.function_arn,
                    filter=s3.CfnBucket.NotificationFilterProperty(
                        s3_key=s3.CfnBucket.S3KeyFilterProperty(
                            rules=[s3.CfnBucket.FilterRuleProperty(name="prefix", value=UPLOADS)]
                        )
                    ),
                )
            ]
        )
        resource.add_resource_dependency(permission)
