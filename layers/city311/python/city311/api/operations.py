"""What each route of the JSON API takes and gives: the one table its published document is from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from city311.api.catalogue import CityOut, ServicesOut
from city311.api.filing import ConfirmIn, DisputeIn, Filed, PhotoIn, ReportIn, Slot
from city311.api.keys import IssuedOut, KeyIn, KeyOut, KeysOut, RevokeIn
from city311.api.listing import PublicListIn, QueueIn
from city311.api.models import Answer, Body
from city311.api.reads import Health, OwnOut, PublicList, PublicOut, Standing
from city311.api.staff import CommandIn, EventsOut, QueueOut, StaffOut
from city311.domain.lifecycle import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one route.

    ``answers``: what it gives, by status; several models where the caller decides. ``refusals``:
    the statuses of its own refusals, beside those that any call may meet. ``language``: the answer
    is in the caller's. ``kept``: a GET whose answer may be kept and asked for anew. ``key``: the
    post may name what makes it the same as another. ``link``: the private link opens it ("needs")
    or more of it ("may"). ``values``: those of a path parameter that has no others.
    """

    answers: Mapping[int, tuple[type[Answer], ...]]
    refusals: frozenset[int] = frozenset()
    body: type[Body] | None = None
    query: type[Body] | None = None
    language: bool = False
    kept: bool = False
    key: bool = False
    link: str | None = None
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


OPERATIONS: Mapping[tuple[str, str], Operation] = {
    ("GET", "/api/city"): Operation(answers={200: (CityOut,)}, language=True, kept=True),
    ("GET", "/api/services"): Operation(answers={200: (ServicesOut,)}, language=True, kept=True),
    ("GET", "/api/requests"): Operation(
        answers={200: (PublicList,)}, refusals=frozenset({400}), query=PublicListIn, kept=True
    ),
    ("POST", "/api/requests"): Operation(
        answers={200: (Filed,), 201: (Filed,)},
        refusals=frozenset({400, 404, 409, 415}),
        body=ReportIn,
        language=True,
        key=True,
    ),
    ("GET", "/api/requests/{service_request_id}"): Operation(
        answers={200: (PublicOut, OwnOut)}, refusals=frozenset({404}), link="may", kept=True
    ),
    ("POST", "/api/requests/{service_request_id}/confirm"): Operation(
        answers={200: (Standing,)},
        refusals=frozenset({400, 404, 409, 415}),
        body=ConfirmIn,
        link="needs",
    ),
    ("POST", "/api/requests/{service_request_id}/dispute"): Operation(
        answers={200: (Standing,)},
        refusals=frozenset({400, 404, 409, 415}),
        body=DisputeIn,
        link="needs",
    ),
    ("POST", "/api/photos"): Operation(
        answers={201: (Slot,)}, refusals=frozenset({400, 415}), body=PhotoIn
    ),
    ("GET", "/api/health"): Operation(answers={200: (Health,)}),
    ("GET", "/api/staff/queue"): Operation(
        answers={200: (QueueOut,)}, refusals=frozenset({400}), query=QueueIn
    ),
    ("GET", "/api/staff/requests/{service_request_id}"): Operation(
        answers={200: (StaffOut,)}, refusals=frozenset({404})
    ),
    ("GET", "/api/staff/requests/{service_request_id}/events"): Operation(
        answers={200: (EventsOut,)}, refusals=frozenset({404})
    ),
    ("POST", "/api/staff/requests/{service_request_id}/{command}"): Operation(
        answers={200: (StaffOut,)},
        refusals=frozenset({400, 404, 409, 415}),
        body=CommandIn,
        values={"command": tuple(sorted(Command))},
    ),
    ("GET", "/api/staff/keys"): Operation(answers={200: (KeysOut,)}),
    ("POST", "/api/staff/keys"): Operation(
        answers={201: (IssuedOut,)}, refusals=frozenset({400, 409, 415}), body=KeyIn
    ),
    ("POST", "/api/staff/keys/{key_id}/revoke"): Operation(
        answers={200: (KeyOut,)}, refusals=frozenset({400, 404, 415}), body=RevokeIn
    ),
}
MEANINGS = {
    200: "Done.",
    201: "Accepted.",
    304: "Not changed since the answer with this ETag.",
    400: "Something that was sent cannot be used; every field is named.",
    401: "Nobody is signed in.",
    403: "This account may not do it.",
    404: "No such thing, or not for this caller: the two look alike.",
    409: "It does not fit what is known by now. Read again.",
    415: "The body is not application/json.",
    429: "Too many calls. Wait as long as Retry-After says.",
    500: "A fault of ours. Quote the request's id.",
    503: "Something does not answer; nothing was stored. Wait as long as Retry-After says.",
}
"""What each status means here, in a word to whoever writes a client."""
GATEWAY_ERRORS: Mapping[str, object] = {
    "title": "GatewayErrors",
    "description": "What is refused before any function is asked; the form is Open311's.",
    "type": "array",
    "minItems": 1,
    "items": {
        "type": "object",
        "required": ["code", "description"],
        "properties": {
            "code": {"type": "integer"},
            "description": {"type": "string"},
            "reason": {"type": "string"},
        },
    },
}
