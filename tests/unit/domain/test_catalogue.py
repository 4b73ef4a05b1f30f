"""The city's own data: words in a language, questions by either name, whose work it is."""

from dataclasses import replace

import pytest

from city311.domain.catalogue import Priority, Route
from city311.domain.errors import (
    CityError,
    Conflict,
    FieldProblem,
    Forbidden,
    ForbiddenTransition,
    IdempotencyMismatch,
    InvalidInput,
    NotFound,
    Stopped,
    TooMany,
    Unavailable,
)
from city311.domain.routing import front_desk, route
from city311.ports import Versions
from tests.towns import MAIN_BREAK, OTHER, POTHOLE, SIGN, SWEEP, TOWN, TREE, a_city


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ({"en": "Tree", "es": "Árbol"}, "es", "Árbol"),
        ({"en": "Tree", "es": "Árbol"}, None, "Tree"),
        ({"en": "Tree"}, "es", "Tree"),
        ({"en": "Tree", "es": ""}, "es", "Tree"),
        ({}, "es", ""),
        ({"fr": "Arbre"}, "es", ""),
    ],
)
def test_the_city_speaks_the_language_or_else_its_first(
    text: dict[str, str], language: str | None, words: str
) -> None:
    assert TOWN.say(text, language) == words


def test_priorities_have_an_order() -> None:
    ranked = sorted(Priority, key=lambda each: each.rank)

    assert [each.value for each in ranked] == ["low", "normal", "high", "emergency"]


def test_a_question_is_known_by_its_code_and_by_its_alias() -> None:
    assert POTHOLE.question("2") is POTHOLE.question("alias_2")
    assert POTHOLE.question("3") is None


def test_residents_report_what_is_offered_to_them() -> None:
    assert POTHOLE.open_to_residents
    assert not SIGN.open_to_residents
    assert not SWEEP.open_to_residents


def test_the_first_rule_that_matches_says_whose_it_is_and_why() -> None:
    assert route(TOWN, TREE, "east").department == "parks"
    assert route(TOWN, TREE, "west").department == "streets"
    assert route(TOWN, TREE, None).department == "streets"
    assert route(TOWN, MAIN_BREAK, "east").department == "water"
    assert route(TOWN, MAIN_BREAK, "east").reason == "Water is water's."
    assert route(TOWN, OTHER, "east").department == "desk"


def test_a_service_without_a_route_is_an_error_of_the_citys_files() -> None:
    city = a_city(routes=(Route(department="water", reason="w", groups=frozenset({"water"})),))

    with pytest.raises(LookupError, match="pothole"):
        route(city, POTHOLE, "west")


def test_the_front_desk_is_who_has_the_fallback_service() -> None:
    assert front_desk(TOWN) == "desk"
    assert front_desk(replace(TOWN, fallback_service="main_break")) == "water"


def test_every_refusal_has_the_status_that_its_page_says() -> None:
    problem = FieldProblem(field="lat", advice="Say where.")
    refusals: list[tuple[CityError, int]] = [
        (InvalidInput(problem), 400),
        (IdempotencyMismatch(problem), 409),
        (Stopped("Call.", question="1", call=None), 400),
        (NotFound("x"), 404),
        (Forbidden("x"), 403),
        (ForbiddenTransition("x"), 409),
        (Conflict("x"), 409),
        (TooMany("x", retry_after=1), 429),
        (Unavailable("x"), 503),
    ]

    assert [error.status for error, _ in refusals] == [status for _, status in refusals]
    assert {type(error) for error, _ in refusals} | {CityError} == _family(CityError)


def test_a_refusal_says_every_field_and_what_to_do() -> None:
    error = InvalidInput(
        FieldProblem(field="lat", advice="Say where."), FieldProblem(field="email", advice="Fix.")
    )

    assert error.message == "lat: Say where.; email: Fix."
    assert [each.reason for each in error.problems] == ["invalid", "invalid"]


def test_versions_are_on_record_and_none_can_hide_another() -> None:
    versions = Versions(
        code="1", catalogue="2", lifecycle="3", extra={"triage": "4", "code": "forged"}
    )

    assert versions.on_record() == {"code": "1", "catalogue": "2", "lifecycle": "3", "triage": "4"}


def _family(root: type[CityError]) -> set[type[CityError]]:
    below = {cls for child in root.__subclasses__() for cls in _family(child)}
    return {root} | {cls for cls in below if cls.__module__ == root.__module__}
