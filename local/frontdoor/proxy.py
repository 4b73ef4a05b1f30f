"""Passes a request on to the emulator and its answer back, piece by piece in both directions."""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass

import h11

from local.frontdoor.asgi import Page, Request, Send

_HOP_BY_HOP = {b"connection", b"keep-alive", b"te", b"trailer", b"transfer-encoding", b"upgrade"}
_PIECE = 65_536
_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Upstream:
    """Where requests go."""

    host: str
    port: int

    async def forward(self, request: Request, send: Send, replaced: Mapping[bytes, bytes]) -> None:
        """Ask upstream with some headers replaced; 502 when it cannot be reached."""
        try:
            async with asyncio.timeout(_SECONDS):
                reader, writer = await asyncio.open_connection(self.host, self.port)
                try:
                    await _Exchange(reader, writer).run(request, send, replaced)
                finally:
                    writer.close()
                    with contextlib.suppress(OSError):
                        await writer.wait_closed()
        except (OSError, TimeoutError, h11.RemoteProtocolError):
            await Page("<h1>The emulator does not answer</h1>", 502).send(send)


class _Exchange:
    """One request and its answer on a connection of their own."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._wire = h11.Connection(h11.CLIENT)

    async def run(self, request: Request, send: Send, replaced: Mapping[bytes, bytes]) -> None:
        headers = [
            (name, value)
            for name, value in request.headers
            if name not in _HOP_BY_HOP and name not in replaced and name != b"expect"
        ]
        headers += [(name, value) for name, value in replaced.items() if value]
        headers.append((b"connection", b"close"))
        if any(name == b"transfer-encoding" for name, _ in request.headers):
            headers.append((b"transfer-encoding", b"chunked"))
        await self._write(
            h11.Request(method=request.method, target=request.target, headers=headers)
        )
        async for piece in request.body():
            await self._write(h11.Data(data=piece))
        await self._write(h11.EndOfMessage())
        await self._answer(send)

    async def _write(self, event: h11.Event) -> None:
        data = self._wire.send(event)
        if data:
            self._writer.write(data)
            await self._writer.drain()

    async def _answer(self, send: Send) -> None:
        while True:
            event = self._wire.next_event()
            if event is h11.NEED_DATA:
                self._wire.receive_data(await self._reader.read(_PIECE))
            elif isinstance(event, h11.Response):
                headers = [
                    pair for pair in event.headers.raw_items() if pair[0].lower() not in _HOP_BY_HOP
                ]
                headers = [(name.lower(), value) for name, value in headers]
                await send(
                    {"type": "http.response.start", "status": event.status_code, "headers": headers}
                )
            elif isinstance(event, h11.Data):
                await send(
                    {"type": "http.response.body", "body": bytes(event.data), "more_body": True}
                )
            elif isinstance(event, h11.EndOfMessage):
                await send({"type": "http.response.body", "body": b""})
                return
            elif isinstance(event, h11.ConnectionClosed):
                raise ConnectionError("the emulator closed the connection")
