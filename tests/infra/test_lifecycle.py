"""The lifecycle's room: state machine, stream mapping, round."""

import json
import re
from typing import Any

from tests.infra.drawing import ROOT
from tests.infra.template import Template, text


def mapping(app: Template, room: str) -> dict[str, Any]:
    (found,) = (
        p
        for p in app.props("AWS::Lambda::EventSourceMapping")
        if p["FunctionName"] == {"Ref": app.alias(room)}
    )
    return found


def test_the_definition_is_in_the_template_with_every_name_filled_in(app: Template) -> None:
    machine = app.one("AWS::StepFunctions::StateMachine")
    definition = (ROOT / "infra" / "lifecycle.asl.json").read_text()

    assert machine["DefinitionString"] == definition
    wanted = set(re.findall(r"\$\{(\w+)\}", definition))
    assert set(machine["DefinitionSubstitutions"]) == wanted
    assert machine["StateMachineType"] == "STANDARD"


def test_a_department_s_topic_is_where_the_definition_sends(app: Template) -> None:
    prefix = app.one("AWS::StepFunctions::StateMachine")["DefinitionSubstitutions"][
        "DepartmentTopicPrefix"
    ]
    names = {p.get("TopicName") for p in app.props("AWS::SNS::Topic")} - {None}

    assert text(prefix).rstrip('"]}').endswith("city311-tinytown-dev-department-")
    assert names == {
        "city311-tinytown-dev-department-streets",
        "city311-tinytown-dev-department-parks",
    }


def test_executions_are_logged_without_what_they_carry(app: Template) -> None:
    machine = app.one("AWS::StepFunctions::StateMachine")

    assert machine["LoggingConfiguration"]["Level"] == "ALL"
    assert machine["LoggingConfiguration"]["IncludeExecutionData"] is False
    assert machine["TracingConfiguration"] == {"Enabled": True}
    log = app.at("-App/Lifecycle/Log/Resource")[1]["Properties"]
    assert log["LogGroupName"].startswith("/aws/vendedlogs/states/")


def test_the_machine_has_the_name_that_the_function_starts(app: Template) -> None:
    told = app.function("lifecycle")[1]["Properties"]["Environment"]["Variables"]
    name = app.one("AWS::StepFunctions::StateMachine")["StateMachineName"]

    assert f":stateMachine:{name}" in text(told["STATE_MACHINE_ARN"])


def test_a_change_is_tried_again_until_the_stream_forgets_it(app: Template) -> None:
    changes = mapping(app, "lifecycle")

    assert changes["StartingPosition"] == "TRIM_HORIZON"
    assert changes["MaximumRetryAttempts"] == 20
    assert changes["MaximumRecordAgeInSeconds"] == 23 * 3600
    assert changes["BatchSize"] == 25


def test_one_bad_change_does_not_hold_up_the_others(app: Template) -> None:
    changes = mapping(app, "lifecycle")

    assert changes["BisectBatchOnFunctionError"] is True
    assert changes["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    queue = changes["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][0]
    assert app.resources[queue]["Type"] == "AWS::SQS::Queue"


def test_the_lifecycle_hears_of_requests_and_photos_and_nothing_personal(app: Template) -> None:
    patterns = [
        json.loads(f["Pattern"]) for f in mapping(app, "lifecycle")["FilterCriteria"]["Filters"]
    ]

    heard = [p["dynamodb"]["Keys"]["pk"]["S"] for p in patterns]
    assert heard == [[{"prefix": "REQ#"}], [{"prefix": "PHO#"}]]


def test_the_stream_is_read_after_the_role_may_read_it(app: Template) -> None:
    (found,) = (
        r
        for r in app.of("AWS::Lambda::EventSourceMapping").values()
        if "StartingPosition" in r["Properties"]
    )

    assert any("LifecycleRoleDefaultPolicy" in name for name in found["DependsOn"])


def test_the_round_is_made_every_five_minutes(app: Template) -> None:
    rule = app.one("AWS::Events::Rule")
    (target,) = rule["Targets"]

    assert rule["ScheduleExpression"] == "rate(5 minutes)"
    assert target["Arn"] == {"Ref": app.alias("lifecycle")}
    assert json.loads(target["Input"]) == {"task": "reconcile"}
    assert target["DeadLetterConfig"]["Arn"]
