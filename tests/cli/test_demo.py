"""The demo's story: told when all of it comes true, and loud about what does not."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from city311.cities.files import read
from city311.domain.catalogue import City
from city311.domain.location import distance_m, inside
from cli.api import Desk, Residents
from cli.demo.backstage import MILESTONES
from cli.demo.company import Company
from cli.demo.outside import Mail
from cli.demo.patience import DidNotComeTrue, Patience
from cli.demo.plan import RESIDENT, Plan, planned
from cli.demo.story import tell
from cli.demo.timeline import Screen, Timeline
from cli.failures import Failure, Refused
from cli.history import Execution, Visit
from cli.web import Web
from tests.cli.fakecity import ID, TOKEN, FakeCity

ROOT = Path(__file__).parents[2]
FOLDER = next(folder.parent.parent for folder in ROOT.glob("cities/*/map/addresses.json"))
WHEN = datetime(2026, 11, 20, 8, 41, tzinfo=UTC)


@pytest.fixture(scope="module")
def files() -> City:
    found = read(FOLDER).city
    assert found is not None
    return found


@dataclass
class FakeOutside:
    """The world around the small city. `silent`: stages of which nobody is told."""

    city: FakeCity
    plan: Plan
    silent: frozenset[str] = frozenset()
    states: tuple[str, ...] = MILESTONES
    ended: str = "SUCCEEDED"
    leaks: Mapping[str, Any] = field(default_factory=dict)

    def mails(self, to: str) -> list[Mail]:
        stages = {"submit": "received", "accept": "in_progress", "resolve": "resolved"}
        told = [stages[e.action] for e in self.city.events if e.action in stages]
        if to != RESIDENT["email"]:
            return [Mail(to=(to,), subject=f"Work {ID}", text="Work")]
        return [
            Mail(to=(to,), subject=self.plan.subject(stage, ID), text=f"See {self.city.link}")
            for stage in told
            if stage not in self.silent
        ]

    def queued(self, department: str, service_request_id: str) -> Mapping[str, Any] | None:
        if department != self.plan.expected.department:
            return None
        return {"service_request_id": service_request_id, "event": "assigned", **self.leaks}

    def worker(self, department: str) -> tuple[str, Desk]:
        return f"{department}@staff.example", Desk(Web(self.city.site, TOKEN))

    def execution(self, service_request_id: str) -> Execution | None:
        found = tuple(Visit(state=s, entered_at=WHEN, left_at=WHEN) for s in self.states)
        name = f"{service_request_id}-g1"
        return Execution(name=name, arn="arn", status=self.ended, visits=found)

    def desk_page(self, execution: Execution) -> str:
        return f"{self.city.site}/_local/executions/{execution.name}"


@dataclass
class Stage:
    """Everything a test changes before the story is told, and what was shown."""

    outside: FakeOutside
    company: Company
    shown: io.StringIO


@pytest.fixture
def stage(city: FakeCity, files: City) -> Stage:
    shown = io.StringIO()
    plan = planned(files, FOLDER, "pothole", ())
    outside = FakeOutside(city, plan)
    return Stage(
        outside=outside,
        shown=shown,
        company=Company(
            residents=Residents(Web(city.site)),
            outside=outside,
            plan=plan,
            timeline=Timeline(Screen(Console(file=shown, width=200, markup=False))),
            patience=Patience(seconds=0.05, pause=0.01),
        ),
    )


def test_one_request_goes_from_door_to_door(stage: Stage, city: FakeCity) -> None:
    told = tell(stage.company)

    assert told.plain()["transitions"] == len(MILESTONES)
    assert (told.service_request_id, told.events) == (ID, 5)
    assert [event.action for event in city.events] == [
        "submit",
        "route",
        "accept",
        "resolve",
        "confirm",
    ]
    assert city.body["photos"] == ["P"]
    assert city.body["email"] == RESIDENT["email"]
    text = stage.shown.getvalue()
    assert all(link in text for link in (told.link, told.photo, told.desk_page))
    assert "✗" not in text


def _no_mail(stage: Stage, _: FakeCity) -> None:
    stage.outside.silent = frozenset({"resolved"})


def _photo_leaks(_: Stage, city: FakeCity) -> None:
    city.keeps_metadata = True


def _queue_leaks(stage: Stage, _: FakeCity) -> None:
    stage.outside.leaks = {"resident": RESIDENT["email"]}


def _stopped(stage: Stage, _: FakeCity) -> None:
    stage.outside.ended = "FAILED"


def _detour(stage: Stage, _: FakeCity) -> None:
    stage.outside.states = tuple(s for s in MILESTONES if s != "Send to department")


def _chain_broken(_: Stage, city: FakeCity) -> None:
    row = city.staff_row
    city.staff_row = lambda: row() | {"head": "0" * 64}  # type: ignore[method-assign]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_no_mail, "A mail with the subject 'There is a result for your report"),
        (_photo_leaks, "still holds EXIF, XMP, a comment, a position"),
        (_queue_leaks, "The resident's email is where it must not be"),
        (_stopped, "The execution ended FAILED"),
        (_detour, "never came to 'Send to department'"),
        (_chain_broken, "The chain of audit events is broken"),
    ],
)
def test_what_does_not_come_true_ends_the_story(
    stage: Stage, city: FakeCity, spoil: Callable[[Stage, FakeCity], None], words: str
) -> None:
    spoil(stage, city)

    with pytest.raises(DidNotComeTrue, match=words):
        tell(stage.company)

    assert "✗" in stage.shown.getvalue()


def test_a_refusal_that_will_not_change_is_told_at_once() -> None:
    def look() -> None:
        raise Refused("You may not do this.", status=403)

    with pytest.raises(DidNotComeTrue, match="The step: You may not do this"):
        Patience(seconds=60).until("The step", look)


def test_what_is_not_there_yet_is_waited_for() -> None:
    looks = iter([Refused("Not yet.", status=404), None, "here"])

    def look() -> str | None:
        found = next(looks)
        if isinstance(found, Exception):
            raise found
        return found

    assert Patience(seconds=60, sleep=lambda _: None).until("It", look) == "here"


def test_the_last_answer_is_part_of_the_complaint() -> None:
    def look() -> None:
        raise Refused("Not yet.", status=404)

    with pytest.raises(DidNotComeTrue, match=r"within 0 seconds\. The last answer was: Not yet\."):
        Patience(seconds=0, sleep=lambda _: None).until("It", look)


def test_the_place_is_a_door_of_the_city(files: City) -> None:
    plan = planned(files, FOLDER, "pothole", ())

    assert inside(files.boundary, lat=plan.address.lat, long=plan.address.long)
    assert plan.report["address_id"] == plan.address.address_id
    assert plan.expected.department in files.departments


def test_a_second_report_keeps_away_from_the_first(files: City) -> None:
    first = planned(files, FOLDER, "pothole", ()).address
    here = (first.lat, first.long)

    second = planned(files, FOLDER, "pothole", [here]).address

    radius = files.services["pothole"].duplicates.radius_m
    assert distance_m(here, (second.lat, second.long)) > radius


def test_the_questions_are_answered_without_a_stop(files: City) -> None:
    plan = planned(files, FOLDER, "pothole", ())

    for question in plan.service.questions:
        if question.required and question.choices:
            key = plan.report["answers"][question.alias]
            assert next(c for c in question.choices if c.key == key).stop is None


def test_a_service_that_is_not_offered_is_told(files: City) -> None:
    with pytest.raises(Failure, match="no public service 'moonlight'"):
        planned(files, FOLDER, "moonlight", ())


def test_a_full_city_is_told(files: City, tmp_path: Path) -> None:
    (tmp_path / "map").mkdir()
    (tmp_path / "map" / "addresses.json").write_text(
        '{"columns": ["address_id", "number", "street", "district", "long", "lat"],'
        ' "streets": ["Main Street"], "districts": ["d"], "rows": [[1, 2, 0, 0, 3.0, 4.0]]}'
    )

    assert planned(files, tmp_path, "pothole", ()).address.words == "2 Main Street"
    with pytest.raises(Failure, match="start the city fresh"):
        planned(files, tmp_path, "pothole", [(4.0, 3.0)])
