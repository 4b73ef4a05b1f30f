"""Every kind of server that is known becomes a folder without errors, with its meaning kept."""

from pathlib import Path
from typing import Any

import pytest

from city311.domain.catalogue import City, Datatype
from city311.domain.routing import route
from tests.importing import profiles
from tests.importing.world import Server, bring, sound

HOMES = {
    "fixmystreet": "https://311.gross.example/open311/discovery.json",
    "ureport": "https://311.gross.example/open311/v2/services.json",
    "mark_a_spot": "https://311.gross.example/open311/v2/",
    "pinpoint": "https://311.gross.example",
    "helsinki": "https://311.gross.example/api/georeport/v2/",
    "klarschiff": "https://311.gross.example/open311/v2/discovery.xml",
    "seeclickfix": "https://311.gross.example/open311/v2/57",
    "chicago": "311.gross.example/open311/v2",
    "old_layout": "https://311.gross.example/open311/v2",
    "bare": "https://311.gross.example/open311/v2",
}


def imported(name: str, tmp_path: Path) -> City:
    folder = tmp_path / "gross"
    outcome = bring(getattr(profiles, name), folder, home=HOMES[name])
    assert outcome.written
    assert (folder / "REPORT.md").read_text(encoding="utf-8").startswith("# Report of the import")
    city = sound(folder).city
    assert city is not None
    return city


@pytest.mark.parametrize("name", HOMES)
def test_it_becomes_a_city_in_which_every_service_arrives(name: str, tmp_path: Path) -> None:
    city = imported(name, tmp_path)

    for each in city.services.values():
        assert route(city, each, None).department in city.departments
    assert city.services[city.fallback_service].open_to_residents


def test_fixmystreet(tmp_path: Path) -> None:
    city = imported("fixmystreet", tmp_path)

    assert list(city.services) == [
        "Potholes",
        "street-lights-broken",
        "graffiti-tags",
        "something-else",
    ]
    assert city.services["graffiti-tags"].name == {"en": "Graffiti & tags"}
    assert city.phone == "030 555 0100"
    assert city.contact == {"en": "Send email to us or call 030 555 0100."}
    assert "gross-council" in city.departments
    assert city.jurisdiction_id == "311.gross.example"
    (west, south), *_ = city.boundary[0][0]
    assert (round(west, 1), round(south, 1)) == (13.4, 52.5)
    text = (tmp_path / "gross/services.yaml").read_text(encoding="utf-8")
    assert 'imported_as: "Street Lights: broken"' in text


def test_ureport(tmp_path: Path) -> None:
    city = imported("ureport", tmp_path)

    (question,) = city.services["12"].questions
    assert (question.code, question.alias, question.datatype) == (
        "1",
        "what_is_it",
        Datatype.MULTIVALUELIST,
    )
    assert question.text == {"en": "What is it?"}
    assert [(c.key, c.name["en"]) for c in question.choices] == [("1", "Hole")]


def test_mark_a_spot(tmp_path: Path) -> None:
    city = imported("mark_a_spot", tmp_path)

    assert list(city.services) == ["001", "002", "something-else"]
    assert {each.name["en"] for each in city.departments.values()} == {
        "Streets",
        "Müll",
        "Front desk",
    }


def test_pinpoint(tmp_path: Path) -> None:
    city = imported("pinpoint", tmp_path)

    assert [q.alias for q in city.services["roads"].questions] == ["depth"]
    assert not any(q.required for q in city.services["roads"].questions)


def test_helsinki(tmp_path: Path) -> None:
    city = imported("helsinki", tmp_path)

    assert city.fallback_service == "246"
    assert list(city.services) == ["171", "246"]


def test_klarschiff(tmp_path: Path) -> None:
    city = imported("klarschiff", tmp_path)

    assert city.services["11"].keywords["en"] == ("problem", "Loch", "Straße")
    assert not city.services["12"].active
    assert city.services["13"].private
    assert city.services["13"].duplicates.radius_m == 0
    assert city.services["14"].staff_only


def test_seeclickfix(tmp_path: Path) -> None:
    city = imported("seeclickfix", tmp_path)

    note, deep, where, photo = sorted(city.services["4901"].questions, key=lambda q: q.order)
    assert (note.variable, note.text["en"]) == (False, "We come within a week.")
    assert [choice.key for choice in deep.choices] == ["yes", "no"]
    assert deep.required
    assert [choice.key for choice in where.choices] == ["in-the-lane", "in-the-lane-2"]
    assert photo.datatype is Datatype.STRING
    assert city.fallback_service == "other"


def test_boston(tmp_path: Path) -> None:
    boston = profiles.Boston()
    bring(boston, tmp_path / "gross")
    city = sound(tmp_path / "gross").city
    assert city is not None

    assert boston.refused >= 1
    assert [g["en"] for g in city.groups.values()][:2] == [
        "Public Works Department",
        "Parks Department",
    ]
    hole = city.services["request-for-pothole-repair"]
    assert [q.code for q in hole.questions] == ["1", "2", "3", "4"]
    first, second, third, fourth = hole.questions
    assert first.required
    assert second.when is not None
    assert (second.when.question, second.when.answers) == ("1", {"Y"})
    assert third.when is None
    assert not third.required
    assert not fourth.variable
    assert fourth.datatype is Datatype.TEXT
    report = (tmp_path / "gross/REPORT.md").read_text(encoding="utf-8")
    assert "This is asked only in some cases there" in report
    text = (tmp_path / "gross/services.yaml").read_text(encoding="utf-8")
    assert f'imported_as: "{profiles.BOSTON}"' in text
    assert "imported_as: SR-HIGH1" in text


def test_chicago(tmp_path: Path) -> None:
    city = imported("chicago", tmp_path)

    (surface,) = city.services["4fd3b167e750846744000005"].questions
    assert [(c.key, c.name["en"]) for c in surface.choices] == [("a", "Alley"), ("b", "Front")]
    assert surface.required
    assert city.services["x"].questions == ()


def test_the_older_layout(tmp_path: Path) -> None:
    city = imported("old_layout", tmp_path)

    hole = city.services["schlaglocher-ruttel"]
    assert hole.name == {"en": "Schlaglöcher & Rüttel"}
    assert [(q.code, q.required) for q in hole.questions] == [("7", True), ("8", False)]
    assert hole.questions[0].choices[0].key == "da"
    assert hole.questions[1].datatype is Datatype.DATETIME


def test_without_suffix_and_padded(tmp_path: Path) -> None:
    city = imported("bare", tmp_path)

    assert [q.datatype for q in city.services["a"].questions] == [Datatype.NUMBER]


def test_the_same_answers_give_the_same_bytes(tmp_path: Path) -> None:
    folders: list[dict[str, Any]] = []
    for name in ("one", "two"):
        bring(profiles.Boston(), tmp_path / name / "gross")
        files = sorted(p for p in (tmp_path / name).rglob("*") if p.is_file())
        folders.append({p.relative_to(tmp_path / name).as_posix(): p.read_bytes() for p in files})

    assert folders[0] == folders[1]


def test_no_more_is_asked_than_needed(tmp_path: Path) -> None:
    server = Server(profiles.mark_a_spot)
    bring(server, tmp_path / "gross")

    assert server.count("/services/") == 2  # two silent services, both probed
    assert len(server.seen) == 5
