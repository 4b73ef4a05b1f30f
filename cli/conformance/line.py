"""The way to a server, with an end: whatever it does, a call is over by a fixed moment."""

import http.client
import io
import socket
import ssl
import time
import urllib.request
from functools import cache
from typing import Any


class Reader(io.RawIOBase):
    """A socket's incoming side. A server that drips a byte a second is cut off all the same."""

    def __init__(self, sock: socket.socket, until: float) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._until = until

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Read what is there; TimeoutError when the time of the whole call is up."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._sock.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        """Let go of the socket."""
        self._raw.close()
        super().close()


class _Line:
    """A socket as http.client uses one."""

    def __init__(self, sock: socket.socket, until: float) -> None:
        self._sock = sock
        self._until = until

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(Reader(self._sock, self._until))

    def sendall(self, data: bytes) -> None:
        # A server may refuse a large body before its end: its answer is there to be read.
        try:
            self._sock.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            return

    def close(self) -> None:
        self._sock.close()


class _Plain(http.client.HTTPConnection):
    def connect(self) -> None:
        until = time.monotonic() + float(self.timeout or 0)
        super().connect()
        self.sock: Any = _Line(self.sock, until)


class _Secure(http.client.HTTPSConnection):
    def connect(self) -> None:
        until = time.monotonic() + float(self.timeout or 0)
        super().connect()
        self.sock: Any = _Line(self.sock, until)


class _PlainHandler(urllib.request.HTTPHandler):
    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        """A call without encryption."""
        return self.do_open(_Plain, req)


class _SecureHandler(urllib.request.HTTPSHandler):
    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        """A call with encryption, the certificate checked."""
        return self.do_open(_Secure, req, context=_certificates())


@cache
def _certificates() -> ssl.SSLContext:
    return ssl.create_default_context()


@cache
def opener(*, own: bool) -> urllib.request.OpenerDirector:
    """What opens calls: no redirects, no cookies, every status an answer; ``own``: no proxy."""
    made = urllib.request.OpenerDirector()
    made.add_handler(urllib.request.ProxyHandler({} if own else None))
    made.add_handler(_PlainHandler())
    made.add_handler(_SecureHandler())
    return made
