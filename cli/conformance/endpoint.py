"""The endpoint under test: its addresses, its calls on record, its patience with throttles."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from urllib.parse import quote, urlencode, urlsplit

from cli.conformance.exchange import Answer, Ask, Transport

Query = Mapping[str, str]
_MOST_WAITS = 3
_LONGEST_WAIT = 60.0
_USUAL_WAIT = 5.0
HIDDEN = "(the key)"


class Throttled(Exception):
    """It answers 429 again and again."""


@dataclass(slots=True, kw_only=True)
class Endpoint:
    """One server. ``log`` has every answer, also those of 429 before a call went through."""

    base: str
    transport: Transport
    jurisdiction: str = ""
    api_key: str = ""
    pause: float = 0.0
    """Seconds between two calls."""
    discovery: str = ""
    sleep: Callable[[float], None] = time.sleep
    log: list[Answer] = field(default_factory=list)
    _kept: dict[str, Answer] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def url(self, path: str, fmt: str, query: Query | None = None, raw: str = "") -> str:
        """The address of a resource; ``raw`` goes into the query as it is."""
        whole = {**({"jurisdiction_id": self.jurisdiction} if self.jurisdiction else {})}
        whole |= query or {}
        asked = "&".join(part for part in (urlencode(whole, quote_via=quote), raw) if part)
        return f"{self.base}/{path}.{fmt}" + (f"?{asked}" if asked else "")

    def get(
        self, path: str, fmt: str, query: Query | None = None, *, fresh: bool = False, raw: str = ""
    ) -> Answer:
        """Read a resource; the same one is read once in a run, unless it must be ``fresh``."""
        return self.read(self.url(path, fmt, query, raw), fmt, fresh=fresh)

    def read(self, url: str, fmt: str, *, fresh: bool = False) -> Answer:
        """Read an address; see ``get``."""
        if fresh or url not in self._kept:
            self._kept[url] = self.send(Ask(url=url, fmt=fmt))
        return self._kept[url]

    def send(self, ask: Ask) -> Answer:
        """Make a call; wait and try again where it is throttled. Raises NoAnswer, Throttled."""
        for _ in range(_MOST_WAITS):
            if self.pause:
                self.sleep(self.pause)
            answer = self.transport(ask)
            with self._lock:
                self.log.append(answer)
                if ask.method != "GET":
                    self._forget()
            if answer.status != 429:
                return answer
            self.sleep(_wait(answer.headers.get("retry-after", "")))
        raise Throttled(f"answered 429 {_MOST_WAITS} times in a row")

    def _forget(self) -> None:
        """What was read of requests and updates is no longer true after a post."""
        stays = ("/services", "/discovery")
        for url in [each for each in self._kept if not any(part in each for part in stays)]:
            del self._kept[url]

    def scrub(self, text: str) -> str:
        """The text without the key, however it is written."""
        for secret in {self.api_key, quote(self.api_key, safe="")} - {""}:
            text = text.replace(secret, HIDDEN)
        return text

    def line(self, ask: Ask) -> str:
        """A call in one line, without host and secrets."""
        parts = urlsplit(ask.url)
        where = parts.path + (f"?{parts.query}" if parts.query else "")
        return self.scrub(f"{ask.method} {where}")

    def discoveries(self) -> Sequence[str]:
        """Where discovery may be, without its suffix: as told, in the base, beside it."""
        if self.discovery:
            told = self.discovery
            return [told.removesuffix(".json").removesuffix(".xml").rstrip("/")]
        return [f"{self.base}/discovery", f"{self.base.rpartition('/')[0]}/discovery"]


def _wait(asked: str) -> float:
    """Seconds to wait: what it asks for, within reason."""
    return min(float(asked), _LONGEST_WAIT) if asked.isdigit() else _USUAL_WAIT
