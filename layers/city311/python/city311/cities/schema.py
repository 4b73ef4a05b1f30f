"""The shape of a city's files: fields, types, ranges. What they must mean is in rules/."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from city311.domain.catalogue import Clock, Datatype


def _as_text(value: object) -> object:
    """A number where words are wanted is words: ``code: 1``, ``call: 911``."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1),
    BeforeValidator(_as_text),
]
"""Words that must not be empty."""
Texts = dict[str, Line]
"""Words by language code."""
Phrases = dict[str, list[Line]]
"""Lists of words by language code."""


class Part(BaseModel):
    """Anything in a file: unknown fields are errors, because a misspelt one would do nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class CityFile(Part):
    """city.yaml."""

    jurisdiction_id: Line
    name: Line
    languages: list[Line] = Field(min_length=1)
    contact: Texts
    phone: Line
    emergency_number: Line
    mail_from: Line
    api_key_required: bool = False
    reopen_days: int = Field(ge=1, le=365)
    fallback_service: Line
    test_endpoint: Line | None = None


class PublishedFile(Part):
    """published.yaml, which `city311 publish` writes."""

    published_at: Line
    content: Line


class StopPart(Part):
    """An answer that ends the form."""

    message: Texts
    call: Line | None = None


class ChoicePart(Part):
    """One value of a list question."""

    key: Line
    name: Texts
    stop: StopPart | None = None
    imported_as: Line | None = None


class WhenPart(Part):
    """The condition of a question."""

    question: Line
    answers: list[Line] = Field(min_length=1)


class QuestionPart(Part):
    """One question of a service."""

    code: Line
    alias: Line
    order: int
    text: Texts
    datatype: Datatype
    hint: Texts = Field(default_factory=dict)
    required: bool = False
    variable: bool = True
    public: bool = False
    choices: list[ChoicePart] = Field(default_factory=list)
    when: WhenPart | None = None
    imported_as: Line | None = None


class PromisePart(Part):
    """What the city promises."""

    pick_up_hours: int = Field(ge=1, le=10_000)
    done_hours: int = Field(ge=1, le=10_000)
    clock: Clock = Clock.BUSINESS


class DuplicatesPart(Part):
    """When two requests may be one."""

    radius_m: int = Field(ge=0, le=1_000)
    days: int = Field(ge=1, le=365)


class ServicePart(Part):
    """One service."""

    service_code: Line
    group: Line
    name: Texts
    description: Texts
    keywords: Phrases
    promise: PromisePart
    duplicates: DuplicatesPart
    priority: Literal["low", "normal", "high"] = "normal"
    private: bool = False
    staff_only: bool = False
    active: bool = True
    notice: Texts = Field(default_factory=dict)
    questions: list[QuestionPart] = Field(default_factory=list)
    imported_as: Line | None = None


class GroupPart(Part):
    """A heading over services."""

    group: Line
    name: Texts


class ServicesFile(Part):
    """services.yaml."""

    groups: list[GroupPart] = Field(min_length=1)
    services: list[ServicePart] = Field(min_length=1)


class DepartmentPart(Part):
    """One department."""

    department_id: Line
    name: Texts
    phone: Line
    email: Line | None = None


class DepartmentsFile(Part):
    """departments.yaml."""

    departments: list[DepartmentPart] = Field(min_length=1)


class RoutePart(Part):
    """One routing rule."""

    department: Line
    reason: Line
    services: list[Line] = Field(default_factory=list)
    groups: list[Line] = Field(default_factory=list)
    districts: list[Line] = Field(default_factory=list)


class RoutesFile(Part):
    """routes.yaml."""

    routes: list[RoutePart] = Field(min_length=1)


class CalendarFile(Part):
    """calendar.yaml."""

    time_zone: Line
    hours: dict[str, Line]
    holidays: Texts = Field(default_factory=dict)


class TriageFile(Part):
    """triage.yaml."""

    sure: float = Field(ge=0, le=1)
    emergency: Phrases
    not_emergency: Phrases = Field(default_factory=dict)


class OutcomesPart(Part):
    """One sentence for each kind of outcome."""

    fixed: Line
    could_not_find: Line
    no_access: Line
    not_ours: Line
    duplicate: Line
    planned: Line
    declined: Line
    answered: Line


class PhrasesFile(Part):
    """messages/<language>/words.yaml."""

    date: Line
    months: list[Line] = Field(min_length=12, max_length=12)
    danger: Line
    outcomes: OutcomesPart


class MessageFile(Part):
    """messages/<language>/<stage>.yaml."""

    subject: Line
    body: Line
    sms: Line
