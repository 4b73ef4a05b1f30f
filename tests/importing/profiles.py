"""One server for each deviation that is known, written after its description."""

import json
from typing import Any
from xml.sax.saxutils import escape

from cli.importing.transport import Raw
from tests.importing.world import (
    Query,
    answer,
    as_json,
    as_xml,
    attribute,
    service,
    web_page,
)


def requests_at(count: int, **fields: Any) -> list[dict[str, Any]]:
    """Requests of one winter, with places."""
    return [
        {
            "service_request_id": str(1000 + n),
            "service_code": "SC1",
            "status": "open",
            "requested_datetime": f"2027-02-{1 + n % 28:02}T10:00:00+01:00",
            "lat": 52.5 + n / 1000,
            "long": 13.4 + n / 500,
            **fields,
        }
        for n in range(count)
    ]


def elements(root: str, item: str, records: list[dict[str, Any]]) -> str:
    """Records as XML."""
    inner = "".join(
        f"<{item}>"
        + "".join(f"<{k}>{escape('' if v is None else str(v))}</{k}>" for k, v in each.items())
        + f"</{item}>"
        for each in records
    )
    return f"<{root}>{inner}</{root}>"


def fixmystreet(path: str, query: Query) -> Raw:
    """Wants a jurisdiction, wraps its lists, says errors as web pages, names agencies in a map."""
    if "discovery" in path:
        contact = "Send email to <a href='mailto:x'>us</a> or call 030 555 0100."
        endpoint = {
            "specification": "http://wiki.open311.org/GeoReport_v2",
            "url": "/open311/v2/",
            "type": "production",
            "formats": ["text/xml", "application/json"],
        }
        return as_json({"contact": contact, "max_requests": 1000, "endpoints": [endpoint]})
    if query.get("jurisdiction_id") != "311.gross.example":
        return as_xml(
            "<errors><error><description>Missing jurisdiction_id</description></error></errors>",
            400,
        )
    names = ["Potholes", "Street Lights: broken", "Graffiti & tags"]
    if path == "/open311/v2/services.json":
        return as_json(
            {"services": [service(n, f"{n} ", metadata="false", group=None) for n in names]}
        )
    if path == "/open311/v2/requests.json":
        agency = {"recipient": ["Gross Council"]}
        rows = requests_at(12, service_code="Potholes", agency_responsible=agency)
        return as_json({"service_requests": rows})
    return web_page(404)


def ureport(path: str, query: Query) -> Raw:
    """Metadata with definitions in JSON; its XML is broken, its errors have no code."""
    if path == "/open311/discovery.xml":
        return as_xml(
            "<discovery><contact>City Hall</contact><endpoints><endpoint>"
            "<specification>http://wiki.open311.org/GeoReport_v2</specification>"
            "<url>https://311.gross.example/crm/open311/v2</url><type>production</type>"
            "</endpoint></endpoints></discovery>"
        )
    if path == "/crm/open311/v2/services.json":
        return as_json([service("12", "Pothole", metadata="true"), service("13", "Trash")])
    if path == "/crm/open311/v2/services/12.json":
        many = attribute(
            "CAT", "multivaluelist", "What is it?:", values=[{"key": 1, "name": "Hole"}]
        )
        return as_json({"service_code": 12, "attributes": [many]})
    return as_json([{"description": "services/unknownService"}], 404)


def mark_a_spot(path: str, query: Query) -> Raw:
    """No definitions; metadata is a word; requests one inside another; errors of its own."""
    if path == "/open311/v2/discovery.json":
        return as_json(
            {
                "endpoints": {
                    "endpoint": [
                        {
                            "specification": "http://wiki.open311.org/GeoReport_v2",
                            "url": "https://311.gross.example/georeport/v2/",
                            "type": "production",
                        }
                    ]
                }
            }
        )
    if path == "/georeport/v2/services.json":
        rows = [service("001", "Schlagloch", metadata="false", description=None, keywords=None)]
        return as_json([*rows, service("002", "Wilder Müll", metadata="false", group="Müll")])
    if path == "/georeport/v2/requests.json":
        (row,) = requests_at(1)
        return as_json({"service_requests": {"request": row}})
    return as_json({"error": {"code": 404, "message": "Service not found"}}, 404)


