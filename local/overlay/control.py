"""What a test or the desk may ask of the emulator beyond AWS's API, below /_city311/."""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

from local.overlay import sfn_executions

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

_PREFIX = "/_city311/"


def wrap(application: Application) -> Application:
    """The emulator with our own few paths in front."""

    async def wrapped(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(_PREFIX):
            await _answer(scope, send)
        else:
            await application(scope, receive, send)

    return wrapped


async def _answer(scope: Message, send: Send) -> None:
    query = parse_qs(scope.get("query_string", b"").decode())
    action = scope["path"].removeprefix(_PREFIX)
    if scope["method"] == "POST" and action == "hurry" and "execution" in query:
        await _send(send, 200, {"waits": sfn_executions.hurry(query["execution"][0])})
    else:
        await _send(send, 404, {"message": "POST /_city311/hurry?execution=ARN"})


async def _send(send: Send, status: int, body: Any) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})
