"""A city as small as the command line needs one: real HTTP, one process, no AWS."""

import io
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from PIL import Image, ImageOps

from city311.domain.audit import GENESIS, AuditEvent

TOKEN = "staff-token"
ID = "7H2K9MQ4X"
KEY = "0123456789ABCDEFGHJKMNPQRS"
API_KEY = "0A1B2C3D.0123456789ABCDEFGHJKMNPQRS"
MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:Lifecycle"
_PUBLIC = {"routed": "received", "accepted": "in_progress", "resolved": "resolved"}
_AFTER = {"accept": "accepted", "start": "in_progress", "resolve": "resolved", "wait": "on_hold"}
Answer = tuple[int, Any]


class FakeCity:
    """State, and one method a kind of call. `seen`: every call with headers and body."""

    def __init__(self) -> None:
        self.site = ""
        self.seen: list[tuple[str, str, Mapping[str, str], bytes]] = []
        self.status: str | None = None
        self.body: dict[str, Any] = {}
        self.photo = b""
        self.keeps_metadata = False
        self.events: list[AuditEvent] = []
        self.refusals: list[Answer] = []
        self.keys: dict[str, dict[str, Any]] = {}
        self.executions: dict[str, tuple[str, list[dict[str, Any]]]] = {}

    # --- what happens --------------------------------------------------------------------------

    def event(self, action: str, role: str = "system", **details: Any) -> None:
        """One more event of the chain."""
        prev = self.events[-1].hash if self.events else GENESIS
        self.events.append(
            AuditEvent(
                service_request_id=ID,
                seq=len(self.events) + 1,
                at="2026-11-20T08:41:07.000Z",
                role=role,
                subject="s",
                action=action,
                details=details,
                versions={"code": "1"},
                prev=prev,
            ).sealed()
        )

    @property
    def public_status(self) -> str:
        return _PUBLIC.get(str(self.status), "resolved")

    @property
    def link(self) -> str:
        return f"{self.site}/track/#{ID}.{KEY}"

    def calls(self, method: str, path: str) -> list[tuple[Mapping[str, str], Any]]:
        """Headers and JSON bodies of the calls of a path."""
        return [
            (headers, json.loads(body) if body else None)
            for how, where, headers, body in self.seen
            if (how, urlsplit(where).path) == (method, path)
        ]

    # --- answers -------------------------------------------------------------------------------

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        self.seen.append((method, target, headers, body))
        if self.refusals:
            return self.refusals.pop(0)
        if "X-Amz-Target" in headers:
            return self._aws(headers["X-Amz-Target"].split(".")[1], json.loads(body))
        path = urlsplit(target).path
        if path.startswith("/api/staff/"):
            return self._staff(method, target, headers, body)
        found = self._public.get((method, path))
        return found(self, headers, body) if found else (404, _refusal("There is no such thing."))

    def _slot(self, _headers: Mapping[str, str], body: bytes) -> Answer:
        assert json.loads(body) == {"content_type": "image/jpeg"}
        fields = {"key": "uploads/P", "policy": "x"}
        return 200, {"photo_id": "P", "url": f"{self.site}/bucket", "fields": fields}

    def _upload(self, headers: Mapping[str, str], body: bytes) -> Answer:
        boundary = headers["Content-Type"].partition("boundary=")[2].encode()
        parts = body.split(b"--" + boundary)
        assert b'name="file"' in parts[-2], "the file comes last"
        self.photo = parts[-2].partition(b"\r\n\r\n")[2].removesuffix(b"\r\n")
        return 204, b""

    def _file(self, _headers: Mapping[str, str], body: bytes) -> Answer:
        self.body = json.loads(body)
        self.status = "routed"
        self.event("submit", "resident")
        self.event("route")
        return 200, {"service_request_id": ID, "link": self.link, "service_notice": None}

    def _list(self, _headers: Mapping[str, str], _body: bytes) -> Answer:
        return 200, {"requests": [], "next": None}

    def _one(self, headers: Mapping[str, str], _body: bytes) -> Answer:
        if "X-City311-Key" not in headers:
            return 200, self._public_row() | {"status": self.public_status}
        if headers["X-City311-Key"] != KEY:
            return 404, _refusal("There is no such request.")
        own = {"service_request_id": ID, "public_status": self.public_status}
        can = ["confirm", "dispute"] if self.status == "resolved" else []
        words = [{"at": "x", "words": event.action, "note": None} for event in self.events]
        return 200, {"request": own, "timeline": words, "can": can}

    def _public_row(self) -> dict[str, Any]:
        row = {"service_request_id": ID, "service_code": self.body.get("service_code")}
        return row | ({"media_url": "/photos/P.jpg"} if self.photo else {})

    def _confirm(self, _headers: Mapping[str, str], _body: bytes) -> Answer:
        self.status = "closed"
        self.event("confirm", "resident")
        return 200, {"service_request_id": ID, "status": "resolved"}

    def _open311_json(self, _headers: Mapping[str, str], _body: bytes) -> Answer:
        return 200, [{"service_request_id": ID, "status": self._open()}]

    def _open311_xml(self, _headers: Mapping[str, str], _body: bytes) -> Answer:
        row = f"<service_request_id>{ID}</service_request_id><status>{self._open()}</status>"
        text = f"<service_requests><request>{row}</request></service_requests>"
        return 200, text.encode()

    def _open(self) -> str:
        return "closed" if self.public_status == "resolved" else "open"

    def _page(self, _headers: Mapping[str, str], _body: bytes) -> Answer:
        return 200, b"<!doctype html>"

    def _served(self, _headers: Mapping[str, str], _body: bytes) -> Answer:
        if self.keeps_metadata:
            return 200, self.photo
        out = io.BytesIO()
        with Image.open(io.BytesIO(self.photo)) as picture:
            upright = ImageOps.exif_transpose(picture)
        clean = Image.frombytes(upright.mode, upright.size, upright.tobytes())
        clean.save(out, "JPEG")
        return 200, out.getvalue()

    _public: Mapping[tuple[str, str], Callable[..., Answer]] = {
        ("POST", "/api/photos"): _slot,
        ("POST", "/bucket"): _upload,
        ("POST", "/api/requests"): _file,
        ("GET", "/api/requests"): _list,
        ("GET", f"/api/requests/{ID}"): _one,
        ("POST", f"/api/requests/{ID}/confirm"): _confirm,
        ("GET", f"/open311/v2/requests/{ID}.json"): _open311_json,
        ("GET", f"/open311/v2/requests/{ID}.xml"): _open311_xml,
        ("GET", "/photos/P.jpg"): _served,
        ("GET", "/track/"): _page,
        ("GET", f"/_local/executions/{ID}-g1"): _page,
    }

    def _staff(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        if headers.get("Authorization") != f"Bearer {TOKEN}":
            return 401, [{"code": 401, "description": "Sign in first: this address is for staff."}]
        parts = urlsplit(target)
        if parts.path == "/api/staff/queue":
            return 200, self._queue(parse_qs(parts.query)["queue"][0])
        if parts.path.startswith("/api/staff/keys"):
            return self._keys(method, parts.path, body)
        if parts.path == f"/api/staff/requests/{ID}":
            return 200, self.staff_row()
        if parts.path.endswith("/events"):
            return 200, {"service_request_id": ID, "events": [_row(event) for event in self.events]}
        command = parts.path.rpartition("/")[2]
        self.status = _AFTER.get(command, "routed")
        self.event(command, "department")
        given = json.loads(body)
        return 200, self.staff_row() | {"outcome": given.get("outcome")}

    def _keys(self, method: str, path: str, body: bytes) -> Answer:
        if method == "GET":
            return 200, {"keys": list(self.keys.values())}
        if path.endswith("/revoke"):
            key = self.keys.get(path.split("/")[-2])
            if key is None:
                return 404, _refusal("There is no api key with this id.")
            return 200, key | {"revoked_at": "2026-11-20T08:41:07Z", "revoked_by": "s"}
        key = json.loads(body) | {"key_id": API_KEY[:8], "used_today": 0, "last_used_at": None}
        self.keys[key["key_id"]] = key | {"revoked_at": None, "revoked_by": None}
        return 201, {"key": self.keys[key["key_id"]], "api_key": API_KEY}

    def _queue(self, name: str) -> dict[str, Any]:
        if self.status != "routed":
            return {"rows": [], "next": None}
        row: dict[str, Any] = {"service_request_id": ID, "queue": name, "status": "routed"}
        row |= {"service_code": "pothole", "priority": "normal", "district": "north"}
        return {"rows": [row | {"due_at": "2026-11-24T15:00:00Z"}], "next": None}

    def staff_row(self) -> dict[str, Any]:
        """A request as staff see it, with the end of its chain."""
        return {
            "service_request_id": ID,
            "status": self.status,
            "department": "streets",
            "expected_at": "2026-11-27T15:00:00Z",
            "generation": 1,
            "can": ["start", "resolve"],
            "seq": len(self.events),
            "head": self.events[-1].hash if self.events else GENESIS,
        }

    def _aws(self, operation: str, body: Mapping[str, Any]) -> Answer:
        if operation == "InitiateAuth":
            return 200, {"AuthenticationResult": {"IdToken": TOKEN, "ExpiresIn": 3600}}
        name = str(body["executionArn"]).rpartition(":")[2]
        if name not in self.executions:
            return 400, {"__type": "ExecutionDoesNotExist", "message": "gone"}
        status, events = self.executions[name]
        if operation == "DescribeExecution":
            return 200, {"executionArn": "a", "stateMachineArn": "m", "status": status}
        return 200, {"events": events}


def visits(*states: str) -> list[dict[str, Any]]:
    """A history in which each state lasts one second."""
    rows: list[dict[str, Any]] = []
    for number, state in enumerate(states):
        entered = {"type": "TaskStateEntered", "stateEnteredEventDetails": {"name": state}}
        left = {"type": "TaskStateExited", "stateExitedEventDetails": {"name": state}}
        rows += [
            entered | {"id": 2 * number + 1, "timestamp": 1_790_000_000.0 + number},
            left | {"id": 2 * number + 2, "timestamp": 1_790_000_001.0 + number},
        ]
    return rows


@contextmanager
def running() -> Iterator[FakeCity]:
    """A fake city on a free port."""
    city = FakeCity()

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = dict(self.headers.items())
            status, answer = city.answer(self.command, self.path, headers, body)
            content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(status)
            if status in (301, 302):
                self.send_header("Location", "https://elsewhere.example/")
            kind = "text/html" if content.startswith(b"<!doctype html>") else "application/json"
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = _serve  # noqa: N815 - the standard library's name
        do_POST = _serve  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Quietly."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    city.site = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield city
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _refusal(message: str, **more: Any) -> dict[str, Any]:
    return {"errors": [{"field": None, "message": message, "reason": "x"} | more]}


def refusal(message: str, **more: Any) -> dict[str, Any]:
    """The body of a refusal of the JSON API."""
    return _refusal(message, **more)


def _row(event: AuditEvent) -> dict[str, Any]:
    row = asdict(event)
    del row["service_request_id"]
    return row