def pinpoint(path: str, query: Query) -> Raw:
    """JSON only, no metadata; definitions ask for what reports hold anyway; requests by login."""
    listed = [
        {"service_code": c, "service_name": c.title(), "description": ""}
        for c in ("roads", "water")
    ]
    if path == "/open311/v2/services.json":
        return as_json(listed)
    if path in ("/open311/v2/services/roads.json", "/open311/v2/services/water.json"):
        core = [
            attribute(c, "string", c, required=True) for c in ("description", "email", "Address")
        ]
        return as_json(
            {"service_code": "roads", "attributes": [*core, attribute("depth", "number", "Depth")]}
        )
    if path == "/open311/v2/requests.json":
        return as_json({"detail": "Not authenticated"}, 401)
    return as_json({"detail": "Not Found"}, 404)


def helsinki(path: str, query: Query) -> Raw:
    """No discovery and no definitions; XML under another root and type; errors with `detail`."""
    rows = [
        service("171", "Liikennemerkki", metadata=None, group="Kadut"),
        service("246", "Muu", metadata=None),
    ]
    if path == "/api/georeport/v2/services.xml":
        return as_xml(elements("services", "service", rows), kind="application/xml")
    if path == "/api/georeport/v2/requests.xml":
        found = requests_at(12, agency_responsible="Tekninen")
        return as_xml(elements("requests", "request", found), kind="application/xml")
    return as_json({"code": 404, "detail": "Not found."}, 404)


def klarschiff(path: str, query: Query) -> Raw:
    """XML only, errors under a root of their own, flags among the keywords."""
    rows = [
        service("11", "Schlagloch", keywords="problem, Loch; Straße"),
        service("12", "Parkbank", keywords="idee,inactive", group="Grün"),
        service("13", "Beschwerde", keywords="private", group="Amt"),
        service("14", "Intern", keywords="staff", group="Amt"),
    ]
    if path == "/open311/v2/services.xml":
        return as_xml(elements("services", "service", rows))
    return as_xml(
        "<error_messages><error_message><code>404</code></error_message></error_messages>", 404
    )


def seeclickfix(path: str, query: Query) -> Raw:
    """A base for each organisation, types of its own, errors in a shape of its own."""
    if path == "/open311/v2/57/services.json":
        return as_json(
            [service("4901", "Pothole", metadata=True), service("other", "Other", metadata=True)]
        )
    if path == "/open311/v2/57/services/4901.json":
        asked = [
            attribute("101", "boolean", "Is it deep?", required=True, order=2),
            attribute("", "note", "We <b>come</b> within a week.", order=1),
            attribute(
                "103",
                "multivaluelist",
                "Where?",
                order="3",
                values=[
                    {"key": "In the lane", "name": "In the lane"},
                    {"key": "in-the-lane", "name": "Same"},
                ],
            ),
            attribute("abc", "file", "A photo", order=None),
        ]
        return as_json({"service_code": "4901", "attributes": asked})
    return as_json([{"base": ["is not available"], "duplicate": ["no"]}], 404)


BOSTON = "Public Works Department:Highway Maintenance:Request for Pothole Repair"


