"""`city311 work`: the steps that staff take with a request."""

from typing import Annotated, Any

import typer

from city311.domain.outcomes import OutcomeKind
from cli import signing
from cli.api import Json, future, request_id
from cli.groups import group
from cli.screen import as_json, moment, say, shown, waiting

app = group("Move a request: accept, start, resolve and so on.")

Id = Annotated[str, typer.Argument(metavar="ID", help="The request, as typed or spoken.")]
AsJson = Annotated[bool, typer.Option("--json", help="The request for programs.")]
Reason = Annotated[
    str, typer.Option(help="Why, in words that the next person understands; for staff only.")
]
Department = Annotated[str, typer.Option(help="Id of the department that is to have it.")]


@app.command()
def accept(named: Id, json: AsJson = False) -> None:
    """Take it for your department; the resident is told.

    Example: city311 work accept 7H2K-9MQ4-X
    """
    _take(named, "accept", {}, json)


@app.command()
def start(named: Id, json: AsJson = False) -> None:
    """Begin, or go on after a wait.

    Example: city311 work start 7H2K9MQ4X
    """
    _take(named, "start", {}, json)


@app.command()
def wait(
    named: Id,
    reason: Annotated[
        str, typer.Option(help="Why, for residents: everybody can read it in the updates.")
    ],
    until: Annotated[str, typer.Option(help="A date, or date and time, of your own clock.")],
    json: AsJson = False,
) -> None:
    """Put it on hold; the promise's clock stands still meanwhile.

    Example: city311 work wait 7H2K9MQ4X --reason "Asphalt plant is closed" --until 2026-12-24
    """
    _take(named, "wait", {"reason": reason, "until": future(until)}, json)


@app.command()
def reassign(named: Id, department: Department, reason: Reason, json: AsJson = False) -> None:
    """Give it to another department.

    Example: city311 work reassign 7H2K9MQ4X --department water --reason "A burst pipe made it"
    """
    _take(named, "reassign", {"department": department, "reason": reason}, json)


@app.command("return")
def return_(named: Id, reason: Reason, json: AsJson = False) -> None:
    """Send it back to the triage desk.

    Example: city311 work return 7H2K9MQ4X --reason "This is not a street of ours"
    """
    _take(named, "return", {"reason": reason}, json)


@app.command()
def triage(
    named: Id,
    service: Annotated[str, typer.Option(help="Code of the service that it really is.")],
    department: Annotated[
        str | None, typer.Option(help="Only to send it elsewhere than the city's rules would.")
    ] = None,
    reason: Annotated[str | None, typer.Option(help="What made you decide so.")] = None,
    json: AsJson = False,
) -> None:
    """Decide what it is, for what waits at the triage desk.

    Example: city311 work triage 7H2K9MQ4X --service pothole --reason "The photo shows it"
    """
    fields = {"service_code": service, "department": department, "reason": reason}
    _take(named, "triage", fields, json)


@app.command()
def resolve(
    named: Id,
    outcome: Annotated[OutcomeKind, typer.Option(help="How it ended.")],
    note: Annotated[str, typer.Option(help="What the resident reads: public, ten characters up.")],
    evidence: Annotated[
        str | None, typer.Option(help="What shows it: a work order, a photo, who saw it.")
    ] = None,
    whose: Annotated[str | None, typer.Option(help="With not_ours: who is responsible.")] = None,
    duplicate_of: Annotated[
        str | None, typer.Option(help="With duplicate: the request that goes on.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="With planned: the date.")] = None,
    json: AsJson = False,
) -> None:
    """Say how it ended; the resident is told.

    Example: city311 work resolve 7H2K9MQ4X --outcome fixed --note "Filled and sealed on Friday."
    --evidence "Work order 4711"
    """
    ended = {
        "kind": outcome.value,
        "note": note,
        "evidence": evidence,
        "whose": whose,
        "duplicate_of": request_id(duplicate_of) if duplicate_of else None,
        "until": future(until),
    }
    given = {name: value for name, value in ended.items() if value is not None}
    _take(named, "resolve", {"outcome": given, "note": note}, json)


@app.command()
def reopen(named: Id, reason: Reason, json: AsJson = False) -> None:
    """Begin anew what was resolved or closed; the resident is told.

    Example: city311 work reopen 7H2K9MQ4X --reason "The filling broke out again"
    """
    _take(named, "reopen", {"reason": reason}, json)


def _take(named: str, command: str, fields: Json, json: bool) -> None:
    meant = request_id(named)
    desk = signing.desk_of(signing.signed_in())
    with waiting(f"{command.capitalize()} {meant}"):
        after = desk.command(meant, command, fields)
    if json:
        as_json(after)
    else:
        say(_sentence(after), "green")


def _sentence(after: Any) -> str:
    where = f" with {after['department']}" if after.get("department") else ""
    promised = moment(after.get("expected_at"))
    until = f", promised for {shown(promised)}" if promised else ""
    can = f" Next: {', '.join(after['can'])}." if after.get("can") else ""
    return f"{after['service_request_id']} is {after['status']}{where}{until}.{can}"
