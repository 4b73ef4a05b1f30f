"""The desk: what would have left the building, and what went on inside, as plain pages."""

import asyncio
from pathlib import Path
from urllib.parse import parse_qs

from local.desk import executions, insides, messages
from local.desk.frame import Sheet, framed
from local.desk.markup import tag
from local.desk.sight import Sight
from local.frontdoor.asgi import Page, Request
from local.overlay.settings import Settings

_STYLE = Path(__file__).with_name("desk.css")
_MAIL_POLICY = b"default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"


class Desk:
    """Answers everything below /_local/; it reads and changes nothing."""

    def __init__(self, settings: Settings) -> None:
        self._sight = Sight(settings)

    async def __call__(self, request: Request) -> Page:
        """One page."""
        path = request.path.removeprefix("/_local").strip("/")
        if path == "health":
            return Page("ok", 200, "text/plain")
        if path == "desk.css":
            return Page(_STYLE.read_text(), 200, "text/css; charset=utf-8")
        if request.method not in {"GET", "HEAD"}:
            return Page("The desk is for looking.", 405, "text/plain")
        asked = parse_qs(request.query).get("id", [""])[0].strip().upper()
        if path == "requests" and asked:
            return Page("", 303, headers=((b"location", f"/_local/requests/{asked}".encode()),))
        return await asyncio.to_thread(self._page, path)

    def _page(self, path: str) -> Page:
        section, _, rest = path.partition("/")
        if section == "mails" and rest.endswith("/page"):
            html = messages.mail_page(self._sight, rest.removesuffix("/page"))
            if html is not None:
                return Page(html, headers=((b"content-security-policy", _MAIL_POLICY),))
        sheet = self._sheet(section, rest)
        if sheet is not None:
            return framed(sheet)
        missing = Sheet(
            section=section,
            title="Not found",
            content=[tag("p", "There is nothing at this address.")],
        )
        return Page(framed(missing).body, 404)

    def _sheet(self, section: str, rest: str) -> Sheet | None:
        if section == "logs":
            return insides.logs(self._sight, f"/{rest}" if rest else None)
        if rest:
            single = {
                "mails": messages.mail,
                "queues": messages.queue,
                "executions": executions.one,
                "requests": insides.request,
            }.get(section)
            return single(self._sight, rest) if single else None
        whole = {
            "": insides.overview,
            "mails": messages.mails,
            "texts": messages.texts,
            "queues": messages.queues,
            "executions": executions.listed,
            "requests": insides.requests,
            "refusals": insides.refusals,
            "bridges": insides.bridges,
        }.get(section)
        return whole(self._sight) if whole else None
