"""Bridge: who may answer a task token is asked of the state machine whose execution waits."""

import json
from typing import Any

from ministack.core import iam_actions

from local.overlay import sfn_tokens
from local.overlay.settings import Settings

_ANSWERS = ("SendTaskSuccess", "SendTaskFailure", "SendTaskHeartbeat")


def machine_of(execution: str) -> str:
    """The ARN of the machine that an execution's ARN names."""
    return execution.replace(":execution:", ":stateMachine:").rpartition(":")[0]


def machine_behind(body: bytes) -> str:
    """The machine behind the token of a call; "*" where the text is no token of ours."""
    try:
        token = str(json.loads(body or b"{}").get("taskToken", ""))
    except ValueError:
        return "*"
    execution = sfn_tokens.execution_of(token)
    return machine_of(execution) if execution else "*"


def apply(settings: Settings) -> None:
    """Name the machine where the emulator would ask for everything."""
    original = iam_actions.extract_resource_arn

    def extract(service: str, method: str, path: str, headers: Any, body: bytes, *rest: Any) -> str:
        target = str(headers.get("x-amz-target", "")).rpartition(".")[2]
        if service == "states" and target in _ANSWERS:
            return machine_behind(body)
        return str(original(service, method, path, headers, body, *rest))

    iam_actions.extract_resource_arn = extract
