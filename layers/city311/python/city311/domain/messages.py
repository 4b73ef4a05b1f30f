"""The words of a message: the city's text with its places filled in, as text, HTML and SMS."""

from dataclasses import dataclass
from datetime import datetime
from html import escape
from string import Template
from zoneinfo import ZoneInfo

from city311.domain.catalogue import City, Words
from city311.domain.lifecycle import Stage
from city311.domain.request import ServiceRequest

PLACES = frozenset(
    [
        "city",
        "service_request_id",
        "service",
        "department",
        "link",
        "promise",
        "outcome",
        "note",
        "phone",
    ]
)
"""What a city's message may mention as ``$name``."""
SMS_CHARACTERS = 320
"""Two parts at most: a text message that costs more than it says helps nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message ready to send."""

    subject: str
    text: str
    html: str
    sms: str


def to_resident(
    city: City, request: ServiceRequest, *, stage: Stage, language: str, link: str
) -> Message:
    """What the resident is told at this stage, in their language or else the city's first."""
    by_language = city.messages[stage.value]
    spoken = language if language in by_language else city.language
    return _filled(by_language[spoken], _values(city, request, spoken, link), spoken)


def to_department(city: City, request: ServiceRequest, *, event: str, link: str) -> Message:
    """What a department reads of new work: what, where in the city, by when; nobody's data."""
    language = city.language
    values = _values(city, request, language, link)
    words = Words(
        subject=f"$service $service_request_id: {event}",
        body=(
            f"$service, request $service_request_id, {event}.\n\n"
            f"Priority: {request.priority}. District: {request.place.district or 'unknown'}.\n"
            "Promised: $promise.\n\nOpen it here:\n$link"
        ),
        sms="$service $service_request_id",
    )
    return _filled(words, values, language)


def _values(city: City, request: ServiceRequest, language: str, link: str) -> dict[str, str]:
    service = city.services.get(request.service_code)
    department = city.departments.get(request.department or "")
    outcome = request.outcome
    outcomes = city.phrases_in(language).outcomes
    return {
        "city": city.name,
        "service_request_id": request.service_request_id,
        "service": city.say(service.name, language) if service else request.service_code,
        "department": city.say(department.name, language) if department else city.name,
        "link": link,
        "promise": _day(request.expected_at, city, language),
        "outcome": outcomes[outcome.kind.value] if outcome else "",
        "note": outcome.note if outcome else (request.status_notes or ""),
        "phone": city.phone,
    }


def _day(moment: datetime | None, city: City, language: str) -> str:
    """A date as people write it, in the city's zone; dashes where none is promised."""
    if moment is None:
        return "--"
    local = moment.astimezone(ZoneInfo(city.calendar.time_zone))
    phrases = city.phrases_in(language)
    month = phrases.months[local.month - 1]
    return Template(phrases.date).substitute(month=month, day=local.day, year=local.year)


def _filled(words: Words, values: dict[str, str], language: str) -> Message:
    text = Template(words.body).substitute(values)
    subject = " ".join(Template(words.subject).substitute(values).split())
    return Message(
        subject=subject,
        text=text,
        html=_html(words.body, values, language=language, subject=subject),
        sms=_sms(words.sms, values),
    )


def _sms(words: str, values: dict[str, str]) -> str:
    """One line, short enough; of a long note the end goes first, for the link must stay whole."""
    sms = " ".join(Template(words).substitute(values).split())
    over = len(sms) - SMS_CHARACTERS
    note = " ".join(values["note"].split())
    if 0 < over < len(note):
        shorter = f"{note[: len(note) - over - 1]}…"
        sms = " ".join(Template(words).substitute({**values, "note": shorter}).split())
    return sms[:SMS_CHARACTERS]


def _html(body: str, values: dict[str, str], *, language: str, subject: str) -> str:
    """The same text as HTML: paragraphs, the link as a link, every value escaped."""
    link = escape(values["link"], quote=True)
    safe = {name: escape(value) for name, value in values.items()}
    safe["link"] = f'<a href="{link}">{escape(values["link"])}</a>'
    paragraphs = Template(escape(body, quote=False)).substitute(safe).split("\n\n")
    inner = "\n".join(f"<p>{each.strip().replace(chr(10), '<br>')}</p>" for each in paragraphs)
    style = "font:16px/1.5 system-ui,sans-serif;max-width:36rem;margin:0 auto;padding:1rem"
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f"<title>{escape(subject)}</title></head>"
        f'<body style="{style}">{inner}</body></html>'
    )
