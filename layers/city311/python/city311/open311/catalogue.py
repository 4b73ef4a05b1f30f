"""What the city offers, as service list and service definition say it."""

from collections.abc import Iterable
from dataclasses import dataclass

from city311.domain.catalogue import City, Question, Service
from city311.domain.errors import NotFound
from city311.domain.location import inside
from city311.open311 import areas
from city311.open311.asking import Query, Reader, every
from city311.open311.fields import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which services were asked for; nothing asked is all of them, since clients delete the rest.

    ``groups``, ``keywords``: in small letters. ``point``: latitude and longitude.
    """

    groups: frozenset[str] = frozenset()
    keywords: frozenset[str] = frozenset()
    point: tuple[float, float] | None = None


def filters(query: Query) -> Filters:
    """The filters in the query, or InvalidInput."""
    reader = Reader(query)
    point = areas.point(reader)
    reader.refuse()
    return Filters(
        groups=frozenset(each.casefold() for each in every(query, "group")),
        keywords=frozenset(each.casefold() for each in every(query, "keywords")),
        point=point,
    )


def offered(city: City, *, internal: bool = False) -> tuple[Service, ...]:
    """The services anybody may ask for; ``internal``: those of the staff, too."""
    services = city.services.values()
    return tuple(s for s in services if s.active and (internal or not s.staff_only))


def service_rows(
    city: City, wanted: Filters, language: str | None, *, internal: bool = False
) -> list[Row]:
    """The service list. Services have no areas of their own: outside the city there are none."""
    if wanted.point is not None:
        lat, long = wanted.point
        if not inside(city.boundary, lat=lat, long=long):
            return []
    return [
        _service_row(service, city, language)
        for service in offered(city, internal=internal)
        if _wanted(service, city, wanted)
    ]


def definition_row(city: City, code: str, language: str | None, *, internal: bool = False) -> Row:
    """The definition of an offered service, or NotFound."""
    service = city.services.get(code)
    if service is None or service not in offered(city, internal=internal):
        raise NotFound("There is no service with this code.")
    questions = sorted(service.questions, key=lambda question: question.order)
    return {
        "service_code": service.service_code,
        "attributes": [_attribute(each, city, language) for each in questions],
    }


def _wanted(service: Service, city: City, wanted: Filters) -> bool:
    groups = {service.group, *city.groups.get(service.group, {}).values()}
    words = {word for each in service.keywords.values() for word in each} | _flags(service)
    return _among(groups, wanted.groups) and _among(words, wanted.keywords)


def _among(texts: Iterable[str], wanted: frozenset[str]) -> bool:
    return not wanted or not wanted.isdisjoint(each.casefold() for each in texts)


def _flags(service: Service) -> set[str]:
    # FixMyStreet hides its own copy of a report where it reads the first of these words.
    flags = {"private": service.private, "staff": service.staff_only}
    return {word for word, flagged in flags.items() if flagged}


def _service_row(service: Service, city: City, language: str | None) -> Row:
    words = service.keywords.get(language or city.language) or service.keywords.get(city.language)
    group = city.say(city.groups.get(service.group, {}), language)
    return {
        "service_code": service.service_code,
        "service_name": city.say(service.name, language),
        "description": city.say(service.description, language),
        "metadata": bool(service.questions),
        "type": "realtime",
        "keywords": ",".join([*(words or ()), *sorted(_flags(service))]),
        "group": group,
        "groups": [group],
    }


def _attribute(question: Question, city: City, language: str | None) -> Row:
    return {
        "variable": question.variable,
        "code": question.code,
        "datatype": question.datatype.value,
        # A client that knows no conditions must be able to leave a conditional question out.
        "required": question.required and question.variable and question.when is None,
        "datatype_description": city.say(question.hint, language),
        "order": question.order,
        "description": city.say(question.text, language),
        "values": [
            {"key": choice.key, "name": city.say(choice.name, language)}
            for choice in question.choices
        ],
    }
