"""A loopback stand-in for AWS that answers from our engine: reads are real rows, writes succeed."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from benchmarks.engine.client import Client

_READS = {"GetItem": "get_item", "BatchGetItem": "batch_get_item", "Query": "query"}


@contextmanager
def serving(client: Client) -> Iterator[str]:
    """The address to reach it at."""

    class Answers(_Answers):
        engine = client

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


class _Answers(BaseHTTPRequestHandler):
    """DynamoDB's protocol, as far as our functions speak it."""

    engine: Client
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_POST(self) -> None:
        """One call."""
        asked = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        operation = self.headers.get("X-Amz-Target", "").partition(".")[2]
        answer: dict[str, Any] = {}
        if operation in _READS:
            answer = getattr(self.engine, _READS[operation])(**json.loads(asked))
            answer.pop("ConsumedCapacity")  # Nobody asks for it.
        body = json.dumps(answer, default=lambda raw: base64.b64encode(raw).decode()).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def handle_one_request(self) -> None:
        """As ever; a process that was stopped takes its connections with it."""
        try:
            super().handle_one_request()
        except ConnectionError:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Stay silent."""
