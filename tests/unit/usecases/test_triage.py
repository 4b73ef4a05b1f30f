"""Triage: the first state of every execution decides once and answers as often as asked."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from city311.domain.catalogue import DuplicateRule, Priority
from city311.domain.effects import CommandFields
from city311.domain.errors import NotFound
from city311.domain.lifecycle import Command, Role, Status
from city311.domain.request import Place
from city311.domain.triage import Found
from city311.ports import WorkItem
from tests.builders import ID, a_request, a_worker, an_actor, an_id
from tests.towns import MAIN_BREAK, POTHOLE, TOWN, a_city
from tests.unit.usecases.town import Town

G1, G2 = f"{ID}-g1", f"{ID}-g2"


def test_a_chosen_service_goes_to_its_department(town: Town) -> None:
    town.put()

    standing = town.triage.decide(ID, G1)

    request = town.get(ID)
    assert (request.status, request.department) == (Status.ROUTED, "streets")
    assert request.decision is not None
    assert request.decision.found is Found.CHOSEN
    assert (standing.status, standing.department) == ("routed", "streets")
    assert (standing.fresh, standing.turn, standing.stage) == (True, 1, "received")
    assert town.wrong(ID) is None


def test_what_is_unclear_goes_to_a_person(town: Town) -> None:
    town.put(a_request(report_code="other", service_code="other", description="Please come"))

    standing = town.triage.decide(ID, G1)

    request = town.get(ID)
    assert (standing.status, standing.fresh) == ("in_triage", True)
    assert (request.status, request.department) == (Status.IN_TRIAGE, None)
    assert request.decision is not None
    assert request.decision.needs_person
    assert [r.service_request_id for r in queue(town)] == [ID]


def queue(town: Town) -> tuple[WorkItem, ...]:
    return town.desk.queue(an_actor(), "triage", limit=5, after=None).rows


def test_the_decision_is_the_systems_and_on_record(town: Town) -> None:
    town.put()

    town.triage.decide(ID, G1)

    event = town.requests.events(ID)[-1]
    assert (event.role, event.subject, event.action) == ("system", "triage", "route")
    assert event.details["found"] == "chosen"


def test_a_second_asking_decides_nothing_anew(town: Town) -> None:
    town.put()

    first, second = town.triage.decide(ID, G1), town.triage.decide(ID, G1)

    assert first == second
    assert len(town.requests.events(ID)) == 2


def test_danger_makes_an_emergency_of_it(town: Town) -> None:
    town.put(a_request(description="A wire down in the hole"))

    standing = town.triage.decide(ID, G1)

    assert standing.emergency
    assert standing.priority == "emergency"
    assert town.get(ID).priority is Priority.EMERGENCY


def test_what_was_reported_close_by_is_named(town: Town) -> None:
    east = Place(lat=40.02, long=-75.0794)
    far = Place(lat=40.03, long=-75.08)
    for number, place in ((2, east), (3, far)):
        town.put(a_request(service_request_id=an_id(number), place=place))
    town.put(a_request(service_request_id=an_id(4), place=east, private=True))
    town.put()

    town.triage.decide(ID, G1)

    decision = town.get(ID).decision
    assert decision is not None
    assert decision.duplicate_of == (an_id(2),)
    assert town.get(ID).status is Status.ROUTED


def test_the_widest_rule_of_any_service_says_how_far_is_looked() -> None:
    wide = replace(MAIN_BREAK, duplicates=DuplicateRule(radius_m=3000, days=60))
    town = Town(city=a_city(services={**TOWN.services, "main_break": wide}))
    values: dict[str, Any] = {"report_code": "main_break", "service_code": "main_break"}
    old = a_request().requested_at - timedelta(days=59)
    far = Place(lat=40.04, long=-75.09)
    town.put(a_request(service_request_id=an_id(2), place=far, requested_at=old, **values))
    town.put(a_request(**values))

    town.triage.decide(ID, G1)

    decision = town.get(ID).decision
    assert decision is not None
    assert decision.duplicate_of == (an_id(2),)


class NoLooking:
    """Fails whoever asks what is nearby."""

    def __init__(self, requests: object) -> None:
        self.get = requests.get  # type: ignore[attr-defined]
        self.change = requests.change  # type: ignore[attr-defined]

    def nearby(self, *_: object) -> tuple[object, ...]:
        raise AssertionError("nothing is near what is nowhere")


@pytest.mark.parametrize("place", [Place(address="12 Mill Lane"), Place()])
def test_without_a_point_nobody_looks_around(town: Town, place: Place) -> None:
    town.put(a_request(place=place))
    blind = Town(requests=NoLooking(town.requests))

    assert blind.triage.decide(ID, G1).status == "routed"


def test_a_city_that_wants_no_duplicates_does_not_look_for_them(town: Town) -> None:
    town.put()
    none = replace(POTHOLE, duplicates=DuplicateRule(radius_m=0, days=0))
    city = a_city(services={**TOWN.services, "pothole": none})
    blind = Town(city=city, requests=NoLooking(town.requests))

    assert blind.triage.decide(ID, G1).status == "routed"


def test_a_generation_that_goes_on_reads_where_it_stands(town: Town) -> None:
    town.put(a_request(Status.ACCEPTED, turn=2, tell_turn=2))
    town.step(ID, Command.CONTINUE)

    standing = town.triage.decide(ID, G2)

    assert (standing.status, standing.generation, standing.fresh) == ("accepted", 2, False)
    assert standing.tell


def test_an_execution_of_an_earlier_generation_hears_that_it_is_superseded(town: Town) -> None:
    town.put(a_request(Status.RESOLVED))
    town.step(ID, Command.DISPUTE, an_actor(Role.RESIDENT))

    assert town.triage.decide(ID, G1).status == "superseded"
    assert town.triage.decide(ID, G2).stage == "reopened"


def test_people_who_were_faster_than_a_repeated_triage_are_waited_for(town: Town) -> None:
    """Triage had decided, its answer was lost, a department accepted, triage is asked again."""
    town.put()
    town.triage.decide(ID, G1)
    town.step(ID, Command.ACCEPT, a_worker(), fields=CommandFields())

    standing = town.triage.decide(ID, G1)

    assert (standing.status, standing.turn, standing.fresh) == ("in_triage", 1, True)


def test_what_is_unknown_is_said_so(town: Town) -> None:
    with pytest.raises(NotFound):
        town.triage.decide(an_id(9), f"{an_id(9)}-g1")
