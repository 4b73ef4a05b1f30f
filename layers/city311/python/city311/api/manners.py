"""What every answer carries beside its body: security, caching, the request's id; and language."""

import hashlib
import re
from collections.abc import Mapping, Sequence

from chalice.app import Response

SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
}
RETRY_SECONDS = "5"


def cached(seconds: int, *, by_language: bool = False) -> dict[str, str]:
    """Headers of an answer that anybody may keep for a while."""
    vary = {"Vary": "Accept-Language"} if by_language else {}
    return {"Cache-Control": f"public, max-age={seconds}", **vary}


def finished(
    response: Response, space: Mapping[str, str], asked: Mapping[str, str], request_id: str
) -> Response:
    """The answer as it leaves: what is not said to be cacheable is not stored anywhere.

    A cacheable one gets a strong ETag, and shrinks to 304 for who has it already.
    """
    headers = {**SECURITY, **space, "Cache-Control": "no-store", **response.headers}
    if request_id:
        headers["X-Request-Id"] = request_id
    if response.status_code in (429, 503):
        headers.setdefault("Retry-After", RETRY_SECONDS)
    response.headers = headers
    if response.status_code == 200 and str(headers["Cache-Control"]).startswith("public"):
        tag = f'"{hashlib.sha256(response.body.encode()).hexdigest()[:32]}"'
        headers["ETag"] = tag
        if _knows(asked.get("if-none-match", ""), tag):
            return Response(body="", headers=headers, status_code=304)
    return response


def _knows(if_none_match: str, tag: str) -> bool:
    """Whether the caller has this answer, by weak comparison, which is what reads use."""
    return if_none_match.strip() == "*" or tag in _ETAG.findall(if_none_match)


CATALOGUE = cached(300, by_language=True)
"""What the city's files say; a new version is everywhere within five minutes."""
LIVE = cached(15)
"""What changes while residents look at it."""
APART = {"Cache-Control": "private, no-store"}
"""What is for this caller only."""


def language_of(accept_language: str, wanted: str | None, languages: Sequence[str]) -> str | None:
    """The city's language that the caller prefers, or None where it has none of theirs.

    ``wanted`` (a ``locale`` given by name) wins over the header.
    """
    weighed = [
        (1.0 if not quality else float(quality), tag.lower())
        for tag, quality in _TAG.findall(accept_language)
    ]
    preferred = sorted((w for w in weighed if w[0] > 0), key=lambda w: -w[0])
    for tag in [(wanted or "").lower().replace("_", "-"), *(tag for _, tag in preferred)]:
        for known in languages:
            if tag and (tag == known.lower() or tag.partition("-")[0] == known.lower()):
                return known
    return None


_ETAG = re.compile(r'(?:^|[\s,])(?:W/)?("[^"]*")')
_TAG = re.compile(r"([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)\s*(?:;\s*q=([01](?:\.\d{0,3})?))?")
