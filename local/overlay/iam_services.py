"""Bridge: a service calls a function only if its policy names the service and its source."""

import asyncio
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import apigateway_v1, eventbridge, lambda_svc, s3, sns
from ministack.services.cloudformation import provisioners

from local.overlay.authority import role_may, service_may
from local.overlay.settings import Settings

Json = dict[str, Any]
_STREAM = ("GetRecords", "GetShardIterator", "DescribeStream")
_QUEUE = ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")


def may_call(service: str, function: str, source: str) -> bool:
    """Whether the function lets the service call it for this source."""
    context = {"aws:SourceArn": source, "aws:SourceAccount": get_account_id()}
    return service_may(service, "lambda:InvokeFunction", function, context) is None


def mapping_refusal(request: Json) -> str | None:
    """What the function's role lacks to read its event source, in the service's words."""
    source = str(request.get("EventSourceArn", ""))
    record, config, _ = lambda_svc._get_func_record_for_ref(request.get("FunctionName", ""))
    if not record or not config or ":" not in source:
        return None
    service = source.split(":")[2]
    names = {"dynamodb": _STREAM, "sqs": _QUEUE}.get(service, ())
    wanted = [(f"{service}:{name}", source) for name in names]
    target = ((request.get("DestinationConfig") or {}).get("OnFailure") or {}).get(
        "Destination", ""
    )
    if target.startswith("arn:aws:sqs:"):
        wanted.append(("sqs:SendMessage", target))
    for action, resource in wanted:
        if role_may(config["Role"], action, resource) is not None:
            what = f"permissions to call {action} on {resource}"
            return f"The function execution role does not have {what}"
    return None


def apply(settings: Settings) -> None:
    """Ask before each way in which a service calls a function."""
    _ask_gateway()
    _ask_events()
    _ask_mappings()


def _ask_gateway() -> None:
    original = apigateway_v1._call_lambda_raw

    async def call(function: str, event: Json, **scope: Any) -> Any:
        asked = event["requestContext"]
        where = f"{asked['apiId']}/{asked['stage']}/{event['httpMethod']}{asked['resourcePath']}"
        source = f"arn:aws:execute-api:{get_region()}:{get_account_id()}:{where}"
        if not await asyncio.to_thread(may_call, "apigateway", function, source):
            return None, "Invalid permissions on Lambda function"
        return await original(function, event, **scope)

    apigateway_v1._call_lambda_raw = call


def _ask_events() -> None:
    by_topic, by_bucket, by_rule = (
        sns._deliver_to_lambda,
        s3._deliver_event_to_lambda,
        eventbridge._invoke_target,
    )

    def from_topic(endpoint: str, envelope: str, topic: str, *rest: Any) -> None:
        if may_call("sns", endpoint, topic):
            by_topic(endpoint, envelope, topic, *rest)

    def from_bucket(function: str, event: Json, *rest: Any) -> None:
        if may_call("s3", function, event["Records"][0]["s3"]["bucket"]["arn"]):
            by_bucket(function, event, *rest)

    def from_rule(target: Json, event: Json, rule: Json, *rest: Any) -> None:
        function = target.get("Arn", "")
        if ":function:" not in function or may_call("events", function, rule.get("Arn", "")):
            by_rule(target, event, rule, *rest)

    sns._deliver_to_lambda = from_topic
    s3._deliver_event_to_lambda = from_bucket
    eventbridge._invoke_target = from_rule


def _ask_mappings() -> None:
    handlers = provisioners._RESOURCE_HANDLERS["AWS::Lambda::EventSourceMapping"]
    original = handlers["create"]

    def create(logical_id: str, properties: Json, *rest: Any) -> Any:
        refusal = mapping_refusal(properties)
        if refusal is not None:
            raise ValueError(refusal)
        return original(logical_id, properties, *rest)

    handlers["create"] = create
