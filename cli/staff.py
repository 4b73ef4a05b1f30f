"""`city311 sign-in`, `sign-out` and `queue`: staff at their desk."""

from typing import Annotated, Any

import typer

from cli import session, signing
from cli.failures import Misuse
from cli.screen import as_json, moment, out, progress, say, table, waiting

_LIMIT = 50


def sign_in(
    name: Annotated[str | None, typer.Option(help="Your account: an e-mail address.")] = None,
    city_url: Annotated[str | None, typer.Option(help="The city's address, with https.")] = None,
    client_id: Annotated[str | None, typer.Option(help="Client of the city's user pool.")] = None,
    region: Annotated[str | None, typer.Option(help="AWS region of the city.")] = None,
    stack: Annotated[
        str | None, typer.Option(help="The city's App stack, read with your AWS credentials.")
    ] = None,
    local: Annotated[bool, typer.Option("--local", help="The city on this computer.")] = False,
    seeded: Annotated[
        str | None, typer.Option("--as", help="A ready-made account of the city on this computer.")
    ] = None,
) -> None:
    """Sign in as a member of staff. The password is asked for, never given as an option.

    Example: city311 sign-in --as streets

    Example: city311 sign-in --stack City311-springfield-production-App --name ada@city.example
    """
    wanted = signing.Wanted(
        city_url=city_url,
        client_id=client_id,
        region=region,
        stack=stack,
        local=local,
        seeded=seeded,
        name=name,
    )
    with_keyboard = not seeded
    if with_keyboard:
        current = signing.sign_in(wanted)
    else:
        with waiting("Signing in"):
            current = signing.sign_in(wanted)
    held = ", ".join(session.groups(current.id_token)) or "no groups"
    say(f"Signed in to {current.place.site} as {current.name} ({held}).")


def sign_out() -> None:
    """Forget who is signed in.

    Example: city311 sign-out
    """
    say("Signed out." if session.forget() else "Nobody was signed in.")


def queue(
    which: Annotated[
        str | None,
        typer.Argument(metavar="[DEPARTMENT|triage]", help="Your own where it is left out."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many rows.")] = _LIMIT,
    json: Annotated[bool, typer.Option("--json", help="The rows for programs.")] = False,
) -> None:
    """Show open work, what is due first on top.

    Example: city311 queue streets
    """
    current = signing.signed_in()
    name = which or _own(current)
    with waiting(f"Reading the queue of {name}"):
        rows, more = _rows(signing.desk_of(current), name, limit)
    if json:
        as_json(rows)
        return
    if not rows:
        say(f"Nothing is waiting for {name}.", "green")
        return
    columns = ("request", "status", "service", "priority", "district", "due", "taken by")
    shown = [
        (
            row["service_request_id"],
            row["status"],
            row["service_code"],
            row["priority"],
            row.get("district"),
            moment(row["due_at"]),
            row.get("assignee"),
        )
        for row in rows
    ]
    out.print(table(f"Work of {name}", columns, shown))
    if more:
        progress(f"There is more: --limit shows further than {limit}.")


def _rows(desk: Any, name: str, limit: int) -> tuple[list[dict[str, Any]], bool]:
    rows: list[dict[str, Any]] = []
    after: str | None = None
    while len(rows) < limit:
        page = desk.queue(name, limit=min(limit - len(rows), 100), after=after)
        rows += page["rows"]
        after = page.get("next")
        if not after:
            break
    return rows, after is not None


def _own(current: session.Session) -> str:
    """The one department of the account, or the triage desk of an agent."""
    held = session.groups(current.id_token)
    departments = [g.removeprefix("dept-") for g in held if g.startswith("dept-")]
    if len(departments) == 1:
        return departments[0]
    if "agent" in held:
        return "triage"
    known = ", ".join(departments) or "triage, or a department"
    raise Misuse(f"Say which queue: {known}.")
