"""The use cases over memory adapters, with one clock that tests move: the whole house, no cloud."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from city311.adapters.memory import (
    MemoryExecutions,
    MemoryLedger,
    MemoryMailer,
    MemoryPhotoRecords,
    MemoryRequests,
    MemoryResidents,
    MemoryTable,
    MemoryTexter,
    MemoryTokens,
    MemoryUploads,
    MemoryWatch,
)
from city311.domain.advance import advance
from city311.domain.audit import Actor, broken_link
from city311.domain.catalogue import City
from city311.domain.ids import Dice
from city311.domain.lifecycle import Command, Role
from city311.domain.request import Report, ServiceRequest
from city311.usecases.changing import Changing
from city311.usecases.desk import Desk
from city311.usecases.intake import Filed, Intake
from city311.usecases.lifecycle import GRACE, Lifecycle
from city311.usecases.notify import Notify
from city311.usecases.photos import Darkroom, PhotoSlots
from city311.usecases.reading import Reading
from city311.usecases.reconcile import Reconciler
from city311.usecases.triage import Triage
from city311.usecases.updates import PartnersWord, Updates
from city311.usecases.word import ResidentsWord
from tests.builders import (
    SYSTEM,
    VERSIONS,
    FixedClock,
    SeededDice,
    a_change,
    a_doing,
    a_report,
    a_request,
    an_acceptance,
)
from tests.towns import TOWN

SITE = "https://311.larkmere.example"
SENDER = Actor(role=Role.RESIDENT, subject="open311")


@dataclass
class Town:
    """All rooms of the house and the table under them."""

    city: City = TOWN
    clock: FixedClock = field(default_factory=FixedClock)
    dice: Dice = field(default_factory=SeededDice)
    requests: Any = None

    def __post_init__(self) -> None:
        self.table = MemoryTable()
        self.requests = self.requests or MemoryRequests(self.table)
        self.residents = MemoryResidents(self.table)
        self.tokens: Any = MemoryTokens(self.table, self.clock)
        self.ledger = MemoryLedger(self.table)
        self.watch = MemoryWatch(self.table)
        self.photos = MemoryPhotoRecords(self.table, self.clock)
        self.uploads = MemoryUploads(self.clock)
        self.executions = MemoryExecutions()
        self.mailer = MemoryMailer()
        self.texter = MemoryTexter()

    @property
    def changing(self) -> Changing:
        return Changing(requests=self.requests, city=self.city, clock=self.clock, versions=VERSIONS)

    @property
    def intake(self) -> Intake:
        return Intake(
            requests=self.requests,
            residents=self.residents,
            city=self.city,
            clock=self.clock,
            dice=self.dice,
            versions=VERSIONS,
        )

    @property
    def slots(self) -> PhotoSlots:
        return PhotoSlots(uploads=self.uploads, dice=self.dice)

    @property
    def darkroom(self) -> Darkroom:
        return Darkroom(records=self.photos)

    @property
    def word(self) -> ResidentsWord:
        return ResidentsWord(changing=self.changing, residents=self.residents)

    @property
    def updates(self) -> Updates:
        return Updates(changing=self.changing)

    @property
    def partners_word(self) -> PartnersWord:
        return PartnersWord(changing=self.changing, residents=self.residents, slots=self.slots)

    @property
    def reading(self) -> Reading:
        return Reading(changing=self.changing)

    @property
    def desk(self) -> Desk:
        return Desk(changing=self.changing)

    @property
    def triage(self) -> Triage:
        return Triage(changing=self.changing)

    @property
    def lifecycle(self) -> Lifecycle:
        return Lifecycle(changing=self.changing, tokens=self.tokens, executions=self.executions)

    @property
    def reconciler(self) -> Reconciler:
        return Reconciler(watch=self.watch, lifecycle=self.lifecycle, clock=self.clock)

    @property
    def notify(self) -> Notify:
        return Notify(
            requests=self.requests,
            residents=self.residents,
            ledger=self.ledger,
            mailer=self.mailer,
            texter=self.texter,
            city=self.city,
            clock=self.clock,
            site_url=SITE,
        )

    def file(self, report: Report | None = None, key: str | None = None, **changes: Any) -> Filed:
        """File a report of a pothole, with changes."""
        return self.intake.submit(report or a_report(**changes), key=key, actor=SENDER)

    def put(self, request: ServiceRequest | None = None, **resident: Any) -> ServiceRequest:
        """A request that stands as given, with its resident, in the table."""
        acceptance = an_acceptance(request=request or a_request())
        whole = replace(acceptance, resident=replace(acceptance.resident, **resident))
        self.requests.accept(whole)
        return self.get(whole.request.service_request_id)

    def get(self, service_request_id: str) -> ServiceRequest:
        found: ServiceRequest = self.requests.get(service_request_id)
        return found

    def step(
        self, service_request_id: str, command: Command, actor: Actor = SYSTEM, **changes: Any
    ) -> ServiceRequest:
        """Take a step with all fields that any step may carry."""
        doing = a_doing(command, actor, now=self.clock(), city=self.city, **changes)
        advanced = advance(self.get(service_request_id), doing)
        self.requests.change(a_change(advanced, self.city))
        return self.get(service_request_id)

    def watched(self) -> tuple[str, ...]:
        """Requests that an execution has not heard of; what was heard is looked at much later."""
        soon = self.clock() + GRACE
        return tuple(
            k for k, filed in self.table.filed.items() if filed.due_at and filed.due_at < soon
        )

    def watched_until(self, service_request_id: str) -> datetime | None:
        """When it is looked at again, should nothing happen."""
        return self.table.filed[service_request_id].due_at

    def wrong(self, service_request_id: str) -> str | None:
        """What is wrong with the request's chain of events."""
        request = self.get(service_request_id)
        return broken_link(
            self.requests.events(service_request_id), head=request.head, length=request.seq
        )

    def empty(self) -> bool:
        """Whether nothing at all is stored."""
        table = self.table
        kept = (table.filed, table.events, table.residents, table.keys, table.photos)
        return not any(kept)
