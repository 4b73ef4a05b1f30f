"""The drawing as a whole: pure, alike on every machine, and clean by every checker."""

import copy
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import cdk_nag
import pytest

from infra.build import METADATA, draw
from infra.rooms import ROOMS
from tests.infra.drawing import ROOT, a_plan, drawn, templates
from tests.infra.template import Template, text

WHEELS = ("Deps", "Photo")


def without_wheels(template: dict[str, Any]) -> tuple[dict[str, Any], set[str]]:
    """The template without the hashes of the two layers of wheels, and those hashes."""
    bare, hashes = copy.deepcopy(template), set()
    for resource in bare["Resources"].values():
        path = resource.get("Metadata", {}).get("aws:cdk:path", "").split("/")
        if resource["Type"] == "AWS::Lambda::LayerVersion" and path[-2] in WHEELS:
            hashes.add(resource["Properties"]["Content"].pop("S3Key"))
            resource["Metadata"].pop("aws:asset:path", None)
    return bare, hashes


def test_the_local_template_is_the_same_but_for_the_wheels() -> None:
    for aws, local in zip(templates(a_plan()), templates(a_plan(local=True)), strict=True):
        bare_aws, hashes_aws = without_wheels(aws)
        bare_local, hashes_local = without_wheels(local)

        assert bare_aws == bare_local
        assert not hashes_aws & hashes_local


def test_the_same_plans_give_the_same_templates() -> None:
    assert templates(a_plan()) == templates(a_plan())


def test_a_new_city_file_makes_a_new_version_of_every_function() -> None:
    def versions(city_json: str) -> set[str]:
        app = Template(templates(a_plan(city_json=city_json))[1])
        return set(app.of("AWS::Lambda::Version"))

    before, after = versions("{}"), versions('{"name": "Tinytown"}')
    assert len(before) == len(after) == len(ROOMS)
    assert not before & after


def test_no_template_knows_an_account_or_a_region() -> None:
    for template in drawn():
        for word in ("us-east-1", "eu-west-1", "123456789012"):
            assert word not in text(template)


def test_a_custom_domain_brings_its_certificate_and_modern_tls() -> None:
    certificate = "arn:aws:acm:us-east-1:111122223333:certificate/abc"
    plans = a_plan(stage_settings={"domain": "311.example", "certificate_arn": certificate})
    app = Template(templates(plans)[1])
    config = app.one("AWS::CloudFront::Distribution")["DistributionConfig"]

    assert config["Aliases"] == ["311.example"]
    assert config["ViewerCertificate"]["AcmCertificateArn"] == certificate
    assert config["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2021"
    told = app.function("notify")[1]["Properties"]["Environment"]["Variables"]["SITE_URL"]
    assert told["Fn::If"][2] == "https://311.example"


def test_people_are_called_if_the_stage_names_them() -> None:
    plans = a_plan(
        stage_settings={"duty_phone": "+15550199", "operations_email": "it@tinytown.example"}
    )
    app = Template(templates(plans)[1])
    called = {p["Protocol"]: p["Endpoint"] for p in app.props("AWS::SNS::Subscription")}

    assert called["sms"] == "+15550199"
    assert called["email"] == "it@tinytown.example"


def test_production_stacks_refuse_to_be_deleted() -> None:
    for stage, protected in (("dev", False), ("production", True)):
        app = cdk.App(
            context={"aws:cdk:bundling-stacks": []}, builtin_cloud_formation_validation=False
        )
        for stack in draw(app, a_plan(stage)):
            assert bool(stack.termination_protection) is protected


def checked(stage: str, folder: Path) -> list[dict[str, Any]]:
    """All findings of cdk-nag and of CDK's own validator that nobody acknowledged."""
    app = cdk.App(
        context=METADATA
        | {"aws:cdk:bundling-stacks": [], "@aws-cdk/core:validateAgainstDefaultRules": True},
        outdir=str(folder),
        analytics_reporting=False,
    )
    draw(app, a_plan(stage))
    packs = (cdk_nag.AwsSolutionsChecks(app), cdk_nag.ServerlessChecks(app))
    cdk.Validations.of(app).add_plugins(*packs)
    app.synth()
    report = json.loads((folder / "validation-report.json").read_text())
    assert {r["pluginName"] for r in report["pluginReports"]} >= {"AwsSolutions", "Serverless"}
    return [
        {"stage": stage, "rule": v["ruleName"], "what": v["description"]}
        for r in report["pluginReports"]
        for v in r.get("violations", [])
    ]


@pytest.mark.parametrize("stage", ["dev", "production"])
def test_every_finding_is_fixed_or_acknowledged_and_cfn_lint_is_silent(
    stage: str, tmp_path: Path
) -> None:
    folder = tmp_path / "cdk.out"

    assert checked(stage, folder) == []
    lint = Path(sys.executable).with_name("cfn-lint")
    shutil.copy(ROOT / ".cfnlintrc", tmp_path)
    found = subprocess.run([lint], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout) == (0, "")
