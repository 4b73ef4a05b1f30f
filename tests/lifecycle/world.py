"""A whole city in one process: real use cases, the real ASL file, a stream, a clock tests move."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from city311.adapters.memory import (
    MemoryLedger,
    MemoryMailer,
    MemoryPhotoRecords,
    MemoryRequests,
    MemoryResidents,
    MemoryTable,
    MemoryTexter,
    MemoryTokens,
    MemoryWatch,
)
from city311.domain.audit import Actor, broken_link
from city311.domain.catalogue import City
from city311.domain.effects import CommandFields
from city311.domain.lifecycle import Command, Role, Stage
from city311.domain.outcomes import Outcome, OutcomeKind
from city311.domain.request import Report, ServiceRequest
from city311.ports import Acceptance, Accepted, Change, Versions
from city311.usecases.changing import Changing
from city311.usecases.desk import Desk
from city311.usecases.intake import Filed, Intake
from city311.usecases.lifecycle import Lifecycle
from city311.usecases.notify import Notify
from city311.usecases.reconcile import Counts, Reconciler
from city311.usecases.triage import Triage
from city311.usecases.word import RESIDENT, ResidentsWord
from tests.builders import NOON, SeededDice
from tests.lifecycle.machine import Execution, Machine
from tests.towns import TOWN

ASL = Path(__file__).parents[2] / "infra" / "lifecycle.asl.json"
FIXED = Outcome(kind=OutcomeKind.FIXED, note="The crew filled the hole.", evidence="order 77")


class Streaming(MemoryRequests):
    """The filing cabinet with its stream: what functions/lifecycle/handler.py makes of records."""

    def __init__(self, table: MemoryTable) -> None:
        super().__init__(table)
        self.records: list[tuple[str, bool]] = []
        self.losing = False

    def accept(self, acceptance: Acceptance) -> Accepted:
        accepted = super().accept(acceptance)
        if accepted.new and not self.losing:
            self.records.append((accepted.service_request_id, True))
        return accepted

    def change(self, change: Change) -> None:
        before = self.get(change.request.service_request_id)
        super().change(change)
        after = change.request
        begins = before.generation != after.generation
        if (begins or before.turn != after.turn) and not self.losing:
            self.records.append((after.service_request_id, begins))


class World:
    """One city. ``settle`` lets everything happen that can happen without time passing."""

    def __init__(self, city: City = TOWN, asl: Path = ASL) -> None:
        self.now = NOON
        self.city = city
        self.table = MemoryTable()
        self.requests = Streaming(self.table)
        self.residents = MemoryResidents(self.table)
        self.ledger = MemoryLedger(self.table)
        self.mailer = MemoryMailer()
        self.texter = MemoryTexter()
        self.published: list[tuple[str, dict[str, Any]]] = []
        self.failing: dict[str, list[Exception]] = {}
        self.before_task: Callable[[str], None] | None = None
        self.machine = Machine(
            asl.read_text(encoding="utf-8"),
            tasks={
                "TriageFunction": self._triage,
                "LifecycleFunction": self._lifecycle,
                "NotifyFunction": self._notify,
            },
            publish=self._publish,
            clock=lambda: self.now,
        )
        versions = Versions(code="test", catalogue=city.version, lifecycle="test")
        self.changing = Changing(
            requests=self.requests, city=city, clock=lambda: self.now, versions=versions
        )
        self.intake = Intake(
            requests=self.requests,
            residents=self.residents,
            city=city,
            clock=lambda: self.now,
            dice=SeededDice(),
            versions=versions,
        )
        self.lifecycle = Lifecycle(
            changing=self.changing,
            tokens=MemoryTokens(self.table, lambda: self.now),
            executions=self.machine,
        )
        self.notify = Notify(
            requests=self.requests,
            residents=self.residents,
            ledger=self.ledger,
            mailer=self.mailer,
            texter=self.texter,
            city=city,
            clock=lambda: self.now,
            site_url="https://city.example",
        )
        self.desk = Desk(changing=self.changing)
        self.word = ResidentsWord(changing=self.changing, residents=self.residents)
        self.triage = Triage(changing=self.changing)
        self.reconciler = Reconciler(
            watch=MemoryWatch(self.table), lifecycle=self.lifecycle, clock=lambda: self.now
        )
        self.photos = MemoryPhotoRecords(self.table, lambda: self.now)

    def file(self, report: Report, *, key: str | None = None) -> Filed:
        """A resident's POST, and whatever follows at once."""
        filed = self.intake.submit(report, key=key, actor=RESIDENT)
        self.settle()
        return filed

    def staff(
        self,
        command: Command,
        service_request_id: str,
        *,
        role: Role = Role.DEPARTMENT,
        subject: str = "worker-1",
        **fields: Any,
    ) -> ServiceRequest:
        """A command of staff (a worker of the request's own department), and what follows."""
        request = self.requests.get(service_request_id)
        departments = frozenset({request.department or ""})
        actor = Actor(role=role, subject=subject, departments=departments)
        after = self.desk.command(actor, service_request_id, command, CommandFields(**fields))
        self.settle()
        return after

    def settle(self) -> None:
        """Follow the stream and run executions until nothing more can happen now."""
        for _ in range(1000):
            if self.requests.records:
                name, begins = self.requests.records.pop(0)
                self.lifecycle.hear(name, begin=begins)
            elif (execution := next(self.machine.ready(), None)) is not None:
                self.machine.step(execution)
            else:
                return
        raise AssertionError("the lifecycle runs in a circle")

    def pass_time(self, span: timedelta) -> None:
        """Let time pass, from timer to timer."""
        end = self.now + span
        while (timer := self.machine.next_timer()) is not None and timer <= end:
            self.now = max(timer, self.now)
            self.settle()
        self.now = end
        self.settle()

    def reconcile(self) -> Counts:
        """A run of the schedule, and what follows."""
        counts = self.reconciler.run()
        self.settle()
        return counts

    def execution(self, service_request_id: str, generation: int = 1) -> Execution:
        return self.machine.executions[f"{service_request_id}-g{generation}"]

    def told(self, service_request_id: str) -> list[str]:
        """The stages of the mails that left, in order."""
        ids = [mail.ledger_id for mail in self.mailer.sent]
        entries = {e.ledger_id: e.stage.value for e in self.ledger.entries(service_request_id)}
        return [entries[each] for each in ids if each in entries]

    def chain_problem(self, service_request_id: str) -> str | None:
        request = self.requests.get(service_request_id)
        events = self.requests.events(service_request_id)
        return broken_link(events, head=request.head, length=request.seq)

    def _triage(self, payload: dict[str, Any]) -> object:
        self._arrive("triage")
        standing = self.triage.decide(payload["service_request_id"], payload["execution"])
        return standing.as_output()

    def _notify(self, payload: dict[str, Any]) -> object:
        self._arrive(f"notify:{payload['stage']}")
        stage = Stage(payload["stage"])
        return [str(c) for c in self.notify.tell(payload["service_request_id"], stage)]

    def _lifecycle(self, payload: dict[str, Any]) -> object:
        task = payload["task"]
        self._arrive(task)
        name, execution = payload["service_request_id"], payload["execution"]
        if task == "wait":
            self.lifecycle.wait(name, execution, turn=payload["turn"], token=payload["token"])
            return {}
        if task == "hand_over":
            return self.lifecycle.hand_over(name, execution).as_output()
        verb = {"escalate": self.lifecycle.escalate, "close": self.lifecycle.close}[task]
        return verb(name, execution, turn=payload["turn"]).as_output()

    def _publish(self, topic: str, sent: dict[str, Any]) -> None:
        self._arrive(f"publish:{topic}")
        json.dumps(sent)
        self.published.append((topic, sent["Message"]))

    def _arrive(self, place: str) -> None:
        if self.before_task:
            self.before_task(place)
        if self.failing.get(place):
            raise self.failing[place].pop(0)
