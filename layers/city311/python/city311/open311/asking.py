"""A query string's parameters as values: liberal in spelling, exact in what is wrong with them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from city311.domain.errors import FieldProblem, InvalidInput

Query = Mapping[str, Sequence[str]]
"""Query parameters, each with all the values it came with."""
_DECIMAL = re.compile(r"[+-]?\d{1,9}(\.\d{0,20})?", re.ASCII)
_TIME_ADVICE = "Write a date and time with its zone, such as 2027-03-01T00:00:00Z."


def every(query: Query, name: str) -> tuple[str, ...]:
    """All values of a parameter, repeated or in a comma list; blank ones are absent."""
    values = (each.strip() for text in query.get(name, ()) for each in text.split(","))
    return tuple(each for each in values if each)


def first(query: Query, name: str) -> str | None:
    """The first value of a parameter that is not blank."""
    return next((text.strip() for text in query.get(name, ()) if text.strip()), None)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads parameters and keeps what is wrong with any of them, to say it all at once."""

    query: Query
    problems: list[FieldProblem] = field(default_factory=list)

    def first(self, *names: str) -> tuple[str, str | None]:
        """The first of these names that has a value, and its value; else the first name."""
        found = ((name, text) for name in names if (text := first(self.query, name)))
        return next(found, (names[0], None))

    def time(self, name: str, *, last: bool = False) -> datetime | None:
        """A moment, UTC where no zone is given. ``last``: with all of the second it names.

        The wire shows whole seconds: what it shows lies inside the span that it bounds.
        """
        text = first(self.query, name)
        if text is None:
            return None
        # A raw + in a query string arrives as a space.
        offset = re.sub(r" (?=\d{2}:?\d{2}$)", "+", text) if "T" in text.upper() else text
        try:
            at = datetime.fromisoformat(offset)
            utc = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        except (ValueError, OverflowError):
            self.wrong(name, _TIME_ADVICE)
            return None
        return second_of(utc) if last else utc

    def whole(self, names: tuple[str, ...], default: int, *, least: int) -> int:
        """A whole number of at least ``least``."""
        name, text = self.first(*names)
        if text is None:
            return default
        if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) < least:
            self.wrong(name, f"Write a whole number from {least} up.")
            return default
        return int(text)

    def number(self, name: str, least: float, most: float, advice: str) -> float | None:
        """A number from ``least`` to ``most``; ``advice`` says what is wanted."""
        text = first(self.query, name)
        if text is None:
            return None
        if not _DECIMAL.fullmatch(text) or not least <= float(text) <= most:
            self.wrong(name, advice)
            return None
        return float(text)

    def wrong(self, name: str, advice: str, reason: str = "invalid") -> None:
        """Keep what is wrong with a parameter, and what to do about it."""
        self.problems.append(FieldProblem(field=name, advice=advice, reason=reason))

    def refuse(self) -> None:
        """InvalidInput with everything that was wrong so far."""
        if self.problems:
            raise InvalidInput(*self.problems)


def second_of(at: datetime) -> datetime:
    """The last moment of the second ``at`` lies in."""
    return at.replace(microsecond=999_000)
