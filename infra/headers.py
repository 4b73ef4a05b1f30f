"""Security headers of what the site serves: what a page may load, and who may frame it."""

import aws_cdk as cdk
from aws_cdk import aws_cloudfront as cloudfront
from constructs import Construct

PAGES = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; \
worker-src 'self'; manifest-src 'self'; img-src 'self' blob: data:; connect-src 'self' {uploads}; \
base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
NOTHING = "default-src 'none'; frame-ancestors 'none'"


def security_headers(
    scope: Construct, id: str, policy: str, *, override: bool = True
) -> cloudfront.ResponseHeadersPolicy:
    """The headers. ``override`` False: an answer that brings its own content policy keeps it."""
    return cloudfront.ResponseHeadersPolicy(
        scope,
        id,
        security_headers_behavior=cloudfront.ResponseSecurityHeadersBehavior(
            content_security_policy=cloudfront.ResponseHeadersContentSecurityPolicy(
                content_security_policy=policy, override=override
            ),
            content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=True),
            frame_options=cloudfront.ResponseHeadersFrameOptions(
                frame_option=cloudfront.HeadersFrameOption.DENY, override=True
            ),
            # A private link must not travel to another site.
            referrer_policy=cloudfront.ResponseHeadersReferrerPolicy(
                referrer_policy=cloudfront.HeadersReferrerPolicy.NO_REFERRER, override=True
            ),
            strict_transport_security=cloudfront.ResponseHeadersStrictTransportSecurity(
                access_control_max_age=cdk.Duration.days(730),
                include_subdomains=True,
                override=True,
            ),
        ),
    )
