"""A polite client: pauses, bounded retries, redirects within a host, a key for one host only."""

import email.utils
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from cli.failures import Failure, Misuse, Refused
from cli.importing.bodies import Body, read_body
from cli.importing.transport import NoAnswer, Raw, TooLarge, Transport

_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_BUSY = frozenset({429, 503})
_MOVED = frozenset({301, 302, 303, 307, 308})
_WAITS = (2.0, 5.0, 15.0)
"""Seconds before each further try, where the server names no others."""
_LONGEST_WAIT = 120.0
_HOPS = 5
_HEADERS = {
    "User-Agent": "city311-import (Open311 GeoReport v2 client)",
    "Accept-Encoding": "gzip, deflate",
}


class NotThere(Refused):
    """The server has no such thing, or does not do that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Time:
    """Seconds since some moment, and waiting; tests have a clock of their own."""

    monotonic: Callable[[], float]
    sleep: Callable[[float], None]
    now: Callable[[], datetime]


@dataclass(slots=True, kw_only=True)
class Client:
    """GETs of one server. `key` is sent to the host of `home` and to nobody else."""

    home: str
    transport: Transport
    time: Time
    pause: float = 0.2
    key: str | None = None
    tell: Callable[[str], None] = lambda text: None
    calls: int = 0
    _next: float = field(default=0.0)

    def __post_init__(self) -> None:
        """Refuse addresses that would give a secret away."""
        self.home = checked(self.home, secret=self.key is not None)

    def get(self, url: str, query: Mapping[str, str], *, trying: bool = False) -> Body:
        """An answer below 400. NotThere, Refused (the server's words), or Failure.

        `trying`: the address is a guess, so an error of the server is taken for its answer.
        """
        address = _with(url, query)
        for _ in range(_HOPS):
            raw = self._patient(address, _BUSY if trying else _AGAIN)
            target = raw.headers.get("location") if raw.status in _MOVED else None
            if not target:
                break
            address = _moved(address, urljoin(address, target))
        else:
            raise Failure(f"{shown(url)} sends from one address to the next without end.")
        body = read_body(raw)
        if raw.status >= 400 or raw.status in _MOVED:
            raise _refusal(raw.status, body, address)
        return body

    def _patient(self, address: str, again: frozenset[int]) -> Raw:
        """Ask, and again a few times where that may help."""
        wait: float | None = 0.0
        for planned in (*_WAITS, None):
            try:
                raw = self._once(address)
            except NoAnswer as silence:
                if planned is None:
                    raise Failure(f"{shown(address)} gives no answer: {silence}.") from None
                why, wait = str(silence), planned
            except TooLarge as size:
                raise Failure(f"{shown(address)}: {size}.") from None
            else:
                wait = self._wait(raw, planned) if raw.status in again else None
                if wait is None:
                    return raw
                why = f"it answered {raw.status}"
            self.tell(f"Waiting {wait:.0f} s for {shown(address)}: {why}")
            self.time.sleep(wait)
        raise AssertionError("the last try returns or raises")  # pragma: no cover

    def _wait(self, raw: Raw, planned: float | None) -> float | None:
        """Seconds until it is worth asking again; None: this is the answer."""
        if planned is None:
            return None
        asked = _retry_after(raw.headers.get("retry-after"), self.time.now())
        if asked is not None and asked > _LONGEST_WAIT:
            raise Failure(
                f"The server asks to wait {asked:.0f} s; run this again then, it goes on from here."
            )
        return planned if asked is None else max(asked, 1.0)

    def _once(self, address: str) -> Raw:
        now = self.time.monotonic()
        if now < self._next:
            self.time.sleep(self._next - now)
        self.calls += 1
        try:
            return self.transport(self._signed(address), _HEADERS)
        finally:
            self._next = self.time.monotonic() + self.pause

    def _signed(self, address: str) -> str:
        own = _origin(address) == _origin(self.home)
        return _with(address, {"api_key": self.key}) if self.key and own else address


def checked(url: str, *, secret: bool = False) -> str:
    """The address of a server; Misuse when it is none, or would show a secret to everybody."""
    given = url if "://" in url else f"https://{url}"
    try:
        parts = urlsplit(given)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https") or any(c.isspace() for c in given):
        raise Misuse(f"{url!r} is no address: write it like https://311.example.gov/open311/v2")
    if parts.username or parts.password:
        raise Misuse("Write the address without a name and password in it.")
    if secret and parts.scheme == "http" and host not in ("127.0.0.1", "localhost", "::1"):
        raise Misuse("A key is sent over https only.")
    return given


def shown(address: str) -> str:
    """The address for people and files: without query, which may hold a key."""
    return urlunsplit((*urlsplit(address)[:3], "", ""))


def _with(url: str, query: Mapping[str, str]) -> str:
    parts = urlsplit(url)
    merged = dict(parse_qsl(parts.query)) | dict(query)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(merged), ""))


def _origin(address: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(address)
    default = {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname, parts.port or default


def _moved(source: str, target: str) -> str:
    """Where to go on: the same host, and never from https back to http."""
    old, new = urlsplit(source), urlsplit(target)
    if new.hostname != old.hostname or new.scheme not in ("http", "https"):
        where = shown(target)
        raise Failure(f"{shown(source)} sends to another host: if you trust it, import {where}")
    if (old.scheme, new.scheme) == ("https", "http"):
        raise Failure(f"{shown(source)} sends from https to http, which is not followed.")
    return target


def _retry_after(text: str | None, now: datetime) -> float | None:
    """Seconds of the header, which has a number or a date."""
    if not text:
        return None
    if text.strip().isdecimal():
        return float(text.strip()[:9])
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - now).total_seconds())


def _refusal(status: int, body: Body, address: str) -> Refused:
    kind = NotThere if status in (404, 405, 406, 410, 501) else Refused
    said = body.complaint()
    words = f"{shown(address)} answered {status}" + (f": {said}" if said else "")
    return kind(words, status=status)
