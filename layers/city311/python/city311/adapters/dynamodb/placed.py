"""The attributes that put a request into indexes, or keep it out of them."""

from datetime import datetime

from city311.adapters.cursors import sort_key, stamp
from city311.adapters.dynamodb import keys
from city311.adapters.dynamodb.values import Item
from city311.adapters.placing import open311_word, queue_of, work_due_at
from city311.domain.location import cell
from city311.domain.request import PublicRequest, ServiceRequest

INDEX_ATTRIBUTES = (
    "requested_bucket",
    "requested_key",
    "updated_bucket",
    "updated_key",
    "service_bucket",
    "cell",
    "queue",
    "due_key",
    "due_at",
)
"""All that places() may set, so that a change can take away what no longer holds."""


def places(request: ServiceRequest, public: PublicRequest | None) -> Item:
    """Its places in the public indexes (none for a private request) and in a work queue."""
    return _texts((_public_places(public) if public else {}) | _work_places(request))


def watched(since: datetime, service_request_id: str) -> Item:
    """A request's place under watch: its execution should have been heard of by then."""
    key = sort_key(since, service_request_id)
    return _texts({"watch": keys.WATCH_REQUEST, "watch_key": key})


def _public_places(public: PublicRequest) -> dict[str, str]:
    requested, updated = (
        sort_key(at, public.service_request_id) for at in (public.requested_at, public.updated_at)
    )
    word = open311_word(public.status)
    out = {
        "requested_bucket": keys.year_bucket(word, requested[:4]),
        "requested_key": requested,
        "service_bucket": keys.service_bucket(public.service_code, word),
    }
    if updated != requested:
        # What never changed is found by when it was requested: accepting writes two entries less.
        out |= {"updated_bucket": keys.year_bucket(word, updated[:4]), "updated_key": updated}
    if public.lat is not None and public.long is not None:
        out["cell"] = cell(lat=public.lat, long=public.long)
    return out


def _work_places(request: ServiceRequest) -> dict[str, str]:
    queue = queue_of(request)
    if not queue:
        return {}
    due = work_due_at(request)
    due_key = sort_key(due, request.service_request_id)
    return {"queue": queue, "due_key": due_key, "due_at": stamp(due)}


def _texts(values: dict[str, str]) -> Item:
    return {name: {"S": value} for name, value in values.items()}
