"""The story of one request, scene by scene, each of which must come true."""

from dataclasses import dataclass
from typing import Any

from cli.demo import backstage, resident
from cli.demo.company import Company
from cli.demo.plan import EVIDENCE, NOTE
from cli.history import Execution

_FIXED = {"kind": "fixed", "note": NOTE, "evidence": EVIDENCE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How it went."""

    service_request_id: str
    link: str
    photo: str
    desk_page: str
    execution: Execution
    mails: int
    events: int
    seconds: float

    def plain(self) -> dict[str, Any]:
        """The end of the story for programs."""
        return {
            "service_request_id": self.service_request_id,
            "seconds": round(self.seconds, 3),
            "mails": self.mails,
            "audit_events": self.events,
            "transitions": len(self.execution.visits),
            "states": list(self.execution.states),
            "links": {
                "tracking page": self.link,
                "photo": self.photo,
                "execution": self.desk_page,
            },
        }


def tell(company: Company) -> Told:
    """Play it from door to door. Failure names the scene that did not come true."""
    photo_id = resident.photograph(company)
    filed = resident.file(company, photo_id)
    resident.mailed(company, filed, "received")
    resident.opened(company, filed)
    backstage.routed(company, filed)
    photo = resident.shown(company, filed)
    resident.followed(company, filed, "received")
    desk = backstage.at_the_desk(company, filed)
    backstage.commanded(company, filed, desk, "accept", {})
    resident.mailed(company, filed, "in_progress")
    resident.followed(company, filed, "in_progress")
    backstage.commanded(company, filed, desk, "resolve", {"outcome": _FIXED, "note": NOTE})
    resident.mailed(company, filed, "resolved")
    resident.followed(company, filed, "resolved")
    resident.confirmed(company, filed)
    execution = backstage.executed(company, filed)
    events = backstage.audited(company, filed, desk)
    return Told(
        service_request_id=filed.service_request_id,
        link=filed.link,
        photo=photo,
        desk_page=company.outside.desk_page(execution),
        execution=execution,
        mails=3,
        events=events,
        seconds=company.timeline.seconds,
    )
