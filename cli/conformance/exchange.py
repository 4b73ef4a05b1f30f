"""One call and its answer: timed, capped in bytes and seconds, never led to another host."""

import http.client
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urljoin, urlsplit

from cli.conformance.line import opener
from cli.web import LOOPBACK

MOST_BYTES = 32 * 1024 * 1024
"""Of one answer, unpacked: a thousand requests have a few megabytes."""
_MOST_TURNS = 3
_CHUNK = 64 * 1024
_AGENT = "city311-conformance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A call. ``fmt`` is the format it asks for by its suffix, empty where it names none."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    fmt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer of any status. The names of ``headers`` are in small letters."""

    ask: Ask
    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    @property
    def kind(self) -> str:
        """The media type, without parameters, in small letters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def text(self) -> str:
        """The body as text, whatever it is."""
        return self.body.decode("utf-8", "replace")


Transport = Callable[[Ask], Answer]
"""Makes a call. Raises NoAnswer."""


class NoAnswer(Exception):
    """No whole answer: nobody there, out of time, too large, broken off, or led elsewhere."""

    def __init__(self, ask: Ask, reason: str) -> None:
        super().__init__(reason)
        self.ask = ask


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """The real transport."""

    seconds: float = 30.0
    most_bytes: int = MOST_BYTES

    def __call__(self, ask: Ask) -> Answer:
        """Make the call, and the turns that a read on the same host asks for."""
        at = ask
        for _ in range(_MOST_TURNS + 1):
            answer = self._once(at)
            target = answer.headers.get("location")
            if answer.status not in (301, 302, 303, 307, 308) or not target:
                return answer
            url = urljoin(at.url, target)
            if ask.method != "GET" or not _same_host(at.url, url):
                raise NoAnswer(ask, f"it sends on to {_host(url)}, where this suite does not go")
            at = replace(ask, url=url)
        raise NoAnswer(ask, "it sends on and on")

    def _once(self, ask: Ask) -> Answer:
        headers = {"User-Agent": _AGENT, "Accept-Encoding": "identity", **ask.headers}
        request = urllib.request.Request(  # noqa: S310 - only http and https are opened, see line.py
            ask.url, data=ask.body, headers=headers, method=ask.method
        )
        began = time.monotonic()
        try:
            own = urlsplit(ask.url).hostname in LOOPBACK
            with opener(own=own).open(request, timeout=self.seconds) as response:
                body = self._whole(ask, response)
                found = {name.lower(): value for name, value in response.headers.items()}
                status = int(response.status)
        except TimeoutError:
            raise NoAnswer(ask, f"it was not through after {self.seconds:g} s") from None
        except urllib.error.URLError as error:
            late = isinstance(error.reason, TimeoutError)
            reason = f"it was silent for {self.seconds:g} s" if late else str(error.reason)
            raise NoAnswer(ask, reason) from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise NoAnswer(ask, f"it broke off: {error or type(error).__name__}") from None
        body = self._unpacked(ask, body, found.get("content-encoding", ""))
        taken = time.monotonic() - began
        return Answer(ask=ask, status=status, headers=found, body=body, seconds=taken)

    def _whole(self, ask: Ask, response: http.client.HTTPResponse) -> bytes:
        chunks, size = [], 0
        while chunk := response.read(_CHUNK):
            chunks.append(chunk)
            size += len(chunk)
            if size > self.most_bytes:
                raise NoAnswer(ask, f"its answer is longer than {self.most_bytes:,} bytes")
        if response.length:
            raise NoAnswer(ask, f"it broke off {response.length:,} bytes before its end")
        return b"".join(chunks)

    def _unpacked(self, ask: Ask, body: bytes, coding: str) -> bytes:
        """A packed answer, though none was asked for; a small one may not become a giant."""
        if coding.lower() not in ("gzip", "x-gzip", "deflate"):
            return body
        unpacking = zlib.decompressobj(wbits=47)
        try:
            plain = unpacking.decompress(body, self.most_bytes)
        except zlib.error:
            raise NoAnswer(ask, f"it says that it is {coding}, and it is not") from None
        if unpacking.unconsumed_tail:
            raise NoAnswer(ask, f"unpacked, it is longer than {self.most_bytes:,} bytes")
        if not unpacking.eof:
            raise NoAnswer(ask, f"it says that it is {coding}, and it is not")
        return plain


def _same_host(before: str, after: str) -> bool:
    """Whether a turn stays there; from http to https is staying."""
    old, new = urlsplit(before), urlsplit(after)
    upgraded = (old.scheme, new.scheme) == ("http", "https") and old.hostname == new.hostname
    return (old.scheme, old.netloc) == (new.scheme, new.netloc) or (upgraded and new.port is None)


def _host(url: str) -> str:
    return urlsplit(url).netloc or "nowhere"
