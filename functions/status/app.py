"""Status: anybody reads what is public, a resident reads their own, staff command."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from city311 import wiring
from city311.api.answers import refuse
from city311.api.edge import Edge, Space
from city311.api.keys import KeyWindow
from city311.api.manners import APART, CATALOGUE, LIVE
from city311.api.windows import PublicWindow, StaffWindow
from city311.open311 import answers, routes
from city311.open311.discovery import Place
from city311.open311.updates import UpdatesWindow
from city311.open311.window import Window

app = Edge(
    "status",
    spaces=(
        Space(prefix="/open311", refuse=answers.refuse, tidy=answers.tidy, headers=answers.CORS),
        Space(prefix="/api", refuse=refuse),
    ),
)
KEYS = "/api/staff/keys"
# ANY: a wrong method is answered here, in the asked format, and HEAD as a GET without its body.
READ: Mapping[str, Any] = {"methods": ["GET", "ANY"], "cors": True}
POST: Mapping[str, Any] = {"methods": ["POST"], "content_types": ["application/json"]}


@cache
def open311() -> Window:
    """The window of GeoReport v2."""
    return Window(
        city=wiring.city(),
        reads=wiring.reading(),
        may_see_internal=wiring.admission().may_see_internal,
        clock=wiring.reading().changing.clock,
        place=Place(
            site_url=wiring.settings().need("SITE_URL"),
            production=wiring.settings().need("STAGE") == "production",
        ),
        kept=CATALOGUE,
        live=LIVE,
        apart=APART,
    )


@cache
def updates() -> UpdatesWindow:
    """The window of the updates extension."""
    window = open311()
    return UpdatesWindow(
        city=window.city,
        told=wiring.updates(),
        clock=window.clock,
        place=window.place,
        live=LIVE,
        apart=APART,
    )


@cache
def public() -> PublicWindow:
    """The window of the city's own pages."""
    return PublicWindow(
        city=wiring.city(),
        reads=wiring.reading(),
        clock=wiring.reading().changing.clock,
        versions=wiring.versions().on_record(),
    )


@cache
def staff() -> StaffWindow:
    """The staff desk."""
    return StaffWindow(desk=wiring.desk())


@cache
def keys() -> KeyWindow:
    """The key desk."""
    return KeyWindow(desk=wiring.key_desk())


app.serve(open311, routes.READS, **READ)
app.serve(updates, routes.READS_OF_UPDATES, **READ)
app.serve(open311, routes.ELSEWHERE, methods=["ANY"], cors=True)
app.serve(
    public,
    {
        "/api/city": PublicWindow.the_city,
        "/api/services": PublicWindow.services,
        "/api/requests": PublicWindow.requests,
        "/api/requests/{service_request_id}": PublicWindow.request,
        "/api/health": PublicWindow.health,
    },
)
app.serve(
    staff,
    {
        "/api/staff/queue": StaffWindow.queue,
        "/api/staff/requests/{service_request_id}": StaffWindow.request,
        "/api/staff/requests/{service_request_id}/events": StaffWindow.events,
    },
)
app.serve(
    staff, {"/api/staff/requests/{service_request_id}/{command}": StaffWindow.command}, **POST
)
app.serve(keys, {KEYS: KeyWindow.every})
app.serve(keys, {KEYS: KeyWindow.issue, KEYS + "/{key_id}/revoke": KeyWindow.revoke}, **POST)


wiring.warm(wiring.reading, wiring.desk)
