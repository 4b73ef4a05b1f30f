"""The city's API as the commands use it: residents' calls, and staff's with a token."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from city311.domain.ids import read_request_id
from cli.failures import Misuse
from cli.web import Reply, Web, upload

KEY_HEADER = "X-City311-Key"
PHOTO_TYPES = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".heic": "image/heic",
    ".heif": "image/heif",
}
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Residents:
    """What anybody may call."""

    web: Web

    def jurisdiction_id(self) -> str:
        """Which city this is."""
        return str(self.web.get("/api/city").json()["jurisdiction_id"])

    def upload_photo(self, photo: Path) -> str:
        """Put a photo into the city's quarantine; returns its photo id."""
        kind = PHOTO_TYPES.get(photo.suffix.lower())
        if kind is None:
            raise Misuse(f"{photo.name} is no photo: use one of {', '.join(sorted(PHOTO_TYPES))}.")
        try:
            content = photo.read_bytes()
        except OSError as error:
            raise Misuse(f"{photo} cannot be read: {error.strerror}.") from None
        slot = self.slot(kind)
        upload(slot["url"], slot["fields"], content, kind)
        return str(slot["photo_id"])

    def slot(self, content_type: str) -> Any:
        """Ask where to upload a photo."""
        return self.web.post("/api/photos", {"content_type": content_type}).json()

    def report(self, report: Json, idempotency_key: str) -> Any:
        """File a report; the same key never files twice."""
        headers = {"Idempotency-Key": idempotency_key}
        return self.web.post("/api/requests", report, headers).json()

    def public(self, service_request_id: str) -> Any:
        """A request as anybody may see it."""
        return self.web.get(f"/api/requests/{quote(service_request_id)}").json()

    def private(self, service_request_id: str, capability: str) -> Any:
        """The resident's own page."""
        headers = {KEY_HEADER: capability}
        return self.web.get(f"/api/requests/{quote(service_request_id)}", headers).json()

    def confirm(self, service_request_id: str, capability: str, note: str) -> Any:
        """The resident says that it is done."""
        path = f"/api/requests/{quote(service_request_id)}/confirm"
        return self.web.post(path, {"note": note}, {KEY_HEADER: capability}).json()

    def open311(self, service_request_id: str, form: str) -> Reply:
        """One request by Open311, as `json` or `xml`."""
        path = f"/open311/v2/requests/{quote(service_request_id)}.{form}"
        return self.web.get(path, {"Accept": "*/*"})

    def listed(self, **query: str) -> Any:
        """A page of the public list."""
        return self.web.get(f"/api/requests?{urlencode(query)}").json()


@dataclass(frozen=True, slots=True)
class Desk:
    """What staff may call; the city checks the role each time."""

    web: Web

    def queue(self, queue: str, *, limit: int, after: str | None = None) -> Any:
        """A page of open work, due first."""
        query = {"queue": queue, "limit": str(limit)} | ({"after": after} if after else {})
        return self.web.get(f"/api/staff/queue?{urlencode(query)}").json()

    def request(self, service_request_id: str) -> Any:
        """A request as staff see it."""
        return self.web.get(f"/api/staff/requests/{quote(service_request_id)}").json()

    def events(self, service_request_id: str) -> Any:
        """Its audit events in order."""
        return self.web.get(f"/api/staff/requests/{quote(service_request_id)}/events").json()

    def command(self, service_request_id: str, command: str, fields: Json) -> Any:
        """Take a step; the request as it stands then."""
        given = {name: value for name, value in fields.items() if value is not None}
        path = f"/api/staff/requests/{quote(service_request_id)}/{quote(command)}"
        return self.web.post(path, given).json()

    def keys(self) -> Any:
        """All api keys, without their secrets."""
        return self.web.get("/api/staff/keys").json()

    def issue_key(self, wanted: Json) -> Any:
        """A new api key with its text, which is told this once."""
        return self.web.post("/api/staff/keys", wanted).json()

    def revoke_key(self, key_id: str) -> Any:
        """Take an api key out of force; the key as it stands then."""
        return self.web.post(f"/api/staff/keys/{quote(key_id)}/revoke", {}).json()


def request_id(text: str) -> str:
    """The id that was meant, as typed or spoken; Misuse when it is none."""
    found = read_request_id(text)
    if found is None:
        raise Misuse(f"{text!r} is no request id: it has nine symbols, like 7H2K9MQ4X.")
    return found


def future(text: str | None) -> str | None:
    """A date or a time of this computer's zone, as the city reads it; a date means its end."""
    if text is None:
        return None
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise Misuse(f"{text!r} is no date: write 2026-12-24 or 2026-12-24T15:00.") from None
    if len(text) <= len("2026-12-24"):
        read = read.replace(hour=23, minute=59)
    return (read if read.tzinfo else read.astimezone()).isoformat()


def capability_of(link: str) -> tuple[str, str]:
    """Request id and capability of a private link, which carries both behind its #."""
    service_request_id, _, capability = urlsplit(link).fragment.partition(".")
    if not (service_request_id and capability):
        raise Misuse("This is no private link: it ends with #, the id, a dot and 26 symbols.")
    return service_request_id, capability
