"""The reading half of GeoReport v2: one method for each GET, each asked and answering in HTTP."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from chalice.app import Response

from city311.domain.catalogue import City
from city311.domain.errors import NotFound
from city311.domain.ids import read_request_id
from city311.domain.projection import PublicExtras
from city311.domain.request import PublicRequest
from city311.domain.update import PublicUpdate
from city311.open311 import answers, capabilities, catalogue, extensions, lists, page, paging
from city311.open311.admission import check_jurisdiction, key_of
from city311.open311.answers import Asking
from city311.open311.asking import Query, first
from city311.open311.discovery import Place, discovery
from city311.open311.fields import DEFINITION, DISCOVERY, SERVICES, Format, Resource, Row
from city311.open311.requests import row
from city311.ports import Clock, ListQuery, Page

Headers = Mapping[str, str]
MOST_BYTES = 3_000_000
"""Lambda hands on 6 MB, within which the document is quoted once more as JSON."""


class Question(Asking, Protocol):
    """What a read must know of the request it answers."""

    @property
    def query(self) -> Query:
        """All values of all query parameters."""

    def header(self, name: str) -> str:
        """A header's value, or nothing."""

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

    def extras(self, service_request_ids: Iterable[str]) -> Mapping[str, PublicExtras]:
        """What may be added to those that are public now."""

    def updates(self, service_request_id: str) -> Sequence[PublicUpdate]:
        """What the public was told of one that is public, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The Open311 window. ``kept``, ``live``: caching headers of what changes seldom or often.

    ``apart``: those of an answer that is for one caller only. ``may_see_internal``: whether the
    owner of this key may see the services of the staff.
    """

    city: City
    reads: Reads
    may_see_internal: Callable[[str | None], bool]
    clock: Clock
    place: Place
    kept: Headers
    live: Headers
    apart: Headers

    def page(self, asked: Question) -> Response:
        """The endpoint, for people."""
        body = page.page(self.city, self.place, self._language(asked))
        manners = {
            "Content-Type": page.CONTENT_TYPE,
            "Content-Security-Policy": page.policy(),
            **self.kept,
            **self._apart(asked),
        }
        return Response(body=body, headers=dict(manners), status_code=200)

    def discovery(self, asked: Question) -> Response:
        """Where and how this endpoint is used."""
        found = discovery(self.city, self.place, self._language(asked))
        return self._answer(asked, DISCOVERY, [found], self.kept)

    def capabilities(self, asked: Question) -> Response:
        """What GeoReport v2 has no words for; JSON only."""
        self._language(asked)
        manners = {**self.kept, **self._apart(asked)}
        return answers.plain(capabilities.capabilities(self.city), manners)

    def services(self, asked: Question) -> Response:
        """All services, or an error; a part of them only where a part is asked for."""
        language, internal = self._language(asked), self._internal(asked)
        wanted = catalogue.filters(asked.query)
        found = catalogue.service_rows(self.city, wanted, language, internal=internal)
        grouped = extensions.grouped(asked.query)
        resource = extensions.SERVICES_GROUPED if grouped else SERVICES
        return self._answer(asked, resource, found, self.kept)

    def definition(self, asked: Question, service_code: str) -> Response:
        """The questions of one service."""
        language, internal = self._language(asked), self._internal(asked)
        code = answers.named(service_code)
        found = catalogue.definition_row(self.city, code, language, internal=internal)
        return self._answer(asked, DEFINITION, [found], self.kept)

    def requests(self, asked: Question) -> Response:
        """Public requests, newest first."""
        self._language(asked)
        wanted = lists.asked(asked.query, self.clock(), self.city)
        while True:
            found = self._page(wanted)
            response = self._list(asked, wanted, found)
            if len(response.body.encode()) <= MOST_BYTES:
                return response
            wanted = lists.smaller(wanted, len(found.rows))

    def request(self, asked: Question, service_request_id: str) -> Response:
        """One public request, as an array of one; unknown and private look alike."""
        self._language(asked)
        known = read_request_id(answers.named(service_request_id))
        if known is None:
            raise NotFound("There is no service request with this id.")
        found, names = self.reads.public(known), extensions.asked_names(asked.query)
        (written,) = self._rows([found], names)
        if extensions.NOTES in names:
            written = {**written, **extensions.note_rows(self.reads.updates(known))}
        return self._answer(asked, extensions.requests_with(names), [written], self.live)

    def token(self, asked: Question, token: str) -> Response:
        """No tokens are given out, so none is known."""
        self._language(asked)
        raise NotFound(
            f"There is no token {answers.named(token)[:40]!r}: reports get an id at once."
        )

    def elsewhere(self, _asked: Question) -> Response:
        """Every address that nothing else answers."""
        raise NotFound("There is nothing at this address.")

    def _page(self, wanted: lists.Asked) -> Page[PublicRequest]:
        if wanted.ids is not None:
            return Page(rows=tuple(self.reads.by_ids(wanted.ids)))
        return lists.page_of(self.reads.listed, wanted)

    def _list(self, asked: Question, wanted: lists.Asked, found: Page[PublicRequest]) -> Response:
        names = wanted.extensions - {extensions.NOTES}
        address = f"{self.place.base}/requests.{_format(asked).value}"
        said = paging.headers(wanted, asked.query, found, address)
        resource, rows = extensions.requests_with(names), self._rows(found.rows, names)
        return self._answer(asked, resource, rows, {**self.live, **said})

    def _rows(self, found: Sequence[PublicRequest], names: frozenset[str]) -> list[Row]:
        site = self.place.site_url
        rows = [row(each, site) for each in found]
        if not found or not names - {extensions.NOTES}:
            return rows
        extras = self.reads.extras([each.service_request_id for each in found])
        return [
            {**core, **extensions.extra_row(extras.get(each.service_request_id), site)}
            for each, core in zip(found, rows, strict=True)
        ]

    def _answer(
        self, asked: Question, resource: Resource, rows: Sequence[Row], headers: Headers
    ) -> Response:
        manners = {**answers.varied(headers, asked), **self._apart(asked)}
        return answers.document(resource, rows, _format(asked), manners)

    def _apart(self, asked: Question) -> Headers:
        """An answer to who showed a key is kept by nobody: neither the answer nor the key."""
        return self.apart if key_of(asked.query, asked.header) else {}

    def _internal(self, asked: Question) -> bool:
        key = key_of(asked.query, asked.header)
        return key is not None and self.may_see_internal(key)

    def _language(self, asked: Question) -> str | None:
        """The caller's language, once it is clear that this is the city that was meant."""
        check_jurisdiction(first(asked.query, "jurisdiction_id"), self.city)
        return asked.language(self.city.languages)


def _format(asked: Question) -> Format:
    return answers.format_of(asked.path, asked.accept)
