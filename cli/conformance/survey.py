"""What an endpoint has to look at: formats, services, definitions, requests; each read once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote

from cli.conformance.endpoint import Endpoint
from cli.conformance.exchange import Answer
from cli.conformance.reading import JSON, XML, Row, Unreadable, rows, single

MOST_DEFINITIONS = 25
"""Definitions read in one run: a city may have hundreds of services."""


@dataclass(slots=True, kw_only=True)
class Survey:
    """Read as tolerant clients read: what is wrong with the form is the business of the rules."""

    endpoint: Endpoint
    formats: tuple[str, ...]
    told_place: tuple[str, str] | None = None
    _definitions: dict[str, Row] | None = field(default=None)

    @property
    def best(self) -> str:
        """The format that is easiest to read."""
        return JSON if JSON in self.formats else XML

    def services(self) -> list[Row]:
        """The list of services; empty if it cannot be read."""
        return _tolerant(self.endpoint.get("services", self.best), "service")

    def service(self, code: str) -> Row | None:
        """One of them."""
        return next((row for row in self.services() if row.get("service_code") == code), None)

    def with_questions(self) -> list[str]:
        """Codes of services that say that they have attributes, at most so many."""
        found = [str(row["service_code"]) for row in self.services() if asks(row)]
        return found[:MOST_DEFINITIONS]

    def without_questions(self) -> list[str]:
        """Codes of services that say that they have none."""
        return [
            str(row["service_code"])
            for row in self.services()
            if row.get("service_code") and not asks(row)
        ]

    def definitions(self) -> Mapping[str, Row]:
        """Definitions by code, of services that say that they have one."""
        if self._definitions is None:
            read = {code: self.definition(code) for code in self.with_questions()}
            self._definitions = {code: found for code, found in read.items() if found}
        return self._definitions

    def definition(self, code: str) -> Row:
        """One of them; empty if it cannot be read."""
        answer = self.endpoint.get(path_of(code), self.best)
        try:
            return single(answer) if answer.status == 200 else {}
        except Unreadable:
            return {}

    def requests(self) -> list[Row]:
        """The newest requests."""
        answer = self.endpoint.get("requests", self.best, {"page_size": "100"})
        return _tolerant(answer, "request")

    def place(self) -> tuple[str, str] | None:
        """A place in the city: as told, else that of a request."""
        if self.told_place:
            return self.told_place
        for row in self.requests():
            if row.get("lat") is not None and row.get("long") is not None:
                return str(row["lat"]), str(row["long"])
        return None


def _tolerant(answer: Answer, item: str) -> list[Row]:
    try:
        return rows(answer, item) if answer.status == 200 else []
    except Unreadable:
        return []


def asks(service: Row) -> bool:
    """Whether a service says that it has attributes."""
    return bool(service.get("service_code")) and str(service.get("metadata")).lower() == "true"


def attributes(definition: Row) -> list[Row]:
    """The attributes of a definition, as far as they are there."""
    found = definition.get("attributes")
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def values(attribute: Row) -> list[Row]:
    """The values of a list attribute."""
    found = attribute.get("values")
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def is_true(value: object) -> bool:
    """A boolean of either format."""
    return str(value).lower() == "true"


def path_of(code: str) -> str:
    """Where the definition of a service is."""
    return f"services/{quote(code, safe='')}"


def now() -> datetime:
    """The time here, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def stamp(at: datetime) -> str:
    """A time as GeoReport writes it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
