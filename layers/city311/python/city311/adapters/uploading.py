"""What may be uploaded: where to, how large, for how long."""

from datetime import timedelta

FORM_LIFE = timedelta(minutes=15)
LARGEST_PHOTO = 12 * 1024 * 1024
"""Bytes."""


def upload_key(photo_id: str) -> str:
    """The one key in the quarantine that this photo may have."""
    return f"uploads/{photo_id}"
