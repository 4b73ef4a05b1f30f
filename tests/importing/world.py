"""A server in this process, and a clock that waits without waiting."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from city311.cities.files import Level, Reading
from city311.cities.files import read as lint
from cli.importing.catalogue import Outcome, bring_in, read
from cli.importing.client import Client, Time
from cli.importing.drafting import Wishes
from cli.importing.transport import Raw

Query = Mapping[str, str]
Handler = Callable[[str, Query], Raw]
"""Path (unquoted) and query -> answer."""
NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)


class Clock:
    """Time that goes on by sleeping only."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def time(self) -> Time:
        return Time(
            monotonic=lambda: sum(self.slept),
            sleep=self.sleep,
            now=lambda: NOW + timedelta(seconds=sum(self.slept)),
        )


class Server:
    """Answers by a handler; `seen`: every address that was asked for, `raw`: as it was sent."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler
        self.seen: list[tuple[str, Query]] = []
        self.raw: list[str] = []

    def __call__(self, url: str, headers: Mapping[str, str]) -> Raw:
        self.raw.append(url)
        parts = urlsplit(url)
        path, query = unquote(parts.path), dict(parse_qsl(parts.query, keep_blank_values=True))
        self.seen.append((path, query))
        return self.handler(path, query)

    def count(self, part: str) -> int:
        return sum(part in path for path, _ in self.seen)


def answer(body: bytes | str, status: int = 200, kind: str = "", **headers: str) -> Raw:
    content = body if isinstance(body, bytes) else body.encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Raw(status=status, headers={"content-type": kind, **named}, body=content)


def as_json(data: Any, status: int = 200, **headers: str) -> Raw:
    return answer(json.dumps(data), status, "application/json; charset=utf-8", **headers)


def as_xml(text: str, status: int = 200, kind: str = "text/xml; charset=utf-8") -> Raw:
    return answer(f'<?xml version="1.0" encoding="utf-8"?>\n{text}', status, kind)


def web_page(status: int = 404) -> Raw:
    page = "<!DOCTYPE html>\n<html><head><title>Oops</title></head><body>Not here</body></html>"
    return answer(page, status, "text/html")


def client(
    server: Server, home: str = "https://311.gross.example/open311/v2", key: str | None = None
) -> Client:
    return Client(home=home, transport=server, time=Clock().time(), pause=0.0, key=key)


def bring(
    handler: Handler | Server,
    folder: Path,
    *,
    home: str = "https://311.gross.example/open311/v2",
    force: bool = False,
    wishes: Wishes | None = None,
) -> Outcome:
    """Import what the handler answers into a folder."""
    server = handler if isinstance(handler, Server) else Server(handler)
    guest = client(server, home)
    theirs = read(guest, None, lambda text: None)
    return bring_in(theirs, folder, guest, wishes or Wishes(), force=force)


def sound(folder: Path) -> Reading:
    """The folder's city, which must be without errors."""
    reading = lint(folder)
    errors = [str(each) for each in reading.findings if each.level is Level.ERROR]
    assert errors == []
    assert reading.city is not None
    return reading


def service(code: str, name: str, **fields: Any) -> dict[str, Any]:
    """One service of a list, as the standard has it."""
    return {
        "service_code": code,
        "service_name": name,
        "description": f"About {name}",
        "metadata": False,
        "type": "realtime",
        "keywords": "",
        "group": "Streets",
    } | fields


def attribute(code: str, datatype: str, text: str, **fields: Any) -> dict[str, Any]:
    """One attribute of a definition."""
    return {
        "variable": True,
        "code": code,
        "datatype": datatype,
        "required": False,
        "datatype_description": None,
        "order": 1,
        "description": text,
        "values": [],
    } | fields


def plain(services: list[dict[str, Any]], definitions: Mapping[str, Any] | None = None) -> Handler:
    """A server that does as the standard says, in JSON only."""

    def handler(path: str, query: Query) -> Raw:
        if path.endswith("/services.json"):
            return as_json(services)
        if path.endswith("/requests.json"):
            return as_json([])
        code = path.rpartition("/services/")[2].removesuffix(".json")
        if definitions and path.endswith(".json") and code in definitions:
            return as_json({"service_code": code, "attributes": definitions[code]})
        return as_json([{"code": 404, "description": "There is no such thing."}], 404)

    return handler
