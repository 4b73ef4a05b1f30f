"""From the address somebody typed to the Open311 endpoint behind it."""

import re
from dataclasses import dataclass, replace
from urllib.parse import quote, urljoin, urlsplit

from cli.failures import Failure, Refused
from cli.importing import shapes
from cli.importing.bodies import Body
from cli.importing.client import Client, checked, shown

_FILE = re.compile(r"/(?:discovery|services|requests|capabilities)(?:\.(?:json|xml))?/?$", re.I)
LISTED = ("service_code", "service_name")
"""A record with one of these is a service."""
_STYLES = (".json", ".xml", "", "/")
_PHONE = re.compile(r"\+?\(?[0-9][0-9 ()./-]{5,18}[0-9]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A GeoReport v2 base address and how its resources are spelt: services.json, services, ..."""

    base: str
    style: str = ".json"
    jurisdiction: str | None = None
    contact: str = ""
    key_service: str = ""
    discovery: str | None = None
    notes: tuple[str, ...] = ()

    def url(self, *path: str) -> str:
        """The address of a resource; each part may hold anything."""
        return f"{self.base}/{'/'.join(quote(each, safe='') for each in path)}{self.style}"

    @property
    def query(self) -> dict[str, str]:
        """What goes with every call."""
        return {"jurisdiction_id": self.jurisdiction} if self.jurisdiction else {}

    @property
    def host(self) -> str:
        """The server's name."""
        return urlsplit(self.base).hostname or "city"

    @property
    def phone(self) -> str:
        """A telephone number in what the contact says; empty if there is none."""
        found = _PHONE.search(self.contact)
        return found.group().strip() if found else ""


def found_at(client: Client, jurisdiction: str | None) -> tuple[Endpoint, Body]:
    """The endpoint that the client's home names, by discovery or as it is, and its service list.

    Raises Failure where no service list is found.
    """
    tried: list[str] = []
    for candidate in _candidates(client, jurisdiction):
        try:
            return styled(client, candidate)
        except Refused as refused:
            tried.append(str(refused))
    reasons = "".join(f"\n  {each}" for each in dict.fromkeys(tried))
    raise Failure(
        f"No Open311 service list was found from {shown(client.home)}. Name the endpoint itself: "
        f"what stands before /services.json or /services.xml.{reasons}"
    )


def _candidates(client: Client, jurisdiction: str | None) -> list[Endpoint]:
    plain = Endpoint(base=_base(client.home), jurisdiction=jurisdiction)
    for url in _documents(client.home):
        try:
            body = client.get(url, plain.query, trying=True)
        except Refused:
            continue
        named = _named(body, url, plain)
        if named:
            return [named, plain] if named.base != plain.base else [named]
    guesses = [plain.base, f"{plain.base}/open311/v2", f"{plain.base}/georeport/v2"]
    return [replace(plain, base=base) for base in guesses]


def _documents(home: str) -> list[str]:
    """Where the discovery document may be."""
    base = _base(home)
    above = base.rsplit("/", 1)[0] if urlsplit(base).path else base
    given = [shown(home)] if re.search(r"/discovery\b", urlsplit(home).path) else []
    places = [*given, f"{base}/discovery.json", f"{base}/discovery.xml"]
    places += [f"{above}/discovery.json", f"{above}/discovery.xml"]
    return list(dict.fromkeys([*places, f"{base}/open311/discovery.json"]))


def _base(home: str) -> str:
    return _FILE.sub("", shown(home)).rstrip("/")


def _named(body: Body, url: str, plain: Endpoint) -> Endpoint | None:
    """The endpoint that a discovery document names: of this standard, in production first."""
    offers = shapes.rows(body.data, "url")
    fitting = [
        each for each in offers if "georeport" in shapes.text(each.get("specification")).lower()
    ]
    fitting = fitting or [each for each in offers if not shapes.text(each.get("specification"))]
    fitting.sort(key=lambda each: shapes.text(each.get("type")).lower() == "test")
    for each in fitting:
        base = _base(urljoin(url, shapes.code(each["url"])))
        try:
            checked(base)
        except Failure:
            continue
        return _described(body, url, plain, base)
    return None


def _described(body: Body, url: str, plain: Endpoint, base: str) -> Endpoint:
    notes: list[str] = []
    here, there = urlsplit(url), urlsplit(base)
    if (here.hostname, here.scheme, there.scheme) == (there.hostname, "https", "http"):
        base = there._replace(scheme="https").geturl()
        notes.append("Discovery names the endpoint without https; it was read with https.")
    if here.hostname != there.hostname:
        notes.append(f"Discovery names an endpoint on another host, {there.hostname}.")
    document = body.data if isinstance(body.data, dict) else {}
    return replace(
        plain,
        base=base,
        discovery=url,
        contact=shapes.text(document.get("contact")),
        key_service=shapes.text(document.get("key_service")),
        notes=tuple(notes),
    )


def styled(client: Client, endpoint: Endpoint) -> tuple[Endpoint, Body]:
    """The endpoint with the first style that gives a service list, and that list.

    Raises Refused where none does.
    """
    last: Refused | None = None
    for style in _STYLES:
        trial = replace(endpoint, style=style)
        try:
            return _answering(client, trial)
        except Refused as refused:
            last = last or refused
    raise last or Failure("no style was tried")


def _answering(client: Client, trial: Endpoint) -> tuple[Endpoint, Body]:
    """With the jurisdiction that the server wants, if it does."""
    try:
        return trial, _ask(client, trial)
    except Refused as refused:
        if trial.jurisdiction or "jurisdiction" not in str(refused).lower():
            raise
        guess = trial.host.removeprefix("www.")
        note = f'The server wants a jurisdiction_id; "{guess}" was guessed from its name.'
        trial = replace(trial, jurisdiction=guess, notes=(*trial.notes, note))
        try:
            return trial, _ask(client, trial)
        except Refused as again:
            raise Failure(f"{again}. Say which with --jurisdiction.") from None


def _ask(client: Client, trial: Endpoint) -> Body:
    url = trial.url("services")
    body = client.get(url, trial.query, trying=trial.style != _STYLES[0])
    said = {"html": "a web page", "text": "neither JSON nor XML"}.get(body.kind)
    if said is None and not shapes.rows(body.data, *LISTED):
        said = body.complaint() or None
    if said:
        raise Refused(f"{url} is {said}", status=200)
    return body
