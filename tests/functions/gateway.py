"""The gateway's part: which resource a path is, and the event that the function is given of it."""

import base64
import copy
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from chalice.app import Chalice
from defusedxml.ElementTree import fromstring

EVENTS = Path(__file__).parent.parent / "events"
BINARY = ("multipart/form-data", "application/x-www-form-urlencoded", "image/")


class NoSuchMethod(Exception):
    """The gateway refuses by itself; no function hears of it."""


def event_named(name: str) -> Any:
    """A recorded event."""
    return json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Answer:
    """What a client gets."""

    status: int
    headers: Mapping[str, str]
    body: str

    @property
    def json(self) -> Any:
        """The body, which says that it is JSON, as JSON."""
        assert self.headers["Content-Type"] == "application/json; charset=utf-8"
        return json.loads(self.body)

    @property
    def xml(self) -> Any:
        """The body, which says that it is XML, as an element."""
        assert self.headers["Content-Type"] == "text/xml; charset=utf-8"
        assert self.body.startswith('<?xml version="1.0" encoding="utf-8"?>\n')
        return fromstring(self.body.encode())


@dataclass
class Gateway:
    """The REST API before the functions. ``claims``: what the authorizer found in the token."""

    apps: tuple[Chalice, ...] = field(repr=False)
    claims: Mapping[str, Any] | None = None
    sent: dict[str, Any] = field(default_factory=dict, repr=False)

    def get(self, url: str, **headers: str) -> Answer:
        """GET it."""
        return self.call("GET", url, headers=headers)

    def post(self, url: str, body: bytes | str, kind: str, **headers: str) -> Answer:
        """POST it; header names with _ for -."""
        content = body.encode() if isinstance(body, str) else body
        return self.call("POST", url, content, {"Content-Type": kind, **headers})

    def post_json(self, url: str, body: Any, **headers: str) -> Answer:
        """POST an object."""
        return self.post(url, json.dumps(body), "application/json", **headers)

    def call(
        self,
        method: str,
        url: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """What a client gets for any request."""
        path = urlsplit(url).path
        # The gateway knows no slash at the end, but hands it on.
        app, resource, parameters = self._resource(method, path.rstrip("/"))
        event = copy.deepcopy(event_named("rest-api-request"))
        event |= {"resource": resource, "path": path, "httpMethod": method}
        event["pathParameters"] = parameters or None
        event["requestContext"] |= {
            "resourcePath": resource,
            "httpMethod": method,
            "path": f"/live{path}",
        }
        if self.claims is not None and resource.startswith("/api/staff/"):
            event["requestContext"]["authorizer"] = {"claims": dict(self.claims)}
        self._add_query(event, urlsplit(url).query)
        self._add_headers(event, headers or {})
        self._add_body(event, body)
        self.sent = event
        found = app(event, None)
        answered = {**found["headers"], **{k: v[-1] for k, v in found["multiValueHeaders"].items()}}
        assert not found.get("isBase64Encoded")
        return Answer(found["statusCode"], answered, found["body"])

    def _resource(self, method: str, path: str) -> tuple[Chalice, str, dict[str, str]]:
        """A literal segment before a parameter, that before a greedy one; then the method."""
        found = []
        for app in self.apps:
            for pattern, methods in app.routes.items():
                greedy = re.escape(pattern).replace(r"\{proxy\+\}", "(?P<proxy>.+)")
                matched = re.fullmatch(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", greedy), path)
                if matched:
                    rank = ("{proxy+}" in pattern, pattern.count("{"))
                    for verb in (method, "ANY"):
                        if verb in methods:
                            found.append((rank, verb == "ANY", pattern, app, matched.groupdict()))
        best = min((rank for rank, *_ in found), default=None)
        for rank, _, pattern, app, parameters in sorted(found, key=lambda f: (f[0], f[1])):
            if rank == best:
                return app, pattern, {k: unquote(v) for k, v in parameters.items()}
        raise NoSuchMethod(f"{method} {path}")

    def _add_query(self, event: dict[str, Any], query: str) -> None:
        pairs = parse_qsl(query, keep_blank_values=True)
        if pairs:
            several: dict[str, list[str]] = {}
            for name, value in pairs:
                several.setdefault(name, []).append(value)
            event["multiValueQueryStringParameters"] = several
            event["queryStringParameters"] = {name: v[-1] for name, v in several.items()}

    def _add_headers(self, event: dict[str, Any], headers: Mapping[str, str]) -> None:
        for given, value in headers.items():
            name = given.replace("_", "-")
            event["headers"][name] = value
            event["multiValueHeaders"][name] = [value]

    def _add_body(self, event: dict[str, Any], body: bytes | None) -> None:
        kind = event["headers"].get("Content-Type", "")
        if body and kind.startswith(BINARY):
            event["body"] = base64.b64encode(body).decode()
            event["isBase64Encoded"] = True
        elif body:
            event["body"] = body.decode("utf-8", "replace")
