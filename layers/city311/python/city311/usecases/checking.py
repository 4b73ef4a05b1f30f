"""Whether a report can be accepted: every field looked at, every problem named at once."""

import re
from dataclasses import replace

from city311.domain import answers
from city311.domain.catalogue import City, Service
from city311.domain.errors import FieldProblem, InvalidInput, NotFound
from city311.domain.location import district_at, inside
from city311.domain.request import Place, Report

MAX_DESCRIPTION = 4000
"""Characters after line ends are made one character each, as GeoReport v2 counts them."""
MAX_FIELD = 500
"""Characters of a name, an address or a sender's own field."""
MAX_PHOTOS = 10
MAX_SENDER_FIELDS = 40
_EMAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[^@\s,;<>\"]+\.[^@\s,;<>\".]{2,}")
_PHONE = re.compile(r"\+?[0-9]{7,15}")


def checked(report: Report, city: City) -> tuple[Service, Report]:
    """The service and the report as the city will keep it: tidied, placed, its answers sorted.

    Raises NotFound for an unknown service, Stopped for an answer that ends the form, and
    InvalidInput with every problem of every field.
    """
    service = _service(report.service_code, city)
    report = _tidied(report)
    problems = [*_text(report), *_contact(report), *_where(report.place, city)]
    problems += answers.check(service, report.answers, city, report.language)
    if problems:
        raise InvalidInput(*problems)
    ours, rest = answers.kept(service, report.answers)
    sender = {f"attribute[{code}]": value for code, value in rest.items()} | dict(report.sender)
    long = any(len(k) > MAX_FIELD or len(v) > MAX_DESCRIPTION for k, v in sender.items())
    if len(sender) > MAX_SENDER_FIELDS or long:
        advice = f"Send at most {MAX_SENDER_FIELDS} fields of your own, each a few lines long."
        raise InvalidInput(FieldProblem(field="attribute", advice=advice, reason="too_many"))
    return service, replace(
        report,
        service_code=service.service_code,
        answers=ours,
        sender=sender,
        place=_placed(report.place, city),
    )


def _service(code: str, city: City) -> Service:
    if not code.strip():
        raise InvalidInput(
            FieldProblem(
                field="service_code",
                advice="Choose a service from the service list.",
                reason="missing",
            )
        )
    service = city.services.get(code.strip())
    if service is None or service.staff_only:
        raise NotFound(f"There is no service with the code {code[:80]!r}.")
    if not service.active:
        advice = f"{city.say(service.name)} is not offered at the moment."
        raise InvalidInput(FieldProblem(field="service_code", advice=advice, reason="inactive"))
    return service


def _tidied(report: Report) -> Report:
    email = report.email.strip() if report.email else None
    phone = re.sub(r"[\s().\-/]", "", report.phone) if report.phone else None
    description = report.description.replace("\r\n", "\n").replace("\r", "\n").strip()
    return replace(report, description=description, email=email or None, phone=phone or None)


def _text(report: Report) -> list[FieldProblem]:
    problems = []
    if len(report.description) > MAX_DESCRIPTION:
        advice = f"Shorten it to {MAX_DESCRIPTION} characters; it has {len(report.description)}."
        problems.append(FieldProblem(field="description", advice=advice, reason="too_long"))
    named = {
        "first_name": report.first_name,
        "last_name": report.last_name,
        "address_string": report.place.address,
        "address_id": report.place.address_id,
        "device_id": report.device_id,
        "account_id": report.account_id,
    }
    problems += [
        FieldProblem(field=name, advice=f"Shorten it to {MAX_FIELD} characters.", reason="too_long")
        for name, value in named.items()
        if value and len(value) > MAX_FIELD
    ]
    if len(report.photos) + len(report.media_urls) > MAX_PHOTOS:
        problems.append(
            FieldProblem(
                field="media_url", advice=f"Send at most {MAX_PHOTOS} photos.", reason="too_many"
            )
        )
    return problems


def _contact(report: Report) -> list[FieldProblem]:
    problems = []
    if report.email and (len(report.email) > 254 or not _EMAIL.fullmatch(report.email)):
        advice = "Write an e-mail address such as name@example.org, or leave it empty."
        problems.append(FieldProblem(field="email", advice=advice))
    if report.phone and not _PHONE.fullmatch(report.phone):
        advice = "Write a telephone number with 7 to 15 digits, or leave it empty."
        problems.append(FieldProblem(field="phone", advice=advice))
    return problems


def _where(place: Place, city: City) -> list[FieldProblem]:
    lat, long = place.lat, place.long
    if lat is None or long is None:
        return _half(place)
    if not (-90 <= lat <= 90 and -180 <= long <= 180) or (lat, long) == (0, 0):
        advice = "Give degrees: lat from -90 to 90, long from -180 to 180."
        return [FieldProblem(field="lat", advice=advice)]
    if not inside(city.boundary, lat=lat, long=long):
        advice = f"This place is outside {city.name}. Call {city.phone} if you think it is not."
        return [FieldProblem(field="lat", advice=advice, reason="outside")]
    return []


def _half(place: Place) -> list[FieldProblem]:
    if place.lat is not None or place.long is not None:
        missing = "long" if place.long is None else "lat"
        if not (place.address or place.address_id):
            advice = "Send lat and long together, or an address."
            return [FieldProblem(field=missing, advice=advice, reason="missing")]
    elif not (place.address or place.address_id):
        advice = "Say where it is: lat and long, address_string or address_id."
        return [FieldProblem(field="lat", advice=advice, reason="missing")]
    return []


def _placed(place: Place, city: City) -> Place:
    if place.lat is None or place.long is None:
        return replace(place, lat=None, long=None)
    lat, long = round(place.lat, 6), round(place.long, 6)
    return replace(place, lat=lat, long=long, district=district_at(city, lat=lat, long=long))
