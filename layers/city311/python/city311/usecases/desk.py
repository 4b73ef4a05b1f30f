"""The staff desk: queues, requests, events and the commands that move them."""

from collections.abc import Sequence
from dataclasses import dataclass

from city311.domain.audit import Actor, AuditEvent
from city311.domain.effects import CommandFields
from city311.domain.errors import FieldProblem, Forbidden, InvalidInput, NotFound
from city311.domain.lifecycle import Command, Role
from city311.domain.request import ServiceRequest
from city311.domain.update import PublicUpdate
from city311.ports import Page, WorkItem
from city311.usecases.changing import Changing, unknown

TRIAGE = "triage"
"""The queue of what a person must look at; beside it each department has one by its id."""
_DESK = frozenset({Role.AGENT, Role.SUPERVISOR, Role.ADMIN})
_ALL_QUEUES = _DESK | {Role.AUDITOR}
_STAFF = _ALL_QUEUES | {Role.DEPARTMENT}
MAX_ROWS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What staff may see and do, by role; default deny."""

    changing: Changing

    def command(
        self, actor: Actor, service_request_id: str, command: Command, fields: CommandFields
    ) -> ServiceRequest:
        """Take the step. The other request of a duplicate must exist."""
        if actor.role in (Role.RESIDENT, Role.PARTNER, Role.SYSTEM):
            raise Forbidden("Only staff may do this.")
        request = self.view(actor, service_request_id)
        if fields.outcome and fields.outcome.duplicate_of:
            self._must_exist(fields.outcome.duplicate_of)
        return self.changing.take(request, self.changing.doing(command, actor, fields))

    def queue(self, actor: Actor, queue: str, *, limit: int, after: str | None) -> Page[WorkItem]:
        """A page of open work, due first."""
        if queue != TRIAGE and queue not in self.changing.city.departments:
            raise NotFound("There is no such queue.")
        if actor.role not in _ALL_QUEUES and queue not in actor.departments:
            raise Forbidden("This queue belongs to another department.")
        return self.changing.requests.work(queue, limit=min(max(limit, 1), MAX_ROWS), after=after)

    def view(self, actor: Actor, service_request_id: str) -> ServiceRequest:
        """The request. A department sees its own; what it may not see does not exist for it."""
        request = self.changing.found(service_request_id)
        own = request.department in actor.departments
        if actor.role in _ALL_QUEUES or (actor.role is Role.DEPARTMENT and own):
            return request
        raise unknown()

    def events(self, actor: Actor, service_request_id: str) -> Sequence[AuditEvent]:
        """Its events in order, for whom may see the request."""
        request = self.view(actor, service_request_id)
        return self.changing.requests.events(request.service_request_id)

    def updates(self, actor: Actor, service_request_id: str) -> Sequence[PublicUpdate]:
        """What the public was told of it, comments in their words, for whom may see the request."""
        request = self.view(actor, service_request_id)
        return self.changing.requests.updates(request.service_request_id)

    def _must_exist(self, service_request_id: str) -> None:
        try:
            self.changing.requests.get(service_request_id)
        except NotFound:
            raise InvalidInput(
                FieldProblem(field="duplicate_of", advice="There is no request with this number.")
            ) from None
