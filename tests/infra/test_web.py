"""One address for pages, API and photos, with headers that keep a private link private."""

from typing import Any

import pytest

from tests.infra.template import Template, text

HEADERS = ("PageHeaders", "ApiHeaders", "PhotoHeaders")


def behaviour(app: Template, pattern: str) -> dict[str, Any]:
    config = app.one("AWS::CloudFront::Distribution")["DistributionConfig"]
    (found,) = (b for b in config["CacheBehaviors"] if b["PathPattern"] == pattern)
    return found


def origin(app: Template, target: str) -> dict[str, Any]:
    config = app.one("AWS::CloudFront::Distribution")["DistributionConfig"]
    (found,) = (o for o in config["Origins"] if o["Id"] == target)
    return found


@pytest.mark.parametrize("pattern", ["/api/*", "/open311/*"])
def test_the_api_hears_every_header_but_host(app: Template, pattern: str) -> None:
    found = behaviour(app, pattern)

    # AllViewerExceptHostHeader
    assert found["OriginRequestPolicyId"] == "b689b0a8-53d0-40ab-baf2-68738e2966ac"
    assert {"GET", "POST", "OPTIONS"} <= set(found["AllowedMethods"])
    assert origin(app, found["TargetOriginId"])["OriginPath"] == "/live"


def test_photos_come_from_the_clean_bucket_alone(app: Template) -> None:
    found = origin(app, behaviour(app, "/photos/*")["TargetOriginId"])

    assert "CleanPhotosBucket" in text(found["DomainName"])
    assert found["OriginAccessControlId"]
    origins = app.one("AWS::CloudFront::Distribution")["DistributionConfig"]["Origins"]
    assert "quarantine" not in text(origins)


def test_pages_run_our_own_scripts_only(app: Template) -> None:
    props = app.at("/PageHeaders/Resource")[1]["Properties"]["ResponseHeadersPolicyConfig"]
    policy = text(props["SecurityHeadersConfig"]["ContentSecurityPolicy"])

    assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "quarantine" in policy


@pytest.mark.parametrize("name", HEADERS)
def test_no_answer_leaks_where_it_came_from(app: Template, name: str) -> None:
    props = app.at(f"/{name}/Resource")[1]["Properties"]["ResponseHeadersPolicyConfig"]
    headers = props["SecurityHeadersConfig"]

    assert headers["ReferrerPolicy"] == {"Override": True, "ReferrerPolicy": "no-referrer"}
    assert headers["StrictTransportSecurity"]["AccessControlMaxAgeSec"] >= 365 * 24 * 3600
    assert headers["ContentTypeOptions"]["Override"] is True
    assert headers["FrameOptions"]["FrameOption"] == "DENY"


def test_an_answer_of_the_api_may_bring_its_own_content_policy(app: Template) -> None:
    for name in HEADERS:
        props = app.at(f"/{name}/Resource")[1]["Properties"]["ResponseHeadersPolicyConfig"]
        found = props["SecurityHeadersConfig"]["ContentSecurityPolicy"]
        assert found["Override"] is (name != "ApiHeaders")


def test_everything_is_https(app: Template) -> None:
    config = app.one("AWS::CloudFront::Distribution")["DistributionConfig"]

    for found in (config["DefaultCacheBehavior"], *config["CacheBehaviors"]):
        assert found["ViewerProtocolPolicy"] in {"https-only", "redirect-to-https"}


def test_the_site_address_is_a_parameter_with_a_sensible_default(app: Template) -> None:
    assert app.content["Parameters"]["SiteAddress"]["Default"] == ""
    told = app.function("notify")[1]["Properties"]["Environment"]["Variables"]["SITE_URL"]
    assert told["Fn::If"][0] == "SiteAddressGiven"
    assert told["Fn::If"][1] == {"Ref": "SiteAddress"}
    assert "DomainName" in text(told["Fn::If"][2])


def test_outputs_name_what_operators_and_tools_need(app: Template) -> None:
    assert {
        *("SiteUrl", "ApiUrl", "UserPoolId", "UserPoolClientId", "TableName", "StateMachineArn"),
        *("QuarantineBucketName", "PhotoBucketName", "WebBucketName", "DepartmentTopicPrefix"),
        *("DepartmentQueuePrefix", "EmergencyQueueUrl", "ConfigurationSetName", "CityName"),
    } == set(app.content["Outputs"])
