"""`city311 demo`: one request, door to door, told as a timeline."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.api import Residents
from cli.failures import Failure
from cli.local import stop_whole, stopwatch
from cli.screen import as_json, err, out, pairs, problem, progress, waiting
from cli.web import Web
from cli.where import city_folder, local_city

if TYPE_CHECKING:
    from cli.demo.plan import Plan
    from cli.demo.story import Told
    from cli.demo.timeline import Timeline
    from local.city import LocalCity


def demo(
    keep: Annotated[bool, typer.Option("--keep", help="Leave the city running.")] = False,
    port: Annotated[
        int | None, typer.Option(min=1024, max=65534, help="The port of a city started for this.")
    ] = None,
    service: Annotated[str, typer.Option(help="What is reported.")] = "pothole",
    patience: Annotated[
        float, typer.Option(min=1, help="Seconds that a single step may take.")
    ] = 60.0,
    json: Annotated[bool, typer.Option("--json", help="The story for programs.")] = False,
) -> None:
    """Drive one real request through the whole city and watch it.

    Uses the city that runs on this computer, or starts one and stops it again. All that happens
    goes through the public addresses; every step must come true in time, or the exit code is 1.

    Example: city311 demo --keep
    """
    from local.errors import LocalCloudError

    city = local_city(port)
    try:
        started = _running(city, keep=keep)
        try:
            _play(city, service, patience, json=json)
        finally:
            if started and not keep:
                progress("Stopping the city ...")
                stop_whole(city)
    except LocalCloudError as error:
        raise Failure(str(error)) from None
    if keep:
        progress(f"The city runs on at {city.urls.site}; `city311 local stop` ends it.")


def _running(city: LocalCity, *, keep: bool) -> bool:
    """See that a city runs; whether it was started for this."""
    if city.is_running():
        city.attach()
        progress(f"Using the city that runs at {city.urls.site}.")
        return False
    city.start(stopwatch(), tied=not keep)
    return True


def _play(city: LocalCity, service: str, patience: float, *, json: bool) -> None:
    # Pillow, pydantic and boto3, which no other command needs together.
    from cli.demo.clues import clues
    from cli.demo.company import Company
    from cli.demo.outside import LocalOutside
    from cli.demo.patience import Patience
    from cli.demo.story import tell
    from cli.demo.timeline import Screen, Timeline

    began = datetime.now(UTC)
    residents = Residents(Web(city.urls.site))
    with waiting("Looking for a door where nobody has reported that yet"):
        plan = _plan(residents, service)
    timeline = Timeline(Screen(err if json else out))
    company = Company(
        residents=residents,
        outside=LocalOutside(city),
        plan=plan,
        timeline=timeline,
        patience=Patience(seconds=patience),
    )
    try:
        told = tell(company)
    except Failure as failure:
        for clue in clues(city, began):
            progress(clue)
        problem(f"After {timeline.seconds:.1f} s. The logs are in {city.layout.logs}.")
        if json:
            as_json(_plain(timeline) | {"failure": str(failure)})
        raise
    if json:
        as_json(_plain(timeline) | told.plain())
    else:
        _sum_up(told, timeline)
        for clue in clues(city, began):
            progress(clue)


def _plan(residents: Residents, service: str) -> Plan:
    from city311.cities.files import read
    from cli.demo.plan import planned

    folder = city_folder(residents.jurisdiction_id())
    found = read(folder).city
    if found is None:
        raise Failure(f"The files in {folder} have errors: `city311 lint {folder}` lists them.")
    return planned(found, folder, service, _open_places(residents, service))


def _open_places(residents: Residents, service: str) -> list[tuple[float, float]]:
    """Where such reports lie already: a second one close by would be a possible duplicate."""
    rows: list[dict[str, Any]] = []
    page: dict[str, Any] = {"next": ""}
    while page.get("next") is not None:
        query = {"service_code": service, "limit": "100"}
        query |= {"after": page["next"]} if page["next"] else {}
        page = residents.listed(**query)
        rows += page["requests"]
    return [(row["lat"], row["long"]) for row in rows if row.get("lat") is not None]


def _plain(timeline: Timeline) -> dict[str, Any]:
    return {"steps": [scene.plain() for scene in timeline.scenes]}


def _sum_up(told: Told, timeline: Timeline) -> None:
    from cli.demo.resident import TOLD

    mails = [scene for scene in timeline.scenes if scene.title.startswith(TOLD)]
    times = ", ".join(f"{scene.took:.1f}" for scene in mails)
    rows = [
        ("Request", told.service_request_id),
        ("Door to door", f"{told.seconds:.1f} s"),
        ("Mails to the resident", f"{told.mails}, after {times} s"),
        ("Transitions", len(told.execution.visits)),
        ("Audit events", told.events),
        ("Tracking page", told.link),
        ("Photo", told.photo),
        ("Execution", told.desk_page),
    ]
    out.print()
    out.print(pairs("All of it came true", rows))
