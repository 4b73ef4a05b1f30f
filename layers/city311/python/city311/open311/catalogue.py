"""What the city offers, as discovery, service list and service definition say it."""

from city311.domain.catalogue import City, Question, Service
from city311.domain.errors import NotFound
from city311.open311.fields import Row

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
"""Exactly so, http included: clients compare it."""


def discovery(city: City, site_url: str, language: str | None) -> Row:
    """The discovery document. It moves when the city's data does, and only then."""
    contact = city.say(city.contact, language)
    key = f"Keys are given out by the city: {contact}" if city.api_key_required else _NO_KEY
    endpoint: Row = {
        "specification": SPECIFICATION,
        "url": f"{site_url}/open311/v2",
        "changeset": city.published_at,
        "type": "production",
        "formats": ["text/xml", "application/json"],
    }
    return {
        "changeset": city.published_at,
        "contact": contact,
        "key_service": key,
        "endpoints": [endpoint],
    }


_NO_KEY = "No key is needed. A key that is sent is not looked at."


def offered(city: City) -> tuple[Service, ...]:
    """The services anybody may ask for: all or an error, since clients delete what is missing."""
    return tuple(s for s in city.services.values() if s.active and not s.staff_only)


def service_rows(city: City, language: str | None) -> list[Row]:
    """The service list."""
    return [_service_row(service, city, language) for service in offered(city)]


def definition_row(city: City, code: str, language: str | None) -> Row:
    """The definition of an offered service, or NotFound."""
    service = city.services.get(code)
    if service is None or service not in offered(city):
        raise NotFound("There is no service with this code.")
    questions = sorted(service.questions, key=lambda question: question.order)
    return {
        "service_code": service.service_code,
        "attributes": [_attribute(each, city, language) for each in questions],
    }


def _service_row(service: Service, city: City, language: str | None) -> Row:
    words = service.keywords.get(language or city.language) or service.keywords.get(city.language)
    # FixMyStreet hides its own copy of a report where it reads this word.
    keywords = [*(words or ()), *(["private"] if service.private else [])]
    return {
        "service_code": service.service_code,
        "service_name": city.say(service.name, language),
        "description": city.say(service.description, language),
        "metadata": bool(service.questions),
        "type": "realtime",
        "keywords": ",".join(keywords),
        "group": city.say(city.groups.get(service.group, {}), language),
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
