"""What was asked: the parts of a gateway request that views need, each in one form."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar, cast

from chalice.app import Request
from pydantic import ValidationError

from city311.api.findings import invalid
from city311.api.manners import language_of
from city311.api.models import Body
from city311.domain.errors import FieldProblem, InvalidInput, NotFound
from city311.domain.ids import read_request_id

In = TypeVar("In", bound=Body)
MOST_JSON_BYTES = 131_072
"""Room for every field at its longest, in the longest way to write JSON."""
MOST_KEY = 255


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came through the gateway."""

    request: Request

    @property
    def path(self) -> str:
        """The path as the caller wrote it."""
        return str(self.request.to_original_event().get("path") or self.request.path)

    @property
    def accept(self) -> str:
        """The Accept header, or nothing."""
        return self.header("accept")

    @property
    def request_id(self) -> str:
        """The gateway's id of this request, which logs and answers carry."""
        return str(self.request.context.get("requestId") or "")

    @property
    def query(self) -> dict[str, list[str]]:
        """All values of all query parameters."""
        found = self.request.query_params
        return {name: found.getlist(name) for name in found} if found else {}

    def header(self, name: str) -> str:
        """A header's value, or nothing."""
        return str(self.request.headers.get(name) or "")

    def body(self) -> bytes:
        """The body's bytes, or InvalidInput if they cannot be had."""
        try:
            return cast(bytes, self.request.raw_body)
        except ValueError:
            raise _unusable("body", "The body is damaged. Send it again.") from None

    def json(self, model: type[In]) -> In:
        """The body as ``model``; no body is an empty object. InvalidInput names every field."""
        body = self.body()
        if len(body) > MOST_JSON_BYTES:
            raise _unusable("body", "The body is too long. Send photos through /api/photos.")
        try:
            return model.model_validate_json(body or b"{}")
        except ValidationError as error:
            raise invalid(error) from None

    def parameters(self, model: type[In]) -> In:
        """The query string as ``model``; the last of a repeated single value counts."""
        values: dict[str, object] = {}
        for name, texts in self.query.items():
            if name in model.several:
                values[name] = [each for text in texts for each in text.split(",") if each]
            elif texts[-1]:
                values[name] = texts[-1]
        try:
            return model.model_validate(values)
        except ValidationError as error:
            raise invalid(error) from None

    def language(self, languages: Sequence[str], wanted: str | None = None) -> str | None:
        """The caller's language, if it is one of these; ``wanted`` is asked for by name."""
        locale = next((text for text in self.query.get("locale", ()) if text), None)
        return language_of(self.header("accept-language"), wanted or locale, languages)

    def idempotency_key(self) -> str | None:
        """What makes this post the same as another, or None."""
        key = self.header("idempotency-key").strip()
        if len(key) > MOST_KEY:
            raise _unusable("idempotency_key", f"Send a key of at most {MOST_KEY} characters.")
        return key or None

    def capability(self) -> str:
        """The secret of the private link. NotFound without it: the request is not for everybody."""
        found = self.header("x-city311-key").strip()
        if not found:
            raise NotFound(UNKNOWN)
        return found


UNKNOWN = "There is no service request with this id."


def request_id(text: str) -> str:
    """The id meant by what was typed, or NotFound."""
    found = read_request_id(text)
    if found is None:
        raise NotFound(UNKNOWN)
    return found


def _unusable(field: str, advice: str) -> InvalidInput:
    return InvalidInput(FieldProblem(field=field, advice=advice, reason="unreadable"))
