"""A firewall before the API, in the stages that residents use."""

import json

import aws_cdk as cdk
from aws_cdk import aws_wafv2 as waf
from constructs import Construct

from infra.api import STAGE, Api
from infra.plans import Plans
from infra.routes import OPEN311

CALLS_IN_FIVE_MINUTES = 600
"""From one network address; a city hall's whole network may be one."""
OPEN311_IN_FIVE_MINUTES = 300
"""The same for Open311, whose callers are programs: one a second, all day."""
WAIT_SECONDS = 300
BUSY = "Too many calls from your network. Wait five minutes, or call the city."
TOLD = {
    "api": json.dumps(
        {
            "errors": [{"field": None, "message": BUSY, "reason": "too_many", "call": None}],
            "request_id": "",
        }
    ),
    "open311": json.dumps([{"code": 429, "description": BUSY, "reason": "too_many"}]),
}
"""JSON for all: a firewall has no words in XML."""
MANAGED = (
    ("AWSManagedRulesAmazonIpReputationList", ()),
    ("AWSManagedRulesKnownBadInputsRuleSet", ()),
    # What is ordinary here: a photo in a post, all ids of a partner's requests in one query, a
    # description with markup or a link. The API has its own limits, and shows nothing as markup.
    (
        "AWSManagedRulesCommonRuleSet",
        (
            "SizeRestrictions_BODY",
            "SizeRestrictions_QUERYSTRING",
            "CrossSiteScripting_BODY",
            "GenericRFI_BODY",
        ),
    ),
)
"""AWS's rule groups, and their rules that only count."""


class Firewall(Construct):
    """AWS's rules against known attacks, and limits of calls from one address."""

    def __init__(self, scope: Construct, id: str, *, plans: Plans, api: Api) -> None:
        super().__init__(scope, id)
        rules = [
            self._managed(number, name, count)
            for number, (name, count) in enumerate(MANAGED, start=2)
        ]
        acl = waf.CfnWebACL(
            self,
            "Rules",
            scope="REGIONAL",
            description=f"{plans.prefix}: before the API",
            default_action=waf.CfnWebACL.DefaultActionProperty(allow={}),
            rules=[
                self._limit(0, "open311", OPEN311_IN_FIVE_MINUTES, _open311()),
                self._limit(1, "api", CALLS_IN_FIVE_MINUTES, _not(_open311())),
                *rules,
            ],
            custom_response_bodies={
                name: waf.CfnWebACL.CustomResponseBodyProperty(
                    content=body, content_type="APPLICATION_JSON"
                )
                for name, body in TOLD.items()
            },
            visibility_config=_seen("firewall"),
        )
        stack = cdk.Stack.of(self)
        stage = f"/restapis/{api.rest.rest_api_id}/stages/{STAGE}"
        waf.CfnWebACLAssociation(
            self,
            "BeforeTheApi",
            web_acl_arn=acl.attr_arn,
            resource_arn=f"arn:{stack.partition}:apigateway:{stack.region}::{stage}",
        ).node.add_dependency(api.rest.deployment_stage)

    def _limit(
        self, priority: int, told: str, limit: int, about: waf.CfnWebACL.StatementProperty
    ) -> waf.CfnWebACL.RuleProperty:
        """CloudFront stands before the API, so the caller's address is the forwarded one."""
        acl = waf.CfnWebACL
        name = f"{told}-calls-from-one-address"
        return acl.RuleProperty(
            name=name,
            priority=priority,
            action=acl.RuleActionProperty(block=_later(told)),
            statement=acl.StatementProperty(
                rate_based_statement=acl.RateBasedStatementProperty(
                    limit=limit,
                    evaluation_window_sec=300,
                    aggregate_key_type="FORWARDED_IP",
                    forwarded_ip_config=acl.ForwardedIPConfigurationProperty(
                        header_name="X-Forwarded-For", fallback_behavior="MATCH"
                    ),
                    scope_down_statement=about,
                )
            ),
            visibility_config=_seen(name),
        )

    def _managed(
        self, number: int, name: str, only_count: tuple[str, ...]
    ) -> waf.CfnWebACL.RuleProperty:
        acl = waf.CfnWebACL
        return acl.RuleProperty(
            name=name,
            priority=number,
            override_action=acl.OverrideActionProperty(none={}),
            statement=acl.StatementProperty(
                managed_rule_group_statement=acl.ManagedRuleGroupStatementProperty(
                    vendor_name="AWS",
                    name=name,
                    rule_action_overrides=[
                        acl.RuleActionOverrideProperty(
                            name=rule, action_to_use=acl.RuleActionProperty(count={})
                        )
                        for rule in only_count
                    ]
                    or None,
                )
            ),
            visibility_config=_seen(name),
        )


def _open311() -> waf.CfnWebACL.StatementProperty:
    """Calls of Open311. The path that a firewall sees begins with the stage's name."""
    acl = waf.CfnWebACL
    return acl.StatementProperty(
        byte_match_statement=acl.ByteMatchStatementProperty(
            field_to_match=acl.FieldToMatchProperty(uri_path={}),
            positional_constraint="STARTS_WITH",
            search_string=f"/{STAGE}{OPEN311}",
            text_transformations=[
                acl.TextTransformationProperty(priority=0, type="URL_DECODE"),
                acl.TextTransformationProperty(priority=1, type="NORMALIZE_PATH"),
            ],
        )
    )


def _not(statement: waf.CfnWebACL.StatementProperty) -> waf.CfnWebACL.StatementProperty:
    acl = waf.CfnWebACL
    return acl.StatementProperty(not_statement=acl.NotStatementProperty(statement=statement))


def _later(told: str) -> waf.CfnWebACL.BlockActionProperty:
    """A refusal that says when to come again."""
    acl = waf.CfnWebACL
    headers = {
        "Retry-After": str(WAIT_SECONDS),
        "Cache-Control": "no-store",
        "Access-Control-Allow-Origin": "*",
    }
    return acl.BlockActionProperty(
        custom_response=acl.CustomResponseProperty(
            response_code=429,
            custom_response_body_key=told,
            response_headers=[
                acl.CustomHTTPHeaderProperty(name=name, value=value)
                for name, value in headers.items()
            ],
        )
    )


def _seen(name: str) -> waf.CfnWebACL.VisibilityConfigProperty:
    """Counted, but no samples: a sample holds what a resident sent."""
    return waf.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=False
    )
