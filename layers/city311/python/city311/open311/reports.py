"""A form becomes a report: every spelling that senders use, and nothing of theirs lost."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from city311.domain.catalogue import City
from city311.domain.errors import FieldProblem, InvalidInput, Unavailable
from city311.domain.request import Answers, Place, Report
from city311.open311.fields import Row
from city311.open311.forms import File, Form
from city311.open311.media import Media, kind_of

_ATTRIBUTE = re.compile(r"attributes?\[([^\[\]]+)\](?:\[\d*\])?")
_NUMBER = re.compile(r"[+-]?[0-9]{1,4}(\.[0-9]{1,30})?")
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
_SECRET = re.compile(r"api[_ -]?key|authorization", re.IGNORECASE)
"""However it is spelled, a key is not kept among the sender's own fields."""
UNUSABLE = "One of the photos or links could not be used; the report was accepted without it."
"""What the sender reads in ``service_notice`` when media, but not the report, had to be left."""


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
    media = Media.of(form)
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
        ours = name in _OURS or _ATTRIBUTE.fullmatch(name) or _SECRET.fullmatch(name)
        if not ours:
            kept[name] = f"{kept[name]}, {value}" if name in kept else value
    return kept
