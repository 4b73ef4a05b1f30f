"""The site: pages from a private bucket, API and photos beside them, under one address."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.api import STAGE
from infra.headers import NOTHING, PAGES, security_headers
from infra.pages import Pages, site
from infra.photos import CLEAN
from infra.plans import Plans
from infra.routes import PUBLIC_READS
from infra.shared import Shared, errors_at_once


class Web(Construct):
    """The distribution and the bucket of pages. ``url`` is the address residents know."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        plans: Plans,
        api_host: str,
        photos: s3.IBucket,
        quarantine: str,
        log_key: kms.IKey,
    ) -> None:
        super().__init__(scope, id)
        self.bucket = self._bucket()
        self._api_host = api_host
        self._shared = Shared(self, "Shared", plans=plans)
        region = cdk.Stack.of(self).region
        uploads = (
            f"https://{quarantine}.s3.{region}.amazonaws.com https://{quarantine}.s3.amazonaws.com"
        )
        self.distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment=plans.prefix,
            default_root_object="index.html",
            default_behavior=self._pages(PAGES.format(uploads=uploads)),
            additional_behaviors=self._beside(photos),
            error_responses=errors_at_once(),
            domain_names=[plans.stage.domain] if plans.stage.domain else None,
            certificate=self._certificate(plans),
            # CloudFront's own certificate fixes this setting; a city's own leaves it to us.
            minimum_protocol_version=cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021
            if plans.stage.domain
            else None,
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            price_class=cloudfront.PriceClass.PRICE_CLASS_100,
        )
        self.url = self._url(plans)
        self.pages = (
            Pages(
                self,
                "Pages",
                plans=plans,
                bucket=self.bucket,
                distribution=self.distribution,
                log_key=log_key,
            )
            if site(plans).is_dir()
            else None
        )

    def _bucket(self) -> s3.Bucket:
        return s3.Bucket(
            self,
            "Bucket",
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            versioned=True,
            lifecycle_rules=[s3.LifecycleRule(noncurrent_version_expiration=cdk.Duration.days(30))],
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )

    def _pages(self, policy: str) -> cloudfront.BehaviorOptions:
        address = cloudfront.Function(
            self,
            "Address",
            runtime=cloudfront.FunctionRuntime.JS_2_0,
            code=cloudfront.FunctionCode.from_file(
                file_path=str(Path(__file__).with_name("address.js"))
            ),
        )
        return cloudfront.BehaviorOptions(
            origin=origins.S3BucketOrigin.with_origin_access_control(self.bucket),
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
            cache_policy=cloudfront.CachePolicy.CACHING_OPTIMIZED,
            compress=True,
            response_headers_policy=security_headers(self, "PageHeaders", policy),
            function_associations=[
                cloudfront.FunctionAssociation(
                    function=address, event_type=cloudfront.FunctionEventType.VIEWER_REQUEST
                )
            ],
        )

    def _beside(self, photos: s3.IBucket) -> dict[str, cloudfront.BehaviorOptions]:
        origin = origins.HttpOrigin(
            self._api_host,
            origin_path=f"/{STAGE}",
            origin_ssl_protocols=[cloudfront.OriginSslPolicy.TLS_V1_2],
        )
        headers = security_headers(self, "ApiHeaders", NOTHING, override=False)
        shared = self._api(origin, headers, self._shared.policy)
        private = self._api(origin, headers, cloudfront.CachePolicy.CACHING_DISABLED)
        served = cloudfront.BehaviorOptions(
            origin=origins.S3BucketOrigin.with_origin_access_control(
                # By name only: its policy, in its own stack, already lets our site read.
                s3.Bucket.from_bucket_attributes(
                    self,
                    "Photos",
                    bucket_arn=photos.bucket_arn,
                    bucket_regional_domain_name=photos.bucket_regional_domain_name,
                )
            ),
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
            cache_policy=cloudfront.CachePolicy.CACHING_OPTIMIZED,
            response_headers_policy=security_headers(self, "PhotoHeaders", NOTHING),
        )
        # The first pattern that fits decides.
        return {
            **dict.fromkeys(PUBLIC_READS, shared),
            "/api/*": private,
            f"/{CLEAN}*": served,
        }

    def _api(
        self,
        origin: cloudfront.IOrigin,
        headers: cloudfront.IResponseHeadersPolicy,
        cache: cloudfront.ICachePolicy,
    ) -> cloudfront.BehaviorOptions:
        return cloudfront.BehaviorOptions(
            origin=origin,
            allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
            cache_policy=cache,
            compress=True,
            # Query strings and every header but Host: sign-in, capability, idempotency key, origin.
            origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
            response_headers_policy=headers,
            function_associations=self._shared.functions,
        )

    def _certificate(self, plans: Plans) -> acm.ICertificate | None:
        arn = plans.stage.certificate_arn
        return acm.Certificate.from_certificate_arn(self, "Certificate", arn) if arn else None

    def _url(self, plans: Plans) -> str:
        """The stage's domain, else CloudFront's; a parameter overrides both.

        The parameter lets the very same template be deployed where there is no CloudFront.
        """
        stack = cdk.Stack.of(self)
        chosen = cdk.CfnParameter(
            stack,
            "SiteAddress",
            default="",
            allowed_pattern="(https?://[^/]+)?",
            description="The site's address without a final slash, if it is neither the stage's "
            "domain nor CloudFront's.",
        )
        given = cdk.CfnCondition(
            stack,
            "SiteAddressGiven",
            expression=cdk.Fn.condition_not(cdk.Fn.condition_equals(chosen.value_as_string, "")),
        )
        host = plans.stage.domain or self.distribution.distribution_domain_name
        return cdk.Token.as_string(
            cdk.Fn.condition_if(given.logical_id, chosen.value_as_string, f"https://{host}")
        )
