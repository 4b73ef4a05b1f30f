"""A second import: what changed there is shown, what was edited here is kept, ids stay for ever."""

from pathlib import Path
from typing import Any

import pytest

from cli.failures import Failure, Misuse
from cli.importing.drafting import Wishes
from cli.importing.folder import checked_folder
from cli.importing.memory import FILE, recall
from tests.importing.world import (
    Handler,
    Query,
    Raw,
    as_json,
    attribute,
    bring,
    plain,
    service,
    sound,
)

ASKED = {
    "P:1": [
        attribute("COLOR", "singlevaluelist", "Which color?", values=[{"key": "a b", "name": "A"}]),
        attribute("SIZE", "number", "How big?", order=2),
    ]
}
SERVICES = [service("P:1", "Pothole", metadata=True), service("p2", "Lamp", group="Lights")]


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    bring(plain(SERVICES, ASKED), tmp_path / "gross")
    return tmp_path / "gross"


def edit(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_nothing_new_there_changes_nothing_here(folder: Path) -> None:
    before = bytes_of(folder)

    outcome = bring(plain(SERVICES, ASKED), folder)

    assert not outcome.written
    assert outcome.difference is not None
    assert outcome.difference.is_empty
    assert outcome.edited == []
    assert bytes_of(folder) == before


def test_new_changed_and_vanished_services_are_shown_and_not_written(folder: Path) -> None:
    edit(folder, "city.yaml", "name: Gross", "name: Grossstadt")
    before = bytes_of(folder)
    asked = {"P:1": [*ASKED["P:1"], attribute("NEW", "string", "New?")]}
    now = [service("P:1", "Deep pothole", metadata=True), service("p3", "Tree")]

    outcome = bring(plain(now, asked), folder)

    assert outcome.difference is not None
    assert outcome.difference.new == ["p3"]
    assert outcome.difference.changed == {"P:1": ["name", "description", "questions"]}
    assert outcome.difference.vanished == ["p2"]
    assert outcome.edited == ["city.yaml"]
    assert bytes_of(folder) == before


def test_force_writes_anew_and_keeps_what_was_edited(folder: Path) -> None:
    edit(folder, "city.yaml", "name: Gross", "name: Grossstadt")
    edit(folder, "services.yaml", "pothole", "hole-in-the-road")
    edited = (folder / "city.yaml").read_bytes()
    asked = {"P:1": [attribute("NEW", "string", "New?"), *ASKED["P:1"]]}
    now = [service("p3", "Tree"), service("P:1", "Deep pothole", metadata=True)]

    outcome = bring(plain(now, asked), folder, force=True)

    city = sound(folder).city
    assert city is not None
    assert outcome.written
    assert (folder / "city.yaml~").read_bytes() == edited
    assert not (folder / "routes.yaml~").exists()
    assert list(city.services) == ["p3", "hole-in-the-road", "something-else", "p2"]
    assert not city.services["p2"].active
    hole = city.services["hole-in-the-road"]
    assert {q.alias: q.code for q in hole.questions} == {
        "new": "3",
        "which_color": "1",
        "how_big": "2",
    }
    assert hole.questions[1].choices[0].key == "a"
    assert recall(folder).codes == {"p3": "p3", "P:1": "hole-in-the-road", "p2": "p2"}


def test_what_somebody_added_here_stays_as_it_is(folder: Path) -> None:
    text = (folder / "services.yaml").read_text(encoding="utf-8")
    own = text[text.index("  - service_code: something-else") :].replace("something-else", "ours")
    (folder / "services.yaml").write_text(f"{text}{own}", encoding="utf-8")

    bring(plain(SERVICES, ASKED), folder, force=True)

    city = sound(folder).city
    assert city is not None
    assert city.services["ours"].active
    again = bring(plain(SERVICES, ASKED), folder)
    assert again.difference is not None
    assert again.difference.is_empty


@pytest.mark.parametrize("lists", [[], {"services": []}, {"error": "down"}, None])
def test_an_empty_or_failed_list_deletes_nothing(folder: Path, lists: Any) -> None:
    before = bytes_of(folder)

    def handler(path: str, query: Query) -> Raw:
        return as_json(lists)

    with pytest.raises(Failure):
        bring(handler, folder, force=True)
    assert bytes_of(folder) == before


def failing(status: int) -> Handler:
    def handler(path: str, query: Query) -> Raw:
        if "/services/" in path:
            return as_json([], status)
        return plain(SERVICES, ASKED)(path, query)

    return handler


@pytest.mark.parametrize("status", [400, 404])
def test_definitions_that_cannot_be_read_keep_the_questions(folder: Path, status: int) -> None:
    shown = bring(failing(status), folder)
    assert shown.difference is not None
    assert shown.difference.is_empty

    bring(failing(status), folder, force=True)

    city = sound(folder).city
    assert city is not None
    aliases = [q.alias for q in city.services["pothole"].questions]
    assert aliases == ["which_color", "how_big"]
    later = bring(plain(SERVICES, ASKED), folder)
    assert later.difference is not None
    assert later.difference.is_empty


def test_a_city_that_was_not_imported_is_compared_by_its_codes(folder: Path) -> None:
    (folder / FILE).unlink()

    outcome = bring(plain([*SERVICES, service("p3", "Tree")], ASKED), folder)

    assert outcome.difference is not None
    assert outcome.difference.new == ["p3"]
    assert outcome.difference.changed == {}
    assert outcome.difference.vanished == ["something-else"]
    assert "services.yaml" in outcome.edited


def test_a_folder_that_cannot_be_read_is_mended_first(folder: Path) -> None:
    (folder / "services.yaml").write_text("services: [", encoding="utf-8")
    with pytest.raises(Misuse, match="mend it first"):
        bring(plain(SERVICES), folder)

    (folder / "services.yaml").write_text("services: 1\n", encoding="utf-8")
    with pytest.raises(Misuse, match="has errors"):
        bring(plain(SERVICES), folder)


@pytest.mark.parametrize("name", ["Gross", "a" * 21, "a_b", "-a"])
def test_a_folder_that_no_city_may_have(tmp_path: Path, name: str) -> None:
    with pytest.raises(Misuse, match="cannot be called"):
        checked_folder(tmp_path / name)


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "gross").write_text("x", encoding="utf-8")

    with pytest.raises(Misuse, match="is no folder"):
        checked_folder(tmp_path / "gross")


