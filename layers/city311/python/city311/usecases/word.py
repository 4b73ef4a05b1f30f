"""The resident's word on an answer: it is as you say, or it is not."""

from dataclasses import dataclass

from city311.domain.audit import Actor
from city311.domain.effects import CommandFields
from city311.domain.errors import FieldProblem, InvalidInput
from city311.domain.ids import commitment, same_secret
from city311.domain.lifecycle import Command, Role
from city311.domain.request import ServiceRequest
from city311.ports import Residents
from city311.usecases.changing import Changing, unknown

MAX_WORDS = 2000
RESIDENT = Actor(role=Role.RESIDENT, subject="private-link")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidentsWord:
    """What the holder of the private link may do with an answer."""

    changing: Changing
    residents: Residents

    def confirm(self, service_request_id: str, capability: str, note: str) -> ServiceRequest:
        """It is as the city says: the request closes. NotFound if the link is not the one."""
        return self._say(Command.CONFIRM, service_request_id, capability, note)

    def dispute(self, service_request_id: str, capability: str, reason: str) -> ServiceRequest:
        """It is not: work starts anew, and not with the one who closed it."""
        if not reason.strip():
            advice = "Tell us what is not right, so that the crew knows what to look for."
            raise InvalidInput(FieldProblem(field="reason", advice=advice, reason="missing"))
        return self._say(Command.DISPUTE, service_request_id, capability, reason)

    def _say(
        self, command: Command, service_request_id: str, capability: str, words: str
    ) -> ServiceRequest:
        words = words.strip()
        if len(words) > MAX_WORDS:
            advice = f"Shorten it to {MAX_WORDS} characters."
            name = "reason" if command is Command.DISPUTE else "note"
            raise InvalidInput(FieldProblem(field=name, advice=advice, reason="too_long"))
        request = opened(self.changing, service_request_id, capability)
        resident = self.residents.get(request.service_request_id)
        details = {}
        if words and resident:
            details = {"words": commitment(resident.commitment_key, words)}
        fields = CommandFields(reason=words or None)
        return self.changing.take(request, self.changing.doing(command, RESIDENT, fields, details))


def opened(changing: Changing, service_request_id: str, capability: str) -> ServiceRequest:
    """The request, if the capability opens it; else the same NotFound as for an unknown id."""
    request = changing.found(service_request_id)
    if not same_secret(capability, request.capability_digest):
        raise unknown()
    return request
