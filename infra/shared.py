"""What CloudFront may keep a copy of for everybody: public reads, each as long as we say."""

import json
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_cloudfront as cloudfront
from constructs import Construct

from infra.answers import TOO_LARGE
from infra.plans import Plans
from infra.routes import KEY_HEADERS

LARGEST_BODY = 4_500_000
"""Bytes. A function is handed 6 MB at most, in which a body takes a third more room."""
LONGEST = cdk.Duration.hours(1)
NEVER_KEPT = (400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504)
"""CloudFront would keep most errors for ten seconds, whatever they say about it."""


class Shared(Construct):
    """The cache of public reads. Whether, and how long, is in each answer's Cache-Control.

    Without a Cache-Control nothing is kept. Only GET and HEAD are ever answered from a cache.
    """

    def __init__(self, scope: Construct, id: str, *, plans: Plans) -> None:
        super().__init__(scope, id)
        self.policy = cloudfront.CachePolicy(
            self,
            "Policy",
            comment=f"{plans.prefix}: public reads",
            min_ttl=cdk.Duration.seconds(0),
            default_ttl=cdk.Duration.seconds(0),
            max_ttl=LONGEST,
            query_string_behavior=cloudfront.CacheQueryStringBehavior.all(),
            header_behavior=cloudfront.CacheHeaderBehavior.allow_list(*KEY_HEADERS),
            cookie_behavior=cloudfront.CacheCookieBehavior.none(),
            enable_accept_encoding_gzip=True,
            enable_accept_encoding_brotli=True,
        )
        asked = cloudfront.Function(
            self,
            "Asked",
            runtime=cloudfront.FunctionRuntime.JS_2_0,
            code=cloudfront.FunctionCode.from_inline(asked_code(plans.city.languages)),
        )
        self.functions = [
            cloudfront.FunctionAssociation(
                function=asked, event_type=cloudfront.FunctionEventType.VIEWER_REQUEST
            )
        ]


def asked_code(languages: tuple[str, ...]) -> str:
    """The function that every call passes first, for a city's languages."""
    code = Path(__file__).with_name("asked.js").read_text(encoding="utf-8")
    known = {"LANGUAGES": languages, "LARGEST": LARGEST_BODY, "WORDS": TOO_LARGE}
    for name, value in known.items():
        code = code.replace(f"= {name};", f"= {json.dumps(value)};")
    return code


def errors_at_once() -> list[cloudfront.ErrorResponse]:
    """No error outlives its cause."""
    return [
        cloudfront.ErrorResponse(http_status=status, ttl=cdk.Duration.seconds(0))
        for status in NEVER_KEPT
    ]
