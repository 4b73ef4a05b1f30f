"""The little of ASGI that the front door needs: a request, its body in pieces, an answer."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = Iterable[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Request:
    """What came in. Header names are lower case, as ASGI servers hand them over."""

    scope: Scope
    receive: Receive

    @property
    def method(self) -> str:
        """GET, POST ..."""
        return str(self.scope["method"])

    @property
    def path(self) -> str:
        """The decoded path."""
        return str(self.scope["path"])

    @property
    def target(self) -> bytes:
        """Path and query as they were sent."""
        raw: bytes = self.scope.get("raw_path") or self.path.encode()
        raw = raw.split(b"?")[0]
        query: bytes = self.scope.get("query_string", b"")
        return raw + b"?" + query if query else raw

    @property
    def query(self) -> str:
        """The query string, as it was sent."""
        return bytes(self.scope.get("query_string", b"")).decode("latin-1")

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """All headers in order."""
        return list(self.scope["headers"])

    def header(self, name: str) -> str:
        """The first value of a header; empty when it was not sent."""
        wanted = name.lower().encode()
        return next((value.decode("latin-1") for key, value in self.headers if key == wanted), "")

    async def body(self) -> AsyncIterator[bytes]:
        """The body, piece by piece."""
        more = True
        while more:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise ConnectionError("the client went away")
            more = bool(message.get("more_body"))
            if piece := message.get("body", b""):
                yield piece


@dataclass(frozen=True, slots=True)
class Page:
    """An answer made here."""

    body: str
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    headers: tuple[tuple[bytes, bytes], ...] = ()

    async def send(self, send: Send) -> None:
        """Write it out."""
        content = self.body.encode()
        headers = [
            (b"content-type", self.content_type.encode()),
            (b"content-length", str(len(content)).encode()),
            (b"cache-control", b"no-store"),
            (b"x-content-type-options", b"nosniff"),
            *self.headers,
        ]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": content})
