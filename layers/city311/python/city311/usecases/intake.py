"""Intake: a report comes in, is checked whole, and becomes a service request in one write."""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from string import Template

from city311.domain.advance import stamp
from city311.domain.audit import GENESIS, Actor, AuditEvent
from city311.domain.catalogue import City, Service
from city311.domain.contact import Resident
from city311.domain.effects import promised
from city311.domain.errors import Conflict, Unavailable
from city311.domain.ids import Dice, commitment, digest, new_request_id, new_secret
from city311.domain.lifecycle import Status
from city311.domain.matching import emergency_phrase
from city311.domain.projection import public_view
from city311.domain.request import Report, ServiceRequest
from city311.ports import (
    Acceptance,
    Accepted,
    Clock,
    IdempotencyKey,
    IdTaken,
    Requests,
    Residents,
    Versions,
)
from city311.usecases.checking import checked

KEY_LIFE = timedelta(hours=24)
"""How long a repeated post is known for what it is."""
_THROWS = 4
"""Throws of the dice before a full table is the likelier reason than bad luck."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """What the sender is told. ``capability`` opens the private page; None where it may be another
    sender who posted the same words. ``new`` False: a repeated post.
    """

    service_request_id: str
    capability: str | None
    service_notice: str | None
    new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """The public counter: it may write a request down, and nothing else."""

    requests: Requests
    residents: Residents
    city: City
    clock: Clock
    dice: Dice
    versions: Versions

    def submit(self, report: Report, *, key: str | None, actor: Actor) -> Filed:
        """Accept one report. InvalidInput names every field that cannot be used; nothing is stored.

        The same ``key``, or without one the same content, within a day answers the first id;
        the same key with other content is an IdempotencyMismatch.
        """
        service, report = checked(report, self.city)
        now = self.clock()
        repeat = _idempotency(report, key, now)
        for _ in range(_THROWS):
            acceptance = self._acceptance(report, service, actor, repeat, now)
            try:
                accepted = self.requests.accept(acceptance)
            except (IdTaken, Conflict):
                # An equal post is being written at this moment: the next look finds it done.
                continue
            return self._filed(accepted, acceptance, service, explicit=bool(key))
        raise Unavailable("No free number was found. Nothing was stored; please send it again.")

    def _acceptance(
        self,
        report: Report,
        service: Service,
        actor: Actor,
        repeat: IdempotencyKey,
        now: datetime,
    ) -> Acceptance:
        resident = self._resident(report)
        request = self._request(report, service, resident, now)
        event = AuditEvent(
            service_request_id=request.service_request_id,
            seq=1,
            at=stamp(now),
            role=actor.role.value,
            subject=actor.subject,
            action="receive",
            details={
                "to": request.status.value,
                "channel": request.channel,
                "service_code": request.service_code,
                "district": request.place.district,
                "private": request.private,
                "photos": len(request.photos),
                "promised": stamp(promised(service, self.city, now)),
                "description": commitment(resident.commitment_key, request.description),
                "contact": commitment(
                    resident.commitment_key, f"{resident.email or ''}\n{resident.phone or ''}"
                ),
            },
            versions=self.versions.on_record(),
            prev=GENESIS,
        ).sealed()
        request = replace(request, seq=event.seq, head=event.hash)
        return Acceptance(
            request=request,
            resident=resident,
            event=event,
            key=repeat,
            public=public_view(request, self.city),
        )

    def _resident(self, report: Report) -> Resident:
        return Resident(
            service_request_id=new_request_id(self.dice),
            capability=new_secret(self.dice),
            commitment_key=new_secret(self.dice),
            language=report.language or self.city.language,
            email=report.email,
            phone=report.phone,
            first_name=report.first_name,
            last_name=report.last_name,
            device_id=report.device_id,
            account_id=report.account_id,
        )

    def _request(
        self, report: Report, service: Service, resident: Resident, now: datetime
    ) -> ServiceRequest:
        return ServiceRequest(
            service_request_id=resident.service_request_id,
            jurisdiction_id=self.city.jurisdiction_id,
            catalogue_version=self.city.version,
            report_code=service.service_code,
            service_code=service.service_code,
            description=report.description,
            place=report.place,
            status=Status.RECEIVED,
            requested_at=now,
            updated_at=now,
            entered_at=now,
            capability_digest=digest(resident.capability),
            seq=0,
            head=GENESIS,
            private=service.private,
            priority=service.priority,
            expected_at=promised(service, self.city, now),
            language=resident.language,
            channel=report.channel,
            partner=report.partner,
            answers=report.answers,
            sender=report.sender,
            photos=report.photos,
            media_urls=report.media_urls,
        )

    def _filed(
        self, accepted: Accepted, acceptance: Acceptance, service: Service, *, explicit: bool
    ) -> Filed:
        capability: str | None = acceptance.resident.capability
        if not accepted.new:
            # Who brings the same random key brings the same post: a lost answer is given again.
            known = self.residents.get(accepted.service_request_id) if explicit else None
            capability = known.capability if known else None
        return Filed(
            service_request_id=accepted.service_request_id,
            capability=capability,
            service_notice=self._notice(acceptance, service),
            new=accepted.new,
        )

    def _notice(self, acceptance: Acceptance, service: Service) -> str | None:
        language = acceptance.resident.language
        if emergency_phrase(acceptance.request.description, self.city):
            danger = self.city.phrases_in(language).danger
            return Template(danger).substitute(number=self.city.emergency_number)
        return self.city.say(service.notice, language) or None


def _idempotency(report: Report, key: str | None, now: datetime) -> IdempotencyKey:
    content = digest(
        json.dumps(_fingerprint(report), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    )
    # Keys are chosen by senders: two partners may choose the same one for different reports.
    named = f"key\n{key}" if report.partner is None else f"key of {report.partner}\n{key}"
    return IdempotencyKey(
        digest=digest(named) if key else digest(f"content\n{content}"),
        content=content,
        expires_at=now + KEY_LIFE,
    )


def _fingerprint(report: Report) -> dict[str, object]:
    """What makes two posts the same one: what, where, the words, the sender; not the photos."""
    place = report.place
    key = {} if report.partner is None else {"partner": report.partner}
    return key | {
        "service_code": report.service_code,
        "place": [place.lat, place.long, place.address, place.address_id],
        "description": report.description,
        "answers": {code: list(values) for code, values in report.answers.items()},
        "media_urls": list(report.media_urls),
        "sender": dict(report.sender),
        "who": [
            report.email,
            report.phone,
            report.first_name,
            report.last_name,
            report.device_id,
            report.account_id,
        ],
    }
