"""Status: anybody reads what is public, a resident reads their own, staff command."""

from functools import cache

from city311 import wiring
from city311.api.answers import refuse
from city311.api.edge import Edge, Space
from city311.api.manners import CATALOGUE, LIVE
from city311.api.windows import PublicWindow, StaffWindow
from city311.open311 import answers
from city311.open311.window import Window

app = Edge(
    "status",
    spaces=(
        Space(prefix="/open311", refuse=answers.refuse, tidy=answers.tidy, headers=answers.CORS),
        Space(prefix="/api", refuse=refuse),
    ),
)


@cache
def open311() -> Window:
    """The window of GeoReport v2."""
    return Window(
        city=wiring.city(),
        reads=wiring.reading(),
        clock=wiring.reading().changing.clock,
        site_url=wiring.settings().need("SITE_URL"),
        kept=CATALOGUE,
        live=LIVE,
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


# ANY: a wrong method is answered here, in the asked format, and HEAD as a GET without its body.
app.serve(
    open311,
    {
        "/open311/discovery.json": Window.discovery,
        "/open311/discovery.xml": Window.discovery,
        "/open311/v2/discovery.json": Window.discovery,
        "/open311/v2/discovery.xml": Window.discovery,
        "/open311/v2/services.json": Window.services,
        "/open311/v2/services.xml": Window.services,
        "/open311/v2/services/{service_code}": Window.definition,
        "/open311/v2/requests.json": Window.requests,
        "/open311/v2/requests.xml": Window.requests,
        "/open311/v2/requests/{service_request_id}": Window.request,
        "/open311/v2/tokens/{token}": Window.token,
    },
    methods=["GET", "ANY"],
    cors=True,
)
app.serve(open311, {"/open311/{proxy+}": Window.elsewhere}, methods=["ANY"], cors=True)
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
    staff,
    {"/api/staff/requests/{service_request_id}/{command}": StaffWindow.command},
    methods=["POST"],
    content_types=["application/json"],
)


wiring.warm(wiring.reading, wiring.desk)
