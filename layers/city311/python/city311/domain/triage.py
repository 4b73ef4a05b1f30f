"""What triage decided and why: a value that is stored, shown to staff and asserted in tests."""

from dataclasses import dataclass
from enum import StrEnum

from city311.domain.catalogue import Priority


class Found(StrEnum):
    """What kind of answer triage came to."""

    CHOSEN = "chosen"
    MATCHED = "matched"
    UNSURE = "unsure"
    BY_PERSON = "by_person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """One service the text may mean; ``confidence`` in per mille, so that the audit can carry it.

    ``words``: the words of the text that decided.
    """

    service_code: str
    confidence: int
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What it is, how urgent, whose it is, whether it is known; each with its reason.

    ``needs_person`` holds why a person must look, or None. ``duplicate_of``: possible, never
    certain. ``emergency``: the phrase that raised the alarm, as found in the city's own list.
    """

    found: Found
    service_code: str
    priority: Priority
    department: str
    route_reason: str
    reasons: tuple[str, ...]
    suggestions: tuple[Suggestion, ...] = ()
    duplicate_of: tuple[str, ...] = ()
    emergency: str | None = None
    needs_person: str | None = None
    version: str = "keywords-1"
