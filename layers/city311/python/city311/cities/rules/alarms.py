"""triage.yaml: phrases in every language, none twice, and none that cancels nothing."""

from collections.abc import Iterator
from dataclasses import dataclass

from city311.cities.documents import Document
from city311.cities.findings import Finding, Level
from city311.cities.rules.names import repeated, spoken
from city311.cities.sources import Sources
from city311.domain.matching import words_of

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Phrase:
    text: str
    language: str
    words: Words
    trail: tuple[str | int, ...]


def check(sources: Sources) -> Iterator[Finding]:
    """Everything about triage rules."""
    if not sources.triage:
        return
    document, triage = sources.triage.document, sources.triage.model
    yield from spoken(document, sources.languages, triage.emergency, "emergency")
    yield from spoken(document, sources.languages, triage.not_emergency, "not_emergency")
    alarms = _phrases("emergency", triage.emergency)
    calm = _phrases("not_emergency", triage.not_emergency)
    for language, phrases in triage.emergency.items():
        if not phrases:
            words = f'nothing in "{language}" would ever raise the alarm'
            yield document.finding(words, "emergency", language)
    yield from _empty(document, [*alarms, *calm])
    yield from _twice(document, [*alarms, *calm])
    for phrase in calm:
        rivals = [alarm for alarm in alarms if alarm.language == phrase.language]
        if phrase.words and not any(_overlap(phrase.words, alarm.words) for alarm in rivals):
            words = f'"{phrase.text}" cancels nothing: it overlaps no emergency phrase'
            yield document.finding(words, *phrase.trail, level=Level.WARNING)


def _phrases(field: str, by_language: dict[str, list[str]]) -> list[_Phrase]:
    return [
        _Phrase(
            text=text, language=language, words=words_of(text), trail=(field, language, position)
        )
        for language, phrases in by_language.items()
        for position, text in enumerate(phrases)
    ]


def _empty(document: Document, phrases: list[_Phrase]) -> Iterator[Finding]:
    for phrase in phrases:
        if not phrase.words:
            yield document.finding(f'"{phrase.text}" has no word in it', *phrase.trail)


def _twice(document: Document, phrases: list[_Phrase]) -> Iterator[Finding]:
    """The same words twice; in both lists, the second would cancel the first for ever."""
    for again, first in repeated(phrases, lambda each: f"{each.language} {' '.join(each.words)}"):
        line = document.line(*first.trail)
        level = Level.WARNING if again.trail[0] == first.trail[0] else Level.ERROR
        yield document.finding(
            f'"{again.text}" is already on line {line}', *again.trail, level=level
        )


def _overlap(one: Words, other: Words) -> bool:
    """Whether a text could hold both phrases so that they share a word."""
    return any(
        one[max(shift, 0) : shift + len(other)] == other[max(-shift, 0) : len(one) - shift]
        for shift in range(1 - len(other), len(one))
    )
