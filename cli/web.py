"""HTTP for the command line, on the standard library: small, typed, and careful with tokens.

It follows no redirect (a token must not travel to another host), goes through no proxy to this
computer's own ports, and reads both error forms of a city: its JSON API's and Open311's.
"""

import json
import secrets
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from functools import cache
from typing import IO, Any
from urllib.parse import urlsplit

from cli.failures import Failure, Misuse, Refused

TIMEOUT_SECONDS = 30.0
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_LARGEST = 64 * 1024 * 1024


class Unreachable(Failure):
    """Nobody answered, or not in HTTP."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer below 400. The names of `headers` are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON, or Failure when it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            raise Failure(
                "The answer is not JSON: is this the address of a City311 site?"
            ) from None


class Web:
    """Calls to one site, as somebody or as nobody."""

    def __init__(self, site: str, token: str | None = None) -> None:
        self.site = checked_site(site)
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Reply:
        """Read a path of the site."""
        return send("GET", self.site + path, {**self._headers, **(headers or {})})

    def post(
        self, path: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Send JSON to a path of the site."""
        kind = {"Content-Type": "application/json"}
        content = json.dumps(body).encode()
        return send("POST", self.site + path, {**self._headers, **kind, **(headers or {})}, content)


def checked_site(site: str) -> str:
    """The address without its last slash; Misuse when a secret would travel in the open."""
    parts = urlsplit(site)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Misuse(f"{site!r} is no address of a site: write it like https://311.example.gov")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise Misuse(f"{site} is not encrypted: use its https:// address.")
    return site.rstrip("/")


def upload(url: str, fields: Mapping[str, str], content: bytes, content_type: str) -> Reply:
    """Post a file the way a browser's form does: the fields first, the file last."""
    checked_site(url)
    boundary = secrets.token_hex(16)
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="photo"\r\n'
        f"Content-Type: {content_type}\r\n\r\n"
    )
    body = "".join(parts).encode() + head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    return send("POST", url, headers, body)


def send(method: str, url: str, headers: Mapping[str, str], content: bytes | None = None) -> Reply:
    """One call. Refused for what the city says no to, Unreachable when nobody answers."""
    request = urllib.request.Request(  # noqa: S310 - the scheme was checked, see checked_site
        url, data=content, headers={"Accept": "application/json", **headers}, method=method
    )
    try:
        with _opener(own=_is_own(url)).open(request, timeout=TIMEOUT_SECONDS) as response:
            body = response.read(_LARGEST)
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Reply(status=response.status, headers=headers, body=body)
    except urllib.error.HTTPError as error:
        with error:
            raise _refused(error.code, error.read(_LARGEST), url) from None
    except TimeoutError:
        raise Unreachable(f"{_host(url)} did not answer within {TIMEOUT_SECONDS:.0f} s.") from None
    except urllib.error.URLError as error:
        raise Unreachable(f"{_host(url)} cannot be reached: {error.reason}.") from None
    except OSError as error:
        raise Unreachable(f"{_host(url)} broke the call off: {error}.") from None


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self, req: object, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        """Never."""


@cache
def _opener(*, own: bool) -> urllib.request.OpenerDirector:
    """Made once: reading the computer's certificates takes longer than a call."""
    proxies = [urllib.request.ProxyHandler({})] if own else []
    return urllib.request.build_opener(_NoRedirect, *proxies)


def _is_own(url: str) -> bool:
    return urlsplit(url).hostname in LOOPBACK


def _host(url: str) -> str:
    return urlsplit(url).netloc


def _refused(status: int, body: bytes, url: str) -> Refused:
    entries = _entries(body)
    words = "; ".join(_sentence(entry) for entry in entries if _sentence(entry))
    reason = next((str(entry["reason"]) for entry in entries if entry.get("reason")), None)
    return Refused(words or f"{_host(url)} answered {status}.", status=status, reason=reason)


def _entries(body: bytes) -> list[dict[str, Any]]:
    """The entries of `{"errors": [...]}` or of Open311's bare list."""
    try:
        said = json.loads(body)
    except ValueError:
        return []
    found = said.get("errors", [said]) if isinstance(said, dict) else said
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _sentence(entry: Mapping[str, Any]) -> str:
    words = entry.get("message") or entry.get("description") or entry.get("Message")
    field, call = entry.get("field"), entry.get("call")
    text = f"{field}: {words}" if field and words else str(words or "")
    return f"{text} Call {call}." if call else text
