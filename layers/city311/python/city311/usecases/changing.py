"""One change of one request: the step, its event, and what becomes public, written together."""

from collections.abc import Mapping
from dataclasses import dataclass

from city311.domain.advance import advance
from city311.domain.audit import Actor, Detail
from city311.domain.catalogue import City
from city311.domain.effects import CommandFields, Doing
from city311.domain.errors import NotFound
from city311.domain.lifecycle import Command
from city311.domain.projection import public_view
from city311.domain.request import ServiceRequest
from city311.ports import Change, Clock, IdempotencyKey, Requests, Versions


@dataclass(frozen=True, slots=True, kw_only=True)
class Changing:
    """Takes steps. Raises what ``advance`` raises, and Conflict if somebody was faster."""

    requests: Requests
    city: City
    clock: Clock
    versions: Versions

    def found(self, service_request_id: str) -> ServiceRequest:
        """The request, or the very NotFound that stands before what a caller may not see."""
        try:
            return self.requests.get(service_request_id)
        except NotFound:
            raise unknown() from None

    def doing(
        self,
        command: Command,
        actor: Actor,
        fields: CommandFields | None = None,
        details: Mapping[str, Detail] | None = None,
    ) -> Doing:
        """The command as something done now, under the versions in force."""
        return Doing(
            command=command,
            actor=actor,
            now=self.clock(),
            city=self.city,
            versions=self.versions.on_record(),
            fields=fields or CommandFields(),
            details=details,
        )

    def take(
        self, request: ServiceRequest, doing: Doing, key: IdempotencyKey | None = None
    ) -> ServiceRequest:
        """Take the step and return the request after it, all that comes of it in one transaction.

        Repeated if the key was used before; then nothing is written.
        """
        advanced = advance(request, doing)
        self.requests.change(
            Change(
                request=advanced.request,
                event=advanced.event,
                public=public_view(advanced.request, self.city),
                signals=advanced.step.signals,
                update=advanced.update,
                photos=doing.fields.photos,
                key=key,
            )
        )
        return advanced.request


def unknown() -> NotFound:
    """No such request, or not for this caller: the same words, or the answer would tell which."""
    return NotFound("There is no such request.")
