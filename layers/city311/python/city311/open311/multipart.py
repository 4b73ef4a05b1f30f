"""multipart/form-data as bytes: what phones, browsers and proxies send, in one linear pass."""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from city311.domain.errors import FieldProblem, InvalidInput

MOST_PARTS = 500
MOST_HEADER_BYTES = 16_384
MOST_BOUNDARY = 200
"""The standard says 70; some senders do not read it."""

_BLANK_LINE = re.compile(rb"\r\n\r\n|\n\n")
_LINE_END = re.compile(rb"--|[ \t]*(?:\r?\n|\Z)")
_PARAMETER = re.compile(r';\s*([\w!#$&+.^`|~*-]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;\s"]*)')


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part. ``filename`` None: a field. ``content_type`` and ``charset`` as declared.

    A file may come without a name; its content is as it was before it was encoded for transfer.
    """

    name: str
    filename: str | None
    content_type: str
    charset: str | None
    content: bytes


def parameters(header: str) -> dict[str, str]:
    """The parameters of a Content-Type or Content-Disposition header, names in lower case."""
    return {name.lower(): _unquoted(value) for name, value in _PARAMETER.findall(header)}


def parts(body: bytes, boundary: str) -> tuple[Part, ...]:
    """All fields that have a name, and all files.

    InvalidInput if the body is cut off or has no parts at all.
    """
    if not boundary or len(boundary) > MOST_BOUNDARY:
        raise _unreadable("Send the boundary of the multipart body in its Content-Type.")
    found = []
    for header, content in _chunks(body, b"--" + boundary.encode("utf-8", "replace")):
        part = _part(header, content)
        if part is not None:
            found.append(part)
        if len(found) > MOST_PARTS:
            raise _unreadable(f"Send at most {MOST_PARTS} fields and files in one report.")
    return tuple(found)


def _chunks(body: bytes, delimiter: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = _next(body, delimiter, 0)
    if at < 0:
        raise _unreadable("The body has no part that begins with its boundary. Send it again.")
    while True:
        at += len(delimiter)
        if body[at : at + 2] == b"--":
            return
        start = body.find(b"\n", at) + 1
        following = _next(body, delimiter, start) if start else -1
        if following < 0:
            raise _unreadable("The body ends in the middle of a field. Send it again.")
        yield _split(body, start, following)
        at = following


def _next(body: bytes, delimiter: bytes, start: int) -> int:
    """Where the next delimiter line begins, or -1. A part may be empty, its headers too.

    A line that only begins with the delimiter is content, such as another boundary's.
    """
    at = start
    while at >= 0:
        if body.startswith(delimiter, at) and _LINE_END.match(body, at + len(delimiter)):
            return at
        at = body.find(b"\n" + delimiter, at) + 1 or -1
    return -1


def _split(body: bytes, start: int, end: int) -> tuple[bytes, bytes]:
    """Headers and content of the part between two delimiter lines; the last line end is theirs."""
    end -= 2 if body[end - 2 : end] == b"\r\n" else 1
    # A part of bare line feeds may hold a blank line of the other kind, but only further on.
    found = _BLANK_LINE.search(body, start, min(end + 4, start + MOST_HEADER_BYTES))
    if found is None:
        raise _unreadable("A part of the body has no headers, or too many. Send it again.")
    return body[start : found.start()], body[found.end() : max(end, found.end())]


def _part(header: bytes, content: bytes) -> Part | None:
    headers = _headers(header.decode("utf-8", "replace"))
    disposition = parameters(headers.get("content-disposition", ""))
    name, filename = disposition.get("name", ""), _filename(disposition)
    if not name and filename is None:
        return None
    declared = headers.get("content-type", "")
    return Part(
        name=name,
        filename=filename,
        content_type=declared.partition(";")[0].strip().lower(),
        charset=parameters(declared).get("charset"),
        content=_carried(content, headers.get("content-transfer-encoding", "")),
    )


def _carried(content: bytes, encoding: str) -> bytes:
    """The content before its transfer encoding; as it came where that is not what it says."""
    match encoding.lower():
        case "base64":
            try:
                return binascii.a2b_base64(content, strict_mode=False)
            except binascii.Error:
                return content
        case "quoted-printable":
            return binascii.a2b_qp(content)
    return content


def _headers(text: str) -> dict[str, str]:
    unfolded = re.sub(r"\r?\n[ \t]+", " ", text)
    lines = (line.partition(":") for line in re.split(r"\r?\n", unfolded))
    return {name.strip().lower(): value.strip() for name, _, value in lines}


def _filename(disposition: dict[str, str]) -> str | None:
    extended = disposition.get("filename*")
    if extended is not None:
        return unquote_to_bytes(extended.rpartition("'")[2]).decode("utf-8", "replace")
    return disposition.get("filename")


def _unquoted(value: str) -> str:
    if not value.startswith('"'):
        return value
    # Browsers escape a quote as %22 and leave a backslash alone: a Windows path must survive.
    return re.sub(r'\\(["\\])', r"\1", value[1:-1])


def _unreadable(advice: str) -> InvalidInput:
    return InvalidInput(FieldProblem(field="body", advice=advice, reason="unreadable"))
