"""A DynamoDB at the other end of a real connection: moto answers, or what a test wants instead."""

import socketserver
import ssl
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from botocore.awsrequest import AWSPreparedRequest
from moto.core.models import botocore_stubber

Respond = Callable[["_Talk", "Heard"], None]


@dataclass(frozen=True, slots=True)
class Heard:
    """One request as it arrived. ``connection``: the same number for the same connection."""

    headers: Mapping[str, str]
    body: bytes
    connection: int

    @property
    def operation(self) -> str:
        """What is asked for."""
        return self.headers["x-amz-target"].partition(".")[2]


@dataclass(slots=True)
class Far:
    """What was heard, and what comes back instead of moto's answer, one a request.

    ``opened``: connections so far.
    """

    url: str = ""
    opened: int = 0
    heard: list[Heard] = field(default_factory=list)
    answers: deque[Respond] = field(default_factory=deque)


def written(
    body: bytes, status: int = 200, headers: Mapping[str, str] | None = None, *, length: bool = True
) -> bytes:
    """An answer as it goes over the wire."""
    said = {"Content-Type": "application/x-amz-json-1.0", **(headers or {})}
    if length:
        said["Content-Length"] = str(len(body))
    lines = "".join(f"{name}: {value}\r\n" for name, value in said.items())
    return f"HTTP/1.1 {status} Said\r\n{lines}\r\n".encode() + body


def says(raw: bytes) -> Respond:
    """Those bytes; the connection stays."""
    return lambda talk, _heard: talk.say(raw)


def hangs_up_after(raw: bytes = b"") -> Respond:
    """Those bytes, and the connection ends."""
    return lambda talk, _heard: talk.end(raw)


def moto_answers(talk: "_Talk", heard: Heard) -> None:
    """What moto makes of it."""
    url = "https://dynamodb.us-east-1.amazonaws.com/"
    asked: Any = AWSPreparedRequest("POST", url, dict(heard.headers), heard.body, False)
    answer = botocore_stubber(event_name=f"before-send.dynamodb.{heard.operation}", request=asked)
    talk.say(written(answer.content, answer.status_code, {"x-amzn-RequestId": "r-1"}))


@contextmanager
def far_away(context: ssl.SSLContext | None = None) -> Iterator[Far]:
    """It, as long as it lasts; behind TLS with a ``context``."""
    far = Far()

    class Talk(_Talk):
        there = far

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        request_queue_size = 64

        def get_request(self) -> Any:
            sock, address = super().get_request()
            far.opened += 1
            return (context.wrap_socket(sock, server_side=True) if context else sock), address

        def handle_error(self, *_: Any) -> None:
            """A client that does not trust us, or is gone."""

    with Server(("127.0.0.1", 0), Talk) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        scheme = "https" if context else "http"
        far.url = f"{scheme}://localhost:{server.server_address[1]}"
        try:
            yield far
        finally:
            server.shutdown()
            thread.join()


class _Talk(socketserver.StreamRequestHandler):
    there: Far
    ended = False

    def handle(self) -> None:
        with suppress(ConnectionError):
            while not self.ended and self.rfile.readline():
                self._hear()

    def _hear(self) -> None:
        headers = {}
        while line := self.rfile.readline().strip().decode():
            name, _, value = line.partition(": ")
            headers[name.lower()] = value
        body = self.rfile.read(int(headers["content-length"]))
        heard = Heard(headers, body, id(self))
        self.there.heard.append(heard)
        answers = self.there.answers
        (answers.popleft() if answers else moto_answers)(self, heard)

    def say(self, raw: bytes) -> None:
        """Answer."""
        self.wfile.write(raw)

    def end(self, raw: bytes) -> None:
        """Answer, and hang up."""
        self.say(raw)
        self.ended = True
