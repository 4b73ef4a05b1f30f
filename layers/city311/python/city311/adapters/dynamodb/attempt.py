"""The first attempt at a call of DynamoDB, without botocore's way from the request to the answer.

That way serves every service and costs three times what its parts do. botocore still
resolves the endpoint and writes the request down; its event ``before-call`` is where others may
answer in its place, and here we do. What goes wrong is handed back to botocore as the outcome of
its own first attempt: it decides, counts and repeats as ever, and raises its own errors. So
nothing is ever sent once more than botocore would have sent it.

Whoever listens to the events of the way left out (a test, a tracer) has it taken: see ``_alone``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any
from uuid import uuid4
from zlib import crc32

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

from city311.adapters.dynamodb import plain
from city311.adapters.dynamodb.line import Answer, Lines

_OUTCOME = "city311-first-attempt"
_OURS_ALONE = ("before-send", "before-sign", "before-parse", "response-received")
_AS_MADE = ("request-created", "choose-signer", "needs-retry")
"""Events of the way left out: those nobody else may listen to, those where botocore itself does."""


class _Raw:
    """Just what botocore reads of urllib3's answer."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self) -> Sequence[bytes]:
        """All of it."""
        return (self._body,)


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class FirstAttempt:
    """Stands in a client's events. ``credentials``: the session's, refreshed when they must be."""

    client: Any
    credentials: Any
    lines: Lines
    _made: dict[str, list[Any]] = field(default_factory=dict)
    _found_alone: dict[str, object] = field(default_factory=dict)

    def join(self) -> None:
        """Take part in the client's calls, last of all who listen by now.

        Not with a botocore whose listeners cannot be told: it comes with Lambda and may change.
        """
        events = self.client.meta.events
        if not _legible(events):
            return
        events.register_last("before-call", self.before_call)
        events.register_last("before-send", self.before_send)
        self._made = {event: self._listeners(f"{event}.dynamodb") for event in _AS_MADE}

    def before_call(
        self, model: Any, params: Any, request_signer: Any, context: Any, **_: Any
    ) -> tuple[AWSResponse, Any] | None:
        """The answer, or None: then botocore makes the call, or goes on with what came of ours."""
        signed = context["auth_type"] or request_signer.signature_version
        if not self._fits(model, params, signed) or not self._alone(model.name):
            return None
        retries = _first(context)
        url, headers = params["url"], self._headers(params, request_signer, context, retries)
        try:
            line = self.lines.line()
        except OSError:
            return None  # Nothing was sent: botocore tries for itself, and says what is wrong.
        context["retries"] = retries
        try:
            return self._answered(line, headers, params, context)
        except TimeoutError as error:
            context[_OUTCOME] = ReadTimeoutError(endpoint_url=url, error=error)
        except (OSError, HTTPException) as error:
            context[_OUTCOME] = ConnectionClosedError(endpoint_url=url, error=error)
        return None

    def before_send(self, request: Any, **_: Any) -> AWSResponse | None:
        """What came of the first attempt, once; None for every other."""
        outcome = request.context.pop(_OUTCOME, None)
        if isinstance(outcome, Exception):
            raise outcome
        found: AWSResponse | None = outcome
        return found

    def _answered(
        self, line: HTTPConnection, headers: dict[str, str], params: Any, context: Any
    ) -> tuple[AWSResponse, Any] | None:
        answer = self.lines.ask(line, headers, params["body"])
        said: Any = answer.headers
        raw: Any = _Raw(answer.body)
        response = AWSResponse(params["url"], answer.status, said, raw)
        parsed = _parsed(answer)
        if parsed is None:
            context[_OUTCOME] = response
            return None
        parsed["ResponseMetadata"]["RetryAttempts"] = 0
        return response, parsed

    def _headers(
        self, params: Any, request_signer: Any, context: Any, retries: dict[str, Any]
    ) -> dict[str, str]:
        """All of them, signed by botocore's own signer."""
        signing = context.get("signing", {})
        signer = SigV4Auth(
            self.credentials.get_frozen_credentials(),
            signing.get("signing_name") or request_signer.signing_name,
            signing.get("region") or request_signer.region_name,
        )
        request = AWSRequest("POST", params["url"], params["headers"], params["body"])
        signer.add_auth(request)
        return {
            **dict(request.headers.items()),
            "amz-sdk-invocation-id": retries["invocation-id"],
            "amz-sdk-request": f"attempt={retries['attempt']}; max={retries['max']}",
        }

    def _fits(self, model: Any, params: Any, signed: str) -> bool:
        """Whether it is a call of those we know, to where our lines lead, signed as we sign."""
        return (
            model.output_shape.name in plain.SHAPES
            and params["url"] == self.lines.url + "/"
            and signed == "v4"
        )

    def _alone(self, operation: str) -> bool:
        """Whether nobody listens to the events that are left out."""
        # botocore forgets what it looked up whenever somebody registers or leaves.
        now = self.client.meta.events._emitter._lookup_cache
        if self._found_alone.get(operation) is now:
            return True
        ours = [[self.before_send], [], [], []]
        found = [self._listeners(f"{event}.dynamodb.{operation}") for event in _OURS_ALONE]
        made = {event: self._listeners(f"{event}.dynamodb.{operation}") for event in _AS_MADE}
        if found != ours or made != self._made:
            return False
        self._found_alone[operation] = now
        return True

    def _listeners(self, event: str) -> list[Any]:
        return list(self.client.meta.events._emitter._handlers.prefix_search(event))


def _legible(events: Any) -> bool:
    emitter = getattr(events, "_emitter", None)
    handlers = getattr(emitter, "_handlers", None)
    return hasattr(emitter, "_lookup_cache") and hasattr(handlers, "prefix_search")


def _first(context: Any) -> dict[str, Any]:
    most = context["client_config"].retries["total_max_attempts"]
    return {"attempt": 1, "invocation-id": str(uuid4()), "max": most}


def _parsed(answer: Answer) -> dict[str, Any] | None:
    """The answer, or None for all that botocore should look at."""
    checksum = answer.headers.get("x-amz-crc32")
    if answer.status != 200 or (checksum and int(checksum) != crc32(answer.body)):
        return None
    return plain.read(answer.body, answer.headers)
