"""Where a request stands in the lists: open or closed, whose queue, by when, who watches it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from math import ceil

from city311.domain.errors import FieldProblem, InvalidInput
from city311.domain.lifecycle import WORKING, PublicStatus, Status
from city311.domain.request import ServiceRequest

TRIAGE_QUEUE = "triage"
CLAIMED_WITHIN = timedelta(days=1)
"""A served photo that no request has by then is looked after by the reconciler."""
MOST_PHOTOS = 96
"""A transaction takes 100 items, and four are the request's own."""
ORPHAN_LIFE = timedelta(days=30)
TOKEN_LIFE = timedelta(days=400)
"""Longer than any state can wait (one year)."""


OPEN, CLOSED = "open", "closed"
"""What Open311 says of a status, and half of the name of a partition."""


def open311_word(status: PublicStatus) -> str:
    """Open or closed."""
    return CLOSED if status is PublicStatus.RESOLVED else OPEN


def queue_of(request: ServiceRequest) -> str | None:
    """The queue it waits in, or None: nobody has to do anything."""
    if request.status is Status.IN_TRIAGE:
        return TRIAGE_QUEUE
    if request.status in WORKING or request.status is Status.ROUTED:
        return request.department
    return None


def work_due_at(request: ServiceRequest) -> datetime:
    """What its queue sorts it by: the promise, else how long it has been waiting."""
    return request.expected_at or request.entered_at


def most_photos_checked(photos: Iterable[str]) -> tuple[str, ...]:
    """The photo ids, each once. InvalidInput if one report brings more than fit in one write."""
    once = tuple(dict.fromkeys(photos))
    if len(once) > MOST_PHOTOS:
        advice = f"Send at most {MOST_PHOTOS} photos with one report."
        raise InvalidInput(FieldProblem(field="photos", advice=advice, reason="too_many"))
    return once


def seconds(at: datetime) -> int:
    """Whole seconds since 1970, as expiry is counted; a part of a second counts as one."""
    return ceil(at.timestamp())
