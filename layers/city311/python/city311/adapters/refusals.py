"""What the cabinet and its twin say when they refuse, in the same words."""

from city311.domain.errors import Conflict, FieldProblem, IdempotencyMismatch, NotFound


def not_found() -> NotFound:
    """No such request, or not for everybody: the two look alike."""
    return NotFound("There is no service request with this id.")


def no_such_key() -> NotFound:
    """The register has no key of this id."""
    return NotFound("There is no api key with this id.")


def key_taken() -> Conflict:
    """The dice threw the id of another key."""
    return Conflict("This key's id is another key's. Nothing was stored; please try again.")


def mismatch() -> IdempotencyMismatch:
    """The key came with other content before."""
    advice = "This key came with another report before. Use a new key for a new report."
    return IdempotencyMismatch(
        FieldProblem(field="idempotency_key", advice=advice, reason="used_before")
    )


def conflict() -> Conflict:
    """Two writers at once."""
    return Conflict("Somebody else is changing this at the moment. Please read it again.")
