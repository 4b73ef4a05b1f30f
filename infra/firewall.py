"""A firewall before the API, in the stages that residents use."""

import aws_cdk as cdk
from aws_cdk import aws_wafv2 as waf
from constructs import Construct

from infra.api import STAGE, Api
from infra.plans import Plans

CALLS_IN_FIVE_MINUTES = 600
"""From one network address; a city hall's whole network may be one."""
MANAGED = (
    ("AWSManagedRulesAmazonIpReputationList", ()),
    ("AWSManagedRulesKnownBadInputsRuleSet", ()),
    # A photo in a multipart post is larger than this rule allows; the API has its own limits.
    ("AWSManagedRulesCommonRuleSet", ("SizeRestrictions_BODY",)),
)
"""AWS's rule groups, and their rules that only count."""


class Firewall(Construct):
    """AWS's rules against known attacks, and a limit of calls from one address."""

    def __init__(self, scope: Construct, id: str, *, plans: Plans, api: Api) -> None:
        super().__init__(scope, id)
        rules = [
            self._managed(number, name, count)
            for number, (name, count) in enumerate(MANAGED, start=1)
        ]
        acl = waf.CfnWebACL(
            self,
            "Rules",
            scope="REGIONAL",
            description=f"{plans.prefix}: before the API",
            default_action=waf.CfnWebACL.DefaultActionProperty(allow={}),
            rules=[self._limit(), *rules],
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

    def _limit(self) -> waf.CfnWebACL.RuleProperty:
        """CloudFront stands before the API, so the caller's address is the forwarded one."""
        acl = waf.CfnWebACL
        return acl.RuleProperty(
            name="calls-from-one-address",
            priority=0,
            action=acl.RuleActionProperty(block={}),
            statement=acl.StatementProperty(
                rate_based_statement=acl.RateBasedStatementProperty(
                    limit=CALLS_IN_FIVE_MINUTES,
                    evaluation_window_sec=300,
                    aggregate_key_type="FORWARDED_IP",
                    forwarded_ip_config=acl.ForwardedIPConfigurationProperty(
                        header_name="X-Forwarded-For", fallback_behavior="MATCH"
                    ),
                )
            ),
            visibility_config=_seen("calls-from-one-address"),
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


def _seen(name: str) -> waf.CfnWebACL.VisibilityConfigProperty:
    """Counted, but no samples: a sample holds what a resident sent."""
    return waf.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=False
    )
