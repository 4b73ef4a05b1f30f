"""The state machine: one execution a name, one answer a token."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from city311.adapters.memory import MemoryExecutions
from city311.adapters.stepfunctions import StepFunctionsExecutions
from city311.domain.errors import Unavailable
from city311.ports import Executions
from tests.adapters.building import an_id
from tests.adapters.conftest import a_client

ROLE = "arn:aws:iam::123456789012:role/lifecycle"
DEFINITION = '{"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}'
ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:lifecycle"
NAME = f"{an_id(1)}-g1"


@pytest.fixture
def machine(aws: None) -> Any:
    client = a_client("stepfunctions")
    client.create_state_machine(name="lifecycle", definition=DEFINITION, roleArn=ROLE)
    return client


@pytest.fixture(params=["memory", "stepfunctions"])
def executions(request: pytest.FixtureRequest) -> Executions:
    if request.param == "memory":
        return MemoryExecutions()
    return StepFunctionsExecutions(request.getfixturevalue("machine"), ARN)


def test_a_name_starts_one_execution(executions: Executions) -> None:
    assert executions.start(NAME, an_id(1)) is True
    executions.start(NAME, an_id(1))
    assert executions.start(f"{an_id(1)}-g2", an_id(1)) is True


def test_a_name_twice_is_one_execution(machine: Any) -> None:
    executions = StepFunctionsExecutions(machine, ARN)
    for _ in range(3):
        executions.start(NAME, an_id(1))

    started = machine.list_executions(stateMachineArn=ARN)["executions"]
    described = machine.describe_execution(executionArn=started[0]["executionArn"])

    assert [each["name"] for each in started] == [NAME]
    assert described["input"] == f'{{"service_request_id":"{an_id(1)}"}}'


@pytest.fixture
def stubbed(aws: None) -> tuple[StepFunctionsExecutions, Stubber]:
    client = a_client("stepfunctions")
    stub = Stubber(client)
    stub.activate()
    return StepFunctionsExecutions(client, ARN), stub


@pytest.mark.parametrize("code", ["InvalidToken", "TaskDoesNotExist", "TaskTimedOut"])
def test_a_token_that_is_used_up_is_no_error(
    stubbed: tuple[StepFunctionsExecutions, Stubber], code: str
) -> None:
    executions, stub = stubbed
    stub.add_client_error("send_task_success", code, "no", 400)

    assert executions.succeed("token", {}) is False


def test_an_output_is_said_in_one_way(stubbed: tuple[StepFunctionsExecutions, Stubber]) -> None:
    executions, stub = stubbed
    said = {"taskToken": "token", "output": '{"a":1,"b":"x"}'}
    stub.add_response("send_task_success", {}, said)

    assert executions.succeed("token", {"b": "x", "a": 1}) is True


def test_a_start_is_always_the_same_start(
    stubbed: tuple[StepFunctionsExecutions, Stubber],
) -> None:
    executions, stub = stubbed
    asked = {
        "stateMachineArn": ARN,
        "name": NAME,
        "input": f'{{"service_request_id":"{an_id(1)}"}}',
    }
    stub.add_response("start_execution", {"executionArn": "arn", "startDate": 1_000_000_000}, asked)
    stub.add_client_error(
        "start_execution", "ExecutionAlreadyExists", "no", 400, expected_params=asked
    )

    assert executions.start(NAME, an_id(1)) is True
    assert executions.start(NAME, an_id(1)) is False


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("ThrottlingException", Unavailable),
        ("ExecutionLimitExceeded", Unavailable),
        ("KmsThrottlingException", Unavailable),
        ("StateMachineDoesNotExist", ClientError),
    ],
)
def test_other_refusals(
    stubbed: tuple[StepFunctionsExecutions, Stubber], code: str, error: type[Exception]
) -> None:
    executions, stub = stubbed
    stub.add_client_error("start_execution", code, "no", 400)
    stub.add_client_error("send_task_success", code, "no", 400)

    with pytest.raises(error):
        executions.start(NAME, an_id(1))
    with pytest.raises(error):
        executions.succeed("token", {})


def test_the_twin_completes_what_waits_once() -> None:
    executions = MemoryExecutions(waiting={"token"})

    assert executions.succeed("token", {"status": "routed"}) is True
    assert executions.succeed("token", {"status": "closed"}) is False
    assert executions.outputs == {"token": {"status": "routed"}}
