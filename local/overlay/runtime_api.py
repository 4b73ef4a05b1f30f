"""The Lambda Runtime API for one worker process: next invocation out, response or error in."""

import json
import queue
import socket
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_PREFIX = "/2018-06-01/runtime"
RESPONSE_LIMIT = 6 * 1024 * 1024 + 256


@dataclass(slots=True)
class Invocation:
    """One event on its way through a worker, and what came back."""

    request_id: str
    event: bytes
    deadline_ms: int
    function_arn: str
    trace_id: str
    done: threading.Event = field(default_factory=threading.Event)
    payload: bytes = b"null"
    failed: bool = False
    taken: bool = False

    def finish(self, payload: bytes, *, failed: bool) -> None:
        """Record the outcome once; what comes later is too late."""
        if self.done.is_set():
            return
        self.payload, self.failed = payload, failed
        self.done.set()


def problem(error_type: str, message: str) -> bytes:
    """The JSON of a failure that the service itself reports."""
    return json.dumps({"errorType": error_type, "errorMessage": message}).encode()


class RuntimeApi:
    """A loopback server that one runtime client talks to."""

    def __init__(self) -> None:
        self.ready = threading.Event()
        self.init_error: bytes | None = None
        self._waiting: queue.Queue[Invocation | None] = queue.Queue()
        self._current: Invocation | None = None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True, name="runtime-api").start()

    @property
    def address(self) -> str:
        """What AWS_LAMBDA_RUNTIME_API says."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    def hand(self, invocation: Invocation) -> None:
        """Let the worker take this invocation as its next one."""
        self._current = invocation
        self._waiting.put(invocation)

    def close(self) -> None:
        """End the server; a worker that waits for work loses its connection."""
        self._waiting.put(None)
        threading.Thread(target=self._server.shutdown, daemon=True).start()
        self._server.server_close()

    def take(self) -> Invocation | None:
        """Block until there is work; None when the worker should end."""
        self.ready.set()
        invocation = self._waiting.get()
        if invocation is not None:
            invocation.taken = True
        return invocation

    def fail_init(self, body: bytes) -> None:
        """The handler's module could not be imported."""
        self.init_error = body
        self.ready.set()

    def answer(self, request_id: str, body: bytes, *, failed: bool) -> int:
        """Store an outcome; 413 when it is larger than a response may be."""
        current = self._current
        if current is None or current.request_id != request_id:
            return 400
        if len(body) > RESPONSE_LIMIT:
            message = "Response payload size exceeded maximum allowed payload size (6291556 bytes)."
            current.finish(problem("Function.ResponseSizeTooLarge", message), failed=True)
            return 413
        current.finish(body, failed=failed)
        return 202


class _Handler(BaseHTTPRequestHandler):
    """The HTTP side of one Runtime API; `api` is set by a subclass for each worker."""

    api: RuntimeApi
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Stay silent: each invocation has its own log."""

    def do_GET(self) -> None:
        invocation = self.api.take()
        if invocation is None:
            self.close_connection = True
            return
        headers = {
            "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
            "Lambda-Runtime-Deadline-Ms": str(invocation.deadline_ms),
            "Lambda-Runtime-Invoked-Function-Arn": invocation.function_arn,
            "Lambda-Runtime-Trace-Id": invocation.trace_id,
            "Content-Type": "application/json",
        }
        self._send(200, invocation.event, headers)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        path = self.path.removeprefix(_PREFIX)
        if path.startswith("/init/error"):
            self.api.fail_init(body)
            self._send(202, b'{"status":"OK"}', {})
            return
        _, _, request_id, verb = path.split("/", 3)
        status = self.api.answer(request_id, body, failed=verb == "error")
        self._send(status, b'{"status":"OK"}', {})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _handler(api: RuntimeApi) -> type[_Handler]:
    return type("Handler", (_Handler,), {"api": api})
