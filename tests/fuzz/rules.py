"""What must be true of every answer, whatever was asked."""

import json
import re
from collections.abc import Mapping
from io import StringIO

from defusedxml.ElementTree import fromstring

from tests.functions.gateway import Answer
from tests.fuzz.planted import SECRETS

STATUSES = {200, 304, 400, 403, 404, 429}
"""Every status that Open311 may have here; 5xx would be a fault of ours."""
TYPES = {"json": "application/json; charset=utf-8", "xml": "text/xml; charset=utf-8"}
PAGE = re.compile(r"/open311/*")
CAPABILITIES = re.compile(r"/+open311/+v2/+capabilities\.json/*", re.IGNORECASE)


def expected_format(path: str, accept: str) -> str:
    """The suffix decides; without one Accept does; what is no format gets XML."""
    last = path.rstrip("/").rpartition("/")[2].lower()
    for suffix in ("json", "xml"):
        if last.endswith(f".{suffix}"):
            return suffix
    return "json" if "." not in last and "json" in accept.lower() else "xml"


def check_open311(answer: Answer, method: str, path: str, accept: str) -> None:
    """Status, type, shape and headers of an answer of Open311."""
    assert answer.status in STATUSES
    kind = answer.headers["Content-Type"]
    if answer.status in (200, 304) and kind.startswith("text/html"):
        assert PAGE.fullmatch(path)
    else:
        assert kind == TYPES[expected_format(path, accept)]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Request-Id"]
    if answer.status >= 400 or method not in ("GET", "HEAD"):
        assert "no-store" in answer.headers["Cache-Control"]
    if answer.status == 429:
        assert int(answer.headers["Retry-After"]) > 0
    if method == "HEAD" or answer.status == 304:
        assert answer.body == ""
    elif not kind.startswith("text/html"):
        _body(answer, kind)


def _body(answer: Answer, kind: str) -> None:
    if kind.startswith("text/xml"):
        _xml(answer)
    else:
        found = json.loads(answer.body)
        if answer.status >= 400:
            assert found
            for entry in found:
                assert set(entry) == {"code", "description", "reason"}
                assert entry["code"] == answer.status
                assert entry["description"].strip()


def _xml(answer: Answer) -> None:
    root = fromstring(answer.body.encode())
    assert (root.tag == "errors") == (answer.status >= 400)
    if answer.status >= 400:
        assert len(root) >= 1
        for error in root:
            assert [child.tag for child in error] == ["code", "description"]
            assert error.findtext("code") == str(answer.status)
            assert (error.findtext("description") or "").strip()


def check_api(answer: Answer) -> None:
    """A refusal of the JSON API has its one shape."""
    assert answer.headers["Content-Type"] == TYPES["json"]
    assert answer.status < 500
    if answer.status >= 400:
        found = json.loads(answer.body)
        assert set(found) == {"errors", "request_id"}
        assert found["errors"]
        for entry in found["errors"]:
            assert set(entry) == {"field", "message", "reason", "call"}
            assert entry["message"].strip()


def check_secrets(answer: Answer, log: StringIO, known: Mapping[str, str]) -> None:
    """Nothing that was planted comes out: not in a header, a body or a line of the log."""
    said = json.dumps([dict(answer.headers), answer.body], ensure_ascii=False)
    logged = log.getvalue()
    log.truncate(0)
    log.seek(0)
    for secret in (*SECRETS, *known.values()):
        assert secret not in logged
        assert secret not in said
