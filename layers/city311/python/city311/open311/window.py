"""The reading half of GeoReport v2: one method for each GET, each asked and answering in HTTP."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from chalice.app import Response

from city311.domain.catalogue import City
from city311.domain.errors import NotFound
from city311.domain.ids import read_request_id
from city311.domain.request import PublicRequest
from city311.open311 import answers, catalogue, lists
from city311.open311.admission import check_jurisdiction
from city311.open311.answers import Asking
from city311.open311.fields import DEFINITION, DISCOVERY, REQUESTS, SERVICES, Format
from city311.open311.requests import row
from city311.ports import Clock, ListQuery, Page

Headers = Mapping[str, str]


class Question(Asking, Protocol):
    """What a read must know of the request it answers."""

    @property
    def query(self) -> Mapping[str, Sequence[str]]:
        """All values of all query parameters."""

    def language(self, languages: Sequence[str]) -> str | None:
        """The caller's language, if it is one of these."""


class Reads(Protocol):
    """What anybody may read, as the use case offers it."""

    def public(self, service_request_id: str) -> PublicRequest:
        """One, or NotFound."""

    def listed(self, query: ListQuery) -> Page[PublicRequest]:
        """A page of them."""

    def by_ids(self, service_request_ids: Iterable[str]) -> Sequence[PublicRequest]:
        """Those of the ids that are public."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The Open311 window. ``kept``, ``live``: caching headers of what changes seldom or often."""

    city: City
    reads: Reads
    clock: Clock
    site_url: str
    kept: Headers
    live: Headers

    def discovery(self, asked: Question) -> Response:
        """Where and how this endpoint is used."""
        found = catalogue.discovery(self.city, self.site_url, self._language(asked))
        return answers.document(DISCOVERY, [found], _format(asked), self.kept)

    def services(self, asked: Question) -> Response:
        """All services, or an error: never a part of them."""
        found = catalogue.service_rows(self.city, self._language(asked))
        return answers.document(SERVICES, found, _format(asked), self.kept)

    def definition(self, asked: Question, service_code: str) -> Response:
        """The questions of one service."""
        language, code = self._language(asked), answers.named(service_code)
        found = catalogue.definition_row(self.city, code, language)
        return answers.document(DEFINITION, [found], _format(asked), self.kept)

    def requests(self, asked: Question) -> Response:
        """Public requests, newest first."""
        self._language(asked)
        wanted = lists.asked(asked.query, self.clock())
        if wanted.ids is not None:
            found = self.reads.by_ids(wanted.ids)
        else:
            found = lists.page_of(self.reads.listed, wanted)
        return lists.answer(found, wanted, _format(asked), self.site_url, self.live)

    def request(self, asked: Question, service_request_id: str) -> Response:
        """One public request, as an array of one; unknown and private look alike."""
        self._language(asked)
        known = read_request_id(answers.named(service_request_id))
        if known is None:
            raise NotFound("There is no service request with this id.")
        found = row(self.reads.public(known), self.site_url)
        return answers.document(REQUESTS, [found], _format(asked), self.live)

    def token(self, asked: Question, token: str) -> Response:
        """No tokens are given out, so none is known."""
        self._language(asked)
        raise NotFound(
            f"There is no token {answers.named(token)[:40]!r}: reports get an id at once."
        )

    def elsewhere(self, _asked: Question) -> Response:
        """Every address that nothing else answers."""
        raise NotFound("There is nothing at this address.")

    def _language(self, asked: Question) -> str | None:
        """The caller's language, once it is clear that this is the city that was meant."""
        check_jurisdiction(lists.first(asked.query, "jurisdiction_id"), self.city)
        return asked.language(self.city.languages)


def _format(asked: Question) -> Format:
    return answers.format_of(asked.path, asked.accept)
