"""Answers of the JSON API, refusals among them: one shape for everything that is wrong."""

import re

from chalice.app import Response

from city311.api.asked import Asked
from city311.api.models import Answer, ErrorEntry, Errors
from city311.domain.errors import CityError, InvalidInput, Stopped

JSON = {"Content-Type": "application/json; charset=utf-8"}


def reply(answer: Answer, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """The answer as JSON."""
    body = answer.model_dump_json()
    return Response(body=body, headers={**JSON, **(headers or {})}, status_code=status)


def refuse(problem: CityError, asked: Asked) -> Response:
    """The problem, one entry for each field that cannot be used."""
    return reply(
        Errors(errors=_entries(problem), request_id=asked.request_id), status=problem.status
    )


def _entries(problem: CityError) -> list[ErrorEntry]:
    if isinstance(problem, InvalidInput):
        return [
            ErrorEntry(field=each.field, message=each.advice, reason=each.reason)
            for each in problem.problems
        ]
    if isinstance(problem, Stopped):
        field = f"attribute[{problem.question}]"
        return [
            ErrorEntry(field=field, message=problem.message, reason="stopped", call=problem.call)
        ]
    return [ErrorEntry(message=problem.message, reason=reason_of(problem))]


def reason_of(problem: CityError) -> str:
    """The error's name in snake case, for programs."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(problem).__name__).lower()
