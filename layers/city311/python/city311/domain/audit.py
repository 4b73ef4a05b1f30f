"""One event per change, numbered without gaps, each carrying the hash of the one before."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace

from city311.domain.lifecycle import Role

SCHEME = "city311-audit-1"
GENESIS = "0" * 64
"""What the first event of a request names as its predecessor."""

Detail = str | int | bool | None | Sequence["Detail"] | Mapping[str, "Detail"]
"""What an event may carry: no floats, whose text form is not one; no personal value, ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts. ``subject`` is a pseudonymous id (an account's, a function's), never a name."""

    role: Role
    subject: str
    departments: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEvent:
    """What happened, who did it, why, under which versions. ``at`` is RFC 3339 UTC."""

    service_request_id: str
    seq: int
    at: str
    role: str
    subject: str
    action: str
    details: Mapping[str, Detail]
    versions: Mapping[str, str]
    prev: str
    scheme: str = SCHEME
    hash: str = field(default="")

    def sealed(self) -> "AuditEvent":
        """The same event with its hash, over a canonical encoding of every other field."""
        return replace(self, hash=self.computed_hash())

    def computed_hash(self) -> str:
        """SHA-256 over all fields but the hash itself."""
        body = _fields(self)
        del body["hash"]
        return hashlib.sha256(canonical(body)).hexdigest()


def canonical(value: Detail) -> bytes:
    """One encoding per value: JSON, sorted keys, no spaces, UTF-8. Floats are refused."""
    _refuse_floats(value)
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def broken_link(events: Sequence[AuditEvent], *, head: str, length: int) -> str | None:
    """What is wrong with a request's chain, in words, or None if it is whole.

    ``head`` and ``length`` are what the request itself says of its last event, so that a cut tail
    is found as well as an edit, a deletion, an insertion, a move or a reorder.
    """
    prev = GENESIS
    for expected, event in enumerate(events, start=1):
        if event.scheme != SCHEME:
            return f"event {expected}: unknown scheme {event.scheme!r}"
        if event.seq != expected:
            return f"event {expected}: numbered {event.seq}"
        if event.prev != prev:
            return f"event {expected}: does not follow the one before it"
        if event.hash != event.computed_hash():
            return f"event {expected}: its content is not what was hashed"
        if event.service_request_id != events[0].service_request_id:
            return f"event {expected}: belongs to another request"
        prev = event.hash
    if len(events) != length or prev != head:
        return f"{len(events)} events, but the request says {length}"
    return None


def _fields(event: AuditEvent) -> dict[str, "Detail"]:
    return asdict(event)


def _refuse_floats(value: Detail | float) -> None:
    if isinstance(value, float):
        raise TypeError("an audit event carries no floats")
    if isinstance(value, Mapping):
        for each in value.values():
            _refuse_floats(each)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for each in value:
            _refuse_floats(each)
