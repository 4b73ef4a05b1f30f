"""Who may do what, by behaviour."""

import pytest

from infra.rooms import ROOMS
from tests.infra.template import Template, listed, may, text

TABLE = "ExportsOutputFnGetAttStorageTable"
GET, PUT = "dynamodb:GetItem", "dynamodb:PutItem"
UPDATE, DELETE, QUERY = "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:Query"


def rooms_that(app: Template, action: str, item: str) -> set[str]:
    return {r for r in ROOMS if may(app.room_statements(r), action, TABLE, item)}


def test_contact_data_is_read_one_by_one_where_it_comes_in_and_where_it_goes_out(
    app: Template,
) -> None:
    assert rooms_that(app, GET, "RES#4711") == {"intake", "notify"}
    for action in (QUERY, "dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem"):
        assert rooms_that(app, action, "RES#4711") == set()


def test_only_intake_files_contact_data_and_nobody_changes_it(app: Template) -> None:
    assert rooms_that(app, PUT, "RES#4711") == {"intake"}
    assert rooms_that(app, UPDATE, "RES#4711") == set()
    assert rooms_that(app, DELETE, "RES#4711") == set()


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize(
    "action", [UPDATE, DELETE, "dynamodb:BatchWriteItem", "dynamodb:PartiQLDelete"]
)
def test_an_audit_event_stays_as_it_was_written(app: Template, room: str, action: str) -> None:
    statements = app.room_statements(room)

    assert not may(statements, action, TABLE, "AUD#4711")
    denials = [s for s in statements if s["Effect"] == "Deny" and action in listed(s["Action"])]
    assert any("AUD#*" in text(s["Condition"]) for s in denials)


def test_who_changes_a_request_also_writes_its_audit_event(app: Template) -> None:
    writers = rooms_that(app, UPDATE, "REQ#4711")

    assert writers == {"intake", "status", "lifecycle", "triage"}
    assert rooms_that(app, PUT, "AUD#4711") == writers


def test_what_the_public_is_told_is_written_by_who_has_something_to_tell(app: Template) -> None:
    # The lifecycle writes events too, but none of its steps is ever told.
    assert rooms_that(app, PUT, "UPD#4711") == {"intake", "status", "triage"}
    assert rooms_that(app, QUERY, "UPD#4711") == {"status"}
    for action in (GET, UPDATE, DELETE, "dynamodb:BatchGetItem", "dynamodb:BatchWriteItem"):
        assert rooms_that(app, action, "UPD#4711") == set()


def test_nobody_deletes_a_request(app: Template) -> None:
    assert rooms_that(app, DELETE, "REQ#4711") == set()


def test_only_the_lifecycle_sees_task_tokens(app: Template) -> None:
    for action in (GET, PUT, UPDATE, DELETE, QUERY):
        assert rooms_that(app, action, "TOK#4711") <= {"lifecycle"}
    assert rooms_that(app, GET, "TOK#4711") == {"lifecycle"}


def test_the_ledger_is_notifys_alone(app: Template) -> None:
    assert rooms_that(app, UPDATE, "MSG#4711") == {"notify"}
    for action in (PUT, DELETE):
        assert rooms_that(app, action, "MSG#4711") == set()


def test_keys_of_partners_are_given_out_at_the_staff_desk_and_only_counted_at_the_door(
    app: Template,
) -> None:
    for action in (GET, PUT, QUERY):
        assert rooms_that(app, action, "PAR#keys") == {"status"}
    assert rooms_that(app, UPDATE, "PAR#keys") == {"status", "intake"}
    for action in (DELETE, "dynamodb:BatchGetItem", "dynamodb:BatchWriteItem"):
        assert rooms_that(app, action, "PAR#keys") == set()


@pytest.mark.parametrize(
    ("room", "indexes"),
    [
        ("intake", set()),
        ("photo", set()),
        (
            "status",
            {"requested", "updated", "service", "service_updated", "nearby", "work", "told"},
        ),
        ("lifecycle", {"watch"}),
        ("triage", {"nearby"}),
        ("notify", set()),
    ],
)
def test_a_room_queries_its_own_indexes(app: Template, room: str, indexes: set[str]) -> None:
    statements = app.room_statements(room)
    lists = ("requested", "updated", "service", "service_updated", "nearby")
    names = (*lists, "work", "watch", "told")

    assert {n for n in names if may(statements, QUERY, f"/index/{n}")} == indexes


