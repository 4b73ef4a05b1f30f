"""The questions of each service: codes, order, choices, conditions, and answers that stop."""

import re
from collections.abc import Iterator

from city311.cities.documents import Document, Trail
from city311.cities.findings import Finding, Level
from city311.cities.rules.names import CODE, repeated, spoken
from city311.cities.schema import ChoicePart, QuestionPart, ServicePart
from city311.cities.sources import Sources
from city311.domain.catalogue import Datatype

_NUMERIC = re.compile(r"[1-9][0-9]{0,8}")
_ALIAS = re.compile(r"[a-z][a-z0-9_]{0,40}")
_LISTS = frozenset({Datatype.SINGLEVALUELIST, Datatype.MULTIVALUELIST})


def check(sources: Sources) -> Iterator[Finding]:
    """Everything about questions."""
    if not sources.services:
        return
    document = sources.services.document
    for place, service in enumerate(sources.services.model.services):
        trail = ("services", place, "questions")
        yield from _unique(document, service, trail)
        for position, question in enumerate(service.questions):
            here = (*trail, position)
            yield from _question(document, question, here)
            yield from _choices(document, question, here)
            yield from _condition(document, service, question, here)
            yield from _words(document, question, here, sources.languages)
            if service.private and question.public:
                words = f'"{service.service_code}" is private, so none of its answers is public'
                yield document.finding(words, *here, "public", level=Level.WARNING)


def _unique(document: Document, service: ServicePart, trail: Trail) -> Iterator[Finding]:
    places = {id(each): place for place, each in enumerate(service.questions)}
    for field in ("code", "alias", "order"):
        for again, first in repeated(service.questions, lambda each: str(getattr(each, field))):  # noqa: B023
            line = document.line(*trail, places[id(first)], field)
            value = getattr(again, field)
            words = f'{field} "{value}" of "{service.service_code}" is already on line {line}'
            yield document.finding(words, *trail, places[id(again)], field)


def _question(document: Document, question: QuestionPart, here: Trail) -> Iterator[Finding]:
    if not _NUMERIC.fullmatch(question.code):
        words = f'question code "{question.code}" must be a number, like 1: some clients need it'
        yield document.finding(words, *here, "code")
    if not _ALIAS.fullmatch(question.alias):
        words = f'alias "{question.alias}": use lower-case letters, digits and _'
        yield document.finding(words, *here, "alias")
    if question.order < 1:
        yield document.finding("the order begins with 1", *here, "order")
    if not question.variable and question.required:
        words = "with variable: false there is nothing to answer, so it cannot be required"
        yield document.finding(words, *here, "required")


def _choices(document: Document, question: QuestionPart, here: Trail) -> Iterator[Finding]:
    is_list = question.datatype in _LISTS and question.variable
    if is_list and not question.choices:
        yield document.finding(f"a {question.datatype} needs choices", *here)
    if question.choices and not is_list:
        words = "only questions with a list to choose from have choices"
        yield document.finding(words, *here, "choices")
    for place, choice in enumerate(question.choices):
        if not CODE.fullmatch(choice.key):
            words = f'key "{choice.key}" is sent in forms: use letters, digits, - and _'
            yield document.finding(words, *here, "choices", place, "key")
    places = {id(each): place for place, each in enumerate(question.choices)}
    for again, first in repeated(question.choices, lambda each: each.key):
        line = document.line(*here, "choices", places[id(first)], "key")
        words = f'key "{again.key}" is already on line {line}'
        yield document.finding(words, *here, "choices", places[id(again)], "key")
    if question.choices and all(choice.stop for choice in question.choices):
        words = "every answer stops the form, so nobody could ever report this"
        yield document.finding(words, *here, "choices")


def _condition(
    document: Document, service: ServicePart, question: QuestionPart, here: Trail
) -> Iterator[Finding]:
    if not question.when:
        return
    when, trail = question.when, (*here, "when")
    other = next((q for q in service.questions if when.question in (q.code, q.alias)), None)
    if other is None:
        words = f'"{service.service_code}" has no question "{when.question}"'
        yield document.finding(words, *trail, "question")
        return
    if other.order >= question.order:
        words = f'question "{when.question}" comes later, so it has no answer yet'
        yield document.finding(words, *trail, "question")
    choices = {choice.key: choice for choice in other.choices}
    for place, answer in enumerate(when.answers):
        yield from _answer(document, choices.get(answer), (*trail, "answers", place), answer)


def _answer(
    document: Document, choice: ChoicePart | None, trail: Trail, answer: str
) -> Iterator[Finding]:
    if choice is None:
        yield document.finding(f'that question has no choice "{answer}"', *trail)
    elif choice.stop:
        words = f'the answer "{answer}" stops the form, so this is never asked'
        yield document.finding(words, *trail)


def _words(
    document: Document, question: QuestionPart, here: Trail, languages: tuple[str, ...]
) -> Iterator[Finding]:
    yield from spoken(document, languages, question.text, *here, "text")
    if question.hint:
        yield from spoken(document, languages, question.hint, *here, "hint")
    for place, choice in enumerate(question.choices):
        trail = (*here, "choices", place)
        yield from spoken(document, languages, choice.name, *trail, "name")
        if choice.stop:
            yield from spoken(document, languages, choice.stop.message, *trail, "stop", "message")
