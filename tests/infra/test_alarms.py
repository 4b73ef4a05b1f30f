"""Whatever goes wrong wakes a person, and says who is harmed."""

import json
from pathlib import Path

from infra.rooms import ROOMS
from tests.infra.template import Template, text

RUNBOOK = Path(__file__).resolve().parents[2] / "docs" / "runbook.md"


def test_every_alarm_tells_operations(app: Template) -> None:
    operations, _ = app.at("/Departments/Operations/Resource")

    for alarm in app.props("AWS::CloudWatch::Alarm"):
        assert alarm["AlarmActions"] == [{"Ref": operations}]


def test_cloudwatch_may_tell_operations(app: Template) -> None:
    operations, _ = app.at("/Departments/Operations/Resource")
    (policy,) = (
        p for p in app.props("AWS::SNS::TopicPolicy") if {"Ref": operations} in p["Topics"]
    )

    assert "cloudwatch.amazonaws.com" in text(policy)


def test_every_function_has_an_alarm_named_for_its_harm(app: Template) -> None:
    names = [a["AlarmName"] for a in app.props("AWS::CloudWatch::Alarm")]

    assert len(set(names)) == len(names)
    for room in ROOMS.values():
        for trouble in ("fails", "is throttled"):
            wanted = f"city311-tinytown-dev: {room.harm}: {room.name} {trouble}"
            assert wanted in names


def test_every_queue_of_dead_letters_has_an_alarm_at_the_first(app: Template) -> None:
    watched = {
        text(dimension["Value"]): alarm
        for alarm in app.props("AWS::CloudWatch::Alarm")
        for dimension in alarm.get("Dimensions", [])
        if dimension["Name"] == "QueueName"
    }
    working = {"Mail", "EmergencyQueue", "Queue-streets", "Queue-parks"}
    for name, resource in app.of("AWS::SQS::Queue").items():
        if resource["Metadata"]["aws:cdk:path"].split("/")[-2] not in working:
            alarm = watched[text({"Fn::GetAtt": [name, "QueueName"]})]
            assert alarm["Threshold"] == 0
            assert alarm["ComparisonOperator"] == "GreaterThanThreshold"


def test_silence_of_the_round_is_an_alarm(app: Template) -> None:
    (alarm,) = (
        a
        for a in app.props("AWS::CloudWatch::Alarm")
        if "nobody looks for lost requests" in a["AlarmName"]
    )

    assert alarm["TreatMissingData"] == "breaching"
    assert alarm["ComparisonOperator"] == "LessThanThreshold"


def test_a_late_stream_wakes_a_person_long_before_changes_are_lost(app: Template) -> None:
    ages = sorted(
        a["Threshold"]
        for a in app.props("AWS::CloudWatch::Alarm")
        if a.get("MetricName") == "IteratorAge"
    )

    assert ages == [60_000, 3_600_000]


def test_a_lifecycle_that_ends_badly_wakes_a_person(app: Template) -> None:
    metrics = {a.get("MetricName") for a in app.props("AWS::CloudWatch::Alarm")}

    assert {"ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted"} <= metrics


def test_the_dashboard_begins_with_who_is_harmed(app: Template) -> None:
    body = app.one("AWS::CloudWatch::Dashboard")["DashboardBody"]
    parts = ["x" if isinstance(part, dict) else part for part in body["Fn::Join"][1]]
    widgets = json.loads("".join(parts))["widgets"]

    assert widgets[0]["type"] == "alarm"
    assert widgets[0]["properties"]["title"] == "Who is harmed now"


def test_every_alarm_has_its_page_in_the_runbook(app: Template) -> None:
    page = RUNBOOK.read_text(encoding="utf-8").lower()
    harms = [
        str(alarm["AlarmName"]).partition(": ")[2].partition(":")[0]
        for alarm in app.props("AWS::CloudWatch::Alarm")
    ]

    desks = "does not get its work"
    missing = [harm for harm in harms if desks not in harm and harm.lower() not in page]

    assert harms
    assert missing == []