@pytest.mark.parametrize("room", ROOMS)
def test_no_room_scans_or_administers(app: Template, room: str) -> None:
    for statement in app.room_statements(room):
        if statement["Effect"] == "Allow":
            for action in listed(statement["Action"]):
                assert "*" not in action
                assert action not in {"dynamodb:Scan", "dynamodb:UpdateTable", "s3:ListBucket"}


def test_the_photo_room_can_do_nothing_but_its_work(app: Template) -> None:
    statements = app.room_statements("photo")
    allowed = {
        action for s in statements if s["Effect"] == "Allow" for action in listed(s["Action"])
    }

    assert allowed == {
        *("logs:CreateLogStream", "logs:PutLogEvents"),
        *("xray:PutTraceSegments", "xray:PutTelemetryRecords"),
        UPDATE,
        *("s3:GetObject", "s3:DeleteObject", "s3:PutObject"),
        *("kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey", "sqs:SendMessage"),
    }
    for item in ("REQ#1", "RES#1", "AUD#1", "TOK#1", "KEY#1", "MSG#1"):
        assert not any(may(statements, a, TABLE, item) for a in (GET, PUT, UPDATE))
    assert not may(statements, "s3:PutObject", "quarantine")
    assert not may(statements, "s3:GetObject", "CleanPhotos")


def test_intake_fills_the_quarantine_and_cannot_look_into_it(app: Template) -> None:
    statements = app.room_statements("intake")

    assert may(statements, "s3:PutObject", "/uploads/*")
    assert not may(statements, "s3:GetObject", "quarantine")
    assert not may(statements, "s3:DeleteObject", "quarantine")


def test_only_the_lifecycle_talks_to_step_functions(app: Template) -> None:
    machine = ":stateMachine:city311-tinytown-dev-lifecycle"
    for action in ("states:StartExecution", "states:SendTaskSuccess"):
        allowed = {r for r in ROOMS if may(app.room_statements(r), action, machine)}
        assert allowed == {"lifecycle"}


def test_only_notify_sends_and_only_from_the_citys_address(app: Template) -> None:
    allowed = {r for r in ROOMS if may(app.room_statements(r), "ses:SendEmail", "ses")}
    (mail,) = (s for s in app.room_statements("notify") if s["Action"] == "ses:SendEmail")

    assert allowed == {"notify"}
    assert mail["Condition"] == {"StringEquals": {"ses:FromAddress": "no-reply@tinytown.example"}}


def test_notify_texts_numbers_and_publishes_to_no_topic(app: Template) -> None:
    statements = app.room_statements("notify")
    publish = [s for s in statements if s["Action"] == "sns:Publish"]

    assert [(s["Effect"], s["Resource"] == "*") for s in publish] == [
        ("Allow", True),
        ("Deny", False),
    ]
    assert ":sns:*:*:*" in text(publish[1]["Resource"])
    others = {r for r in ROOMS if may(app.room_statements(r), "sns:Publish", "")}
    assert others <= {"notify"}


def test_the_state_machine_calls_its_three_tasks_and_city_topics(app: Template) -> None:
    statements = app.statements(app.at("-App/Lifecycle/Role/Resource")[0])
    (call,) = (s for s in statements if s["Action"] == "lambda:InvokeFunction")
    (tell,) = (s for s in statements if s["Action"] == "sns:Publish")

    tasks = [{"Ref": app.alias(room)} for room in ("triage", "lifecycle", "notify")]
    assert call["Resource"] == tasks
    topics = {name for name in app.of("AWS::SNS::Topic") if "Department" in name}
    assert {r["Ref"] for r in tell["Resource"]} == topics


@pytest.mark.parametrize("room", ROOMS)
def test_keys_are_used_only_through_the_service_that_needs_them(app: Template, room: str) -> None:
    uses = [s for s in app.room_statements(room) if "kms:" in text(s["Action"])]

    assert uses
    for statement in uses:
        assert statement["Condition"]["StringEquals"]["kms:ViaService"]


def test_every_function_has_a_role_of_its_own(app: Template) -> None:
    roles = [text(p["Role"]) for p in app.props("AWS::Lambda::Function")]

    assert len(set(roles)) == len(roles) >= len(ROOMS)