class Boston:
    """Codes that are paths, metadata without attributes, conditions, ten calls a minute."""

    def __init__(self) -> None:
        self.calls = 0
        self.refused = 0

    def __call__(self, path: str, query: Query) -> Raw:
        self.calls += 1
        if self.calls % 10 == 0:
            self.refused += 1
            return as_json([{"code": 429, "message": "slow down"}], 429, retry_after="60")
        codes = [
            BOSTON,
            "Parks Department:Trees:Tree Emergencies",
            "Parks Department:Trees:Tree Emergencies (Night)",
        ]
        codes += [f"Transportation:Signals:Signal {n}" for n in range(9)]
        if path.endswith("/services.json"):
            return as_json(
                [service(c, c.rpartition(":")[2].strip(), metadata=True, group=None) for c in codes]
            )
        if path.endswith(f"/services/{BOSTON}.json"):
            yes = [{"key": "Y", "name": "Yes"}, {"key": "N", "name": "No"}]
            asked = [
                attribute(
                    "SR-HIGH1", "Picklist", "In the road?", values=yes, required=True, order=1
                ),
                attribute(
                    "SR-HIGH2",
                    "string",
                    "Which lane?",
                    order=2,
                    required=True,
                    dependencies=[{"attribute": "SR-HIGH1", "values": ["Y"]}],
                ),
                attribute(
                    "SR-HIGH3",
                    "string",
                    "Anything else?",
                    order=3,
                    required=True,
                    conditional={"rule": "a && b"},
                ),
                attribute("SR-HIGH4", "Informational", "Thank you.", order=4, required=True),
            ]
            return as_json({"service_code": BOSTON, "attributes": asked})
        if "/services/" in path:
            return as_json({"attributes": []})
        return as_json([{"code": 404, "message": "not found"}], 404)


def chicago(path: str, query: Query) -> Raw:
    """Attributes without code; one value in a wrong type; a definition under an array."""
    if path.endswith("/services.json"):
        return as_json(
            [
                service("4fd3b167e750846744000005", "Graffiti Removal", metadata=True),
                service("x", "Abandoned Vehicle", metadata="TRUE", group="Vehicles"),
            ]
        )
    if path.endswith("/services/4fd3b167e750846744000005.json"):
        lists = {"key": {"a": "Alley", "b": "Front"}}
        asked = [
            attribute("", "string", "No code"),
            attribute(
                "FQSKA6", "singlevaluelist", "Surface?", required="true", values=lists["key"]
            ),
        ]
        return as_json([{"service_code": "4fd3", "attributes": asked}])
    if path.endswith("/services/x.json"):
        return as_json({"attributes": None})
    return as_json([{"code": 404, "description": "not found"}], 404)


def old_layout(path: str, query: Query) -> Raw:
    """XML with attributes directly under the root, a Latin-1 label on UTF-8, undefined entities."""
    if path.endswith("/services.xml"):
        text = (
            '<?xml version="1.0" encoding="iso-8859-1"?><services><service>'
            "<service_code>r&uuml;t</service_code>"
            "<service_name>Schlagl\u00f6cher & R\u00fcttel</service_name>"
            "<metadata>true</metadata><group>Stra\u00dfe</group></service></services>"
        )
        return answer(text.encode(), kind="text/xml; charset=iso-8859-1")
    if path.endswith("/services/r\u00fct.xml"):
        return as_xml(
            "<service_definition><service_code>x</service_code>"
            "<attribute><variable>true</variable><code>7</code>"
            "<datatype>singlevaluelist</datatype><required>TRUE</required>"
            "<description>Wo?</description>"
            "<values><value><key>a b</key><name>Da</name></value></values></attribute>"
            "<attribute><code>8</code><datatype>date</datatype></attribute>"
            "</service_definition>"
        )
    return web_page(404)


def bare(path: str, query: Query) -> Raw:
    """No suffix at all, and a padded answer with a mark in front."""
    if path in ("/open311/v2/services", "/open311/v2/services/a"):
        data = {"data": {"result": [service("a", "A", metadata="yes")]}}
        if path.endswith("/a"):
            data = {"attributes": {"attribute": attribute("1", "number", "How many?")}}  # type: ignore[dict-item]
        return answer(
            b"\xef\xbb\xbfcallback(" + json.dumps(data).encode() + b");", kind="text/plain"
        )
    return web_page(404)
