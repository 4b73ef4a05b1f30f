"""The reading half of the JSON API and the staff desk: one method for each resource."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from chalice.app import Response

from city311.api.actors import actor_of
from city311.api.answers import reply
from city311.api.asked import Asked, request_id
from city311.api.catalogue import CityOut, ServicesOut
from city311.api.listing import PublicListIn, QueueIn
from city311.api.manners import CATALOGUE, LIVE
from city311.api.reads import Health, OwnOut, PublicList, PublicOut
from city311.api.staff import CommandIn, EventsOut, QueueOut, StaffOut, verb
from city311.domain.audit import Actor, AuditEvent
from city311.domain.catalogue import City
from city311.domain.effects import CommandFields
from city311.domain.lifecycle import Command
from city311.domain.request import PublicRequest, ServiceRequest
from city311.domain.update import PublicUpdate
from city311.ports import Clock, ListQuery, Page, WorkItem


class Reads(Protocol):
    """What residents may read, as the use case offers it."""

    def public(self, service_request_id: str) -> PublicRequest:
        """One, or NotFound."""

    def listed(self, query: ListQuery) -> Page[PublicRequest]:
        """A page of them."""

    def private(self, service_request_id: str, capability: str) -> object:
        """The view behind the private link, or NotFound."""


class Desk(Protocol):
    """What staff may do, as the use case offers it."""

    def command(
        self, actor: Actor, service_request_id: str, command: Command, fields: CommandFields
    ) -> ServiceRequest:
        """Take a step."""

    def queue(self, actor: Actor, queue: str, *, limit: int, after: str | None) -> Page[WorkItem]:
        """A page of a queue."""

    def view(self, actor: Actor, service_request_id: str) -> ServiceRequest:
        """A request."""

    def events(self, actor: Actor, service_request_id: str) -> Sequence[AuditEvent]:
        """Its events."""

    def updates(self, actor: Actor, service_request_id: str) -> Sequence[PublicUpdate]:
        """What the public was told of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicWindow:
    """What anybody, and the holder of a private link, may read."""

    city: City
    reads: Reads
    clock: Clock
    versions: Mapping[str, str]

    def the_city(self, asked: Asked) -> Response:
        """The city, in the caller's language."""
        language = asked.language(self.city.languages)
        return reply(CityOut.of(self.city, language), headers=CATALOGUE)

    def services(self, asked: Asked) -> Response:
        """All services with questions, conditions and stops."""
        language = asked.language(self.city.languages)
        return reply(ServicesOut.of(self.city, language), headers=CATALOGUE)

    def requests(self, asked: Asked) -> Response:
        """Public requests, newest first."""
        query = asked.parameters(PublicListIn).list_query(self.clock())
        return reply(PublicList.of(self.reads.listed(query)), headers=LIVE)

    def request(self, asked: Asked, service_request_id: str) -> Response:
        """What anybody may see; with the key of the private link, the resident's own page."""
        found = request_id(service_request_id)
        if not asked.header("x-city311-key"):
            shown = PublicOut.model_validate(self.reads.public(found))
            return reply(shown, headers={**LIVE, "Vary": "X-City311-Key"})
        return reply(OwnOut.model_validate(self.reads.private(found, asked.capability())))

    def health(self, _asked: Asked) -> Response:
        """The function answers, and what is in force; it asks nobody else."""
        known = self.city.jurisdiction_id
        return reply(Health(status="ok", jurisdiction_id=known, versions=self.versions))


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffWindow:
    """What staff may see and do; who they are comes first, so that nobody else learns anything."""

    desk: Desk

    def queue(self, asked: Asked) -> Response:
        """Open work of a department or of the triage desk, due first."""
        actor = actor_of(asked.request.context)
        wanted = asked.parameters(QueueIn)
        page = self.desk.queue(actor, wanted.queue, limit=wanted.limit, after=wanted.after)
        return reply(QueueOut.of(page))

    def request(self, asked: Asked, service_request_id: str) -> Response:
        """A request as staff see it."""
        actor = actor_of(asked.request.context)
        found = self.desk.view(actor, request_id(service_request_id))
        return reply(StaffOut.of(found, actor))

    def events(self, asked: Asked, service_request_id: str) -> Response:
        """All audit events of a request."""
        actor = actor_of(asked.request.context)
        found = request_id(service_request_id)
        events = self.desk.events(actor, found)
        return reply(EventsOut.of(found, events, self.desk.updates(actor, found)))

    def command(self, asked: Asked, service_request_id: str, command: str) -> Response:
        """Move a request."""
        actor = actor_of(asked.request.context)
        found, named = request_id(service_request_id), verb(command)
        request = self.desk.command(actor, found, named, asked.json(CommandIn).fields())
        return reply(StaffOut.of(request, actor))
