"""The rules that triage decides by: chosen service, the city's keywords, danger, what is near."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from city311.domain.catalogue import City, Priority, Service
from city311.domain.lifecycle import PublicStatus
from city311.domain.location import distance_m
from city311.domain.request import PublicRequest, ServiceRequest
from city311.domain.routing import route
from city311.domain.triage import Decision, Found, Suggestion

_DOUBT = 0.5
"""Weight of "none of these": one matched word alone makes 2 in 3."""
_SHOWN = 3
_WORD = re.compile(r"\w+")
_ENDINGS = ("", "s", "es")


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text without case and accents, so that "Árbol" and "arbol" are one."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return tuple(_WORD.findall("".join(c for c in plain if not unicodedata.combining(c))))


@dataclass(frozen=True, slots=True)
class Text:
    """The words of a text, and each without a plural's ending, to pass over most phrases."""

    words: tuple[str, ...]
    stems: frozenset[str]

    @classmethod
    def of(cls, text: str) -> "Text":
        """The text, ready to be searched for many phrases."""
        words = words_of(text)
        stems = {word.removesuffix(ending) for word in words for ending in _ENDINGS}
        return cls(words=words, stems=frozenset(stems))


def emergency_phrase(text: str, city: City) -> str | None:
    """The city's own phrase in the text that means a life is in danger, or None.

    A phrase of the second list that overlaps it ("fire hydrant", "smoke detector") cancels it.
    """
    searched = Text.of(text)
    cleared = [
        span for phrase in _all(city.triage.not_emergency) for span in _spans(phrase, searched)
    ]
    for phrase in _all(city.triage.emergency):
        for start, end in _spans(phrase, searched):
            if not any(start < stop and begin < end for begin, stop in cleared):
                return phrase
    return None


def suggestions(text: str, city: City) -> tuple[Suggestion, ...]:
    """Which services the text may mean, most likely first, each with the words that say so."""
    searched = Text.of(text)
    found: dict[str, tuple[float, tuple[str, ...]]] = {}
    for service in city.services.values():
        if not service.open_to_residents or service.service_code == city.fallback_service:
            continue
        matched = _matched(service, searched)
        if matched:
            weight = sum(len(_phrase_words(phrase)) for phrase in matched)
            found[service.service_code] = (weight, matched)
    total = sum(weight for weight, _ in found.values()) + _DOUBT
    ranked = sorted(found.items(), key=lambda item: (-item[1][0], item[0]))[:_SHOWN]
    return tuple(
        Suggestion(service_code=code, confidence=int(1000 * weight / total), words=matched)
        for code, (weight, matched) in ranked
    )


def possible_duplicates(
    request: ServiceRequest, service: Service, near: Iterable[PublicRequest]
) -> tuple[str, ...]:
    """Ids of open requests for the same service so near and so recent that they may be the same."""
    place, rule = request.place, service.duplicates
    if place.lat is None or place.long is None or rule.radius_m == 0:
        return ()
    here = (place.lat, place.long)
    since = request.requested_at - timedelta(days=rule.days)
    close: list[tuple[float, str]] = []
    for other in near:
        if other.lat is None or other.long is None or not _may_be(other, request, service, since):
            continue
        metres = distance_m(here, (other.lat, other.long))
        if metres <= rule.radius_m:
            close.append((metres, other.service_request_id))
    return tuple(found for _, found in sorted(close))


def decide(request: ServiceRequest, city: City, near: Iterable[PublicRequest]) -> Decision:
    """What it is, how urgent, whose it is, whether it may be known; each with its reason."""
    danger = emergency_phrase(request.description, city)
    likely = suggestions(request.description, city)
    code, found, why, person = _service(request, city, likely)
    service = city.services[code]
    assignment = route(city, service, request.place.district)
    duplicates = possible_duplicates(request, service, near)
    reasons = [why, f"Route: {assignment.reason}"]
    priority = service.priority
    if danger:
        priority = Priority.EMERGENCY
        reasons.append(f"The text says {danger!r}, which is on the city's list of dangers.")
    if duplicates:
        reasons.append(f"{len(duplicates)} open request(s) for the same service are close by.")
    return Decision(
        found=found,
        service_code=code,
        priority=priority,
        department=assignment.department,
        route_reason=assignment.reason,
        reasons=tuple(reasons),
        suggestions=likely,
        duplicate_of=duplicates,
        emergency=danger,
        needs_person=person,
    )


def _service(
    request: ServiceRequest, city: City, likely: tuple[Suggestion, ...]
) -> tuple[str, Found, str, str | None]:
    """The service code, how it was found, why, and why a person must look (or None)."""
    chosen = request.report_code
    if chosen != city.fallback_service and chosen in city.services:
        return chosen, Found.CHOSEN, "The resident chose this service.", None
    if likely and likely[0].confidence >= city.triage.sure * 1000:
        best = likely[0]
        words = ", ".join(best.words)
        return best.service_code, Found.MATCHED, f"The text says: {words}.", None
    why = "No service was chosen, and the text does not name one clearly."
    return city.fallback_service, Found.UNSURE, why, why


def _may_be(
    other: PublicRequest, request: ServiceRequest, service: Service, since: datetime
) -> bool:
    return (
        other.service_request_id != request.service_request_id
        and other.service_code == service.service_code
        and other.status is not PublicStatus.RESOLVED
        and since <= other.requested_at <= request.requested_at
    )


def _matched(service: Service, text: Text) -> tuple[str, ...]:
    phrases = {phrase.casefold(): phrase for phrase in _all(service.keywords)}
    phrases |= {name.casefold(): name for name in service.name.values()}
    return tuple(sorted(phrase for phrase in phrases.values() if _spans(phrase, text)))


def _all(by_language: Mapping[str, tuple[str, ...]]) -> Iterable[str]:
    return (phrase for language in sorted(by_language) for phrase in by_language[language])


def _spans(phrase: str, text: Text) -> list[tuple[int, int]]:
    """Where the phrase stands in the text; a plural s does not hide it."""
    wanted, words = _phrase_words(phrase), text.words
    size = len(wanted)
    if not size or wanted[0] not in text.stems:
        return []
    return [
        (start, start + size)
        for start in range(len(words) - size + 1)
        if _same(wanted[0], words[start])
        and all(map(_same, wanted[1:], words[start + 1 : start + size]))
    ]


@lru_cache(maxsize=16_384)
def _phrase_words(phrase: str) -> tuple[str, ...]:
    """The words of a phrase of the city's files, which are the same for every text."""
    return words_of(phrase)


def _same(wanted: str, word: str) -> bool:
    return word.startswith(wanted) and word[len(wanted) :] in _ENDINGS
