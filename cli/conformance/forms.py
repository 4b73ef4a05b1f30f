"""Reports on the wire: urlencoded and multipart, as browsers and telephones send them."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote_plus

Pairs = Sequence[tuple[str, str]]
BOUNDARY = "------------conformance-7c1f0e4b"
URLENCODED = "application/x-www-form-urlencoded; charset=utf-8"
PHOTO = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAFA3PEY8MlBGQUZaVVBfeMiCeG5uePWvuZHI////////////////////"
    "////////////////////////////////2wBDAVVaWnhpeOuCguv/////////////////////////////////////"
    "////////////////////////////////////wAARCAAIAAgDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAA"
    "AAH/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFAEBAAAAAAAAAAAAAAAAAAAAAP/EABQRAQAAAAAAAAAAAAAAAAAA"
    "AAD/2gAMAwEAAhEDEQA/AIAD/9k="
)
"""A grey square of eight pixels, as JPEG."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file part."""

    name: str = "media"
    filename: str = "photo.jpg"
    kind: str = "image/jpeg"
    content: bytes = PHOTO


def urlencoded(pairs: Pairs) -> bytes:
    """The fields as a browser encodes them: blanks as plus signs, brackets escaped."""
    return "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in pairs).encode()


def multipart(pairs: Pairs, files: Sequence[File] = ()) -> bytes:
    """The fields, then the files."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in pairs
    ]
    parts += [_file_part(each) for each in files]
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def _file_part(file: File) -> bytes:
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{file.name}"; '
        f'filename="{file.filename}"\r\nContent-Type: {file.kind}\r\n\r\n'
    )
    return head.encode() + file.content + b"\r\n"
