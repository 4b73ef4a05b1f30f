"""Every way a step can be refused, as one tree.

CityError                      what a caller may be told, in plain words
├── InvalidInput               400  one or more fields cannot be used; names each
│   └── IdempotencyMismatch    409  the same idempotency key came with other content
├── Stopped                    400  an answer of the form says: do not file, do this instead
├── NotFound                   404  no such thing, or not for this caller: the two look alike
├── Forbidden                  403  the caller's role may not do this
├── ForbiddenTransition        409  the lifecycle has no such step from here
├── Conflict                   409  somebody changed it meanwhile; read again
├── TooMany                    429  this key has used up what it may; try again later
└── Unavailable                503  an AWS service did not answer; nothing was stored, try again

Anything that is not a CityError is a bug: it crashes, alarms, and answers 500 without its text.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldProblem:
    """One field that cannot be used, and what to do about it, in words a resident understands."""

    field: str
    advice: str
    reason: str = "invalid"


class CityError(Exception):
    """What a caller may be told, in plain words."""

    status = 500

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidInput(CityError):
    """One or more fields cannot be used."""

    status = 400

    def __init__(self, *problems: FieldProblem) -> None:
        super().__init__("; ".join(f"{each.field}: {each.advice}" for each in problems))
        self.problems = problems


class IdempotencyMismatch(InvalidInput):
    """The same idempotency key came with other content."""

    status = 409


class Stopped(CityError):
    """An answer of the form says: do not file this, do that instead (911, the utility ...)."""

    status = 400

    def __init__(self, message: str, *, question: str, call: str | None) -> None:
        super().__init__(message)
        self.question = question
        self.call = call


class NotFound(CityError):
    """No such thing, or not for this caller."""

    status = 404


class Forbidden(CityError):
    """The caller's role may not do this."""

    status = 403


class ForbiddenTransition(CityError):
    """The lifecycle has no such step from here."""

    status = 409


class Conflict(CityError):
    """Somebody changed it meanwhile."""

    status = 409


class TooMany(CityError):
    """This key has used up what it may do. ``retry_after``: seconds until it may again."""

    status = 429

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(CityError):
    """An AWS service did not answer; nothing was stored."""

    status = 503
