"""All files of a city's folder from what another server said, with what is left to decide."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.importing.areas import areas
from cli.importing.decisions import Notes, Trail, at
from cli.importing.endpoint import Endpoint
from cli.importing.known import Known
from cli.importing.names import slug
from cli.importing.offices import Manner, Offices, offices
from cli.importing.services import Offer, offer
from cli.importing.theirs import Sample, TheirService
from cli.importing.yamlish import dump

UNDECIDED = "(to be decided)"
"""Better than a wrong telephone number."""
_STARTER = Path(__file__).parent / "starter"
_STAGES = ("received", "in_progress", "resolved", "reopened", "words")
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the caller says about the city; empty where nothing was said."""

    name: str = ""
    language: str = ""
    time_zone: str = ""
    emergency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The files by path. `codes`: the code of ours for each of theirs."""

    files: Mapping[str, str]
    codes: Mapping[str, str]
    notes: Notes


def draft(
    endpoint: Endpoint,
    services: list[TheirService],
    sample: Sample,
    known: Known,
    wishes: Wishes,
) -> Draft:
    """The folder's files."""
    notes = Notes()
    language = wishes.language or known.language or "en"
    name = _name(endpoint, wishes)
    phone = endpoint.phone or UNDECIDED
    offered = offer(services, known, language, notes)
    manner = Manner(language=language, phone=phone)
    placed = offices(offered, sample, known, manner, notes)
    zone = wishes.time_zone or "UTC"
    emergency = wishes.emergency or ("911" if zone.startswith(("America/", "US/")) else "112")
    boundary, districts = areas(sample.points, name, notes)
    words = {"@LANGUAGE@": language, "@ZONE@": zone, "@EMERGENCY@": emergency}
    files = {
        "city.yaml": _city(endpoint, offered, (name, language, phone, emergency), notes),
        "departments.yaml": _departments(placed),
        "services.yaml": _services(offered),
        "routes.yaml": _routes(placed),
        "calendar.yaml": _starter("calendar.yaml", words),
        "triage.yaml": _starter("triage.yaml", words),
        "boundary.geojson": boundary,
        "districts.geojson": districts,
        **{
            f"messages/{language}/{stage}.yaml": _starter(f"messages/{stage}.yaml", words)
            for stage in _STAGES
        },
    }
    _remarks(endpoint, offered, wishes, language, notes)
    return Draft(files=files, codes=offered.codes, notes=notes)


def _name(endpoint: Endpoint, wishes: Wishes) -> str:
    guess = city_word(endpoint.host).replace("-", " ").title()
    return " ".join((wishes.name or guess).split())[:_LONGEST_NAME]


def city_word(host: str) -> str:
    """The part of a server's name that is most likely the city's."""
    parts = [each for each in host.split(".") if each not in _PREFIXES]
    return next((each for each in parts if any(c.isalpha() for c in each)), "city")


_PREFIXES = frozenset({"www", "311", "api", "open311", "georeport", "seeclickfix", "m", "app"})


def _starter(name: str, words: Mapping[str, str]) -> str:
    text = (_STARTER / name).read_text(encoding="utf-8")
    for place, value in words.items():
        text = text.replace(place, value)
    return text


def jurisdiction(endpoint: Endpoint) -> str:
    """The id of the city: as the server has it, as far as ours may look."""
    said = (endpoint.jurisdiction or endpoint.host).removeprefix("www.").lower()
    parts = [slug(part) for part in said.split(".")]
    return ".".join(part for part in parts if part)[:40].strip(".-") or "city"


def _city(
    endpoint: Endpoint, offered: Offer, facts: tuple[str, str, str, str], notes: Notes
) -> str:
    name, language, phone, emergency = facts
    contact = endpoint.contact or f"Call {phone}."
    key = jurisdiction(endpoint)
    domain = key if "." in key else f"{key}.example"
    data: dict[str, Any] = {
        "jurisdiction_id": key,
        "name": name,
        "languages": [language],
        "phone": phone,
        "emergency_number": emergency,
        "contact": {language: contact},
        "mail_from": f"311@{domain}",
        "api_key_required": False,
        "reopen_days": 14,
        "fallback_service": offered.fallback,
    }
    comments: dict[Trail, str] = {
        (): f"The city itself, imported from {endpoint.base}",
        ("languages",): "The first language is used where none is asked for.",
        ("phone",): "DECIDE: phone, emergency number and contact, which residents read and call.",
        ("mail_from",): "DECIDE: the sender of all mails; its domain must be verified in SES.",
        ("reopen_days",): 'For so many days after "resolved" a resident can say that it is not.',
    }
    where = "from the server's contact" if endpoint.phone else "unknown"
    notes.decide(f"The telephone number for residents ({where}).", at("city.yaml", "phone"))
    notes.decide("The emergency number.", at("city.yaml", "emergency_number"))
    notes.decide("How to reach a person, and when.", at("city.yaml", "contact"))
    notes.decide("The sender of mails.", at("city.yaml", "mail_from"))
    return dump(data, comments)


def _services(offered: Offer) -> str:
    comments: dict[Trail, str] = {
        (): "What the city offers. imported_as: the code that the former server has for it.\n"
        "A code lives for ever; reword names instead. Fields: see cities/README.md.",
        ("services",): "DECIDE for each: promise (all are the same guess), duplicates, priority,\n"
        "private, and keywords in residents' words.",
    }
    return dump({"groups": offered.groups, "services": offered.services}, comments)


def _departments(placed: Offices) -> str:
    head = "Who does the work.\nDECIDE: these are guesses; each becomes a queue when deployed."
    return dump({"departments": placed.departments}, {(): head})


def _routes(placed: Offices) -> str:
    head = (
        "Who gets what: the first rule that fits wins.\nDECIDE: these follow the import's guesses."
    )
    return dump({"routes": placed.routes}, {(): head})


def _remarks(
    endpoint: Endpoint, offered: Offer, wishes: Wishes, language: str, notes: Notes
) -> None:
    """What concerns whole files."""
    for note in endpoint.notes:
        notes.found(note)
    if not wishes.name:
        notes.guessed("The city's name was made from the server's.", at("city.yaml", "name"))
    first = at("services.yaml", "services", 0, "promise")
    notes.decide(
        f"The promise of each of {len(offered.services)} services; all have the same.", first
    )
    silent = [
        at("services.yaml", "services", n, "keywords", label=part["name"].get(language, ""))
        for n, part in enumerate(offered.services)
        if not part["keywords"].get(language)
    ]
    if silent:
        notes.decide("Keywords in residents' words, by which triage knows a service.", *silent)
    notes.decide("Languages that residents are answered in.", at("city.yaml", "languages"))
    notes.decide("Time zone, hours and holidays.", at("calendar.yaml", "time_zone"))
    notes.decide("Phrases that mean danger, with the duty officer.", at("triage.yaml", "emergency"))
    notes.decide("From which confidence on triage may choose by itself.", at("triage.yaml", "sure"))
    if language != "en":
        words = f'Messages and phrases are in English: translate them into "{language}".'
        notes.decide(words, at(f"messages/{language}/received.yaml"), at("triage.yaml"))
