"""Executions, tasks, tokens and history as Step Functions keeps them."""

import json
import time
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from tests.local.conftest import Town, eventually


def code(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


def token(town: Town, name: str, number: int = 0) -> str:
    """The token that the waiting task handed to the function."""
    notes = eventually(lambda: len(found := town.notes(name)) > number and found)
    return str(notes[number]["token"])


# --- executions -------------------------------------------------------------------------------


def test_the_same_name_and_input_while_it_runs_is_the_same_execution(town: Town) -> None:
    name = uuid4().hex
    first = town.run("wait", name, sk="1")
    again = town.run("wait", name, sk="1")

    assert first == again
    town.client("stepfunctions").stop_execution(executionArn=first)


def test_another_input_is_refused_while_it_runs(town: Town) -> None:
    name = uuid4().hex
    arn = town.run("wait", name)

    with pytest.raises(ClientError) as error:
        town.run("wait", name, other=True)

    assert code(error) == "ExecutionAlreadyExists"
    town.client("stepfunctions").stop_execution(executionArn=arn)


def test_the_same_name_is_refused_once_it_has_ended(town: Town) -> None:
    name = uuid4().hex
    town.ended(town.run("invoke", name, payload={"act": "echo"}))

    with pytest.raises(ClientError) as error:
        town.run("invoke", name, payload={"act": "echo"})

    assert code(error) == "ExecutionAlreadyExists"


def test_the_machines_own_time_out_ends_an_execution(town: Town) -> None:
    started = town.client("stepfunctions").start_execution(
        stateMachineArn=town.output("BriefArn"), name=uuid4().hex, input="{}"
    )

    ended = town.ended(started["executionArn"])

    assert ended["status"] == "TIMED_OUT"
    assert town.events(ended["executionArn"])[-1]["type"] == "ExecutionTimedOut"


def test_a_stopped_execution_takes_no_answer(town: Town) -> None:
    name = uuid4().hex
    arn = town.run("wait", name)
    held = token(town, name)
    town.client("stepfunctions").stop_execution(executionArn=arn, error="Stopped", cause="by hand")

    with pytest.raises(ClientError) as error:
        town.client("stepfunctions").send_task_success(taskToken=held, output="{}")

    assert code(error) == "TaskTimedOut"
    assert town.ended(arn)["status"] == "ABORTED"


# --- tokens -----------------------------------------------------------------------------------


def test_an_answer_with_the_token_ends_the_wait(town: Town) -> None:
    name = uuid4().hex
    arn = town.run("wait", name)

    town.client("stepfunctions").send_task_success(
        taskToken=token(town, name), output='{"status":"accepted"}'
    )

    ended = town.ended(arn)
    assert ended["status"] == "SUCCEEDED"
    assert json.loads(ended["output"]) == {"status": "accepted"}


def test_a_second_answer_is_late(town: Town) -> None:
    name = uuid4().hex
    arn = town.run("wait", name)
    held = token(town, name)
    states = town.client("stepfunctions")
    states.send_task_success(taskToken=held, output='"first"')
    town.ended(arn)

    for answer in (
        lambda: states.send_task_success(taskToken=held, output='"second"'),
        lambda: states.send_task_failure(taskToken=held, error="E"),
        lambda: states.send_task_heartbeat(taskToken=held),
    ):
        with pytest.raises(ClientError) as error:
            answer()
        assert code(error) == "TaskTimedOut"
    assert json.loads(town.ended(arn)["output"]) == "first"


def test_a_text_that_is_no_token_is_invalid(town: Town) -> None:
    with pytest.raises(ClientError) as error:
        town.client("stepfunctions").send_task_success(taskToken="never-given-out", output="{}")

    assert code(error) == "InvalidToken"


def test_an_output_that_is_no_json_is_refused_and_the_token_stays_good(town: Town) -> None:
    name = uuid4().hex
    arn = town.run("wait", name)
    held = token(town, name)
    states = town.client("stepfunctions")

    with pytest.raises(ClientError) as error:
        states.send_task_success(taskToken=held, output="{not json")

    assert code(error) == "InvalidOutput"
    states.send_task_success(taskToken=held, output="{}")
    assert town.ended(arn)["status"] == "SUCCEEDED"


def test_a_token_is_as_long_as_those_of_aws(town: Town) -> None:
    name = uuid4().hex
    arn = town.run("wait", name)

    assert 500 < len(token(town, name)) <= 2048
    town.client("stepfunctions").stop_execution(executionArn=arn)


# --- attempts ---------------------------------------------------------------------------------


def test_a_time_out_read_from_the_input_ends_the_wait(town: Town) -> None:
    ended = town.ended(town.run("path", seconds=1))

    assert ended["status"] == "SUCCEEDED"
    assert json.loads(ended["output"])["problem"]["Error"] == "States.Timeout"


def test_a_lost_heartbeat_ends_the_wait_and_a_beat_prolongs_it(town: Town) -> None:
    name = uuid4().hex
    arn = town.run("heart", name)
    held = token(town, name)
    for _ in range(3):
        time.sleep(2)
        town.client("stepfunctions").send_task_heartbeat(taskToken=held)

    assert town.client("stepfunctions").describe_execution(executionArn=arn)["status"] == "RUNNING"
    assert json.loads(town.ended(arn)["output"])["problem"]["Error"] == "States.HeartbeatTimeout"


def test_each_attempt_has_a_token_of_its_own(town: Town) -> None:
    name = uuid4().hex
    arn = town.run("retry", name)
    first, second = token(town, name), token(town, name, 1)

    assert first != second
    with pytest.raises(ClientError) as error:
        town.client("stepfunctions").send_task_success(taskToken=first, output="{}")
    assert code(error) == "TaskTimedOut"
    assert json.loads(town.ended(arn)["output"])["problem"]["Error"] == "States.Timeout"


def test_a_call_that_fails_ends_the_wait_at_once(town: Town) -> None:
    ended = town.ended(town.run("lost"), seconds=5)

    assert json.loads(ended["output"])["problem"]["Error"] == "Broken"


def test_a_function_that_fails_is_called_again_and_then_caught_by_its_errors_name(
    town: Town,
) -> None:
    ended = town.ended(town.run("again", payload={"act": "fail"}))

    problem = json.loads(ended["output"])["problem"]
    assert problem["Error"] == "Broken"
    assert json.loads(problem["Cause"])["errorMessage"] == "as asked"
    kinds = [event["type"] for event in town.events(ended["executionArn"])]
    assert kinds.count("TaskFailed") == 2


def test_a_wait_can_be_hurried(town: Town) -> None:
    name = uuid4().hex
    arn = town.run("path", name, seconds=3600)
    token(town, name)

    assert town.city.time_out(arn) == 1
    assert json.loads(town.ended(arn)["output"])["problem"]["Error"] == "States.Timeout"


# --- calls ------------------------------------------------------------------------------------


def test_a_published_message_is_json_and_has_its_attributes(town: Town) -> None:
    arn = town.run("publish", topic=town.output("TopicArn"), priority="low")
    assert town.ended(arn)["status"] == "SUCCEEDED"
    arn = town.run("publish", "high-one", topic=town.output("TopicArn"), priority="high")
    assert town.ended(arn)["status"] == "SUCCEEDED"

    messages = town.messages("InboxUrl")

    assert [json.loads(message["Body"]) for message in messages] == [
        {"event": "assigned", "id": "high-one"}
    ]
    assert messages[0]["MessageAttributes"]["priority"]["StringValue"] == "high"


def test_what_the_role_does_not_allow_fails(town: Town) -> None:
    topic = town.ended(town.run("outside", topic=town.output("PrivateTopicArn"), priority="low"))
    function = town.ended(town.run("deny"))

    problem = json.loads(topic["output"])["problem"]
    assert problem["Error"] == "SNS.AuthorizationErrorException"
    assert "not authorized to perform: sns:Publish" in problem["Cause"]
    problem = json.loads(function["output"])["problem"]
    assert problem["Error"] == "Lambda.AWSLambdaException"
    assert "not authorized to perform: lambda:InvokeFunction" in problem["Cause"]


# --- history ----------------------------------------------------------------------------------


def test_the_history_has_every_step_and_each_names_the_one_before(town: Town) -> None:
    name = uuid4().hex
    arn = town.run("wait", name)
    town.client("stepfunctions").send_task_success(taskToken=token(town, name), output="{}")
    town.ended(arn)

    events = town.events(arn)

    assert [event["type"] for event in events] == [
        "ExecutionStarted",
        "ChoiceStateEntered",
        "ChoiceStateExited",
        "TaskStateEntered",
        "TaskScheduled",
        "TaskStarted",
        "TaskSubmitted",
        "TaskSucceeded",
        "TaskStateExited",
        "ExecutionSucceeded",
    ]
    assert [event["previousEventId"] for event in events] == list(range(len(events)))
    details = events[4]["taskScheduledEventDetails"]
    assert (details["resourceType"], details["resource"]) == ("lambda", "invoke.waitForTaskToken")


def test_a_wait_that_ran_out_is_in_the_history(town: Town) -> None:
    ended = town.ended(town.run("path", seconds=1))

    found = [
        event for event in town.events(ended["executionArn"]) if event["type"] == "TaskTimedOut"
    ]
    assert found[0]["taskTimedOutEventDetails"]["error"] == "States.Timeout"
