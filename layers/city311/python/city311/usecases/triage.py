"""Triage: what it is, how urgent, whose it is, whether it is known; written down with reasons."""

from dataclasses import dataclass
from datetime import timedelta

from city311.domain.audit import Actor
from city311.domain.catalogue import DuplicateRule
from city311.domain.effects import CommandFields
from city311.domain.lifecycle import Command, Role, Status
from city311.domain.location import cells_around
from city311.domain.matching import decide
from city311.domain.request import PublicRequest, ServiceRequest
from city311.domain.standing import Standing, first_standing
from city311.usecases.changing import Changing
from city311.usecases.lifecycle import generation_of

TRIAGE = Actor(role=Role.SYSTEM, subject="triage")


@dataclass(frozen=True, slots=True, kw_only=True)
class Triage:
    """The first state of every execution."""

    changing: Changing

    def decide(self, service_request_id: str, execution: str) -> Standing:
        """Decide if nobody has yet, and say where the request stands. Safe to repeat."""
        request = self.changing.requests.get(service_request_id)
        if request.status is Status.RECEIVED:
            request = self._decided(request)
        return first_standing(
            request,
            self.changing.city,
            generation=generation_of(execution),
            now=self.changing.clock(),
        )

    def _decided(self, request: ServiceRequest) -> ServiceRequest:
        city = self.changing.city
        decision = decide(request, city, ())
        near = self._near(request, city.services[decision.service_code].duplicates)
        if near:
            decision = decide(request, city, near)
        command = Command.REVIEW if decision.needs_person else Command.ROUTE
        fields = CommandFields(decision=decision)
        return self.changing.take(request, self.changing.doing(command, TRIAGE, fields))

    def _near(self, request: ServiceRequest, rule: DuplicateRule) -> tuple[PublicRequest, ...]:
        """What was reported so close by and so lately that the service's rule may apply."""
        place = request.place
        if place.lat is None or place.long is None or rule.radius_m == 0:
            return ()
        since = request.requested_at - timedelta(days=rule.days)
        cells = cells_around(lat=place.lat, long=place.long, radius_m=rule.radius_m)
        return tuple(self.changing.requests.nearby(cells, since))
