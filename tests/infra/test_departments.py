"""Work reaches each department, and what cannot be delivered is kept."""

import pytest

from tests.infra.template import Template, text

PREFIX = "city311-tinytown-dev-department-"


def named(app: Template, kind: str, key: str, name: str) -> str:
    (found,) = (n for n, r in app.of(kind).items() if r["Properties"].get(key) == name)
    return found


@pytest.mark.parametrize("department", ["streets", "parks"])
def test_a_department_has_a_topic_and_a_queue_of_its_own(app: Template, department: str) -> None:
    topic = named(app, "AWS::SNS::Topic", "TopicName", PREFIX + department)
    queue = named(app, "AWS::SQS::Queue", "QueueName", PREFIX + department)
    dead = named(app, "AWS::SQS::Queue", "QueueName", f"{PREFIX}{department}-dead")
    (work,) = (
        p
        for p in app.props("AWS::SNS::Subscription")
        if p["TopicArn"] == {"Ref": topic} and queue in text(p["Endpoint"])
    )

    assert work["RawMessageDelivery"] is True
    assert dead in text(work["RedrivePolicy"])
    redrive = app.resources[queue]["Properties"]["RedrivePolicy"]
    assert dead in text(redrive["deadLetterTargetArn"])
    assert redrive["maxReceiveCount"] == 5


def test_departments_with_an_address_are_mailed_through_one_queue(app: Template) -> None:
    mail, _ = app.at("/Departments/Mail/Resource")
    topics = [
        app.resources[p["TopicArn"]["Ref"]]["Properties"]["TopicName"]
        for p in app.props("AWS::SNS::Subscription")
        if mail in text(p["Endpoint"])
    ]

    assert topics == [f"{PREFIX}streets"]


def test_notify_takes_the_mail_queue_and_gives_back_what_failed(app: Template) -> None:
    mail, resource = app.at("/Departments/Mail/Resource")
    (mapping,) = (
        p for p in app.props("AWS::Lambda::EventSourceMapping") if mail in text(p["EventSourceArn"])
    )
    timeout = app.function("notify")[1]["Properties"]["Timeout"]

    assert mapping["FunctionName"] == {"Ref": app.alias("notify")}
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert resource["Properties"]["VisibilityTimeout"] >= 6 * timeout


def test_every_queue_and_topic_is_encrypted_and_refuses_plain_http(app: Template) -> None:
    kinds = (
        ("AWS::SQS::Queue", "KmsMasterKeyId", "AWS::SQS::QueuePolicy", "Queues"),
        ("AWS::SNS::Topic", "KmsMasterKeyId", "AWS::SNS::TopicPolicy", "Topics"),
    )
    for kind, key, policy, targets in kinds:
        for name, resource in app.of(kind).items():
            assert resource["Properties"][key]
            (found,) = (p for p in app.props(policy) if {"Ref": name} in p[targets])
            denied = [s for s in found["PolicyDocument"]["Statement"] if s["Effect"] == "Deny"]
            assert denied[0]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_every_queue_keeps_messages_for_two_weeks(app: Template) -> None:
    for queue in app.props("AWS::SQS::Queue"):
        assert queue["MessageRetentionPeriod"] == 14 * 24 * 3600


def test_only_its_topic_sends_to_a_queue(app: Template) -> None:
    for policy in app.props("AWS::SQS::QueuePolicy"):
        for statement in policy["PolicyDocument"]["Statement"]:
            if statement["Effect"] == "Allow":
                assert statement["Action"] == "sqs:SendMessage"
                assert statement["Condition"]["ArnEquals"]["aws:SourceArn"]


def test_the_duty_officer_has_a_queue(app: Template) -> None:
    topic, _ = app.at("/Departments/Emergency/Resource")
    queue, _ = app.at("/Departments/EmergencyQueue/Resource")
    (subscription,) = (
        p for p in app.props("AWS::SNS::Subscription") if p["TopicArn"] == {"Ref": topic}
    )

    assert queue in text(subscription["Endpoint"])
