"""What each client in the field puts on the wire, byte for byte, and what it needs to get back.

Written to a socket, since no HTTP library would send a raw plus, a blank in a query or a photo
declared as what it is not.
"""

import json
import socket
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPResponse
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from defusedxml import ElementTree

from tests.functions.photos import a_jpeg
from tests.journey.town import Town

BASE = "/open311/v2"
SINCE = f"{datetime.now(UTC) - timedelta(days=30):%Y-%m-%d}"
ROAD = "attribute%5B1%5D=street"


@dataclass(frozen=True, slots=True)
class Heard:
    """The whole answer."""

    status: int
    kind: str
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    def xml(self) -> Any:
        return ElementTree.fromstring(self.body)


def wire(town: Town, line: str, headers: str = "", body: bytes = b"") -> Heard:
    """Write these bytes, read the answer."""
    address = urlsplit(town.city.urls.site)
    length = f"Content-Length: {len(body)}\r\n" if body else ""
    head = (
        f"{line} HTTP/1.1\r\nHost: {address.netloc}\r\n{headers}{length}Connection: close\r\n\r\n"
    )
    with socket.create_connection((str(address.hostname), address.port or 80), 60) as line_out:
        line_out.sendall(head.encode() + body)
        answer = HTTPResponse(line_out)
        answer.begin()
        return Heard(answer.status, answer.headers.get("Content-Type", ""), answer.read())


def part(name: str, value: bytes, more: str = "", kind: str = "") -> bytes:
    head = f'--B0und\r\nContent-Disposition: form-data; name="{name}"{more}\r\n'
    return (
        (head + (f"Content-Type: {kind}\r\n" if kind else "") + "\r\n").encode() + value + b"\r\n"
    )


FORM = "Content-Type: application/x-www-form-urlencoded\r\n"
PARTS = "Content-Type: multipart/form-data; boundary=B0und\r\n"


@pytest.fixture(scope="module")
def known(town: Town) -> str:
    """A request that readers can find."""
    lat, long = town.spot()
    body = f"service_code=pothole&lat={lat}&long={long}&description=A+hole&{ROAD}"
    return str(
        wire(town, f"POST {BASE}/requests.json", FORM, body.encode()).json()[0][
            "service_request_id"
        ]
    )


def test_fixmystreet_sends_a_report(town: Town) -> None:
    lat, long = town.spot()
    words = quote("title: A hole\n\ndetail: By the gate\n\nurl: https://fms.example/report/1\n")
    body = (
        f"jurisdiction_id=&service_code=pothole&lat={lat}&long={long}&description={words}"
        f"&email=fms%40residents.example&first_name=Ada&last_name=Resident&phone=&deviceid=FMS"
        f"&media_url=https%3A%2F%2Ffms.example%2Fphoto%2F1.0.jpeg&address_id=%23NOTPINPOINTED%23"
        f"&{ROAD}&attribute%5Beasting%5D=1&attribute%5Bfixmystreet_id%5D=17&attribute%5Btitle%5D=A+hole"
    )

    answer = wire(town, f"POST {BASE}/requests.xml", FORM, body.encode())

    assert (answer.status, answer.kind) == (200, "text/xml; charset=utf-8"), answer.body
    first = answer.xml().find("./request/service_request_id")
    again = wire(town, f"POST {BASE}/requests.xml", FORM, body.encode())
    assert again.xml().find("./request/service_request_id").text == first.text


def test_fixmystreet_sends_photos_as_file_parts(town: Town) -> None:
    lat, long = (str(each).encode() for each in town.spot())
    fields = {b"service_code": b"pothole", b"lat": lat, b"long": long, b"attribute[1]": b"street"}
    body = b"".join(part(name.decode(), value) for name, value in fields.items())
    for number in (1, 2):
        body += part(f"photo{number}", a_jpeg(), f'; filename="{number}.jpeg"', "image/jpeg")

    answer = wire(town, f"POST {BASE}/requests.xml", PARTS, body + b"--B0und--\r\n")

    assert answer.status == 200, answer.body
    found = answer.xml().find("./request/service_request_id").text
    assert len(town.item(found)["photos"]["L"]) == 2


def test_fixmystreet_asks_for_the_states_of_all_its_reports(town: Town, known: str) -> None:
    ids = quote(",".join([known, *("ABC123XYZ" for _ in range(50))]))
    answer = wire(town, f"GET {BASE}/requests.xml?service_request_id={ids}&jurisdiction_id=")

    rows = answer.xml().findall("request")
    assert [row.findtext("service_request_id") for row in rows] == [known]
    assert rows[0].find("status_notes") is not None
    assert datetime.fromisoformat(rows[0].findtext("updated_datetime"))


def test_fixmystreet_imports_the_last_hour(town: Town, known: str) -> None:
    end = datetime.now(UTC) + timedelta(seconds=5)
    dates = [f"{at:%Y-%m-%dT%H:%M:%SZ}" for at in (end - timedelta(hours=1), end)]
    answer = wire(town, f"GET {BASE}/requests.xml?start_date={dates[0]}&end_date={dates[1]}")

    rows = answer.xml().findall("request")
    mine = next(row for row in rows if row.findtext("service_request_id") == known)
    assert float(mine.findtext("lat"))
    assert float(mine.findtext("long"))
    assert mine.findtext("service_code") == "pothole"
    assert all(dates[0] <= row.findtext("updated_datetime") <= dates[1] for row in rows)


