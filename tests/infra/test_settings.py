"""Settings of a stage: what makes no sense is refused before anything is drawn."""

import json
from typing import Any

import pytest

from infra.stages import BadSettings, read_stage
from tests.infra.drawing import ROOT, a_city, a_plan

STAGES: dict[str, Any] = json.loads((ROOT / "cdk.json").read_text())["context"]["stages"]


def with_settings(**changes: Any) -> dict[str, Any]:
    return {"dev": STAGES["dev"] | changes}


@pytest.mark.parametrize("name", ["dev", "staging", "production"])
def test_the_stages_that_are_shipped_can_be_read(name: str) -> None:
    assert read_stage(name, STAGES).name == name


def test_only_production_keeps_its_data() -> None:
    assert [name for name in STAGES if read_stage(name, STAGES).retain] == ["production"]


def test_an_unknown_stage_is_refused_by_name() -> None:
    with pytest.raises(BadSettings, match="no stage 'moon'; it has dev, production, staging"):
        read_stage("moon", STAGES)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"log_dyas": 30}, "settings nobody reads: log_dyas"),
        ({"log_days": 31}, "log_days is 31; choose one of"),
        ({"domain": "311.example"}, "domain and certificate_arn go together"),
        (
            {
                "domain": "311.example",
                "certificate_arn": "arn:aws:acm:eu-west-1:111122223333:certificate/x",
            },
            "us-east-1 only",
        ),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(BadSettings, match=says):
        read_stage("dev", with_settings(**changes))


def test_a_missing_setting_is_named() -> None:
    settings = {key: value for key, value in STAGES["dev"].items() if key != "rate"}

    with pytest.raises(BadSettings, match="'rate'"):
        read_stage("dev", {"dev": settings})


def test_the_sender_s_domain_is_verified_unless_the_stage_names_an_identity() -> None:
    plain = a_plan()
    address = a_plan(stage_settings={"mail_identity": "no-reply@tinytown.example"})
    parent = a_plan(
        stage_settings={"mail_identity": "tinytown.example"},
        city=a_city(mail_from="311@mail.tinytown.example"),
    )

    assert plain.mail_identity == "tinytown.example"
    assert address.mail_identity == "no-reply@tinytown.example"
    assert parent.mail_identity == "tinytown.example"


def test_an_identity_that_does_not_cover_the_sender_is_refused() -> None:
    plans = a_plan(stage_settings={"mail_identity": "elsewhere.example"})

    with pytest.raises(BadSettings, match="does not cover"):
        _ = plans.mail_identity


def test_versions_name_what_is_deployed() -> None:
    plans = a_plan()

    release, _, digest = plans.code_version.partition("+")
    assert release.count(".") == 2
    assert len(digest) == len(plans.lifecycle_version) == 12
