"""One exchange over HTTP with a server that owes us nothing: capped, timed, never redirected."""

import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import Message
from functools import cache
from typing import IO, Any

LARGEST = 64 * 1024 * 1024
"""Bytes of one answer; a list of requests has a few megabytes."""
_CHUNK = 64 * 1024
_QUIET_SECONDS = 30.0
_LONGEST_SECONDS = 300.0


class NoAnswer(Exception):
    """Nobody answered, not in time, or not to the end; asking again may help."""


class TooLarge(Exception):
    """The answer is longer than anything a city has to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """An answer of any status. The names of `headers` are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes


Transport = Callable[[str, Mapping[str, str]], Raw]
"""GET an address with headers. Raises NoAnswer and TooLarge."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self, req: object, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        """Never here: the client decides."""


@cache
def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(_NoRedirect)


def get(url: str, headers: Mapping[str, str]) -> Raw:
    """The real transport."""
    request = urllib.request.Request(url, headers=dict(headers))  # noqa: S310 - the client checks it
    try:
        with _opener().open(request, timeout=_QUIET_SECONDS) as response:
            return _raw(response.status, response)
    except urllib.error.HTTPError as error:
        with error:
            return _raw(error.code, error)
    except TimeoutError:
        raise NoAnswer(f"it was silent for {_QUIET_SECONDS:.0f} s") from None
    except urllib.error.URLError as error:
        raise NoAnswer(str(error.reason)) from None
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswer(f"it broke off: {error or type(error).__name__}") from None


def _raw(status: int, response: Any) -> Raw:
    """The answer read to its end, within the limits of size and of time as a whole."""
    began = time.monotonic()
    parts: list[bytes] = []
    size = 0
    while chunk := response.read1(_CHUNK) if hasattr(response, "read1") else response.read(_CHUNK):
        parts.append(chunk)
        size += len(chunk)
        if size > LARGEST:
            raise TooLarge(f"its answer is larger than {LARGEST // 2**20} MB")
        if time.monotonic() - began > _LONGEST_SECONDS:
            raise NoAnswer(f"it did not end within {_LONGEST_SECONDS:.0f} s")
    headers = {name.lower(): value for name, value in response.headers.items()}
    declared = headers.get("content-length", "")
    if declared.isdecimal() and size < int(declared):
        raise NoAnswer(f"it broke off after {size} of {declared} bytes")
    return Raw(status=status, headers=headers, body=b"".join(parts))
