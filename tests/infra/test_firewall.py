"""The firewall lets reports through, and tells whoever calls too often when to come again."""

import json
from typing import Any

import pytest

from tests.infra.template import Template, text


def rules(app: Template) -> dict[str, dict[str, Any]]:
    return {rule["Name"]: rule for rule in app.one("AWS::WAFv2::WebACL")["Rules"]}


def test_it_stands_before_the_api_where_residents_are(
    app: Template, production_app: Template
) -> None:
    association = production_app.one("AWS::WAFv2::WebACLAssociation")
    found = rules(production_app)

    assert "/stages/live" in text(association["ResourceArn"])
    assert "AWSManagedRulesKnownBadInputsRuleSet" in found
    assert not any(r["VisibilityConfig"]["SampledRequestsEnabled"] for r in found.values())
    assert sorted(r["Priority"] for r in found.values()) == [0, 1, 2, 3, 4]
    assert not app.of("AWS::WAFv2::WebACL")


def test_programs_and_people_are_counted_apart(production_app: Template) -> None:
    found = rules(production_app)
    programs, people = (
        found[f"{name}-calls-from-one-address"]["Statement"]["RateBasedStatement"]
        for name in ("open311", "api")
    )

    path = programs["ScopeDownStatement"]
    assert path["ByteMatchStatement"]["SearchString"] == "/live/open311"
    assert path["ByteMatchStatement"]["PositionalConstraint"] == "STARTS_WITH"
    assert people["ScopeDownStatement"] == {"NotStatement": {"Statement": path}}
    assert (programs["Limit"], people["Limit"]) == (300, 600)
    assert {r["AggregateKeyType"] for r in (programs, people)} == {"FORWARDED_IP"}


@pytest.mark.parametrize("name", ["open311", "api"])
def test_too_many_calls_are_told_when_to_come_again(production_app: Template, name: str) -> None:
    acl = production_app.one("AWS::WAFv2::WebACL")
    rule = rules(production_app)[f"{name}-calls-from-one-address"]
    said = rule["Action"]["Block"]["CustomResponse"]
    headers = {h["Name"]: h["Value"] for h in said["ResponseHeaders"]}
    body = acl["CustomResponseBodies"][said["CustomResponseBodyKey"]]

    assert said["ResponseCode"] == 429
    assert headers["Retry-After"] == "300"
    assert headers["Cache-Control"] == "no-store"
    assert body["ContentType"] == "APPLICATION_JSON"
    content = json.loads(body["Content"])
    if name == "open311":
        assert content[0]["code"] == 429
    else:
        assert set(content) == {"errors", "request_id"}


def test_rules_that_would_refuse_ordinary_reports_only_count(production_app: Template) -> None:
    common = rules(production_app)["AWSManagedRulesCommonRuleSet"]["Statement"]
    overrides = common["ManagedRuleGroupStatement"]["RuleActionOverrides"]

    assert {o["Name"] for o in overrides} == {
        "SizeRestrictions_BODY",
        "SizeRestrictions_QUERYSTRING",
        "CrossSiteScripting_BODY",
        "GenericRFI_BODY",
    }
    assert all(o["ActionToUse"] == {"Count": {}} for o in overrides)
