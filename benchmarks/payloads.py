"""Events that our functions get, and the items that the stub table holds for them."""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from city311.adapters.dynamodb.items import request_item
from city311.adapters.dynamodb.people import resident_item
from city311.adapters.dynamodb.placed import places
from city311.cities.files import read
from city311.domain.catalogue import City
from city311.domain.contact import Resident
from city311.domain.ids import digest
from city311.domain.lifecycle import Status
from city311.domain.projection import public_view
from city311.domain.request import Place, ServiceRequest

ROOT = Path(__file__).resolve().parents[1]
NOW = datetime.now(UTC).replace(microsecond=0)
ID = "7H2K9MQ4X"


def _city() -> City:
    """The first city that ships."""
    city = read(next(iter(sorted((ROOT / "cities").glob("*/"))))).city
    assert city is not None
    return city


CITY = _city()


def _report() -> dict[str, Any]:
    """A service and a place inside the city, for events that are accepted."""
    service = next(
        s
        for s in CITY.services.values()
        if s.open_to_residents and not s.private and not any(q.required for q in s.questions)
    )
    ring = CITY.districts[0].area[0][0]
    lat = sum(point[1] for point in ring) / len(ring)
    long = sum(point[0] for point in ring) / len(ring)
    return {"service_code": service.service_code, "lat": round(lat, 6), "long": round(long, 6)}


REPORT = _report()
_REQUEST = ServiceRequest(
    service_request_id=ID,
    jurisdiction_id="city.example",
    catalogue_version="0" * 64,
    report_code=REPORT["service_code"],
    service_code=REPORT["service_code"],
    description="A deep hole in the right lane, a hand's breadth deep, where the bus stops.",
    place=Place(lat=REPORT["lat"], long=REPORT["long"], address="12 Mill Lane"),
    status=Status.RECEIVED,
    requested_at=NOW,
    updated_at=NOW,
    entered_at=NOW,
    capability_digest=digest("capability"),
    seq=1,
    head="0" * 64,
    expected_at=NOW + timedelta(days=5),
)
_RESIDENT = Resident(
    service_request_id=ID,
    capability="capability",
    commitment_key="key",
    language="en",
    email="success@simulator.amazonses.com",
)


def _sent(item: dict[str, Any]) -> dict[str, Any]:
    """An item as it stands on the wire: bytes as base 64."""
    text = json.dumps(item, default=lambda raw: base64.b64encode(raw).decode())
    return dict(json.loads(text))


_PUBLIC = public_view(_REQUEST, CITY)
_ITEM = request_item(_REQUEST, _PUBLIC) | places(_REQUEST, _PUBLIC)
ITEMS = {"REQ": _sent(_ITEM), "RES": _sent(resident_item(_RESIDENT))}


def gateway(verb: str, resource: str, *, path: str = "", body: str | None = None) -> dict[str, Any]:
    """A REST API event."""
    event = json.loads((ROOT / "tests/events/rest-api-request.json").read_text())
    path = path or resource
    event |= {"resource": resource, "path": path, "httpMethod": verb, "body": body}
    event["requestContext"] |= {"resourcePath": resource, "httpMethod": verb, "path": path}
    if body is not None:
        event["headers"]["Content-Type"] = "application/json"
        event["multiValueHeaders"]["Content-Type"] = ["application/json"]
    name = resource.rpartition("{")[2].rstrip("}") if "{" in resource else None
    event["pathParameters"] = {name: path.rpartition("/")[2]} if name else None
    return dict(event)


_POST = json.dumps({**REPORT, "description": _REQUEST.description, "email": _RESIDENT.email})
_TASK = {"service_request_id": ID, "execution": f"{ID}-g1"}
PAYLOADS: dict[str, tuple[str, dict[str, Any]]] = {
    "intake": ("app.app", gateway("POST", "/api/requests", body=_POST)),
    "status": (
        "app.app",
        gateway(
            "GET",
            "/open311/v2/requests/{service_request_id}",
            path=f"/open311/v2/requests/{ID}.json",
        ),
    ),
    "triage": ("handler.handle", _TASK),
    "lifecycle": ("handler.handle", {**_TASK, "task": "wait", "turn": 1, "token": "t"}),
    "notify": ("handler.handle", {**_TASK, "stage": "received"}),
}
