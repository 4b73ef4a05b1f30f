"""A small city built in code, for tests that need one whole: no file, no reader between."""

from dataclasses import replace
from typing import Any

from city311.domain.catalogue import (
    Calendar,
    Choice,
    City,
    Clock,
    Condition,
    Datatype,
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
from city311.domain.outcomes import OutcomeKind


def square(south: float, west: float, north: float, east: float) -> Polygon:
    """A polygon without holes."""
    return (((west, south), (east, south), (east, north), (west, north), (west, south)),)


WEST, MIDDLE, EAST = -75.10, -75.05, -75.00
SOUTH, NORTH = 40.00, 40.10
LAKE = square(40.04, -75.04, 40.06, -75.02)[0]
BOUNDARY: Polygon = (*square(SOUTH, WEST, NORTH, EAST), LAKE)
"""About 11 km high and 8.5 km wide, with a lake that is not the city's."""

WORKDAY = (9 * 60, 17 * 60)
CALENDAR = Calendar(
    time_zone="America/New_York",
    hours=dict.fromkeys(range(5), WORKDAY),
    holidays={"2026-11-26": "Thanksgiving", "2026-12-25": "Christmas"},
)


def text(en: str, es: str | None = None) -> dict[str, str]:
    """Words in both languages of the town."""
    return {"en": en, "es": es or f"{en} (es)"}


def a_service(code: str, title: str = "", **changes: Any) -> Service:
    """A service with nothing special about it."""
    values: dict[str, Any] = {
        "service_code": code,
        "name": text(title or code.title()),
        "description": text("What it is for."),
        "group": "streets",
        "keywords": {},
        "promise": Promise(pick_up_hours=8, done_hours=40),
        "duplicates": DuplicateRule(radius_m=0, days=0),
    }
    return Service(**{**values, **changes})


def a_question(code: str, datatype: Datatype = Datatype.STRING, **changes: Any) -> Question:
    """A question that need not be answered."""
    values: dict[str, Any] = {
        "code": code,
        "alias": f"alias_{code}",
        "text": text(f"Question {code}?", f"¿Pregunta {code}?"),
        "datatype": datatype,
        "order": int(code) if code.isdigit() else 1,
    }
    return Question(**{**values, **changes})


WATER_OUT = Stop(message=text("Call the utility now.", "Llame a la empresa ya."), call="555-0199")
YES_NO = (Choice(key="yes", name=text("Yes", "Sí")), Choice(key="no", name=text("No")))

POTHOLE = a_service(
    "pothole",
    "Pothole",
    name={"en": "Pothole", "es": "Bache"},
    keywords={"en": ("pothole", "hole in the road"), "es": ("bache",)},
    duplicates=DuplicateRule(radius_m=60, days=14),
    notice=text("Crews look within two days.", "Vamos en dos días."),
    questions=(
        a_question("1", Datatype.SINGLEVALUELIST, choices=YES_NO),
        a_question(
            "2",
            Datatype.TEXT,
            required=True,
            when=Condition(question="1", answers=frozenset({"yes"})),
        ),
    ),
)
MAIN_BREAK = a_service(
    "main_break",
    "Water main",
    group="water",
    priority=Priority.HIGH,
    promise=Promise(pick_up_hours=1, done_hours=12, clock=Clock.ALWAYS),
    keywords={"en": ("water main", "burst pipe"), "es": ("tubería rota",)},
    questions=(
        a_question(
            "10",
            Datatype.SINGLEVALUELIST,
            required=True,
            choices=(Choice(key="yes", name=text("Yes", "Sí"), stop=WATER_OUT), YES_NO[1]),
        ),
    ),
)
TREE = a_service(
    "tree",
    "Fallen tree",
    group="parks",
    priority=Priority.LOW,
    keywords={"en": ("tree", "branch"), "es": ("árbol", "rama")},
)
NOISE = a_service("noise", "Noise next door", group="other", private=True)
SIGN = a_service("sign", "Street sign", active=False)
SWEEP = a_service("sweep", "Extra sweeping", staff_only=True, keywords={"en": ("sweep",)})
OTHER = a_service("other", "Something else", group="other")

EMERGENCY_WORDS = {
    "en": ("fire", "gas leak", "wire down"),
    "es": ("fuga de gas", "incendio"),
}
NOT_EMERGENCY_WORDS = {"en": ("fire hydrant", "fire station"), "es": ("simulacro de incendio",)}


def words_for(stage: str, language: str) -> Words:
    """A message that mentions every place."""
    places = "$service $service_request_id $department $promise $outcome $note $phone $city"
    return Words(
        subject=f"[{language}] {stage}: $service",
        body=f"{language} {stage}\n\n{places}\nSecond line\n\n$link",
        sms=f"{language} {stage}: $service $note $link",
    )


PHRASES = {
    "en": Phrases(
        date="$month $day, $year",
        months=(
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ),
        danger="If anybody is in danger now, call $number.",
        outcomes={kind.value: f"It is {kind.value}." for kind in OutcomeKind},
    ),
    "es": Phrases(
        date="$day de $month de $year",
        months=(
            "enero",
            "febrero",
            "marzo",
            "abril",
            "mayo",
            "junio",
            "julio",
            "agosto",
            "septiembre",
            "octubre",
            "noviembre",
            "diciembre",
        ),
        danger="Si alguien está en peligro ahora, llame al $number.",
        outcomes={kind.value: f"Ahora es {kind.value}." for kind in OutcomeKind},
    ),
}

TOWN = City(
    jurisdiction_id="larkmere.example",
    name="Larkmere",
    version="catalogue-1",
    published_at="2026-01-01T00:00:00Z",
    languages=("en", "es"),
    contact=text("Call us."),
    phone="555-0100",
    emergency_number="911",
    mail_from="311@larkmere.example",
    api_key_required=False,
    reopen_days=7,
    fallback_service="other",
    boundary=(BOUNDARY,),
    districts=(
        District(district_id="west", name="West", area=(square(SOUTH, WEST, NORTH, MIDDLE),)),
        District(district_id="east", name="East", area=(square(SOUTH, MIDDLE, NORTH, EAST),)),
    ),
    groups={each: text(each.title()) for each in ("streets", "water", "parks", "other")},
    services={
        each.service_code: each for each in (POTHOLE, MAIN_BREAK, TREE, NOISE, SIGN, SWEEP, OTHER)
    },
    departments={
        "streets": Department(
            department_id="streets",
            name=text("Streets", "Calles"),
            phone="555-0101",
            email="crew@streets.example",
        ),
        "water": Department(department_id="water", name=text("Water"), phone="555-0102"),
        "parks": Department(department_id="parks", name=text("Parks"), phone="555-0103"),
        "desk": Department(
            department_id="desk",
            name=text("Front desk"),
            phone="555-0104",
            email="desk@larkmere.example",
        ),
    },
    routes=(
        Route(
            department="parks",
            reason="Trees in the east are the park rangers'.",
            services=frozenset({"tree"}),
            districts=frozenset({"east"}),
        ),
        Route(department="water", reason="Water is water's.", groups=frozenset({"water"})),
        Route(
            department="streets",
            reason="Streets does what lies on a street.",
            groups=frozenset({"streets", "parks"}),
        ),
        Route(department="desk", reason="Nobody else's."),
    ),
    calendar=CALENDAR,
    phrases=PHRASES,
    messages={
        stage.value: {language: words_for(stage.value, language) for language in ("en", "es")}
        for stage in RESIDENT_STAGES
    },
    triage=TriageRules(emergency=EMERGENCY_WORDS, not_emergency=NOT_EMERGENCY_WORDS, sure=0.6),
)


def a_city(**changes: Any) -> City:
    """The town, with changes."""
    return replace(TOWN, **changes)


def with_service(service: Service, city: City = TOWN) -> City:
    """The town, with this service added or in place of the one with its code."""
    return replace(city, services={**city.services, service.service_code: service})
