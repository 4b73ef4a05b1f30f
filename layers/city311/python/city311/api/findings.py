"""Pydantic's findings as fields and advice in plain words; what was sent is never repeated."""

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from city311.domain.errors import FieldProblem, InvalidInput


def invalid(error: ValidationError) -> InvalidInput:
    """The error that a caller is told."""
    return InvalidInput(
        *(_problem(each) for each in error.errors(include_url=False, include_input=False))
    )


def _problem(found: ErrorDetails) -> FieldProblem:
    field = ".".join(str(part) for part in found["loc"]) or "body"
    reason = _REASONS.get(found["type"], "invalid")
    advice = _ADVICE.get(found["type"]) or f"{found['msg']}."
    return FieldProblem(field=field, advice=advice, reason=reason)


_REASONS = {
    "missing": "missing",
    "string_too_long": "too_long",
    "too_long": "too_many",
    "extra_forbidden": "unknown",
    "json_invalid": "unreadable",
}
_ADVICE = {
    "missing": "This field is needed.",
    "extra_forbidden": "There is no such field here. Leave it out.",
    "json_invalid": "The body is not JSON. Send one object with the fields.",
    "model_type": "Send one JSON object with the fields.",
    "model_attributes_type": "Send one JSON object with the fields.",
}
