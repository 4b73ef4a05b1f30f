"""Connections to DynamoDB that are kept: http.client's, with TLS as botocore trusts it."""

import socket
import ssl
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import urlsplit

from urllib3.util.wait import wait_for_read


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back. The names of ``headers`` are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Connections to one host. ``url``: scheme, host and port. ``bundle``: whom TLS trusts.

    A connection is opened when all others are in use, and kept when an answer is through.
    """

    url: str
    bundle: str
    connect_seconds: float
    read_seconds: float
    _kept: deque[HTTPConnection] = field(default_factory=deque)

    def line(self) -> HTTPConnection:
        """A connection that is up. OSError: there is none, and nothing was sent."""
        while True:
            try:
                kept = self._kept.pop()
            except IndexError:
                return self._opened()
            # Something came that nobody asked for: the other side has hung up.
            if not wait_for_read(kept.sock, timeout=0):
                return kept
            kept.close()

    def ask(self, line: HTTPConnection, headers: Mapping[str, str], body: bytes) -> Answer:
        """Post it to the root and read the answer.

        OSError or HTTPException: whether it arrived is unknown.
        """
        try:
            line.request("POST", "/", body, headers)
            with line.getresponse() as found:
                answer = _read(found)
        except BaseException:
            line.close()
            raise
        if found.will_close:
            line.close()
        else:
            self._kept.append(line)
        return answer

    def _opened(self) -> HTTPConnection:
        parts = urlsplit(self.url)
        host, port = parts.hostname or "", parts.port
        line = (
            HTTPSConnection(host, port, timeout=self.connect_seconds, context=_trust(self.bundle))
            if parts.scheme == "https"
            else HTTPConnection(host, port, timeout=self.connect_seconds)
        )
        line.connect()
        line.auto_open = 0  # Never sent again on a new connection behind our back.
        line.sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        line.sock.settimeout(self.read_seconds)
        return line


def _read(found: HTTPResponse) -> Answer:
    if found.length is None and not found.chunked:
        raise HTTPException("The answer does not say where it ends.")
    headers = {name.lower(): value for name, value in found.getheaders()}
    return Answer(status=found.status, headers=headers, body=found.read())


@cache
def _trust(bundle: str) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=bundle)
