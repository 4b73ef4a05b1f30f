"""The resident's half of the story: a photo, a report, mails, a page, the last word."""

import uuid
from typing import Any
from urllib.parse import urljoin

from defusedxml.ElementTree import ParseError, fromstring  # type: ignore[import-untyped]

from cli.api import capability_of
from cli.demo.company import Company, Filed
from cli.demo.make_photo import PHOTO
from cli.demo.outside import Mail
from cli.demo.patience import DidNotComeTrue
from cli.demo.plan import RESIDENT
from cli.demo.traces import traces
from cli.web import send

TOLD = "The resident is told"
_OPEN311 = {"received": "open", "in_progress": "open", "resolved": "closed"}
"""What Open311 says for each public status."""


def photograph(company: Company) -> str:
    """Upload the photo through a presigned form; returns its photo id."""
    with company.timeline.scene("A resident photographs a pothole and uploads the photo") as scene:
        content = PHOTO.read_bytes()
        before = traces(content)
        if "a position" not in before.found:
            raise DidNotComeTrue(f"{PHOTO.name} has lost its bait: make it again with make_photo.")
        scene.fact(f"{len(content) // 1024} kB {before.format}, holding {', '.join(before.found)}")
        photo_id = company.residents.upload_photo(PHOTO)
        scene.fact("into the quarantine bucket, by a form that takes this photo and no other")
    return photo_id


def file(company: Company, photo_id: str) -> Filed:
    """File the report."""
    plan = company.plan
    with company.timeline.scene(f"Reports it to {plan.city.name} 311") as scene:
        body = plan.report | {"photos": [photo_id]}
        filed = company.residents.report(body, str(uuid.uuid4()))
        service_request_id, capability = capability_of(str(filed["link"]))
        if service_request_id != filed["service_request_id"]:
            raise DidNotComeTrue("The private link belongs to another request.")
        scene.fact(f"accepted as {service_request_id}: {plan.service_name}, {plan.address.words}")
        link = str(filed["link"])
        scene.link("tracking page", link)
    return Filed(service_request_id=service_request_id, link=link, capability=capability)


def mailed(company: Company, filed: Filed, stage: str) -> Mail:
    """Wait for the resident's mail of a stage: the city's own words, and the private link in it."""
    with company.timeline.scene(f"{TOLD}: {stage.replace('_', ' ')}") as scene:
        subject = company.plan.subject(stage, filed.service_request_id)

        def look() -> Mail | None:
            mails = company.outside.mails(RESIDENT["email"])
            return next((mail for mail in mails if mail.subject == subject), None)

        mail = company.patience.until(f"A mail with the subject {subject!r}", look)
        if filed.link not in mail.text:
            raise DidNotComeTrue("The mail does not hold the resident's private link.")
        scene.fact(f"mail to {mail.to[0]}: {mail.subject}")
    return mail


def opened(company: Company, filed: Filed) -> None:
    """Open the link of the mail: a page, and one that never sends the key to a server."""
    with company.timeline.scene("The link of the mail opens a page") as scene:
        address, _, _ = filed.link.partition("#")
        page = send("GET", address, {"Accept": "text/html"})
        if "html" not in page.headers.get("content-type", ""):
            raise DidNotComeTrue(f"{address} is no page.")
        scene.fact(f"{len(page.body) / 1024:.1f} kB of HTML; the key stays behind the #")


def shown(company: Company, filed: Filed) -> str:
    """Wait until the photo is public, and look at what it still tells; returns its address."""
    with company.timeline.scene("The photo is public, and tells nothing of its owner") as scene:
        address = company.patience.until(
            "The photo on the public page", lambda: _media(company, filed)
        )
        content = company.patience.until("The photo itself", lambda: _fetched(address))
        try:
            after = traces(content)
        except ValueError:
            raise DidNotComeTrue(f"What is served at {address} is no photo.") from None
        if after.found:
            raise DidNotComeTrue(f"The served photo still holds {', '.join(after.found)}.")
        if after.size[0] <= after.size[1]:
            raise DidNotComeTrue("The served photo lies on its side.")
        size = f"{after.size[0]} x {after.size[1]} {after.format}, {len(content) // 1024} kB"
        scene.fact(f"{size}, upright; no EXIF, no position, no name, no number")
        scene.link("photo", address)
    return address


def followed(company: Company, filed: Filed, status: str) -> None:
    """Anybody reads it by Open311, the resident by the private link: all say the same."""
    with company.timeline.scene(f"Anybody can read it: {status.replace('_', ' ')}") as scene:
        known, wanted = filed.service_request_id, _OPEN311[status]
        until = company.patience.until
        until(f"Open311 JSON that says {wanted}", lambda: _json_says(company, known, wanted))
        until(f"Open311 XML that says {wanted}", lambda: _xml_says(company, known, wanted))
        own = until(f"The private page that says {status}", lambda: _own(company, filed, status))
        if RESIDENT["email"] in str(own):
            raise DidNotComeTrue("The private page shows the resident's e-mail address.")
        scene.fact(f"Open311 says {wanted}, in JSON and in XML")
        said = " > ".join(str(entry["words"]) for entry in own["timeline"])
        scene.fact(f"the private page says {status}: {said}")
        scene.link("open311", f"{company.residents.web.site}/open311/v2/requests/{known}.json")


def confirmed(company: Company, filed: Filed) -> None:
    """The resident says that it is done, which closes it."""
    with company.timeline.scene("The resident says: yes, it is fixed") as scene:
        known, capability = filed.service_request_id, filed.capability
        company.residents.confirm(known, capability, "Smooth again, thank you.")
        company.patience.until("A page without questions", lambda: _settled(company, filed))
        scene.fact("closed, and nothing is left to ask")


def _media(company: Company, filed: Filed) -> str | None:
    found = company.residents.public(filed.service_request_id).get("media_url")
    return urljoin(company.residents.web.site + "/", str(found)) if found else None


def _fetched(address: str) -> bytes | None:
    return send("GET", address, {"Accept": "image/*"}).body


def _json_says(company: Company, service_request_id: str, wanted: str) -> bool | None:
    rows = company.residents.open311(service_request_id, "json").json()
    return _says(company, [dict(row) for row in rows], service_request_id, wanted)


def _xml_says(company: Company, service_request_id: str, wanted: str) -> bool | None:
    reply = company.residents.open311(service_request_id, "xml")
    try:
        root = fromstring(reply.text)
    except ParseError:
        raise DidNotComeTrue("Open311 answers XML that is none.") from None
    rows = [{each.tag: each.text for each in row} for row in root.iter("request")]
    return _says(company, rows, service_request_id, wanted)


def _says(
    company: Company, rows: list[dict[str, Any]], service_request_id: str, wanted: str
) -> bool | None:
    found = [row for row in rows if row.get("service_request_id") == service_request_id]
    if RESIDENT["email"] in str(rows):
        raise DidNotComeTrue("Open311 shows the resident's e-mail address.")
    return True if found and found[0].get("status") == wanted else None


def _own(company: Company, filed: Filed, status: str) -> Any:
    own = company.residents.private(filed.service_request_id, filed.capability)
    return own if own["request"]["public_status"] == status else None


def _settled(company: Company, filed: Filed) -> bool | None:
    own = company.residents.private(filed.service_request_id, filed.capability)
    return True if not {"confirm"} & set(own["can"]) else None
