"""A wire that fails when told to: before the service acts, or after it, when the answer is lost."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError
from moto.core.models import botocore_stubber

Fault = Callable[[Any, str], Any]


@dataclass(slots=True)
class Wire:
    """Wraps moto's own hook of one client; ``faults`` are used up one an attempt."""

    client: Any
    service: str
    faults: deque[Fault] = field(default_factory=deque)
    bodies: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        events = self.client.meta.events
        events.unregister("before-send", botocore_stubber)
        events.register(f"before-send.{self.service}", self._send)

    @property
    def attempts(self) -> int:
        """How often something went over the wire."""
        return len(self.bodies)

    def _send(self, event_name: str, request: Any, **_: Any) -> Any:
        self.bodies.append(request.body)
        if self.faults:
            return self.faults.popleft()(request, event_name)
        return botocore_stubber(event_name=event_name, request=request)


def cut_before(request: Any, event_name: str) -> Any:
    """The connection breaks before the service has heard of it."""
    raise ConnectionClosedError(endpoint_url=request.url)


def lost_answer(request: Any, event_name: str) -> Any:
    """The service acts; its answer never comes."""
    botocore_stubber(event_name=event_name, request=request)
    raise ReadTimeoutError(endpoint_url=request.url)


def refuse(code: str, status: int = 400) -> Fault:
    """The service answers with an error and does nothing."""

    def fault(request: Any, event_name: str) -> Any:
        body = f'{{"__type": "{code}", "message": "no"}}'.encode()
        return AWSResponse(request.url, status, {"x-amzn-errortype": code}, _Raw(body))

    return fault


class _Raw:
    """Just enough of urllib3's answer."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, **_: Any) -> Any:
        yield self._body
