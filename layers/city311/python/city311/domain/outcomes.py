"""How a request can end: a typed outcome, with words, and evidence where the outcome demands it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from city311.domain.errors import FieldProblem, InvalidInput

LEAST_NOTE = 10
"""Characters of text without which no request is closed: "done" tells a resident nothing."""


class OutcomeKind(StrEnum):
    """What became of it."""

    FIXED = "fixed"
    COULD_NOT_FIND = "could_not_find"
    NO_ACCESS = "no_access"
    NOT_OURS = "not_ours"
    DUPLICATE = "duplicate"
    PLANNED = "planned"
    DECLINED = "declined"
    ANSWERED = "answered"


DEMANDS: Mapping[OutcomeKind, frozenset[str]] = MappingProxyType(
    {
        OutcomeKind.FIXED: frozenset({"evidence"}),
        OutcomeKind.COULD_NOT_FIND: frozenset({"evidence"}),
        OutcomeKind.NO_ACCESS: frozenset({"evidence"}),
        OutcomeKind.NOT_OURS: frozenset({"whose"}),
        OutcomeKind.DUPLICATE: frozenset({"duplicate_of"}),
        OutcomeKind.PLANNED: frozenset({"until"}),
        OutcomeKind.DECLINED: frozenset(),
        OutcomeKind.ANSWERED: frozenset(),
    }
)

_ADVICE = {
    "evidence": "Say what shows it: a work order, a photo id, or who saw it and when.",
    "whose": "Name who is responsible, so that the resident can turn to them.",
    "duplicate_of": "Give the id of the request that goes on.",
    "until": "Give the date it is planned for.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A typed outcome; ``note`` is public text, ``evidence`` a reference for staff and auditors."""

    kind: OutcomeKind
    note: str
    evidence: str | None = None
    whose: str | None = None
    duplicate_of: str | None = None
    until: datetime | None = None

    def __post_init__(self) -> None:
        problems = [
            FieldProblem(field=name, advice=_ADVICE[name], reason="missing")
            for name in sorted(DEMANDS[self.kind])
            if not _given(getattr(self, name))
        ]
        if len(self.note.strip()) < LEAST_NOTE:
            advice = f"Write at least {LEAST_NOTE} characters that tell the resident what happened."
            problems.append(FieldProblem(field="note", advice=advice, reason="too_short"))
        if problems:
            raise InvalidInput(*problems)


def _given(value: str | datetime | None) -> bool:
    return bool(value.strip() if isinstance(value, str) else value)
