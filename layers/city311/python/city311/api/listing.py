"""Query strings of the JSON API's lists."""

from datetime import datetime, timedelta
from typing import Annotated, ClassVar

from pydantic import AwareDatetime, Field

from city311.api.models import Body
from city311.domain.lifecycle import PublicStatus
from city311.ports import ListQuery

SPAN = timedelta(days=90)


class PublicListIn(Body):
    """Which public requests: the newest 90 days, or up to 90 days before ``end``."""

    several: ClassVar[frozenset[str]] = frozenset({"status", "service_code"})
    status: frozenset[PublicStatus] = frozenset()
    service_code: frozenset[str] = frozenset()
    start: AwareDatetime | None = None
    end: AwareDatetime | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50
    after: str | None = None

    def list_query(self, now: datetime) -> ListQuery:
        """The list that was asked for."""
        end = self.end or now
        earliest = end - SPAN if end.year > 1 else end
        return ListQuery(
            start=max(self.start or earliest, earliest),
            end=end,
            service_codes=self.service_code,
            statuses=self.status,
            limit=self.limit,
            after=self.after,
        )


class QueueIn(Body):
    """Which queue: ``triage`` or a department's id; from where on."""

    queue: str
    limit: Annotated[int, Field(ge=1, le=100)] = 50
    after: str | None = None
