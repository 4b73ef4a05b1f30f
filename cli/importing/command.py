"""`city311 import`: a city moves in, from any Open311 server."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.failures import Misuse
from cli.groups import Polite
from cli.importing.progress import telling
from cli.screen import as_json, progress, say

if TYPE_CHECKING:
    from cli.importing.client import Client

_HELP = "-h", "--help"


class Defaulting(Polite):
    """`city311 import URL` means `city311 import city URL`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the command's name in where it is left out."""
        if args and args[0] not in self.commands and args[0] not in _HELP:
            args = ["city", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=Defaulting,
    help="Bring a city over from any Open311 server. `city311 import URL` is short for "
    "`city311 import city URL`.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
)

Url = Annotated[
    str, typer.Argument(metavar="URL", help="Its discovery, its endpoint, or just its site.")
]
Jurisdiction = Annotated[
    str | None, typer.Option(help="jurisdiction_id, where one server has several cities.")
]
Key = Annotated[
    str | None,
    typer.Option(
        "--api-key",
        envvar="CITY311_IMPORT_KEY",
        help="A key, where reading needs one; sent to the server in URL and to nobody else.",
    ),
]
Pause = Annotated[
    float, typer.Option(min=0.0, max=60.0, help="Seconds between two calls, to be a polite guest.")
]


@app.command("city")
def city(
    url: Url,
    to: Annotated[
        Path | None, typer.Option(help="The folder to write; else cities/ and the server's name.")
    ] = None,
    name: Annotated[str, typer.Option(help="The city's name, as in messages.")] = "",
    language: Annotated[str, typer.Option(help="What the server answers in; else en.")] = "",
    time_zone: Annotated[str, typer.Option(help="Like Europe/Berlin; else UTC.")] = "",
    emergency_number: Annotated[str, typer.Option(help="Like 911; else by the time zone.")] = "",
    jurisdiction: Jurisdiction = None,
    api_key: Key = None,
    pause: Pause = 0.2,
    force: Annotated[
        bool,
        typer.Option("--force", help="Write the folder anew; what you edited stays as FILE~."),
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="The report for programs.")] = False,
) -> None:
    """Read a city's services and questions into a folder that `city311 lint` accepts.

    A folder that is in use is only compared: new, changed and vanished services are shown, and
    nothing is written without --force. What a person must decide is in its REPORT.md.

    Example: city311 import city https://311.example.gov/open311/v2 --to cities/example
    """
    # pydantic and yaml, which few commands need.
    from cli.importing.catalogue import bring_in, folder_for, read
    from cli.importing.drafting import Wishes
    from cli.importing.showing import plain, show

    with telling() as tell:
        client = _client(url, api_key, pause, tell)
        folder = to or folder_for(client)
        theirs = read(client, jurisdiction, tell)
        wishes = Wishes(
            name=name, language=language, time_zone=time_zone, emergency=emergency_number
        )
        outcome = bring_in(theirs, folder, client, wishes, force=force)
    if json:
        as_json(plain(outcome))
    else:
        show(outcome)


@app.command("requests")
def requests(
    url: Url,
    to: Annotated[Path, typer.Option(help="The file, one request a line; goes on where it ends.")],
    since: Annotated[
        str | None, typer.Option(help="The first day, like 2024-01-01; else a year ago.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="The last day; else now.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many new requests.")] = None,
    page_size: Annotated[
        int, typer.Option(min=10, max=1000, help="Requests to ask for at once.")
    ] = 500,
    jurisdiction: Jurisdiction = None,
    api_key: Key = None,
    pause: Pause = 1.0,
    json: Annotated[bool, typer.Option("--json", help="The result for programs.")] = False,
) -> None:
    """Pull a city's past requests into a file of JSON lines, newest first, each once.

    **Mind personal data:** descriptions and notes are residents' and staff's words, and may name
    people, homes and plates although they were public. Keep the file as you keep your own records,
    out of the repository, and delete it when it has served.

    Broken off, it goes on where it was: beside the file is its state, FILE.state.json.

    Example: city311 import requests https://311.example.gov/open311/v2 --to past.jsonl
    --since 2024-01-01
    """
    from cli.importing.archive import Archive
    from cli.importing.endpoint import found_at
    from cli.importing.orders import Order
    from cli.importing.pulling import pull

    with telling() as tell:
        client = _client(url, api_key, pause, tell)
        order = Order.of(_day(since, "since"), _day(until, "until"), client.time.now())
        endpoint, _ = found_at(client, jurisdiction)
        with Archive.at(to, endpoint.base) as archive:
            pulled = pull(client, endpoint, archive, order, limit=limit, page_size=page_size)
    if json:
        as_json(pulled.plain())
        return
    for each in pulled.notes:
        progress(each)
    end = "" if pulled.whole else "; run it again to go on"
    say(f"{to}: {pulled.new} new requests, {pulled.total} in all{end}", "green")


def _client(url: str, key: str | None, pause: float, tell: Any) -> Client:
    import time
    from datetime import UTC

    from cli.importing.client import Client, Time
    from cli.importing.transport import get

    clock = Time(monotonic=time.monotonic, sleep=time.sleep, now=lambda: datetime.now(UTC))
    return Client(home=url, transport=get, time=clock, pause=pause, key=key or None, tell=tell)


def _day(text: str | None, option: str) -> datetime | None:
    if text is None:
        return None
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise Misuse(f"--{option} {text!r} is no date: write 2026-12-24.") from None
    return read if read.tzinfo else read.astimezone()
