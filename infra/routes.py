"""The two Chalice route tables, read as one list: what the API is made from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

STAFF = "/api/staff/"
OPEN311 = "/open311"
PUBLIC_READS = ("/api/city", "/api/services", "/api/requests", OPEN311, f"{OPEN311}/*")
"""Path patterns that a shared cache may keep, as long as each answer says. What is beside them
under ``/api/`` is for one caller only."""
KEY_HEADERS = ("Accept", "Accept-Language", "Authorization", "X-API-Key")
"""Every header by which a GET of these differs; with the last two it is for one caller only."""


class TwoOwners(Exception):
    """Two functions claim the same method of the same path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One method of one path, and the room that answers it."""

    method: str
    path: str
    room: str

    @property
    def for_staff(self) -> bool:
        """Whether only a signed-in member of staff may call it."""
        return self.path.startswith(STAFF)

    @property
    def writes(self) -> bool:
        """Whether it may change something. ANY is where wrong methods are told so: it does not."""
        return self.method not in {"GET", "HEAD", "ANY"}

    @property
    def for_programs(self) -> bool:
        """Whether programs of others call it, rather than people at our pages."""
        return self.path.startswith(OPEN311)

    @property
    def takes_json_only(self) -> bool:
        """Whether the gateway can check that the body is a JSON object."""
        return self.for_staff and self.method == "POST"


def read_routes(apps: Mapping[str, Any]) -> tuple[Route, ...]:
    """All routes of the Chalice objects, by room name. Raises TwoOwners on a path claimed twice."""
    owners: dict[tuple[str, str], Route] = {}
    for room, app in apps.items():
        for path, methods in app.routes.items():
            for method in methods:
                route = Route(method=method, path=path, room=room)
                other = owners.setdefault((method, path), route)
                if other is not route:
                    raise TwoOwners(f"{method} {path}: both {other.room} and {room} answer it.")
    return tuple(sorted(owners.values(), key=lambda route: (route.path, route.method)))
