"""What the demo will do in this city, and what the city's own files say must come of it."""

import json
import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

from city311.domain.catalogue import City, Datatype, Question, Service
from city311.domain.location import distance_m
from city311.domain.routing import Assignment, route
from cli.failures import Failure

LANGUAGE = "en"
RESIDENT = {
    "email": "wren.hollis@mail.example",
    "first_name": "Wren",
    "last_name": "Hollis",
    "language": LANGUAGE,
}
DESCRIPTION = "A deep pothole full of water, right lane by the curb. My bicycle fell into it."
NOTE = "We cut out the hole, filled it with hot asphalt and sealed the edges."
EVIDENCE = "Work order 20-4711, photo by crew 7"
_SHUFFLE = 311


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A door of the city's own register."""

    address_id: str
    words: str
    district: str | None
    lat: float
    long: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The report that is filed, and whose it must become by the city's routes."""

    city: City
    service: Service
    address: Address
    expected: Assignment

    @property
    def report(self) -> dict[str, Any]:
        """The body of the post, but for the photo."""
        return {
            "service_code": self.service.service_code,
            "description": DESCRIPTION,
            "lat": self.address.lat,
            "long": self.address.long,
            "address": self.address.words,
            "address_id": self.address.address_id,
            "answers": _answers(self.service.questions),
            **RESIDENT,
        }

    @property
    def service_name(self) -> str:
        """The service in the resident's language."""
        return self.city.say(self.service.name, LANGUAGE)

    @property
    def department_name(self) -> str:
        """Who must do it."""
        return self.city.say(self.city.departments[self.expected.department].name, LANGUAGE)

    def subject(self, stage: str, service_request_id: str) -> str:
        """The subject of the mail of a stage, as the city's files word it."""
        by_language = self.city.messages[stage]
        words = by_language.get(LANGUAGE) or by_language[self.city.language]
        values = {"service": self.service_name, "service_request_id": service_request_id}
        filled = Template(words.subject).safe_substitute(
            values | {"city": self.city.name, "department": self.department_name}
        )
        return " ".join(filled.split())


def planned(
    city: City, folder: Path, service_code: str, taken: Iterable[tuple[float, float]]
) -> Plan:
    """A report at a door that is far from every open one, so that it is nobody's duplicate."""
    service = city.services.get(service_code)
    if service is None or not service.open_to_residents or service.private:
        raise Failure(f"{city.name} offers residents no public service {service_code!r}.")
    others = tuple(taken)
    room = 2.0 * service.duplicates.radius_m
    for address in _addresses(folder / "map" / "addresses.json"):
        here = (address.lat, address.long)
        if all(distance_m(here, there) > room for there in others):
            expected = route(city, service, address.district)
            return Plan(city=city, service=service, address=address, expected=expected)
    raise Failure("Every address of the city has such a report already: start the city fresh.")


def _addresses(path: Path) -> Iterator[Address]:
    """All doors of the register, in an order that looks like chance and never changes."""
    try:
        register: Mapping[str, Any] = json.loads(path.read_text())
    except OSError as error:
        raise Failure(f"The city's addresses cannot be read: {path}: {error.strerror}.") from None
    rows = list(register["rows"])
    random.Random(_SHUFFLE).shuffle(rows)  # noqa: S311 - which door is no secret
    for row in rows:
        found = dict(zip(register["columns"], row, strict=True))
        yield Address(
            address_id=str(found["address_id"]),
            words=f"{found['number']} {register['streets'][found['street']]}",
            district=register["districts"][found["district"]],
            lat=float(found["lat"]),
            long=float(found["long"]),
        )


def _answers(questions: Iterable[Question]) -> dict[str, str]:
    """An answer to each list question that is always asked: its first value that does not stop."""
    lists = {Datatype.SINGLEVALUELIST, Datatype.MULTIVALUELIST}
    found: dict[str, str] = {}
    for question in questions:
        if not question.variable or question.when is not None:
            continue
        if question.datatype in lists:
            going_on = [choice.key for choice in question.choices if choice.stop is None]
            if going_on:
                found[question.alias] = going_on[0]
        elif question.required:
            found[question.alias] = _filler(question.datatype)
    return found


def _filler(datatype: Datatype) -> str:
    if datatype is Datatype.NUMBER:
        return "1"
    return "2026-11-20T08:41:07Z" if datatype is Datatype.DATETIME else "By the curb"
