"""Bridge: a distribution reaches its REST API, whose host name no name server knows here."""

import re
from typing import Any
from urllib.parse import parse_qs, unquote

from ministack import app
from ministack.services import cloudfront

from local.overlay.settings import Settings

_HOST = re.compile(r"([a-z0-9]+)\.execute-api\.[a-z0-9-]+\.amazonaws\.com")


def apply(settings: Settings) -> None:
    """Answer for API origins in process; leave all other origins alone."""
    original = cloudfront._fetch_from_origin

    async def fetch(origin: dict[str, Any], method: str, uri: str, query: str, *rest: Any) -> Any:
        api = _HOST.fullmatch(origin["domain_name"])
        if api is None:
            return await original(origin, method, uri, query, *rest)
        headers, body = rest[0], rest[1]
        path = f"/_aws/execute-api/{api[1]}{origin.get('origin_path') or ''}{unquote(uri)}"
        sent = {**{name.lower(): value for name, value in headers.items()}, "host": api[0]}
        values = parse_qs(query, keep_blank_values=True)
        answer = await app._handle_execute_api_request("", path, method, sent, body, values)
        status, answered, content = answer
        return status, "", cloudfront._multidict_from_pairs(_pairs(answered)), content

    cloudfront._fetch_from_origin = fetch


def _pairs(headers: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (name, str(single))
        for name, value in headers.items()
        for single in (value if isinstance(value, list) else [value])
    ]
