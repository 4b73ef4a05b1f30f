"""Rows and a store of rows for tests of lists: it gives what it was asked for, and counts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from city311.domain.lifecycle import PublicStatus
from city311.domain.request import PublicRequest
from city311.ports import ListQuery, Page

NOW = datetime(2026, 11, 25, 12, 0, 0, 500_000, tzinfo=UTC)
LAST = NOW.replace(microsecond=999_000)
"""The last moment of the second that NOW lies in."""


def a_request(number: int = 1, **changes: Any) -> PublicRequest:
    """A public request with nothing special about it."""
    given: dict[str, Any] = {
        "service_request_id": f"R{number}",
        "status": PublicStatus.RECEIVED,
        "status_notes": None,
        "service_code": "pothole",
        "service_name": "Pothole",
        "description": "Deep.",
        "agency_responsible": None,
        "service_notice": None,
        "requested_at": NOW - timedelta(minutes=number),
        "updated_at": NOW - timedelta(minutes=number),
        "expected_at": None,
        "address": None,
        "address_id": None,
        "lat": 50.5,
        "long": 10.5,
        "media_url": None,
    }
    return PublicRequest(**{**given, **changes})


def query(**parameters: str) -> dict[str, Sequence[str]]:
    """A query string in which every parameter stands once."""
    return {name: [value] for name, value in parameters.items()}


@dataclass
class Store:
    """A list that gives away at most ``stingy`` rows at a time, however many are asked for.

    It reads at most ``budget`` rows a call, skipped ones among them; a cursor says behind which
    row it goes on, and how many rows are still to be skipped.
    """

    rows: list[PublicRequest]
    stingy: int = 1_000
    budget: int = 1_000_000
    calls: list[ListQuery] = field(default_factory=list)

    def __call__(self, query: ListQuery) -> Page[PublicRequest]:
        """A page, newest first."""
        self.calls.append(query)
        rows = sorted(filter(_within(query), self.rows), key=_place(query), reverse=True)
        skip = query.skip
        if query.after:
            behind, _, left = query.after.partition("/")
            skip = int(left)
            rows = [row for row in rows if _key(row, query) < behind]
        read = rows[: self.budget]
        found = read[skip : skip + min(query.limit, self.stingy)]
        last = found[-1] if found else read[-1] if read else None
        if last is None or rows[-1] is last:
            return Page(rows=tuple(found))
        left = 0 if found else max(skip - len(read), 0)
        return Page(rows=tuple(found), cursor=f"{_key(last, query)}/{left}")


def _at(row: PublicRequest, query: ListQuery) -> datetime:
    return row.updated_at if query.by_updated else row.requested_at


def _key(row: PublicRequest, query: ListQuery) -> str:
    return f"{_at(row, query).isoformat()}#{row.service_request_id}"


def _place(query: ListQuery) -> Callable[[PublicRequest], str]:
    return lambda row: _key(row, query)


def _within(query: ListQuery) -> Callable[[PublicRequest], bool]:
    return lambda row: query.start <= _at(row, query) <= query.end
