"""Departments from agencies, names from servers, and the rarer things that servers say."""

from pathlib import Path
from typing import Any

import pytest

from city311.domain.catalogue import City, Datatype
from city311.domain.routing import route
from cli.failures import Failure
from cli.importing.catalogue import folder_for
from tests.importing.profiles import requests_at
from tests.importing.world import (
    Handler,
    Query,
    Raw,
    Server,
    as_json,
    attribute,
    bring,
    client,
    plain,
    service,
    sound,
    web_page,
)


def imported(handler: Handler, folder: Path) -> City:
    bring(handler, folder)
    city = sound(folder).city
    assert city is not None
    return city


def asking(*questions: dict[str, Any]) -> Handler:
    return plain([service("a", "A", metadata=True)], {"a": list(questions)})


def report(handler: Handler, folder: Path) -> str:
    """What a person reads of the import."""
    imported(handler, folder)
    return " ".join((folder / "REPORT.md").read_text().split())


def test_departments_are_who_answered_and_exceptions_come_first(tmp_path: Path) -> None:
    services = [service(c, c.upper()) for c in ("a", "b", "c")]
    services += [service("d", "D", group="Parks"), service("other", "Other", group="Parks")]
    answered = {"a": "Roads", "b": "Roads", "c": "Lights", "d": "Triage", "other": "Roads"}
    rows = [
        row
        for code, agency in answered.items()
        for row in requests_at(2, service_code=code, agency_responsible=agency)
    ]

    def handler(path: str, query: Query) -> Raw:
        return as_json(rows) if path.endswith("/requests.json") else plain(services)(path, query)

    city = imported(handler, tmp_path / "gross")

    def department(code: str) -> str:
        return route(city, city.services[code], None).department

    assert {code: department(code) for code in answered} == {
        "a": "roads",
        "b": "roads",
        "c": "lights",
        "d": "triage-2",
        "other": "front-desk",
    }
    assert [each for each in sound(tmp_path / "gross").findings if "rule" in each.message] == []


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (0, "No recent request has a place"),
        (9, "Only 9 recent requests have a place"),
        (10, "The boundary is a box around 10 recent requests"),
    ],
)
def test_a_few_places_are_no_boundary_and_it_says_how_many(
    seen: int, words: str, tmp_path: Path
) -> None:
    rows = requests_at(seen, service_code="a")

    def handler(path: str, query: Query) -> Raw:
        listed = path.endswith("/requests.json")
        return as_json(rows) if listed else plain([service("a", "A")])(path, query)

    assert words in report(handler, tmp_path / "gross")


@pytest.mark.parametrize(
    ("answered", "words"),
    [
        ((), "from the groups of services."),
        (("a",), "the agencies that answered recent requests, and from the groups that none"),
        (("a", "b"), "from the agencies that answered recent requests."),
    ],
)
def test_the_report_says_where_departments_come_from(
    answered: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    services = [service("a", "A"), service("b", "B", group="Parks")]
    rows = [
        row
        for code in answered
        for row in requests_at(2, service_code=code, agency_responsible=f"Office {code}")
    ]

    def handler(path: str, query: Query) -> Raw:
        return as_json(rows) if path.endswith("/requests.json") else plain(services)(path, query)

    assert words in report(handler, tmp_path / "gross")


@pytest.mark.parametrize(
    ("home", "folder"),
    [
        ("https://311.gross.example/open311/v2", "cities/gross"),
        ("https://www.open311.stadt-am-fluss-im-tal.example", "cities/stadt-am-fluss-im"),
        ("http://127.0.0.1:3110", "cities/city"),
    ],
)
def test_a_folder_is_called_as_its_server(home: str, folder: str) -> None:
    assert folder_for(client(Server(web_page), home)) == Path(folder)


def test_a_server_whose_name_says_nothing() -> None:
    with pytest.raises(Failure, match="name the folder with --to"):
        folder_for(client(Server(web_page), "https://東京.example"))


def test_questions_of_every_kind(tmp_path: Path) -> None:
    values = [{"key": "x", "name": "X"}, {"key": "x", "name": "Again"}, "Y z"]
    city = imported(
        asking(
            attribute("1", "checkbox", "Sure?", order=1),
            attribute("2", "checkbox", "Which?", order=2, values=values),
            attribute(
                "3", "singlevaluelist", "Nothing to choose", order=3, datatype_description="Hm"
            ),
            attribute("4", "", "No type", order=4, values=values),
            attribute("5", "text", "", order=5, variable="false", required=True),
            attribute("6", "string", "By the server", order=6, automated="server_set"),
            attribute("4", "string", "The same code", order=7),
            attribute(
                "7", "datetime", "Then?", order=8, condition={"question": "1", "value": "yes"}
            ),
            attribute(
                "8", "datetime", "Before?", order=0, condition={"question": "1", "value": "yes"}
            ),
        ),
        tmp_path / "gross",
    )

    found = {q.code: q for q in city.services["a"].questions}
    assert list(found) == ["8", "1", "2", "3", "4", "5", "7"]
    assert found["1"].datatype is Datatype.SINGLEVALUELIST
    assert found["2"].datatype is Datatype.MULTIVALUELIST
    assert [c.key for c in found["2"].choices] == ["x", "y-z"]
    assert (found["3"].datatype, found["3"].hint) == (Datatype.STRING, {"en": "Hm"})
    assert found["4"].datatype is Datatype.SINGLEVALUELIST
    assert (found["5"].variable, found["5"].required) == (False, False)
    assert found["7"].when is not None
    assert found["8"].when is None  # it would have to look forward


def test_a_definition_that_is_a_web_page_is_to_be_decided(tmp_path: Path) -> None:
    def handler(path: str, query: Query) -> Raw:
        asked = "/services/" in path
        return web_page(200) if asked else asking()(path, query)

    outcome = bring(handler, tmp_path / "gross")

    assert any("could not be read" in line.words for line in outcome.lines)
    assert outcome.theirs.counts["definitions that could not be read"] == 1


def test_a_server_without_definitions_is_soon_left_in_peace(tmp_path: Path) -> None:
    server = Server(plain([service(str(n), f"S{n}", metadata=True) for n in range(40)]))

    bring(server, tmp_path / "gross")

    assert server.count("/services/") == 5


def test_groups_types_and_names_that_need_a_look(tmp_path: Path) -> None:
    services = [
        service("a", "Tree", groups=["Parks", {"name": "Streets"}], type="batch"),
        service("b", "Tree", group="Streets"),
        service("c", "tree", group="Streets"),
        service("", "Nameless", group=None),
    ]

    outcome = bring(plain(services), tmp_path / "gross")

    city = sound(tmp_path / "gross").city
    assert city is not None
    assert [s.name["en"] for s in city.services.values()][:4] == [
        "Tree (Parks)",
        "Tree (b)",
        "tree (c)",
        "Nameless",
    ]
    said = {line.words for line in outcome.lines}
    for words in ("several groups", 'is "batch" there', "no code for this", 'under "Services"'):
        assert any(words in each for each in said), words


def test_five_thousand_services_are_no_city(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="no city's catalogue"):
        bring(plain([service(str(n), "S") for n in range(5_001)]), tmp_path / "gross")
