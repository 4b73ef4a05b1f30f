"""What API Gateway says by itself, where no function is asked: in the words and forms of ours."""

import json
from dataclasses import dataclass

from aws_cdk import aws_apigateway as apigw
from constructs import Construct

_T = apigw.ResponseType
RETRY_SECONDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One answer. ``staff``: only calls of staff come to it, so it has the form of ``/api``.

    Statuses are those that GeoReport v2 knows: some of its clients read the text of no other.
    """

    kind: apigw.ResponseType
    status: int
    reason: str
    words: str
    staff: bool = False


NOTHING = "There is nothing at this address."
TOO_LARGE = "This is too large. Send at most 4.5 MB: smaller photos, or a report without them."
LATER = "This does not work just now. Try again in a few seconds."
ANSWERS: dict[str, Said] = {
    "Unknown": Said(
        kind=_T.MISSING_AUTHENTICATION_TOKEN, status=404, reason="not_found", words=NOTHING
    ),
    "NotFound": Said(kind=_T.RESOURCE_NOT_FOUND, status=404, reason="not_found", words=NOTHING),
    "SignIn": Said(
        kind=_T.UNAUTHORIZED,
        status=401,
        reason="unauthorized",
        words="Sign in first: this address is for staff.",
        staff=True,
    ),
    "Expired": Said(
        kind=_T.EXPIRED_TOKEN,
        status=403,
        reason="forbidden",
        words="Your session is over. Sign in again.",
        staff=True,
    ),
    "Denied": Said(
        kind=_T.ACCESS_DENIED,
        status=403,
        reason="forbidden",
        words="You may not do this.",
        staff=True,
    ),
    "Signature": Said(
        kind=_T.INVALID_SIGNATURE,
        status=403,
        reason="forbidden",
        words="The signature of this call is not valid.",
    ),
    "Key": Said(
        kind=_T.INVALID_API_KEY, status=403, reason="forbidden", words="This key is not known."
    ),
    "Filtered": Said(
        kind=_T.WAF_FILTERED,
        status=403,
        reason="forbidden",
        words="This call looks like an attack and was not taken. Call the city instead.",
    ),
    "TooLarge": Said(kind=_T.REQUEST_TOO_LARGE, status=400, reason="too_large", words=TOO_LARGE),
    "Type": Said(
        kind=_T.UNSUPPORTED_MEDIA_TYPE,
        status=400,
        reason="wrong_type",
        words="This kind of body cannot be read here. Send a form.",
    ),
    "Body": Said(
        kind=_T.BAD_REQUEST_BODY,
        status=400,
        reason="unreadable",
        words="The body is not JSON. Send one object with the fields.",
        staff=True,
    ),
    "Parameters": Said(
        kind=_T.BAD_REQUEST_PARAMETERS,
        status=400,
        reason="invalid",
        words="A parameter of this call is missing.",
    ),
    "TooMany": Said(
        kind=_T.THROTTLED,
        status=429,
        reason="too_many",
        words="Too many calls just now. Try again in a few seconds.",
    ),
    "Quota": Said(
        kind=_T.QUOTA_EXCEEDED,
        status=429,
        reason="too_many",
        words="Too many calls today. Try again tomorrow.",
    ),
    "SignInDown": Said(
        kind=_T.AUTHORIZER_FAILURE, status=503, reason="unavailable", words=LATER, staff=True
    ),
    "SignInBroken": Said(
        kind=_T.AUTHORIZER_CONFIGURATION_ERROR,
        status=503,
        reason="unavailable",
        words=LATER,
        staff=True,
    ),
    "Slow": Said(kind=_T.INTEGRATION_TIMEOUT, status=503, reason="unavailable", words=LATER),
    "Down": Said(kind=_T.INTEGRATION_FAILURE, status=503, reason="unavailable", words=LATER),
    "Other4": Said(
        kind=_T.DEFAULT_4_XX,
        status=400,
        reason="invalid",
        words="This call cannot be understood.",
    ),
    "Other5": Said(
        kind=_T.DEFAULT_5_XX,
        status=500,
        reason="unexpected",
        words="Something went wrong on our side. Try again.",
    ),
}
HEADERS = {
    "Access-Control-Allow-Origin": "'*'",
    "Access-Control-Expose-Headers": "'Retry-After, X-Request-Id'",
    "Cache-Control": "'no-store'",
    "X-Content-Type-Options": "'nosniff'",
    "X-Request-Id": "context.requestId",
}


def add_answers(scope: Construct, api: apigw.RestApi) -> None:
    """Give every answer of the gateway the form that its callers read.

    No header names the type: the gateway does, by the template that it took.
    """
    for name, said in ANSWERS.items():
        late = {"Retry-After": f"'{RETRY_SECONDS}'"} if said.status in (429, 503) else {}
        apigw.GatewayResponse(
            scope,
            f"Answer{name}",
            rest_api=api,
            type=said.kind,
            status_code=str(said.status),
            response_headers=HEADERS | late,
            templates={"application/json": _json(said), "text/xml": _xml(said)},
        )


def _json(said: Said) -> str:
    if said.staff:
        entry = {"field": None, "message": said.words, "reason": said.reason, "call": None}
        return json.dumps({"errors": [entry], "request_id": "$context.requestId"})
    return json.dumps([{"code": said.status, "description": said.words, "reason": said.reason}])


def _xml(said: Said) -> str:
    """The words are ours, and have nothing in them that XML would have to escape."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f"<errors><error><code>{said.status}</code>"
        f"<description>{said.words}</description></error></errors>"
    )
