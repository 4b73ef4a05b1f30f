"""The city's half of the story: route, queue, work, execution, proof."""

from collections.abc import Mapping
from typing import Any

from city311.domain.audit import broken_link
from cli.api import Desk, Json
from cli.audit import story
from cli.demo.company import Company, Filed
from cli.demo.outside import Mail
from cli.demo.patience import DidNotComeTrue
from cli.demo.plan import RESIDENT
from cli.history import Execution
from cli.web import send

MILESTONES = (
    "Triage",
    "Tell the resident: received",
    "Send to department",
    "Wait for the department",
    "Tell the resident: in progress",
    "Tell the resident: resolved",
    "Wait for the resident's word",
    "Close",
)
"""States that the common path must pass, in this order; questions between them are free."""


def routed(company: Company, filed: Filed) -> None:
    """Triage sends it to whom the city's routes name; the department's queue holds a message."""
    expected = company.plan.expected
    with company.timeline.scene(f"Triage routes it to {company.plan.department_name}") as scene:
        scene.fact(expected.reason)

        def look() -> Mapping[str, Any] | None:
            return company.outside.queued(expected.department, filed.service_request_id)

        message = company.patience.until(f"A message in the queue of {expected.department}", look)
        _nothing_private(message)
        due = f"{message.get('priority')} priority, due {message.get('due_at')}"
        scene.fact(f"SNS told the department's queue: {message.get('event')}, {due}")
        address = company.plan.city.departments[expected.department].email
        if address:

            def look_into_mailbox() -> Mail | None:
                return _work(company, filed, address)

            mail = company.patience.until(
                f"A mail to {address}", lambda: _work(company, filed, address)
            )
            _nothing_private({"mail": mail.text})
            scene.fact(f"and its mailbox: {mail.subject}")


def at_the_desk(company: Company, filed: Filed) -> Desk:
    """A worker of the department signs in and finds the request in the queue."""
    department = company.plan.expected.department
    with company.timeline.scene("A worker of the department signs in") as scene:
        name, desk = company.outside.worker(department)

        def look() -> Json | None:
            rows = desk.queue(department, limit=100)["rows"]
            known = filed.service_request_id
            return next((row for row in rows if row["service_request_id"] == known), None)

        row = company.patience.until(f"The request in the work of {department}", look)
        scene.fact(f"{name} sees it in the queue: {row['status']}, {row['priority']} priority")
    return desk


def commanded(company: Company, filed: Filed, desk: Desk, command: str, fields: Json) -> None:
    """The worker takes a step."""
    with company.timeline.scene(f"The worker commands: {command}") as scene:

        def look() -> Json | None:
            # A photo that is developed at this very moment wins: then the step is taken again.
            found: Json = desk.command(filed.service_request_id, command, fields)
            return found

        after = company.patience.until(f"The command {command}", look)
        note = f": {after['outcome']['note']}" if after.get("outcome") else ""
        scene.fact(f"it is {after['status']} now{note}")


def executed(company: Company, filed: Filed) -> Execution:
    """Wait for the execution's end and look at the states it went through."""
    with company.timeline.scene("The execution has come to its end, state by state") as scene:

        def look() -> Execution | None:
            found = company.outside.execution(filed.service_request_id)
            return found if found and found.status != "RUNNING" else None

        execution = company.patience.until("The end of the execution", look)
        if execution.status != "SUCCEEDED":
            raise DidNotComeTrue(f"The execution ended {execution.status}: {_path(execution)}")
        states = iter(execution.states)
        missing = next((state for state in MILESTONES if state not in states), None)
        if missing:
            raise DidNotComeTrue(f"The execution never came to {missing!r}: {_path(execution)}")
        for visit in execution.visits:
            scene.fact(f"{visit.seconds or 0:6.2f} s  {visit.state}")
        page = company.outside.desk_page(execution)
        if not send("GET", page, {"Accept": "text/html"}).body:
            raise DidNotComeTrue(f"{page} draws nothing.")
        scene.link("execution", page)
    return execution


def audited(company: Company, filed: Filed, desk: Desk) -> int:
    """Check the chain of audit events; returns how many there are."""
    with company.timeline.scene("Every change is on record, and the chain is whole") as scene:
        request, events = story(desk, filed.service_request_id)
        broken = broken_link(events, head=request["head"], length=request["seq"])
        if broken:
            raise DidNotComeTrue(f"The chain of audit events is broken: {broken}.")
        _nothing_private({str(event.seq): event.details for event in events})
        did = " > ".join(f"{event.action} ({event.role})" for event in events)
        scene.fact(f"{len(events)} events: {did}")
    return len(events)


def _work(company: Company, filed: Filed, address: str) -> Mail | None:
    mails = company.outside.mails(address)
    return next((mail for mail in mails if filed.service_request_id in mail.subject), None)


def _path(execution: Execution) -> str:
    steps = (
        f"{visit.state} ({visit.seconds:.1f} s)" if visit.seconds is not None else visit.state
        for visit in execution.visits
    )
    return " > ".join(steps)


def _nothing_private(what: Mapping[str, Any]) -> None:
    text = str(what)
    told = [name for name in ("email", "last_name") if RESIDENT[name] in text]
    if told:
        raise DidNotComeTrue(f"The resident's {told[0]} is where it must not be.")
