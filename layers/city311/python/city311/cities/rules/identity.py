"""city.yaml and departments.yaml: names, addresses and ids that other systems will use."""

import re
from collections.abc import Iterator

from city311.cities.documents import Document
from city311.cities.findings import Finding, Level
from city311.cities.rules.names import EMAIL, ID, repeated, spoken
from city311.cities.schema import CityFile, DepartmentPart
from city311.cities.sources import Sources

TRIAGE_QUEUE = "triage"
"""The queue of the triage desk, beside the departments' queues."""
LONGEST_FOLDER = 20
ENDPOINT = re.compile(r"https://[^\s<>\"]+/open311/v2")


def check(sources: Sources) -> Iterator[Finding]:
    """Everything about the city itself and its departments."""
    yield from _city(sources)
    yield from _fallback(sources)
    yield from _departments(sources)


def _city(sources: Sources) -> Iterator[Finding]:
    if not sources.city:
        return
    document, city = sources.city.document, sources.city.model
    name = sources.folder.resolve().name
    if not ID.fullmatch(name) or len(name) > LONGEST_FOLDER:
        yield document.finding(
            f'the folder is called "{name}"; its name is part of every AWS resource: use at most '
            f"{LONGEST_FOLDER} lower-case letters, digits and dashes"
        )
    if not ID.fullmatch(city.jurisdiction_id.replace(".", "-")):
        words = "use lower-case letters, digits, dashes and dots, like city.example"
        yield document.finding(words, "jurisdiction_id")
    if not EMAIL.fullmatch(city.mail_from):
        yield document.finding(f'"{city.mail_from}" is no e-mail address', "mail_from")
    if city.test_endpoint and not ENDPOINT.fullmatch(city.test_endpoint):
        words = "write an https:// address without spaces, ending in /open311/v2"
        yield document.finding(words, "test_endpoint")
    yield from _languages(document, city)
    yield from spoken(document, city.languages, city.contact, "contact")


def _languages(document: Document, city: CityFile) -> Iterator[Finding]:
    for place, language in enumerate(city.languages):
        if not (language.isascii() and language.isalpha() and language.islower()):
            words = f'"{language}" is no language code; write two or three letters, like en'
            yield document.finding(words, "languages", place)
        if language in city.languages[:place]:
            yield document.finding(f'"{language}" is given twice', "languages", place)


def _fallback(sources: Sources) -> Iterator[Finding]:
    """The fallback service takes what nothing else fits, so anybody must be able to file it."""
    if not sources.city or not sources.services:
        return
    code = sources.city.model.fallback_service
    found = [each for each in sources.services.model.services if each.service_code == code]
    problem = None
    if not found:
        problem = f'there is no service "{code}" in services.yaml'
    elif found[0].staff_only or not found[0].active:
        problem = f'service "{code}" must be active and open to residents'
    elif any(question.required and question.variable for question in found[0].questions):
        problem = f'service "{code}" must not have required questions: it takes what nothing fits'
    if problem:
        yield sources.city.document.finding(problem, "fallback_service")


def _departments(sources: Sources) -> Iterator[Finding]:
    if not sources.departments:
        return
    document, departments = sources.departments.document, sources.departments.model.departments
    places = {id(each): place for place, each in enumerate(departments)}
    for place, each in enumerate(departments):
        yield from _department(document, each, place)
        yield from spoken(document, sources.languages, each.name, "departments", place, "name")
    for again, first in repeated(departments, lambda each: each.department_id):
        line = document.line("departments", places[id(first)], "department_id")
        words = f'department "{again.department_id}" is already on line {line}'
        yield document.finding(words, "departments", places[id(again)], "department_id")
    yield from _idle(sources)


def _department(document: Document, each: DepartmentPart, place: int) -> Iterator[Finding]:
    here = ("departments", place)
    if not ID.fullmatch(each.department_id):
        words = f'department "{each.department_id}": use lower-case letters, digits and dashes'
        yield document.finding(words, *here, "department_id")
    if each.department_id == TRIAGE_QUEUE:
        words = f'"{TRIAGE_QUEUE}" is the name of the triage desk; choose another id'
        yield document.finding(words, *here, "department_id")
    if each.email and not EMAIL.fullmatch(each.email):
        yield document.finding(f'"{each.email}" is no e-mail address', *here, "email")


def _idle(sources: Sources) -> Iterator[Finding]:
    """Departments that never get anything."""
    if sources.departments and sources.routes:
        document, departments = sources.departments.document, sources.departments.model.departments
        used = {route.department for route in sources.routes.model.routes}
        for place, each in enumerate(departments):
            if each.department_id not in used:
                words = f'no rule in routes.yaml leads to department "{each.department_id}"'
                yield document.finding(words, "departments", place, level=Level.WARNING)
