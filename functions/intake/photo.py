"""Photo: an upload in quarantine comes in, three clean renditions or a refusal go out."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote_plus

from botocore.exceptions import ClientError

from city311 import wiring
from city311.adapters import clients
from city311.adapters.aws import code_of, translated
from city311.adapters.images import MOST_BYTES, SIDES, NotAPhoto, develop
from city311.api import watch
from city311.domain.ids import digest
from city311.domain.request import Photo

ROOM = "photo"
FOR_EVER = "public, max-age=31536000, immutable"
_UPLOAD = re.compile(r"uploads/([0-9A-HJKMNP-TV-Z]{26})")


def handle(event: Mapping[str, Any], _context: object) -> None:
    """Develop each upload of an S3 event. An AWS service that fails raises: Lambda repeats it."""
    for photo_id in _uploads(event):
        outcome = _developed(photo_id)
        watch.logger(ROOM).info("photo", outcome=outcome)
        watch.count(ROOM, outcome)
        watch.metrics(ROOM).flush_metrics()


def _uploads(event: Mapping[str, Any]) -> Iterator[str]:
    for record in event.get("Records", ()):
        key = unquote_plus(record.get("s3", {}).get("object", {}).get("key", ""))
        found = _UPLOAD.fullmatch(key)
        if found:
            yield found[1]
        else:
            watch.logger(ROOM).warning("not an upload of ours")


def _developed(photo_id: str) -> str:
    """Develop one photo and say so. What was done before is found done: every step repeats."""
    upload = _fetched(photo_id)
    if upload is None:
        return "Gone"
    content, content_type = upload
    try:
        renditions = develop(content, content_type)
    except NotAPhoto as problem:
        wiring.darkroom().refused(photo_id, str(problem))
        return "Refused"
    # Not the photo id: the address of a public photo must not be a way back to its upload.
    keys = {name: f"photos/{digest(photo_id)[:32]}/{name}.jpg" for name in SIDES}
    for name, key in keys.items():
        _put(key, renditions[name])
    wiring.darkroom().developed(Photo(photo_id=photo_id, **keys))
    return "Developed"


def _fetched(photo_id: str) -> tuple[bytes, str] | None:
    """The bytes and their declared type; nothing if the quarantine's time was up."""
    try:
        with translated():
            found = clients.client("s3").get_object(
                Bucket=wiring.settings().need("QUARANTINE_BUCKET"), Key=f"uploads/{photo_id}"
            )
    except ClientError as error:
        if code_of(error) == "NoSuchKey":
            return None
        raise
    with found["Body"] as body:
        content = body.read(MOST_BYTES + 1)
    return content, found["ContentType"]


def _put(key: str, content: bytes) -> None:
    """Write it once: an upload that is replaced later must not change what was looked at."""
    try:
        with translated():
            clients.client("s3").put_object(
                Bucket=wiring.settings().need("PHOTO_BUCKET"),
                Key=key,
                Body=content,
                ContentType="image/jpeg",
                CacheControl=FOR_EVER,
                IfNoneMatch="*",
            )
    except ClientError as error:
        if code_of(error) != "PreconditionFailed":
            raise


wiring.warm(wiring.darkroom)
