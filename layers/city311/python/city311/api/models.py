"""What both sides of the JSON API are made of: strict bodies in, frozen answers out, errors."""

import re
from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


def _legible(text: str) -> str:
    return _CONTROL.sub("", text)


Text = Annotated[str, AfterValidator(_legible)]
"""Text without the characters that no page, mail or XML can carry."""
SitePath = Annotated[str, AfterValidator(lambda path: "/" + path.lstrip("/"))]
"""An address under the city's own site."""
Count = Annotated[int, BeforeValidator(len)]
"""How many there are of what nobody needs to see."""


class Body(BaseModel):
    """What a caller sends: a field that we do not know is a mistake to be told of."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, defer_build=True)
    several: ClassVar[frozenset[str]] = frozenset()
    """Parameters of a query string that may be repeated, or be a list with commas."""


class Answer(BaseModel):
    """What we answer: an allow-list of fields, read by name from what the use cases return.

    Built only where it is used, so that a cold start does not pay for it.
    """

    model_config = ConfigDict(frozen=True, defer_build=True, from_attributes=True)


class ErrorEntry(Answer):
    """One thing that is wrong. ``field`` None: the request as a whole. ``call``: whom to call."""

    field: str | None = None
    message: str
    reason: str
    call: str | None = None


class Errors(Answer):
    """The body of every refusal."""

    errors: list[ErrorEntry]
    request_id: str


class PlaceOut(Answer):
    """Where it is."""

    lat: float | None
    long: float | None
    address: str | None
    address_id: str | None
    district: str | None


class PhotoOut(Answer):
    """A photo in three sizes, 320, 1024 and 2048 pixels at the longest side."""

    thumb: SitePath
    medium: SitePath
    large: SitePath


class OutcomeOut(Answer):
    """How a request ended, as the resident may read it."""

    kind: str
    note: str
    whose: str | None
    duplicate_of: str | None
    until: datetime | None
