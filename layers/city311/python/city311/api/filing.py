"""Bodies and answers of intake: a report, a photo's slot, the resident's word."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from city311.api.models import Answer, Body, Text
from city311.domain.catalogue import City
from city311.domain.request import Answers, Place, Report

PhotoId = Annotated[str, StringConstraints(pattern=r"^[0-9A-HJKMNP-TV-Z]{26}$")]


class ReportIn(Body):
    """A report. ``answers``: question code or alias -> value, or values of a list question.

    ``photos``: ids of slots that were asked for; the upload may still be on its way.
    """

    service_code: Text = ""
    lat: float | None = None
    long: float | None = None
    address: Text | None = None
    address_id: Text | None = None
    description: Text = ""
    answers: dict[str, Text | list[Text]] = Field(default_factory=dict)
    photos: tuple[PhotoId, ...] = ()
    email: Text | None = None
    phone: Text | None = None
    first_name: Text | None = None
    last_name: Text | None = None
    language: Text | None = None

    def report(self, city: City, language: str | None) -> Report:
        """What the city is told, by the web. ``language``: one of the city's, or None."""
        return Report(
            service_code=self.service_code.strip(),
            place=Place(
                lat=self.lat,
                long=self.long,
                address=_given(self.address),
                address_id=_given(self.address_id),
            ),
            description=self.description,
            answers=self._answers(city),
            photos=tuple(dict.fromkeys(self.photos)),
            channel="web",
            language=language,
            email=_given(self.email),
            phone=_given(self.phone),
            first_name=_given(self.first_name),
            last_name=_given(self.last_name),
        )

    def _answers(self, city: City) -> Answers:
        service = city.services.get(self.service_code.strip())
        found: dict[str, tuple[str, ...]] = {}
        for name, value in self.answers.items():
            question = service.question(name) if service else None
            values = [value] if isinstance(value, str) else value
            filled = tuple(each.strip() for each in values if each.strip())
            if filled:
                found[question.code if question else name] = filled
        return found


class PhotoIn(Body):
    """Which kind of photo is about to be uploaded."""

    content_type: Text


class ConfirmIn(Body):
    """The resident says it is done."""

    note: Text = ""


class DisputeIn(Body):
    """The resident says it is not, and why."""

    reason: Text


class Filed(Answer):
    """The report was accepted. ``link`` opens the resident's own page; keep it.

    ``link`` None: the same report had been filed before, perhaps by somebody else.
    """

    service_request_id: str
    link: str | None
    service_notice: str | None


class Slot(Answer):
    """Where and how to upload one photo: a POST of these fields, then the file."""

    photo_id: str
    url: str
    fields: dict[str, str]
    expires_at: datetime
    max_bytes: int


def _given(text: str | None) -> str | None:
    return (text or "").strip() or None
