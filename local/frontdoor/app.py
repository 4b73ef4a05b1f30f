"""Decides who answers: the distribution of the template, the buckets behind it, or the desk."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urlsplit

from local.clients import Clients
from local.frontdoor.asgi import Page, Receive, Request, Scope, Send
from local.frontdoor.proxy import Upstream
from local.overlay.settings import Settings

Desk = Callable[[Request], Awaitable[Page]]

_BUILDING = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta http-equiv="refresh" content="2">
<title>The city is being built</title><link rel="stylesheet" href="/_local/desk.css">
<main class="wait"><h1>The city is being built</h1>
<p>CloudFormation is deploying the stacks. This page looks again every two seconds.</p>
<p><a href="/_local/">The desk</a> is open already.</p></main></html>"""


class FrontDoor:
    """The ASGI application."""

    def __init__(self, settings: Settings, desk: Desk) -> None:
        address = urlsplit(settings.endpoint)
        site = urlsplit(settings.site)
        self._upstream = Upstream(str(address.hostname), int(address.port or 80))
        self._hosts = {f"127.0.0.1:{site.port}", f"localhost:{site.port}"}
        self._clients = Clients(settings.endpoint)
        self._desk = desk
        self._outputs = settings.state / "outputs.json"
        self._known: Mapping[str, str] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await _lifespan(receive, send)
            return
        request = Request(scope, receive)
        if request.header("host") not in self._hosts:
            await Page("This address is for this computer only.", 421, "text/plain").send(send)
        elif request.path == "/_local" or request.path.startswith("/_local/"):
            await (await self._desk(request)).send(send)
        elif _is_signed(request) or await self._is_upload(request):
            await self._upstream.forward(request, send, {})
        else:
            await self._site(request, send)

    async def _site(self, request: Request, send: Send) -> None:
        """Through the distribution, as CloudFront would: viewers come by HTTPS there."""
        deployed = await self._deployed()
        if "distribution" not in deployed:
            await Page(_BUILDING, 503).send(send)
            return
        replaced = {
            b"host": deployed["distribution"].encode(),
            b"x-forwarded-proto": b"https",
            b"x-forwarded-for": b"",
        }
        await self._upstream.forward(request, send, replaced)

    async def _is_upload(self, request: Request) -> bool:
        """A form that a browser posts to the bucket itself, with a policy that we signed."""
        if request.method != "POST":
            return False
        bucket = (await self._deployed()).get("quarantine", "")
        return bool(bucket) and request.path.strip("/") == bucket

    async def _deployed(self) -> Mapping[str, str]:
        """The distribution's host and the quarantine bucket, once the stacks stand."""
        if not self._known and self._outputs.is_file():
            self._known = await asyncio.to_thread(self._look)
        return self._known

    def _look(self) -> Mapping[str, str]:
        outputs = json.loads(self._outputs.read_text())
        found = (
            self._clients("cloudfront").list_distributions()["DistributionList"].get("Items", [])
        )
        names = {"quarantine": outputs.get("QuarantineBucketName", "")}
        return names | {"distribution": found[0]["DomainName"]} if found else names


def _is_signed(request: Request) -> bool:
    """A call of an AWS client: functions reach S3 at the address that browsers upload to."""
    signed = request.header("authorization").startswith("AWS4-HMAC-SHA256")
    return signed or "X-Amz-Signature=" in request.query


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await send({"type": "lifespan.shutdown.complete"})
            return
