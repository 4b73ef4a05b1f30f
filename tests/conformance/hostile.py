"""Servers that mean harm: raw sockets, so that every byte and every pause is theirs."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Deed = Callable[[socket.socket, threading.Event], None]
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@contextmanager
def hostile(deed: Deed) -> Iterator[str]:
    """The address of a server that does this to every caller, until the test is over."""
    over = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.05)

    def serve() -> None:
        while not over.is_set():
            try:
                caller, _ = listener.accept()
            except TimeoutError:
                continue
            with caller:
                caller.settimeout(5)
                try:
                    deed(caller, over)
                except OSError:
                    continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/open311/v2"
    finally:
        over.set()
        thread.join()
        listener.close()


def head(caller: socket.socket) -> bytes:
    """The request up to its body."""
    read = b""
    while b"\r\n\r\n" not in read:
        if not (chunk := caller.recv(65536)):
            break
        read += chunk
    return read


def says(*parts: bytes) -> Deed:
    """Answers these bytes and hangs up."""

    def deed(caller: socket.socket, _over: threading.Event) -> None:
        head(caller)
        for part in parts:
            caller.sendall(part)

    return deed


def drips(before: bytes, drop: bytes) -> Deed:
    """Answers a beginning, then one drop after another, for ever."""

    def deed(caller: socket.socket, over: threading.Event) -> None:
        head(caller)
        caller.sendall(before)
        while not over.wait(0.02):
            caller.sendall(drop)

    return deed


def pours(before: bytes, chunk: bytes) -> Deed:
    """Answers a beginning, then as much as the caller takes."""

    def deed(caller: socket.socket, over: threading.Event) -> None:
        head(caller)
        caller.sendall(before)
        while not over.is_set():
            caller.sendall(chunk)

    return deed
