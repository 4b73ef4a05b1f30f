"""Which address of GeoReport v2 is which read: a resource where a format or an id is its end."""

from collections.abc import Callable, Mapping

from chalice.app import Response

from city311.open311.updates import UpdatesWindow
from city311.open311.window import Window

Views = Mapping[str, Callable[..., Response]]

READS: Views = {
    "/open311": Window.page,
    "/open311/discovery.json": Window.discovery,
    "/open311/discovery.xml": Window.discovery,
    "/open311/v2/discovery.json": Window.discovery,
    "/open311/v2/discovery.xml": Window.discovery,
    "/open311/v2/capabilities.json": Window.capabilities,
    "/open311/v2/services.json": Window.services,
    "/open311/v2/services.xml": Window.services,
    "/open311/v2/services/{service_code}": Window.definition,
    "/open311/v2/requests.json": Window.requests,
    "/open311/v2/requests.xml": Window.requests,
    "/open311/v2/requests/{service_request_id}": Window.request,
    "/open311/v2/tokens/{token}": Window.token,
}
READS_OF_UPDATES: Views = {
    "/open311/v2/servicerequestupdates.json": UpdatesWindow.updates,
    "/open311/v2/servicerequestupdates.xml": UpdatesWindow.updates,
}
ELSEWHERE: Views = {"/open311/{proxy+}": Window.elsewhere}