def test_a_city_that_would_not_lint_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(Failure, match=r"no sound city: calendar.yaml:3: there is no time zone"):
        bring(plain(SERVICES), tmp_path / "gross", wishes=Wishes(time_zone="Nowhere/Land"))
    assert list(tmp_path.iterdir()) == []


def test_wishes_are_written(tmp_path: Path) -> None:
    wishes = Wishes(name="Gross an der Au", language="de", time_zone="America/New_York")
    outcome = bring(plain(SERVICES), tmp_path / "gross", wishes=wishes)

    city = sound(tmp_path / "gross").city
    assert city is not None
    assert (city.name, city.languages) == ("Gross an der Au", ("de",))
    assert city.emergency_number == "911"
    assert "911" in city.messages["received"]["de"].body
    assert any("translate them" in line.words for line in outcome.lines)


def test_every_place_of_the_report_is_a_line_of_its_file(tmp_path: Path) -> None:
    outcome = bring(plain(SERVICES, ASKED), tmp_path / "gross")

    places = [where for line in outcome.lines for where, _ in line.places]
    assert len(places) > 20
    for where in places:
        name, _, number = where.rpartition(":")
        text = (tmp_path / "gross" / name).read_text(encoding="utf-8").splitlines()
        assert 1 <= int(number) <= len(text), where
    page = (tmp_path / "gross/REPORT.md").read_text(encoding="utf-8")
    promise = next(w for line in outcome.lines for w, _ in line.places if "promise" in line.words)
    assert f"`{promise}`" in page
    number = int(promise.rpartition(":")[2])
    lines = (tmp_path / "gross/services.yaml").read_text(encoding="utf-8").splitlines()
    assert lines[number - 1].strip().startswith("promise:")
