"""From checked files to the City that the functions know."""

from typing import Any

from city311.cities.areas import Areas
from city311.cities.rules.hours import WEEKDAYS, opening_hours
from city311.cities.rules.places import district_id
from city311.cities.schema import (
    CalendarFile,
    ChoicePart,
    CityFile,
    DepartmentsFile,
    QuestionPart,
    RoutesFile,
    ServicePart,
    TriageFile,
)
from city311.cities.sources import Sources
from city311.domain.catalogue import (
    Calendar,
    Choice,
    City,
    Condition,
    Department,
    District,
    DuplicateRule,
    Phrases,
    Polygon,
    Priority,
    Promise,
    Question,
    Route,
    Service,
    Stop,
    TriageRules,
    Words,
)
from city311.domain.lifecycle import RESIDENT_STAGES


class Incomplete(ValueError):
    """A file that the city needs could not be read; the findings say which."""


def build(sources: Sources) -> City:
    """The city, from files that passed every rule. Raises Incomplete where one is missing."""
    if not (
        sources.city
        and sources.published
        and sources.services
        and sources.departments
        and sources.routes
    ):
        raise Incomplete("the catalogue is not whole")
    if not (sources.calendar and sources.triage and sources.boundary and sources.districts):
        raise Incomplete("calendar, triage or areas are not whole")
    services = sources.services.model
    return City(
        **_identity(sources.city.model),
        published_at=sources.published.model.published_at,
        version=sources.version,
        boundary=_boundary(sources.boundary),
        districts=_districts(sources.districts),
        groups={each.group: each.name for each in services.groups},
        services={each.service_code: _service(each) for each in services.services},
        departments=_departments(sources.departments.model),
        routes=_routes(sources.routes.model),
        calendar=_calendar(sources.calendar.model),
        messages=_messages(sources),
        phrases=_phrases(sources),
        triage=_triage(sources.triage.model),
    )


def _identity(city: CityFile) -> dict[str, Any]:
    return city.model_dump() | {"languages": tuple(city.languages)}


def _boundary(boundary: Areas) -> tuple[Polygon, ...]:
    return tuple(polygon for shape in boundary.shapes for polygon in shape.area)


def _districts(districts: Areas) -> tuple[District, ...]:
    return tuple(
        District(district_id=district_id(shape), name=shape.properties["name"], area=shape.area)
        for shape in districts.shapes
    )


def _service(part: ServicePart) -> Service:
    by_name = {q.alias: q.code for q in part.questions} | {q.code: q.code for q in part.questions}
    return Service(
        service_code=part.service_code,
        name=part.name,
        description=part.description,
        group=part.group,
        keywords={language: tuple(phrases) for language, phrases in part.keywords.items()},
        promise=Promise(
            pick_up_hours=part.promise.pick_up_hours,
            done_hours=part.promise.done_hours,
            clock=part.promise.clock,
        ),
        duplicates=DuplicateRule(radius_m=part.duplicates.radius_m, days=part.duplicates.days),
        priority=Priority(part.priority),
        private=part.private,
        staff_only=part.staff_only,
        active=part.active,
        questions=tuple(
            _question(each, by_name) for each in sorted(part.questions, key=lambda q: q.order)
        ),
        notice=part.notice,
    )


def _question(part: QuestionPart, by_name: dict[str, str]) -> Question:
    when = None
    if part.when:
        answers = frozenset(part.when.answers)
        when = Condition(question=by_name[part.when.question], answers=answers)
    return Question(
        code=part.code,
        alias=part.alias,
        text=part.text,
        datatype=part.datatype,
        order=part.order,
        hint=part.hint,
        required=part.required,
        variable=part.variable,
        public=part.public,
        choices=tuple(_choice(each) for each in part.choices),
        when=when,
    )


def _choice(part: ChoicePart) -> Choice:
    stop = Stop(message=part.stop.message, call=part.stop.call) if part.stop else None
    return Choice(key=part.key, name=part.name, stop=stop)


def _departments(file: DepartmentsFile) -> dict[str, Department]:
    return {
        each.department_id: Department(
            department_id=each.department_id, name=each.name, phone=each.phone, email=each.email
        )
        for each in file.departments
    }


def _routes(file: RoutesFile) -> tuple[Route, ...]:
    return tuple(
        Route(
            department=each.department,
            reason=each.reason,
            services=frozenset(each.services),
            groups=frozenset(each.groups),
            districts=frozenset(each.districts),
        )
        for each in file.routes
    )


def _calendar(file: CalendarFile) -> Calendar:
    spans = {WEEKDAYS.index(day): opening_hours(text) for day, text in file.hours.items()}
    return Calendar(
        time_zone=file.time_zone,
        hours={day: span for day, span in sorted(spans.items()) if span},
        holidays=dict(sorted(file.holidays.items())),
    )


def _messages(sources: Sources) -> dict[str, dict[str, Words]]:
    return {
        stage.value: {
            language: Words(subject=words.subject, body=words.body, sms=words.sms)
            for language in sources.languages
            for words in [sources.messages[language, stage.value].model]
        }
        for stage in RESIDENT_STAGES
    }


def _phrases(sources: Sources) -> dict[str, Phrases]:
    return {
        language: Phrases(
            date=file.date,
            months=tuple(file.months),
            danger=file.danger,
            outcomes=file.outcomes.model_dump(),
        )
        for language in sources.languages
        for file in [sources.phrases[language].model]
    }


def _triage(file: TriageFile) -> TriageRules:
    return TriageRules(
        emergency={language: tuple(phrases) for language, phrases in file.emergency.items()},
        not_emergency={language: tuple(p) for language, p in file.not_emergency.items()},
        sure=file.sure,
    )
