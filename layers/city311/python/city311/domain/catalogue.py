"""What a city offers and who does it: the data of cities/<city>/ once read and checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Text = Mapping[str, str]
"""Words by language code (``en``, ``es``); every language of the city is present."""


class Datatype(StrEnum):
    """The six datatypes of a GeoReport v2 attribute, and no other."""

    STRING = "string"
    NUMBER = "number"
    DATETIME = "datetime"
    TEXT = "text"
    SINGLEVALUELIST = "singlevaluelist"
    MULTIVALUELIST = "multivaluelist"


class Priority(StrEnum):
    """How urgent, from the service and from triage; the higher one wins."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    EMERGENCY = "emergency"

    @property
    def rank(self) -> int:
        """0 for the least urgent."""
        return list(Priority).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """An answer that ends the form: what to do instead, and whom to call."""

    message: Text
    call: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One value of a list question; the key is stable for ever, the name may be reworded."""

    key: str
    name: Text
    stop: Stop | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """The question is asked only when another question has one of these answers."""

    question: str
    answers: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One attribute of a service definition. ``code`` is numeric text on the wire, ``alias`` ours.

    ``variable`` False: words to show, not an input. ``public``: its answer may be published.
    """

    code: str
    alias: str
    text: Text
    datatype: Datatype
    order: int
    hint: Text = field(default_factory=dict)
    required: bool = False
    variable: bool = True
    public: bool = False
    choices: tuple[Choice, ...] = ()
    when: Condition | None = None


class Clock(StrEnum):
    """Which hours count: the city's business hours, or all of them."""

    BUSINESS = "business"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What the city promises for a service, in hours of ``clock``."""

    pick_up_hours: int
    done_hours: int
    clock: Clock = Clock.BUSINESS


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateRule:
    """Same service within this distance and time may be the same thing. Radius 0: never."""

    radius_m: int
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A kind of work the city offers. ``private``: its requests appear in no public read."""

    service_code: str
    name: Text
    description: Text
    group: str
    keywords: Mapping[str, tuple[str, ...]]
    promise: Promise
    duplicates: DuplicateRule
    priority: Priority = Priority.NORMAL
    private: bool = False
    staff_only: bool = False
    active: bool = True
    questions: tuple[Question, ...] = ()
    notice: Text = field(default_factory=dict)

    @property
    def open_to_residents(self) -> bool:
        """Whether a resident may report for it."""
        return self.active and not self.staff_only

    def question(self, code: str) -> Question | None:
        """The question with this wire code or alias, or None."""
        return next((q for q in self.questions if code in (q.code, q.alias)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """Who must act. ``email``: also mailed for each piece of work, beside its work queue."""

    department_id: str
    name: Text
    phone: str
    email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One routing rule; the first that matches wins. An empty set matches everything."""

    department: str
    reason: str
    services: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    districts: frozenset[str] = frozenset()


Ring = tuple[tuple[float, float], ...]
"""Closed ring of (long, lat) in degrees, WGS 84, as GeoJSON has it."""
Polygon = tuple[Ring, ...]
"""Outer ring first, then holes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class District:
    """An area of the city with a name, for routing, queues and statistics."""

    district_id: str
    name: str
    area: tuple[Polygon, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """When the city works. ``hours`` by weekday (0 Monday): opening and closing minute of the day.

    ``holidays``: ISO date -> name. Times are local in ``time_zone`` (IANA name).
    """

    time_zone: str
    hours: Mapping[int, tuple[int, int]]
    holidays: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One message to a resident in one language; ``$name`` places are filled in by messages.py."""

    subject: str
    body: str
    sms: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """What stands inside messages and answers, in one language.

    ``date``: with ``$day``, ``$month``, ``$year``; ``months``: twelve names. ``danger``: what is
    answered to a report that sounds like danger, with ``$number``. ``outcomes``: a sentence for
    each kind of outcome.
    """

    date: str
    months: tuple[str, ...]
    danger: str
    outcomes: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageRules:
    """What triage may decide by itself, and which words mean that a life is in danger.

    ``emergency`` and ``not_emergency``: phrases by language; a match of the second kind inside or
    around the first cancels it. ``sure``: the least confidence (0..1) to route without a person.
    """

    emergency: Mapping[str, tuple[str, ...]]
    not_emergency: Mapping[str, tuple[str, ...]]
    sure: float


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """Everything a function must know of its city, under one version.

    ``version``: hash of all files, stamped on each request. ``fallback_service``: the code for
    "something else", which always goes to a person. ``messages``: stage -> language -> Words.
    ``phrases``: language -> Phrases. ``test_endpoint``: where programs may try GeoReport v2 out
    without a report becoming work, for discovery to name.
    """

    jurisdiction_id: str
    name: str
    version: str
    published_at: str
    languages: tuple[str, ...]
    contact: Text
    phone: str
    emergency_number: str
    mail_from: str
    api_key_required: bool
    reopen_days: int
    fallback_service: str
    boundary: tuple[Polygon, ...]
    districts: tuple[District, ...]
    groups: Mapping[str, Text]
    services: Mapping[str, Service]
    departments: Mapping[str, Department]
    routes: tuple[Route, ...]
    calendar: Calendar
    messages: Mapping[str, Mapping[str, Words]]
    phrases: Mapping[str, Phrases]
    triage: TriageRules
    test_endpoint: str | None = None

    @property
    def language(self) -> str:
        """The language used where none is asked for."""
        return self.languages[0]

    def phrases_in(self, language: str) -> Phrases:
        """The phrases of a language, or else of the city's first."""
        return self.phrases.get(language) or self.phrases[self.language]

    def say(self, text: Text, language: str | None = None) -> str:
        """``text`` in ``language``, else in the city's first language, else empty."""
        return text.get(language or self.language) or text.get(self.language, "")
