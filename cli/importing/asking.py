"""Asking for a list of requests in a way that the server at hand accepts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cli.failures import Failure, Refused
from cli.importing import shapes
from cli.importing.client import Client, NotThere
from cli.importing.endpoint import Endpoint
from cli.importing.past import WANTED, Past, past_request


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How moments are written. `slack`: how far a server may mistake them."""

    write: Callable[[datetime], str]
    slack: timedelta
    sized: bool = True


def _dialects() -> list[Dialect]:
    exact, zones = timedelta(0), timedelta(hours=14)
    forms = [("%Y-%m-%dT%H:%M:%SZ", exact), ("%Y-%m-%dT%H:%M:%S+00:00", exact)]
    forms += [("%Y-%m-%dT%H:%M:%S", zones), ("%Y-%m-%d", zones + timedelta(days=1))]
    return [
        Dialect(write=_writer(form), slack=slack, sized=sized)
        for sized in (True, False)
        for form, slack in forms
    ]


def _writer(form: str) -> Callable[[datetime], str]:
    return lambda moment: moment.astimezone(UTC).strftime(form)


class Asker:
    """Asks for requests; learns once which dialect the server takes."""

    def __init__(self, client: Client, endpoint: Endpoint, page_size: int) -> None:
        self._client = client
        self._endpoint = endpoint
        self._size = page_size
        self._left = _dialects()
        self._sure = False
        self.nameless = 0
        self.seen = 0

    @property
    def slack(self) -> timedelta:
        """How far the server may mistake a moment."""
        return self._left[0].slack

    def between(self, low: datetime, high: datetime, page: int | None = None) -> list[Past]:
        """The requests of a span, or a page of them, in the server's order."""
        while True:
            try:
                found = self._ask(self._left[0], low, high, page)
            except Refused as refused:
                if self._sure or refused.status not in (400, 422) or len(self._left) == 1:
                    raise
                self._left.pop(0)
            else:
                self._sure = True
                return found

    def _ask(self, dialect: Dialect, low: datetime, high: datetime, page: int | None) -> list[Past]:
        query = {
            **self._endpoint.query,
            "start_date": dialect.write(low - dialect.slack),
            "end_date": dialect.write(high + dialect.slack),
            **({"page_size": str(self._size)} if dialect.sized else {}),
            **({"page": str(page)} if page else {}),
        }
        try:
            body = self._client.get(self._endpoint.url("requests"), query)
        except NotThere as missing:
            if missing.status == 404 and self._sure:  # what some servers say for "none"
                return []
            raise
        if body.kind not in ("json", "xml"):
            raise Failure(f"{self._endpoint.url('requests')} gives neither JSON nor XML.")
        records = shapes.rows(body.data, *WANTED)
        made = [past_request(record, self._endpoint) for record in records]
        self.seen += len(records)
        self.nameless += sum(each is None for each in made)
        return [each for each in made if each is not None]
