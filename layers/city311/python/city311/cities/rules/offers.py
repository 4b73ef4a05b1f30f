"""services.yaml: groups and services, their codes, words, keywords and promises."""

from collections.abc import Iterator
from dataclasses import dataclass

from city311.cities.documents import Document
from city311.cities.findings import Finding, Level
from city311.cities.rules.names import CODE, ID, repeated, spoken
from city311.cities.schema import ServicePart, ServicesFile
from city311.cities.sources import Sources
from city311.domain.matching import words_of


def check(sources: Sources) -> Iterator[Finding]:
    """Everything about groups and services but their questions."""
    if not sources.services:
        return
    document, model = sources.services.document, sources.services.model
    yield from _groups(document, model, sources.languages)
    yield from _codes(document, model)
    groups = {each.group for each in model.groups}
    for place, service in enumerate(model.services):
        yield from _service(document, service, place, groups)
        yield from _words(document, service, place, sources.languages)
    yield from _shared_keywords(document, model)


def _groups(
    document: Document, model: ServicesFile, languages: tuple[str, ...]
) -> Iterator[Finding]:
    used = {service.group for service in model.services}
    for place, each in enumerate(model.groups):
        if not ID.fullmatch(each.group):
            words = f'group "{each.group}": use lower-case letters, digits and dashes'
            yield document.finding(words, "groups", place, "group")
        if each.group not in used:
            words = f'no service is in group "{each.group}"'
            yield document.finding(words, "groups", place, level=Level.WARNING)
        yield from spoken(document, languages, each.name, "groups", place, "name")
    places = {id(each): place for place, each in enumerate(model.groups)}
    for again, first in repeated(model.groups, lambda each: each.group):
        line = document.line("groups", places[id(first)], "group")
        words = f'group "{again.group}" is already on line {line}'
        yield document.finding(words, "groups", places[id(again)], "group")


def _codes(document: Document, model: ServicesFile) -> Iterator[Finding]:
    places = {id(each): place for place, each in enumerate(model.services)}
    for again, first in repeated(model.services, lambda each: each.service_code):
        line = document.line("services", places[id(first)], "service_code")
        words = f'service "{again.service_code}" is already on line {line}'
        yield document.finding(words, "services", places[id(again)], "service_code")


def _service(
    document: Document, service: ServicePart, place: int, groups: set[str]
) -> Iterator[Finding]:
    code, here = service.service_code, ("services", place)
    if not CODE.fullmatch(code):
        words = f'service code "{code}" stands in web addresses: use letters, digits, - and _'
        yield document.finding(words, *here, "service_code")
    if service.group not in groups:
        yield document.finding(f'there is no group "{service.group}"', *here, "group")
    promise = service.promise
    if promise.pick_up_hours > promise.done_hours:
        words = f'service "{code}" would be done before anybody picks it up'
        yield document.finding(words, *here, "promise")


def _words(
    document: Document, service: ServicePart, place: int, languages: tuple[str, ...]
) -> Iterator[Finding]:
    here = ("services", place)
    yield from spoken(document, languages, service.name, *here, "name")
    yield from spoken(document, languages, service.description, *here, "description")
    yield from spoken(document, languages, service.keywords, *here, "keywords")
    if service.notice:
        yield from spoken(document, languages, service.notice, *here, "notice")
    for language, phrases in service.keywords.items():
        trail = (*here, "keywords", language)
        if not phrases:
            words = "without keywords triage knows this service by its name only"
            yield document.finding(words, *trail, level=Level.WARNING)
        for position, phrase in enumerate(phrases):
            if "," in phrase:
                words = f'keyword "{phrase}" holds a comma, which parts keywords on the wire'
                yield document.finding(words, *trail, position)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Keyword:
    key: str
    phrase: str
    service_code: str
    trail: tuple[str | int, ...]


def _shared_keywords(document: Document, model: ServicesFile) -> Iterator[Finding]:
    """A keyword on two services tells triage nothing; one given twice counts double."""
    keywords = [
        _Keyword(
            key=f"{language} {' '.join(words_of(phrase))}",
            phrase=phrase,
            service_code=service.service_code,
            trail=("services", place, "keywords", language, position),
        )
        for place, service in enumerate(model.services)
        for language, phrases in service.keywords.items()
        for position, phrase in enumerate(phrases)
    ]
    for again, first in repeated(keywords, lambda each: each.key):
        line = document.line(*first.trail)
        owner = "" if again.service_code == first.service_code else f' of "{first.service_code}"'
        words = f'keyword "{again.phrase}" is already a keyword{owner} on line {line}'
        yield document.finding(words, *again.trail, level=Level.WARNING)
