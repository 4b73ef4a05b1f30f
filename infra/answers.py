"""What API Gateway says by itself, where no function is asked: Open311's array of errors."""

import json

from aws_cdk import aws_apigateway as apigw
from constructs import Construct

_T = apigw.ResponseType
ANSWERS: tuple[tuple[str, apigw.ResponseType, int, str], ...] = (
    ("Unknown", _T.MISSING_AUTHENTICATION_TOKEN, 404, "There is nothing at this address."),
    ("NotFound", _T.RESOURCE_NOT_FOUND, 404, "There is nothing at this address."),
    ("SignIn", _T.UNAUTHORIZED, 401, "Sign in first: this address is for staff."),
    ("Expired", _T.EXPIRED_TOKEN, 403, "Your session is over: sign in again."),
    ("Denied", _T.ACCESS_DENIED, 403, "You may not do this."),
    ("Signature", _T.INVALID_SIGNATURE, 403, "The signature of this call is not valid."),
    ("Key", _T.INVALID_API_KEY, 403, "This API key is not known."),
    ("Filtered", _T.WAF_FILTERED, 403, "This call looks like an attack and was not taken."),
    ("TooLarge", _T.REQUEST_TOO_LARGE, 413, "This is too large: send photos by the upload form."),
    ("Type", _T.UNSUPPORTED_MEDIA_TYPE, 415, "This content type is not taken here."),
    ("TooMany", _T.THROTTLED, 429, "Too many calls just now: try again in a few seconds."),
    ("Quota", _T.QUOTA_EXCEEDED, 429, "Too many calls today: try again tomorrow."),
    ("Slow", _T.INTEGRATION_TIMEOUT, 504, "This took too long: try again."),
    ("Down", _T.INTEGRATION_FAILURE, 502, "This does not work just now: try again."),
    ("Other5", _T.DEFAULT_5_XX, 500, "Something went wrong on our side: try again."),
)
VALIDATED: tuple[tuple[str, apigw.ResponseType], ...] = (
    ("Body", _T.BAD_REQUEST_BODY),
    ("Parameters", _T.BAD_REQUEST_PARAMETERS),
    ("Other4", _T.DEFAULT_4_XX),
)
"""All 400, with the gateway's own words, which name the field."""
HEADERS = {
    "Access-Control-Allow-Origin": "'*'",
    "Cache-Control": "'no-store'",
    "X-Content-Type-Options": "'nosniff'",
}


def add_answers(scope: Construct, api: apigw.RestApi) -> None:
    """Give every answer of the gateway the form that Open311 clients read."""
    for name, kind, status, words in ANSWERS:
        headers = HEADERS | ({"Retry-After": "'5'"} if status == 429 else {})
        body = json.dumps([{"code": status, "description": words}])
        _answer(scope, api, name, kind, status, body, headers)
    for name, kind in VALIDATED:
        body = '[{"code":400,"description":$context.error.messageString}]'
        _answer(scope, api, name, kind, 400, body, HEADERS)


def _answer(
    scope: Construct,
    api: apigw.RestApi,
    id: str,
    kind: apigw.ResponseType,
    status: int,
    body: str,
    headers: dict[str, str],
) -> None:
    apigw.GatewayResponse(
        scope,
        f"Answer{id}",
        rest_api=api,
        type=kind,
        status_code=str(status),
        response_headers=headers,
        templates={"application/json": body},
    )