def test_onebusaway_posts_multipart_without_a_file(town: Town) -> None:
    # With a jurisdiction it leaves the point out, so the address is all there is.
    city = town.get("/api/city").json()["jurisdiction_id"]
    fields = {
        "jurisdiction_id": city,
        "service_code": "pothole",
        "service_name": "Pothole",
        "address_string": "12 Mill Lane",
        "description": "A hole at the stop",
        "device_id": "device-1",
        "attribute[1]": "street",
    }
    body = b"".join(part(name, value.encode()) for name, value in fields.items()) + b"--B0und--\r\n"

    answer = wire(town, f"POST {BASE}/requests.json", PARTS, body)

    assert answer.status == 200, answer.body
    assert answer.json()[0]["service_request_id"]


def test_onebusaway_writes_a_raw_offset_and_reads_only_400(town: Town, known: str) -> None:
    rows = wire(town, f"GET {BASE}/requests.json?start_date={SINCE}T00:00:00+02:00").json()
    assert known in {row["service_request_id"] for row in rows}

    refused = wire(
        town, f"POST {BASE}/requests.json", PARTS, part("service_code", b"") + b"--B0und--\r\n"
    )
    assert refused.status == 400
    assert refused.json()[0]["description"]

    codes = wire(town, f"GET {BASE}/services/pothole.json").json()["attributes"]
    assert all(str(int(each["code"])) == each["code"] for each in codes)


def test_georeporter_declares_its_jpeg_as_png(town: Town) -> None:
    lat, long = (str(each).encode() for each in town.spot())
    body = (
        part("service_code", b"pothole")
        + part("lat", lat)
        + part("long", long)
        + part("attribute[1]", b"street")
        + part("media", a_jpeg(), '; filename="media.png"', "image/png")
        + b"--B0und--\r\n"
    )

    answer = wire(town, f"POST {BASE}/requests.json", PARTS, body)

    assert answer.status in {200, 201, 202}, answer.body
    assert town.item(answer.json()[0]["service_request_id"])["photos"]["L"]


def test_three_asks_with_a_blank_key_and_a_page_size(town: Town, known: str) -> None:
    answer = wire(
        town, f"GET {BASE}/requests.json?page_size=1&start_date={SINCE}T00%3A00%3A00Z&api_key="
    )
    assert len(answer.json()) == 1


def test_the_ruby_gem_takes_xml_and_an_empty_root(town: Town) -> None:
    answer = wire(
        town,
        f"GET {BASE}/requests.xml?api_key=&start_date=2001-01-01&end_date=2001-01-02",
    )
    assert (answer.status, answer.xml().tag, len(answer.xml())) == (200, "service_requests", 0)
    missing = wire(town, f"GET {BASE}/requests/ABC123XYZ.xml?api_key=")
    assert (missing.status, missing.xml().tag) == (404, "errors")


def test_r311_walks_pages_until_one_is_empty(town: Town, known: str) -> None:
    seen: list[str] = []
    for page in range(1, 200):
        answer = wire(town, f"GET {BASE}/requests.json?page={page}&page_size=5")
        assert answer.status == 200
        assert "application/json" in answer.kind
        if not answer.json():
            break
        seen += [row["service_request_id"] for row in answer.json()]
    assert known in seen
    refused = wire(town, f"GET {BASE}/requests.json?start_date=yesterday")
    assert (refused.status, "application/json" in refused.kind) == (400, True)
    assert refused.json()[0]["code"]
    assert refused.json()[0]["description"]


def test_pinpoint_sends_both_dates_and_means_one(town: Town, known: str) -> None:
    since = (datetime.now(UTC) - timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    answer = wire(town, f"GET {BASE}/requests.json?updated_after={since}&start_date={since}")
    assert known in {row["service_request_id"] for row in answer.json()}


def test_open311status_reads_two_days_in_both_formats(town: Town, known: str) -> None:
    since = (datetime.now(UTC) - timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    for form in ("xml", "json"):
        answer = wire(town, f"GET {BASE}/requests.{form}?start_date={since}")
        assert known.encode() in answer.body


def test_fixmystreet_reads_updates(town: Town) -> None:
    end = datetime.now(UTC)
    dates = [f"{at:%Y-%m-%dT%H:%M:%SZ}" for at in (end - timedelta(hours=2), end)]
    answer = wire(
        town,
        f"GET {BASE}/servicerequestupdates.xml?api_key=&start_date={dates[0]}&end_date={dates[1]}",
    )

    assert (answer.status, answer.xml().tag) == (200, "service_request_updates")
    for row in answer.xml().findall("request_update"):
        assert dates[0] <= row.findtext("updated_datetime") <= dates[1]
        assert row.findtext("status") == row.findtext("status").lower()
        assert row.findtext("update_id")
