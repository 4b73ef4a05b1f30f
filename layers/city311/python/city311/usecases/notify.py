"""Notify: one message per stage, round, channel and recipient; claimed, sent, marked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from city311.domain import messages
from city311.domain.catalogue import City
from city311.domain.contact import Resident
from city311.domain.errors import Unavailable
from city311.domain.ledger import LEASE, Channel, LedgerEntry, LedgerState, recipient_digest
from city311.domain.lifecycle import Stage
from city311.domain.messages import Message
from city311.domain.request import ServiceRequest
from city311.ports import (
    Claim,
    Clock,
    Ledger,
    Mail,
    Mailer,
    PermanentFailure,
    Requests,
    Residents,
    Texter,
    TransientFailure,
)

Send = Callable[[str], str]
"""Hands a message with this ledger id to the provider; answers the provider's id."""
EVIDENCE: Mapping[str, LedgerState] = {
    "Send": LedgerState.SENT,
    "Delivery": LedgerState.DELIVERED,
    "Bounce": LedgerState.FAILED,
    "Complaint": LedgerState.FAILED,
    "Reject": LedgerState.FAILED,
    "Rendering Failure": LedgerState.FAILED,
}
"""What SES says of a message (event type) and what it proves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify:
    """The post room: nothing leaves without a line in the ledger."""

    requests: Requests
    residents: Residents
    ledger: Ledger
    mailer: Mailer
    texter: Texter
    city: City
    clock: Clock
    site_url: str

    def tell(self, service_request_id: str, stage: Stage) -> tuple[Channel, ...]:
        """Tell the resident, by e-mail, else by text, else not at all; the channels that did.

        Raises Unavailable where it must be tried again: the provider did not take it, or another
        attempt still holds the message and nobody knows yet whether it went out.
        """
        request = self.requests.get(service_request_id)
        resident = self.residents.get(service_request_id)
        if resident is None:
            return ()
        link = f"{self.site_url}/track/#{service_request_id}.{resident.capability}"
        message = messages.to_resident(
            self.city, request, stage=stage, language=resident.language, link=link
        )
        return self._told(request, resident, stage, message)

    def mail_work(
        self, service_request_id: str, *, department_id: str, event: str, event_id: str
    ) -> bool:
        """Mail a department of work, once per event id. False: it has no address, or had it.

        ``department_id``: whom the event was for; the work may be somebody else's by now.
        """
        request = self.requests.get(service_request_id)
        department = self.city.departments.get(department_id)
        if department is None or department.email is None:
            return False
        link = f"{self.site_url}/staff/requests/{service_request_id}"
        message = messages.to_department(self.city, request, event=event, link=link)
        whom = f"{department.email}\n{event_id}"
        entry = self._entry(request, Stage.WORK, Channel.EMAIL, whom)
        return self._once(entry, self._mail(department.email, message))

    def heard(self, ledger_id: str, event_type: str, provider_id: str) -> bool:
        """What the provider says became of a message. False: nothing new."""
        state = EVIDENCE.get(event_type)
        if state is None:
            return False
        problem = event_type if state is LedgerState.FAILED else None
        return self.ledger.mark(ledger_id, state, provider_id=provider_id, problem=problem)

    def _told(
        self, request: ServiceRequest, resident: Resident, stage: Stage, message: Message
    ) -> tuple[Channel, ...]:
        """By e-mail where there is an address: a text message costs more than all the rest."""
        if resident.email:
            channel, whom, send = Channel.EMAIL, resident.email, self._mail(resident.email, message)
        elif resident.phone:
            channel, whom, send = Channel.SMS, resident.phone, self._text(resident.phone, message)
        else:
            return ()
        entry = self._entry(request, stage, channel, whom)
        return (channel,) if self._once(entry, send) else ()

    def _mail(self, to: str, message: Message) -> Send:
        def send(ledger_id: str) -> str:
            return self.mailer.send(
                Mail(
                    ledger_id=ledger_id,
                    to=to,
                    subject=message.subject,
                    text=message.text,
                    html=message.html,
                )
            )

        return send

    def _text(self, to: str, message: Message) -> Send:
        def send(ledger_id: str) -> str:
            return self.texter.send(ledger_id, to, message.sms)

        return send

    def _once(self, entry: LedgerEntry, send: Send) -> bool:
        """Send it unless it was sent; False if it was, or never can be.

        A claim whose sending failed half-way keeps its lease: only when that is over and the
        provider has shown no evidence may it be sent again.
        """
        claim = self.ledger.claim(entry, self.clock())
        if claim is Claim.DONE:
            return False
        if claim is Claim.HELD:
            raise Unavailable("This message is being sent; nobody knows yet whether it went out.")
        try:
            provider_id = send(entry.ledger_id)
        except PermanentFailure as failure:
            self.ledger.mark(entry.ledger_id, LedgerState.FAILED, problem=str(failure))
            return False
        except TransientFailure as failure:
            raise Unavailable("The provider did not take the message.") from failure
        self.ledger.mark(entry.ledger_id, LedgerState.SENT, provider_id=provider_id)
        return True

    def _entry(
        self, request: ServiceRequest, stage: Stage, channel: Channel, whom: str
    ) -> LedgerEntry:
        return LedgerEntry(
            service_request_id=request.service_request_id,
            stage=stage,
            round=request.round,
            channel=channel,
            recipient_digest=recipient_digest(request.service_request_id, whom),
            state=LedgerState.CLAIMED,
            lease_until=self.clock() + LEASE,
        )
