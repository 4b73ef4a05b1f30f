"""Bridge: events and answers of a REST API as API Gateway makes them."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

from ministack.services import apigateway_v1 as gateway

from local.overlay.settings import Settings

Json = dict[str, Any]
_BODY_LIMIT = 10 * 1024 * 1024
_SECONDS = 29.0
_FAILED = "the function failed"
_STATUS = {"INTEGRATION_TIMEOUT": 504, "DEFAULT_5XX": 502}


def claims(told: Json, given: Json) -> Json:
    """A list of a token arrives with commas between its values, two of its times as dates."""
    for name, value in given.items():
        if isinstance(value, list):
            told[name] = ",".join(str(one) for one in value)
        elif name in {"exp", "iat"} and isinstance(value, int):
            told[name] = datetime.fromtimestamp(value, UTC).strftime("%a %b %d %H:%M:%S UTC %Y")
    return told


def event(made: Json) -> Json:
    """The last value of a repeated parameter is the one; a REST API's event has no version."""
    made.pop("version", None)
    several = made.get("multiValueQueryStringParameters")
    if several:
        made["queryStringParameters"] = {name: values[-1] for name, values in several.items()}
    return made


def _failure(kind: str, message: str) -> Any:
    """A gateway response; it keeps its usual status where the template says nothing."""
    return gateway._gw_error(kind, message)


def apply(settings: Settings) -> None:
    """Correct what goes in, and what comes out when a function fails or a body is too large."""
    _correct_events()
    _correct_failures()
    _limit_bodies()


def _correct_events() -> None:
    stringify, build = gateway._stringify_claims, gateway._build_lambda_event_v1
    gateway._stringify_claims = lambda given: claims(dict(stringify(given)), given or {})
    gateway._build_lambda_event_v1 = lambda *some, **named: event(build(*some, **named))


def _correct_failures() -> None:
    shape, invoke = gateway._lambda_proxy_response, gateway._invoke_lambda_proxy_v1

    def shaped(result: Json) -> Any:
        body = result.get("body")
        malformed = not isinstance(body, dict) or "statusCode" not in body
        if result.get("error") or (malformed and not result.get("throttle")):
            return None, _FAILED
        return shape(result)

    async def invoked(*some: Any, **named: Any) -> Any:
        task = asyncio.ensure_future(invoke(*some, **named))
        done, _ = await asyncio.wait({task}, timeout=_SECONDS)
        if not done:
            return _failure("INTEGRATION_TIMEOUT", "Endpoint request timed out")
        answer = task.result()
        if isinstance(answer, tuple) and answer[2] == json.dumps({"message": _FAILED}).encode():
            return _failure("DEFAULT_5XX", "Internal server error")
        return answer

    gateway._lambda_proxy_response = shaped
    gateway._invoke_lambda_proxy_v1 = invoked


def _limit_bodies() -> None:
    original, respond = gateway._execute_in_scope, gateway._gateway_error_response

    async def limited(request: Json, api_id: str, stage: str, *rest: Any) -> Any:
        body = rest[3]
        if body is not None and len(body) > _BODY_LIMIT:
            request["stage"] = gateway._stages_v1.get(api_id, {}).get(stage) or {}
            return _failure("REQUEST_TOO_LARGE", "Request Entity Too Large")
        return await original(request, api_id, stage, *rest)

    def responded(error: Any, request: Json) -> Any:
        status, headers, body = respond(error, request)
        deployed = gateway._deployed_gateway_responses.get(request["api_id"], {})
        custom = deployed.get(request["stage"].get("deploymentId")) or {}
        chosen = custom.get(error.response_type) or custom.get("DEFAULT_5XX") or {}
        if error.response_type in _STATUS and not chosen.get("statusCode"):
            status = _STATUS[error.response_type]
        return status, headers, body

    gateway._execute_in_scope = limited
    gateway._gateway_error_response = responded
