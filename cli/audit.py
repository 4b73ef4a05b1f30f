"""`city311 audit show`: one request's story, from its audit events and its executions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

import typer

from city311.domain.audit import AuditEvent, broken_link
from cli import session, signing
from cli.api import Desk, request_id
from cli.failures import Failure
from cli.groups import group
from cli.screen import as_json, moment, out, problem, progress, say, shown, table, waiting
from cli.where import executions

if TYPE_CHECKING:
    from cli.history import Execution

_READS = 5
_SHORT = 12
"""Symbols of a hash that are shown."""
_COMMITMENT = re.compile(rf"\b([0-9a-f]{{{_SHORT}}})[0-9a-f]{{52}}\b")

app = group("What happened, and the proof of it.")


@app.command()
def show(
    named: Annotated[str, typer.Argument(metavar="ID", help="The request, as typed or spoken.")],
    json: Annotated[bool, typer.Option("--json", help="The story for programs.")] = False,
) -> None:
    """Tell one request's story. Exit code 1 if its chain of events is broken.

    The events are the city's own and stay; executions come from Step Functions, which forgets
    them 90 days after their end, and are read with your own AWS credentials.

    Example: city311 audit show 7H2K9MQ4X
    """
    meant = request_id(named)
    current = signing.signed_in()
    desk = signing.desk_of(current)
    with waiting(f"Reading the events of {meant}"):
        request, events = story(desk, meant)
    broken = broken_link(events, head=request["head"], length=request["seq"])
    with waiting(f"Reading the executions of {meant}"):
        runs = _executions(current, meant, int(request["generation"]))
    if json:
        as_json(_plain(meant, events, broken, runs))
    else:
        _show(meant, events, runs)
        _verdict(events, broken)
    if broken:
        raise typer.Exit(1)


def story(desk: Desk, service_request_id: str) -> tuple[Any, tuple[AuditEvent, ...]]:
    """The request and its events, both of one moment: what changes in between is read again."""
    for _ in range(_READS):
        before = desk.request(service_request_id)
        events = tuple(_event(service_request_id, each) for each in _rows(desk, service_request_id))
        after = desk.request(service_request_id)
        if "seq" not in after or "head" not in after:
            raise Failure("This city does not say where its chain of events ends.")
        if before["seq"] == after["seq"]:
            return after, events
    raise Failure(f"{service_request_id} changes faster than it can be read: try again.")


def _rows(desk: Desk, service_request_id: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = desk.events(service_request_id)["events"]
    return rows


def _event(service_request_id: str, row: dict[str, Any]) -> AuditEvent:
    return AuditEvent(service_request_id=service_request_id, **row)


def _executions(
    current: session.Session, service_request_id: str, generations: int
) -> list[Execution]:
    """All generations that Step Functions still knows; none where it may not be asked."""
    place = current.place
    if place.state_machine is None:
        progress("Executions are not shown: sign in with --stack to say where they are.")
        return []
    from cli import history  # brings botocore: half a second that `--help` need not pay

    try:
        client = executions(place)
        found = [
            history.read(
                client, place.state_machine, history.execution_name(service_request_id, each)
            )
            for each in range(1, generations + 1)
        ]
    except Failure as failure:
        progress(f"Executions are not shown. {failure}")
        return []
    return [each for each in found if each is not None]


def _show(service_request_id: str, events: tuple[AuditEvent, ...], runs: list[Execution]) -> None:
    rows = [
        (
            event.seq,
            moment(event.at),
            f"{event.role} {event.subject}",
            event.action,
            _COMMITMENT.sub(r"\1...", shown(event.details)),
            event.hash[:_SHORT],
        )
        for event in events
    ]
    columns = ("no", "when", "who", "did", "with", "hash")
    out.print(table(f"Events of {service_request_id}", columns, rows))
    for run in runs:
        visits = [(v.state, v.entered_at, _seconds(v.seconds)) for v in run.visits]
        title = f"Execution {run.name}: {run.status}, {len(run.visits)} transitions"
        out.print(table(title, ("state", "entered", "seconds"), visits))


def _seconds(seconds: float | None) -> str:
    return "is there now" if seconds is None else f"{seconds:.2f}"


def _verdict(events: tuple[AuditEvent, ...], broken: str | None) -> None:
    if broken:
        problem(f"The chain is broken: {broken}.")
    else:
        last = events[-1].hash[:_SHORT] if events else "none"
        say(f"The chain is whole: {len(events)} events, the last is {last}.", "green")


def _plain(
    service_request_id: str,
    events: tuple[AuditEvent, ...],
    broken: str | None,
    runs: list[Execution],
) -> dict[str, Any]:
    return {
        "service_request_id": service_request_id,
        "whole": broken is None,
        "broken": broken,
        "events": [
            {"seq": e.seq, "at": e.at, "role": e.role, "subject": e.subject, "action": e.action}
            | {"details": e.details, "versions": e.versions, "prev": e.prev, "hash": e.hash}
            for e in events
        ],
        "executions": [
            {
                "name": run.name,
                "status": run.status,
                "states": [
                    {
                        "state": visit.state,
                        "entered_at": visit.entered_at.isoformat(),
                        "seconds": visit.seconds,
                    }
                    for visit in run.visits
                ],
            }
            for run in runs
        ],
    }
