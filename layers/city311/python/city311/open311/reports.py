"""A form becomes a report: every spelling that senders use, and nothing of theirs lost."""

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from city311.domain.catalogue import City
from city311.domain.errors import FieldProblem, InvalidInput, Unavailable
from city311.domain.request import Answers, Place, Report
from city311.open311.fields import Row
from city311.open311.forms import File, Form

MOST_MEDIA = 10
MOST_URL = 2000
_ATTRIBUTE = re.compile(r"attribute\[([^\[\]]+)\](?:\[\d*\])?")
_NUMBER = re.compile(r"[+-]?[0-9]{1,4}(\.[0-9]{1,30})?")
_DATA_URI = re.compile(r"data:[^,]{0,100};base64,", re.IGNORECASE)
_OURS = frozenset(
    [
        "api_key",
        "jurisdiction_id",
        "service_code",
        "lat",
        "long",
        "address_string",
        "address_id",
        "description",
        "email",
        "first_name",
        "last_name",
        "phone",
        "device_id",
        "account_id",
        "media_url",
        "media",
        "locale",
    ]
)
UNUSABLE = "One of the photos or links could not be used; the report was accepted without it."
"""What the sender reads in ``service_notice`` when media, but not the report, had to be left."""
_MAGIC = (
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "image/webp"),
    (re.compile(rb"....ftyp(?:heic|heix|hevc|hevx|mif1|msf1|heim|heis)", re.DOTALL), "image/heic"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What a post said. ``spoiled``: some media could not be used, which never loses the report."""

    report: Report
    files: tuple[File, ...]
    spoiled: bool


def parse(form: Form, city: City, language: str | None) -> Post:
    """The report a form holds; whether the city can accept it is for intake to say.

    InvalidInput where a coordinate is not a number.
    """
    media = _Media.of(form)
    report = Report(
        service_code=form.first("service_code") or "",
        place=_place(form),
        description=next((v for name, v in form.fields if name == "description"), ""),
        answers=_answers(form, city),
        media_urls=media.urls,
        sender=_sender(form),
        language=language,
        email=form.first("email"),
        phone=form.first("phone"),
        first_name=form.first("first_name"),
        last_name=form.first("last_name"),
        device_id=form.first("device_id"),
        account_id=form.first("account_id"),
    )
    return Post(report=report, files=media.files, spoiled=media.spoiled)


def stored(post: Post, store: Callable[[str, bytes], str]) -> Post:
    """The post with its files put away. One that cannot be never loses the report."""
    photos: list[str] = []
    spoiled = post.spoiled
    for file in post.files:
        try:
            photos.append(store(kind_of(file), file.content))
        except (InvalidInput, Unavailable):
            spoiled = True
    report = replace(post.report, photos=tuple(photos))
    return Post(report=report, files=(), spoiled=spoiled)


def created(service_request_id: str, notice: str | None, *, spoiled: bool) -> Row:
    """What the sender of an accepted report is told."""
    words = (notice, UNUSABLE if spoiled else None)
    return {
        "service_request_id": service_request_id,
        "service_notice": " ".join(each for each in words if each),
        "account_id": None,
    }


def kind_of(file: File) -> str:
    """The type its first bytes show: GeoReporter declares every photo as PNG."""
    head = file.content[:16]
    shown = next((kind for magic, kind in _MAGIC if magic.match(head)), None)
    return shown or file.content_type


def _place(form: Form) -> Place:
    problems: list[FieldProblem] = []
    lat, long = (_degrees(form, name, problems) for name in ("lat", "long"))
    if problems:
        raise InvalidInput(*problems)
    return Place(
        lat=lat,
        long=long,
        address=form.first("address_string"),
        address_id=form.first("address_id"),
    )


def _degrees(form: Form, name: str, problems: list[FieldProblem]) -> float | None:
    text = form.first(name)
    if text is None:
        return None
    if not _NUMBER.fullmatch(text):
        advice = "Write degrees with a decimal point, such as 41.25 or -87.5."
        problems.append(FieldProblem(field=name, advice=advice))
        return None
    return float(text)


def _answers(form: Form, city: City) -> Answers:
    """Answers by question code, in the order given; an alias of ours stands for its code."""
    service = city.services.get(form.first("service_code") or "")
    answers: dict[str, tuple[str, ...]] = {}
    for name, value in form.fields:
        found = _ATTRIBUTE.fullmatch(name)
        if found:
            question = service.question(found[1]) if service else None
            code = question.code if question else found[1]
            answers[code] = (*answers.get(code, ()), value.strip())
    return answers


def _sender(form: Form) -> dict[str, str]:
    kept: dict[str, str] = {}
    for name, value in form.fields:
        if name not in _OURS and not _ATTRIBUTE.fullmatch(name):
            kept[name] = f"{kept[name]}, {value}" if name in kept else value
    return kept


@dataclass(frozen=True, slots=True, kw_only=True)
class _Media:
    """Photos and links of a post, sorted from what cannot be either."""

    urls: tuple[str, ...]
    files: tuple[File, ...]
    spoiled: bool

    @classmethod
    def of(cls, form: Form) -> "_Media":
        urls: list[str] = []
        files = list(form.files)
        spoiled = False
        for text in _media_texts(form):
            file = _embedded(text)
            if re.match(r"https?://[^\s<>\"]+$", text) and len(text) <= MOST_URL:
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
    try:
        content = base64.b64decode(re.sub(r"\s", "", _DATA_URI.sub("", text, 1)), validate=True)
    except ValueError:
        return None
    file = File(content_type="", content=content)
    return file if kind_of(file) else None
