"""The state machine: started by name, and told through tokens what it waits for."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from city311.adapters.aws import code_of, translated

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions.client import SFNClient

USED_UP = frozenset({"InvalidToken", "TaskDoesNotExist", "TaskTimedOut"})
"""Codes of a token that nobody waits with any more."""


class StepFunctionsExecutions:
    """Executions of one state machine."""

    def __init__(self, client: "SFNClient", arn: str) -> None:
        self._client = client
        self._arn = arn

    def start(self, name: str, service_request_id: str) -> bool:
        """Start it. The input is the same byte for byte each time, so a repetition is harmless.

        False if an execution of that name has ended. For one that still runs Step Functions
        answers as if it had just begun, and so does this.
        """
        try:
            with translated():
                self._client.start_execution(
                    stateMachineArn=self._arn,
                    name=name,
                    input=_json({"service_request_id": service_request_id}),
                )
        except ClientError as error:
            if code_of(error) == "ExecutionAlreadyExists":
                return False
            raise
        return True

    def succeed(self, token: str, output: Mapping[str, object]) -> bool:
        """Complete a waiting state; False if nobody waits with this token."""
        try:
            with translated():
                self._client.send_task_success(taskToken=token, output=_json(output))
        except ClientError as error:
            if code_of(error) in USED_UP:
                return False
            raise
        return True


def _json(value: Mapping[str, object]) -> str:
    return json.dumps(dict(value), sort_keys=True, separators=(",", ":"))
