"""Photos: the hatch into quarantine and the records of what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from city311.domain.request import Photo


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadForm:
    """A presigned POST: exact key, exact type, a size range, a short life."""

    photo_id: str
    url: str
    fields: Mapping[str, str]
    expires_at: datetime
    max_bytes: int


class Uploads(Protocol):
    """The quarantine, as intake sees it."""

    def form(self, photo_id: str, content_type: str) -> UploadForm:
        """A form to upload one photo with."""

    def put(self, photo_id: str, content_type: str, content: bytes) -> None:
        """Store bytes that came inside a multipart post."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoRecord:
    """What is known of a photo: whose it is, and how it may be served, once either is known.

    ``problem`` says why it was refused.
    """

    photo_id: str
    service_request_id: str | None = None
    photo: Photo | None = None
    problem: str | None = None


class PhotoRecords(Protocol):
    """What the photo function found out about uploads."""

    def get(self, photo_id: str) -> PhotoRecord | None:
        """The record, or None."""

    def clean(self, photo: Photo) -> None:
        """It was re-encoded and may be served; the first result counts."""

    def refuse(self, photo_id: str, problem: str) -> None:
        """It is not a photo we can serve."""
