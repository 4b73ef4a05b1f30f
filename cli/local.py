"""`city311 local`: the whole city on this computer, started, looked at and stopped."""

import signal
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from cli.failures import Failure
from cli.groups import group
from cli.screen import as_json, out, pairs, progress, say, table
from cli.where import local_city

if TYPE_CHECKING:
    from local.city import LocalCity

_MISSES = 5
"""Answers in a row that a city may owe before it counts as gone."""

app = group("The whole city on this computer, without an account.")


@app.command()
def start(
    port: Annotated[
        int | None,
        typer.Option(min=1024, max=65534, help="The city's port; the AWS endpoint takes the next."),
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep/--fresh", help="Go on with what the last run left, or empty.")
    ] = False,
    detach: Annotated[
        bool, typer.Option("--detach", help="Leave it running and give the prompt back.")
    ] = False,
) -> None:
    """Start the city and stay with it until Ctrl-C.

    Example: city311 local start --keep
    """
    from local.errors import LocalCloudError

    city = local_city(port)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        city.start(stopwatch(), keep_state=keep, tied=not detach)
        _show(city)
        if detach:
            progress("It goes on by itself: `city311 local stop` ends it.")
            return
        progress("Ctrl-C ends it.")
        _stay(city)
        raise Failure(f"The city is gone: its logs are in {city.layout.logs}.")
    except KeyboardInterrupt:
        progress("Stopping the city ...")
    except LocalCloudError as error:
        raise Failure(str(error)) from None
    finally:
        if not (detach and city.is_running()):
            stop_whole(city)
    say("The city has stopped; its state is kept for --keep.")


@app.command()
def stop() -> None:
    """Stop the city that runs on this computer, whoever started it.

    Example: city311 local stop
    """
    city = local_city()
    if not city.is_running():
        say("No city runs on this computer.")
        return
    city.stop()
    say("The city has stopped; its state is kept for --keep.")


@app.command()
def status(
    json: Annotated[bool, typer.Option("--json", help="The same for programs.")] = False,
) -> None:
    """Say whether a city runs, where, and with which staff accounts. Exit code 1 if none does.

    Example: city311 local status
    """
    city = local_city()
    runs = city.is_running()
    if runs:
        city.attach()
    if json:
        urls = {name: getattr(city.urls, name) for name in ("site", "api", "open311", "desk")}
        as_json({"running": runs, **(urls if runs else {}), "logs": str(city.layout.logs)})
    elif runs:
        _show(city)
    else:
        say("No city runs on this computer: start one with `city311 local start`.")
    if not runs:
        raise typer.Exit(1)


def stopwatch() -> Callable[[str], None]:
    """A progress that says how long it has been."""
    began = time.monotonic()

    def said(text: str) -> None:
        progress(f"{time.monotonic() - began:6.1f} s  {text}")

    return said


def _stay(city: "LocalCity") -> None:
    """Return when the city has been gone for a while; one slow answer is no end."""
    missed = 0
    while missed < _MISSES:
        time.sleep(1.0)
        missed = 0 if city.is_running() else missed + 1


def stop_whole(city: "LocalCity") -> None:
    """Stop what this process started; a second Ctrl-C must not leave half a city."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        city.stop_own()
    finally:
        signal.signal(signal.SIGINT, before)


def _show(city: "LocalCity") -> None:
    urls = city.urls
    rows = [
        ("City", urls.site),
        ("Desk", urls.desk),
        ("Open311", urls.open311),
        ("AWS endpoint", urls.endpoint),
        ("Logs", str(city.layout.logs)),
    ]
    out.print(pairs("The city runs", rows))
    accounts = [(a.name, a.email, ", ".join(a.groups)) for a in city.staff()]
    if accounts:
        out.print(table("Staff: city311 sign-in --as NAME", ("name", "e-mail", "groups"), accounts))
