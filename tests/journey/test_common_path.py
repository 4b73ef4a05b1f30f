"""One pothole, door to door, on the template that deploys."""

import io
import re
from pathlib import Path

from PIL import Image

from tests.journey.town import Town, eventually

PHOTO = Path(__file__).resolve().parents[2] / "cli" / "demo" / "pothole.jpg"
STATES = [
    "Triage",
    "Is anybody in danger?",
    "Tell the resident: received",
    "Does a person have to look?",
    "Send to department",
    "Wait for the department",
    "Where does it stand?",
    "Tell the resident: in progress",
    "Wait for the department",
    "Where does it stand?",
    "Tell the resident: resolved",
    "Wait for the resident's word",
    "What did the resident say?",
    "Close",
]


def test_a_pothole_with_a_photo_from_report_to_proof(town: Town) -> None:
    lat, long = town.spot()
    to = "ana.prueba@residents.example"
    answer = town.multipart(
        "/open311/v2/requests.json",
        {
            "service_code": "pothole",
            "lat": str(lat),
            "long": str(long),
            "description": "Un bache hondo & <peligroso>",
            "attribute[1]": "street",
            "email": to,
            "first_name": "Ana",
            "locale": "es",
        },
        PHOTO,
    )
    assert answer.status == 200, answer.text
    name = answer.json()[0]["service_request_id"]

    received = eventually(lambda: town.mails(to))
    assert name in received[0]["Subject"] + received[0]["BodyText"]
    link = re.search(r"/track/#(\w+)\.(\w+)", received[0]["BodyText"])
    assert link
    assert link.group(1) == name
    assert "&lt;peligroso&gt;" not in received[0]["BodyText"]

    queued = eventually(lambda: town.department_queue("streets", name))
    assert queued[0]["event"] == "assigned"
    assert to not in str(queued)

    assert town.work("streets", "accept", name).status == 200
    assert len(eventually(lambda: town.mails(to)[1:])) == 1
    assert town.get(f"/open311/v2/requests/{name}.json").json()[0]["status"] == "open"

    done = {"kind": "fixed", "note": "The crew filled the hole today.", "evidence": "order 4711"}
    assert town.work("streets", "resolve", name, outcome=done).status == 200
    assert len(eventually(lambda: town.mails(to)[2:])) == 1
    public = town.get(f"/open311/v2/requests/{name}.json").json()[0]
    assert (public["status"], public["status_notes"]) == ("closed", done["note"])
    assert "closed</status>" in town.get(f"/open311/v2/requests/{name}.xml").text

    key = {"X-City311-Key": link.group(2)}
    assert town.get(f"/api/requests/{name}", key).json()["request"]["public_status"] == "resolved"
    assert town.post(f"/api/requests/{name}/confirm", {}, key).status == 200
    assert eventually(lambda: town.execution(name) == "SUCCEEDED")
    assert town.states(name) == STATES
    assert len(town.mails(to)) == 3
    assert town.chain_problem(name) is None
    for secret in (to, "bache", link.group(2), "Ana"):
        assert secret not in town.history(name)


def test_a_photo_is_served_without_what_its_camera_wrote(town: Town) -> None:
    lat, long = town.spot()
    fields = {
        "service_code": "pothole",
        "lat": str(lat),
        "long": str(long),
        "attribute[1]": "alley",
    }
    assert b"Exif" in PHOTO.read_bytes()

    answer = town.multipart("/open311/v2/requests.json", fields, PHOTO)
    name = answer.json()[0]["service_request_id"]

    def media() -> str | None:
        row = town.get(f"/open311/v2/requests/{name}.json").json()[0]
        return str(row["media_url"]) if row["media_url"] else None

    url = eventually(media)
    assert url
    served = town.get(url)
    assert served.status == 200
    assert served.headers["Content-Type"] == "image/jpeg"
    with Image.open(io.BytesIO(served.body)) as picture:
        assert picture.size[0] > 300
        assert not picture.getexif()
        assert "exif" not in picture.info
    assert b"Exif" not in served.body


def test_the_tracking_page_is_there(town: Town) -> None:
    page = town.get("/track/")

    assert page.status == 200
    assert "<main" in page.text
    assert "script-src" in page.headers.get("Content-Security-Policy", "script-src")
