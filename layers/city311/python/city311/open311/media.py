"""Photos and links that come with a report, sorted from what cannot be either."""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass

from city311.open311.forms import File, Form

MOST_MEDIA = 10
MOST_URL = 2000
_LINK = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_DATA_URI = re.compile(r"data:[^,]{0,100};base64,", re.IGNORECASE)
_MAGIC = (
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "image/webp"),
    (re.compile(rb"....ftyp(?:heic|heix|hevc|hevx|mif1|msf1|heim|heis)", re.DOTALL), "image/heic"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """What was found. ``spoiled``: something could not be used."""

    urls: tuple[str, ...]
    files: tuple[File, ...]
    spoiled: bool

    @classmethod
    def of(cls, form: Form) -> "Media":
        """The media of a form: its files, links and embedded pictures; at most ten of them."""
        urls: list[str] = []
        files = list(form.files)
        spoiled = False
        for text in _media_texts(form):
            file = _embedded(text)
            if _LINK.fullmatch(text) and len(text) <= MOST_URL:
                urls.append(text)
            elif file is not None:
                files.append(file)
            else:
                spoiled = True
        room = max(MOST_MEDIA - len(urls), 0)
        spoiled = spoiled or len(files) > room or len(urls) > MOST_MEDIA
        return cls(urls=tuple(urls[:MOST_MEDIA]), files=tuple(files[:room]), spoiled=spoiled)


def _media_texts(form: Form) -> Iterator[str]:
    for value in form.every("media_url"):
        # Mark-a-Spot joins links with commas; a comma within a link is followed by no scheme.
        yield from re.split(r",\s*(?=https?://)", value)
    yield from form.every("media")


def _embedded(text: str) -> File | None:
    """The file in a base64 text or data: URI, or None."""
    encoded = _DATA_URI.sub("", text, 1).strip()
    # A space can only be a plus sign that went into a form as it was.
    encoded = re.sub(r"\s", "", encoded.replace(" ", "+")).rstrip("=")
    try:
        content = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except ValueError:
        return None
    file = File(content_type="", content=content)
    return file if kind_of(file) else None


def kind_of(file: File) -> str:
    """The type its first bytes show: GeoReporter declares every photo as PNG."""
    head = file.content[:16]
    shown = next((kind for magic, kind in _MAGIC if magic.match(head)), None)
    return shown or file.content_type
