"""The gateway as a WSGI application, which is what schemathesis calls in process."""

import json
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from zlib import crc32

from tests.functions.gateway import Answer, NoSuchMethod
from tests.fuzz.planted import Planted
from tools.openapi import text

GROUPS = ("admin", "admin", "department dept-streets", "agent", "auditor", "nobody")
NOBODY = {"field": None, "message": "Sign in first.", "reason": "unauthorized", "call": None}
NOTHING = [{"code": 404, "description": "There is nothing at this address."}]


class Door:
    """Answers the document, and then hands all calls to the functions. ``last``: the answer."""

    def __init__(self) -> None:
        self.planted: Planted | None = None
        self.last: Answer | None = None

    def __call__(
        self, environ: dict[str, Any], start: Callable[[str, list[tuple[str, str]]], Any]
    ) -> Iterable[bytes]:
        self.last = self._answer(environ)
        phrase = f"{self.last.status} {HTTPStatus(self.last.status).phrase}"
        start(phrase, list(self.last.headers.items()))
        return [self.last.body.encode()]

    def _answer(self, environ: dict[str, Any]) -> Answer:
        kind = {"Content-Type": "application/json; charset=utf-8"}
        if self.planted is None:
            return Answer(200, kind, text())
        headers = {
            name.removeprefix("HTTP_").replace("_", "-").title(): value
            for name, value in environ.items()
            if name.startswith("HTTP_") and name != "HTTP_HOST"
        }
        if environ.get("CONTENT_TYPE"):
            headers["Content-Type"] = environ["CONTENT_TYPE"]
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        method, url = environ["REQUEST_METHOD"], environ["REQUEST_URI"]
        if url.startswith("/api/staff/") and "HTTP_AUTHORIZATION" not in environ:
            return Answer(401, kind, json.dumps({"errors": [NOBODY], "request_id": "r"}))
        group = GROUPS[crc32(url.encode() + body) % len(GROUPS)]
        try:
            return self.planted.gateway(group).call(method, url, body or None, headers)
        except NoSuchMethod:
            return Answer(404, kind, json.dumps(NOTHING))


DOOR = Door()
