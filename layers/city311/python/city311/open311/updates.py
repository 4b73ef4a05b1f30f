"""The updates extension, reading half: what happened to public requests, FixMyStreet's words."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import quote, urlencode

from chalice.app import Response

from city311.domain.catalogue import City
from city311.domain.update import PublicUpdate
from city311.open311 import answers
from city311.open311.admission import check_jurisdiction, key_of
from city311.open311.asking import Query, Reader, first, second_of
from city311.open311.discovery import Place
from city311.open311.fields import UPDATES, Format, Row
from city311.open311.lists import MOST_ROWS, PAGE_SIZES
from city311.open311.window import MOST_BYTES, Headers, Question
from city311.open311.wire import time_text
from city311.ports import Clock, Page

DEFAULT_SPAN = timedelta(hours=24)
"""What is answered where no dates are given: senders look back a day each night."""
_REPEATED = ("jurisdiction_id", *PAGE_SIZES)


class Told(Protocol):
    """What anybody may read of what happened, as the use case offers it."""

    def between(
        self, start: datetime, end: datetime, *, limit: int, after: str | None = None
    ) -> Page[PublicUpdate]:
        """A page of updates of requests that are public now, oldest first; inclusive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What is asked for: from when to when, how many, and behind which cursor."""

    start: datetime
    end: datetime
    limit: int
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdatesWindow:
    """The window of updates. ``live``, ``apart``: caching headers, as of the other window."""

    city: City
    told: Told
    clock: Clock
    place: Place
    live: Headers
    apart: Headers

    def updates(self, asked: Question) -> Response:
        """What was told in a time, oldest first; a key that comes with it is not looked at."""
        check_jurisdiction(first(asked.query, "jurisdiction_id"), self.city)
        span = _span(asked.query, self.clock())
        while True:
            page = self.told.between(span.start, span.end, limit=span.limit, after=span.after)
            response = self._answer(asked, span, page)
            if len(response.body.encode()) <= MOST_BYTES:
                return response
            span = replace(span, limit=max(len(page.rows) // 2, 1))

    def _answer(self, asked: Question, span: Span, page: Page[PublicUpdate]) -> Response:
        fmt = answers.format_of(asked.path, asked.accept)
        manners = {**answers.varied(self.live, asked), **self._next(asked.query, span, page, fmt)}
        if key_of(asked.query, asked.header):
            manners |= self.apart
        rows = [self._row(each) for each in page.rows]
        return answers.document(UPDATES, rows, fmt, manners)

    def _row(self, update: PublicUpdate) -> Row:
        site = self.place.site_url
        return {
            "update_id": update.update_id,
            "service_request_id": update.service_request_id,
            "status": update.status.value,
            "updated_datetime": update.at,
            "description": update.description,
            "media_url": [f"{site}/{path.lstrip('/')}" for path in update.media_urls],
            "external_status_code": update.code,
            "extras": self._extras(update.service_code),
        }

    def _extras(self, service_code: str | None) -> Row | None:
        """The service it has become, by the names that the service list has for it."""
        service = self.city.services.get(service_code or "")
        if service is None:
            return None
        group = self.city.groups.get(service.group, {})
        return {"category": self.city.say(service.name), "group": self.city.say(group)}

    def _next(
        self, query: Query, span: Span, page: Page[PublicUpdate], fmt: Format
    ) -> Mapping[str, str]:
        """Where the list goes on, if it does: with both dates, so that it is the same list."""
        if page.cursor is None:
            return {}
        kept = {name: text for name in _REPEATED if (text := first(query, name))}
        kept |= {"start_date": time_text(span.start), "end_date": time_text(span.end)}
        told = urlencode({**kept, "cursor": page.cursor}, quote_via=quote, safe=":")
        url = f"{self.place.base}/servicerequestupdates.{fmt.value}?{told}"
        return {"X-Next-Page-URL": url, "Link": f'<{url}>; rel="next"'}


def _span(query: Query, now: datetime) -> Span:
    """The question in the query string, or InvalidInput with every parameter that is no use."""
    reader = Reader(query)
    start, end = reader.time("start_date"), reader.time("end_date", last=True)
    given = [name for name in ("start_date", "end_date") if first(query, name)]
    if len(given) == 1:
        missing = "end_date" if given == ["start_date"] else "start_date"
        reader.wrong(missing, "Give both start_date and end_date, or neither.", "missing")
    if start and end and start > end:
        reader.wrong("start_date", "Give a start_date that is not after end_date.")
    limit = min(reader.whole(PAGE_SIZES, MOST_ROWS, least=1), MOST_ROWS)
    reader.refuse()
    last = end or second_of(now)
    return Span(
        start=start or last - DEFAULT_SPAN, end=last, limit=limit, after=first(query, "cursor")
    )
