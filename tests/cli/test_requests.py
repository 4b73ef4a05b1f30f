"""Reports from the command line, and requests as anybody or as staff see them."""

import json
from pathlib import Path

import pytest

from cli.demo.make_photo import PHOTO
from cli.session import Session
from tests.cli.conftest import Run
from tests.cli.fakecity import ID, FakeCity, refusal

_REPORT = ["report", "--service", "pothole", "--lat", "40.01", "--long", "-40.02"]


def test_a_report_carries_what_was_said(run: Run, city: FakeCity) -> None:
    answers = ["--answer", "road=street", "--answer", "seen=day", "--answer", "seen=night"]

    result = run(*_REPORT, *answers, "--email", "w@mail.example", "--city-url", city.site)

    assert result.exit_code == 0, result.stderr
    assert city.body == {
        "service_code": "pothole",
        "description": "",
        "lat": 40.01,
        "long": -40.02,
        "email": "w@mail.example",
        "answers": {"road": "street", "seen": ["day", "night"]},
        "photos": [],
    }
    assert f"Filed: {ID}" in result.stdout
    assert city.link in result.stdout


def test_a_report_brings_its_photo(run: Run, city: FakeCity) -> None:
    result = run(*_REPORT, "--photo", str(PHOTO), "--city-url", city.site, "--json")

    assert json.loads(result.stdout)["service_request_id"] == ID
    assert city.body["photos"] == ["P"]
    assert city.photo == PHOTO.read_bytes()


def test_contact_data_can_be_asked_for(run: Run, city: FakeCity) -> None:
    stdin = "w@mail.example\n\nWren\n\n"

    result = run(*_REPORT, "--ask", "--city-url", city.site, stdin=stdin)

    assert result.exit_code == 0, result.stderr
    assert (city.body["email"], city.body["first_name"]) == ("w@mail.example", "Wren")
    assert not {"phone", "last_name"} & city.body.keys()


def test_a_report_without_answer_is_tried_again_under_the_same_key(
    run: Run, city: FakeCity
) -> None:
    city.refusals = [(503, refusal("Try again.")), (503, refusal("Try again."))]

    result = run(*_REPORT, "--city-url", city.site)

    keys = [headers["Idempotency-Key"] for headers, _ in city.calls("POST", "/api/requests")]
    assert result.exit_code == 0
    assert len(keys) == 3
    assert len(set(keys)) == 1


def test_a_report_is_not_tried_for_ever(run: Run, city: FakeCity) -> None:
    city.refusals = [(503, refusal("Nothing was stored."))] * 3

    result = run(*_REPORT, "--city-url", city.site)

    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1] == "Error: Nothing was stored."


def test_a_report_that_cannot_be_used_is_tried_once(run: Run, city: FakeCity) -> None:
    city.refusals = [(400, refusal("This place is outside.", field="lat"))]

    result = run(*_REPORT, "--city-url", city.site)

    assert result.exit_code == 1
    assert "lat: This place is outside." in result.stderr
    assert len(city.seen) == 1


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--answer", "road"], "QUESTION=VALUE"),
        (["--photo", "hole.gif"], "is no photo"),
        (["--photo", "nowhere.jpg"], "cannot be read"),
    ],
)
def test_what_cannot_be_meant_is_not_filed(
    run: Run, city: FakeCity, more: list[str], words: str
) -> None:
    result = run(*_REPORT, *more, "--city-url", city.site)

    assert result.exit_code == 2
    assert words in result.stderr
    assert city.status is None


def test_a_request_as_anybody_sees_it(run: Run, city: FakeCity) -> None:
    city.status = "accepted"

    result = run("request", "show", ID, "--city-url", city.site)

    assert "in_progress" in result.stdout
    assert city.calls("GET", f"/api/requests/{ID}")


def test_staff_see_more_unless_they_ask_for_less(run: Run, staff: Session, city: FakeCity) -> None:
    city.status = "accepted"

    assert "streets" in run("request", "show", ID).stdout
    assert "streets" not in run("request", "show", ID, "--public").stdout


def test_words_from_outside_cannot_steer_the_terminal(run: Run, city: FakeCity) -> None:
    city.status, city.body = "routed", {"service_code": "\x1b[31mred[/]\x9b"}

    stdout = run("request", "show", ID, "--city-url", city.site).stdout

    assert "[31mred[/]" in stdout
    assert not {"\x1b", "\x9b"} & set(stdout)


def test_without_an_address_the_city_must_run_here(run: Run, tmp_path: Path) -> None:
    result = run("request", "show", ID)

    assert result.exit_code == 1
    assert "city311 local start" in result.stderr
