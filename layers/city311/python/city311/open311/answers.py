"""Which format was asked for, and the answers given in it: documents and refusals alike."""

import re
from collections.abc import Mapping, Sequence
from typing import Protocol

from chalice.app import Response

from city311.domain.errors import CityError, InvalidInput, Stopped
from city311.open311 import fields, wire
from city311.open311.fields import Format, Resource, Row

CONTENT_TYPES = {
    Format.JSON: "application/json; charset=utf-8",
    Format.XML: "text/xml; charset=utf-8",
}
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": ", ".join(
        (
            "ETag",
            "Link",
            "RateLimit-Limit",
            "RateLimit-Remaining",
            "Retry-After",
            "Warning",
            "X-Next-Page-URL",
            "X-Open311-Clamped",
            "X-Page-Count",
            "X-Page-Size",
            "X-Previous-Page-URL",
            "X-Request-Id",
            "X-Result-Count",
        )
    ),
    "Cross-Origin-Resource-Policy": "cross-origin",
}
"""Any page may read and post here: nothing depends on who is signed in."""
_SUFFIX = re.compile(r"\.(json|xml)/*$", re.IGNORECASE)
_SPOKEN_STATUS = frozenset({403, 404, 429, 500, 503})
"""GeoReport v2 says 400 for all else, and some clients read the text of no other answer."""
_BARE = re.compile(r"(/(?:discovery|services|requests|servicerequestupdates))/*$")


def format_of(path: str, accept: str) -> Format:
    """The format of every answer to this path: its suffix, else what Accept prefers.

    A suffix that is no format gets XML, the one format every client must know.
    """
    suffix = _SUFFIX.search(path)
    if suffix:
        return Format(suffix[1].lower())
    last = path.rstrip("/").rpartition("/")[2]
    return Format.JSON if "json" in accept.lower() and "." not in last else Format.XML


def named(parameter: str) -> str:
    """The id or code in a path parameter, without the suffix."""
    return _SUFFIX.sub("", parameter)


def tidy(path: str, accept: str) -> str:
    """The path that was meant: no doubled slashes, and a suffix where a list has none."""
    single = re.sub(r"/{2,}", "/", path)
    return _BARE.sub(lambda bare: f"{bare[1]}.{format_of(single, accept).value}", single)


def document(
    resource: Resource, rows: Sequence[Row], fmt: Format, headers: Mapping[str, str] | None = None
) -> Response:
    """A 200: also for a report that was accepted, since some clients know no other success."""
    return Response(
        body=wire.render(resource, rows, fmt),
        headers={"Content-Type": CONTENT_TYPES[fmt], **(headers or {})},
        status_code=200,
    )


def plain(whole: object, headers: Mapping[str, str]) -> Response:
    """A 200 that only JSON has."""
    kind = {"Content-Type": CONTENT_TYPES[Format.JSON]}
    return Response(body=wire.as_json(whole), headers={**kind, **headers}, status_code=200)


class Asking(Protocol):
    """What decides the format of a refusal."""

    @property
    def path(self) -> str:
        """The path as the caller wrote it."""

    @property
    def accept(self) -> str:
        """The Accept header."""


def varied(headers: Mapping[str, str], asked: Asking) -> Mapping[str, str]:
    """These headers, with Accept among what the answer varies by if it chose the format."""
    if _SUFFIX.search(asked.path):
        return headers
    return {**headers, "Vary": ", ".join(v for v in (headers.get("Vary"), "Accept") if v)}


def refuse(problem: CityError, asked: Asking) -> Response:
    """The problem in the asked format, one entry for each field that cannot be used."""
    fmt = format_of(asked.path, asked.accept)
    status = problem.status if problem.status in _SPOKEN_STATUS else 400
    rows: list[Row] = [
        {"code": status, "description": description, "reason": reason}
        for description, reason in _entries(problem)
    ]
    return Response(
        body=wire.render(fields.ERRORS, rows, fmt),
        headers={"Content-Type": CONTENT_TYPES[fmt]},
        status_code=status,
    )


def _entries(problem: CityError) -> list[tuple[str, str]]:
    if isinstance(problem, InvalidInput):
        return [
            (f"{each.field}: {each.advice}", f"{each.reason}:{each.field}")
            for each in problem.problems
        ]
    if isinstance(problem, Stopped):
        call = f" ({problem.call})" if problem.call and problem.call not in problem.message else ""
        return [(problem.message + call, f"stopped:attribute[{problem.question}]")]
    return [(problem.message, re.sub(r"(?<!^)(?=[A-Z])", "_", type(problem).__name__).lower())]
