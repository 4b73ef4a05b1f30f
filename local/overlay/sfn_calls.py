"""Bridge: the state machine calls other services as its role, and hands over what it was given."""

import json
from typing import Any

from ministack.services import sns
from ministack.services import stepfunctions as sfn

from local.overlay.authority import role_may
from local.overlay.settings import Settings


def call(resource: str, parameters: dict[str, Any], role: str) -> Any:
    """One call of a task, without waiting for a token; raises the emulator's execution error."""
    plain = resource.replace(".waitForTaskToken", "")
    if plain == "arn:aws:states:::lambda:invoke":
        return _invoke(parameters, role)
    if plain == "arn:aws:states:::sns:publish":
        return _publish(parameters, role)
    return sfn._invoke_resource(plain, parameters)


def _invoke(parameters: dict[str, Any], role: str) -> Any:
    name = str(parameters.get("FunctionName", ""))
    refusal = role_may(role, "lambda:InvokeFunction", name)
    if refusal:
        raise sfn._ExecutionError("Lambda.AWSLambdaException", refusal.text)
    return sfn._invoke_resource("arn:aws:states:::lambda:invoke", parameters)


def _publish(parameters: dict[str, Any], role: str) -> Any:
    """An object as message goes out as JSON text; the attributes go with it."""
    topic = str(parameters.get("TopicArn", ""))
    refusal = role_may(role, "sns:Publish", topic)
    if refusal:
        raise sfn._ExecutionError("SNS.AuthorizationErrorException", refusal.text)
    message = parameters.get("Message")
    text = message if isinstance(message, str) else json.dumps(message, separators=(",", ":"))
    attributes = parameters.get("MessageAttributes") or {}
    try:
        sent = sns.publish_internal(
            topic, text, parameters.get("Subject", ""), message_attributes=attributes
        )
    except sns.SnsPublishError as error:
        raise sfn._ExecutionError(f"SNS.{error.code}Exception", str(error)) from error
    if sent is None:
        raise sfn._ExecutionError("SNS.NotFoundException", f"Topic does not exist: {topic}")
    return {"MessageId": sent["message_id"]}


def apply(settings: Settings) -> None:
    """Calls are made by the task bridge; only a throttled function needs its name here."""
    original = sfn._call_lambda

    def call_lambda(reference: str, event: Any) -> Any:
        try:
            return original(reference, event)
        except sfn._ExecutionError as error:
            if "TooManyRequestsException" in str(error.cause):
                raise sfn._ExecutionError("Lambda.TooManyRequestsException", error.cause) from error
            raise

    sfn._call_lambda = call_lambda
