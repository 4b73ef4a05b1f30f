"""What triage decides by: the resident's choice, the city's words, danger, what is near."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city311.domain.catalogue import DuplicateRule, Priority, TriageRules
from city311.domain.lifecycle import PublicStatus
from city311.domain.matching import (
    decide,
    emergency_phrase,
    possible_duplicates,
    suggestions,
    words_of,
)
from city311.domain.request import Place, PublicRequest
from city311.domain.triage import Found
from tests.builders import ID, NOON, a_public_request, a_request, an_id
from tests.towns import NOT_EMERGENCY_WORDS, POTHOLE, TOWN, a_city, a_service, with_service


def found(text: str) -> list[tuple[str, int]]:
    return [(each.service_code, each.confidence) for each in suggestions(text, TOWN)]


# Words --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Árbol CAÍDO, arbol!", ("arbol", "caido", "arbol")),
        ("A\u0301rbol", ("arbol",)),
        ("Straße 5", ("strasse", "5")),
        ("", ()),
        ("?!...", ()),
    ],
)
def test_case_and_accents_do_not_matter(text: str, words: tuple[str, ...]) -> None:
    assert words_of(text) == words


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("there is a POTHOLE", "pothole"),
        ("three potholes", "pothole"),
        ("Hay un bache", "pothole"),
        ("two baches", "pothole"),
        ("a hole in the road", "pothole"),
        ("holes in the road", "pothole"),
        ("dos árboles", "tree"),
        ("un arbol", "tree"),
        ("branches everywhere", "tree"),
        ("tubería rota", "main_break"),
        ("Tuberia  -  rota", "main_break"),
    ],
)
def test_the_citys_words_are_found_in_both_languages_and_in_the_plural(
    text: str, code: str
) -> None:
    assert [each for each, _ in found(text)] == [code]


@pytest.mark.parametrize(
    "text",
    ["", "hello", "road hole in the", "streetree", "treeless", "please sweep", "something else"],
)
def test_no_word_is_found_where_none_stands(text: str) -> None:
    assert found(text) == []


def test_one_word_makes_two_in_three() -> None:
    assert found("pothole") == [("pothole", 666)]


def test_more_of_the_citys_words_make_it_surer() -> None:
    assert found("a hole in the road, a pothole") == [("pothole", 909)]


def test_the_likelier_service_comes_first_and_doubt_is_shared() -> None:
    assert found("a tree in a hole in the road") == [("pothole", 727), ("tree", 181)]


def test_of_equals_the_order_is_always_the_same() -> None:
    assert found("tree, pothole") == [("pothole", 400), ("tree", 400)]


def test_each_suggestion_names_the_words_that_say_so() -> None:
    (first,) = suggestions("Bache! A pothole", TOWN)

    assert {each.casefold() for each in first.words} == {"bache", "pothole"}


def test_no_more_than_three_services_are_shown() -> None:
    city = TOWN
    for number in range(5):
        city = with_service(a_service(f"s{number}", keywords={"en": ("same",)}), city)

    assert len(suggestions("same", city)) == 3


def test_what_residents_cannot_choose_is_not_suggested() -> None:
    assert found("sweep the street sign, something else") == []


def test_an_empty_phrase_of_the_city_is_found_nowhere() -> None:
    city = with_service(a_service("odd", "!!", keywords={"en": ("", "...")}))

    assert suggestions("anything", city) == ()


# Danger -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("There is a FIRE in the park", "fire"),
        ("fires", "fire"),
        ("I smell a gas leak", "gas leak"),
        ("gas--leak!", "gas leak"),
        ("wires down", "wire down"),
        ("Huele a fuga de gas", "fuga de gas"),
        ("¡INCENDIO!", "incendio"),
        ("the fire hydrant is leaking", None),
        ("two fire hydrants", None),
        ("the fire hydrant is on fire", "fire"),
        ("fire at the fire station", "fire"),
        ("un simulacro de incendio", None),
        ("fireplace", None),
        ("gas is leaking", None),
        ("a leak of gas", None),
        ("", None),
    ],
)
def test_the_citys_words_of_danger_are_found_unless_others_clear_them(
    text: str, phrase: str | None
) -> None:
    assert emergency_phrase(text, TOWN) == phrase


@pytest.mark.parametrize("phrase", sorted(sum(NOT_EMERGENCY_WORDS.values(), ())))
def test_each_clearing_phrase_clears(phrase: str) -> None:
    assert emergency_phrase(f"about the {phrase} here", TOWN) is None


def test_a_clearing_phrase_clears_only_what_it_overlaps() -> None:
    rules = TriageRules(emergency={"en": ("down wire",)}, not_emergency={"en": ("wire",)}, sure=1)
    beside = TriageRules(emergency={"en": ("down",)}, not_emergency={"en": ("wire",)}, sure=1)

    assert emergency_phrase("down wire", a_city(triage=rules)) is None
    assert emergency_phrase("down wire", a_city(triage=beside)) == "down"
    assert emergency_phrase("wire down", a_city(triage=beside)) == "down"


@given(st.text())
def test_no_text_breaks_the_search(text: str) -> None:
    assert emergency_phrase(text, TOWN) in (None, "fire", "incendio")
    assert isinstance(suggestions(text, TOWN), tuple)


# What is near -------------------------------------------------------------------------------------


def near(number: int = 2, **changes: Any) -> PublicRequest:
    """A public request 55 metres to the north, a day earlier."""
    values: dict[str, Any] = {
        "service_request_id": an_id(number),
        "lat": 40.0205,
        "requested_at": NOON - timedelta(days=1),
    }
    return a_public_request(**{**values, **changes})


def duplicates(*others: PublicRequest, place: Place | None = None) -> tuple[str, ...]:
    request = a_request(place=place) if place else a_request()
    return possible_duplicates(request, POTHOLE, others)


def test_the_same_service_near_and_lately_may_be_the_same() -> None:
    assert duplicates(near()) == (an_id(2),)


@pytest.mark.parametrize(
    "changes",
    [
        {"lat": 40.0206},
        {"lat": None},
        {"long": None},
        {"service_code": "tree"},
        {"status": PublicStatus.RESOLVED},
        {"requested_at": NOON - timedelta(days=14, seconds=1)},
        {"requested_at": NOON + timedelta(seconds=1)},
        {"service_request_id": ID},
    ],
    ids=lambda changes: "-".join(changes),
)
def test_what_is_farther_older_answered_or_something_else_is_not(
    changes: dict[str, Any],
) -> None:
    assert duplicates(near(**changes)) == ()


@pytest.mark.parametrize("days", [0, 14])
def test_the_first_and_the_last_day_count(days: int) -> None:
    assert duplicates(near(requested_at=NOON - timedelta(days=days)))


def test_work_in_progress_may_be_the_same_too() -> None:
    assert duplicates(near(status=PublicStatus.IN_PROGRESS))


def test_the_nearest_comes_first() -> None:
    assert duplicates(near(2), near(3, lat=40.0201)) == (an_id(3), an_id(2))


@pytest.mark.parametrize("place", [Place(address="Somewhere"), Place(lat=40.02), Place(long=-75.0)])
def test_without_a_point_nothing_is_near(place: Place) -> None:
    assert duplicates(near(), place=place) == ()


def test_a_service_may_want_no_duplicates() -> None:
    alone = replace(POTHOLE, duplicates=DuplicateRule(radius_m=0, days=14))

    assert possible_duplicates(a_request(), alone, [near(lat=40.02)]) == ()


# The decision -------------------------------------------------------------------------------------


def test_what_the_resident_chose_wins_over_the_text() -> None:
    decision = decide(a_request(description="A tree, branches, a tree"), TOWN, ())

    assert decision.found is Found.CHOSEN
    assert (decision.service_code, decision.department) == ("pothole", "streets")
    assert decision.needs_person is None
    assert decision.priority is Priority.NORMAL
    assert [each.service_code for each in decision.suggestions] == ["tree"]
    assert decision.reasons == (
        "The resident chose this service.",
        "Route: Streets does what lies on a street.",
    )


def test_who_chose_nothing_is_understood_by_the_words() -> None:
    request = a_request(report_code="other", description="a fallen branch")

    decision = decide(request, TOWN, ())

    assert decision.found is Found.MATCHED
    assert (decision.service_code, decision.department) == ("tree", "streets")
    assert decision.priority is Priority.LOW
    assert "The text says: branch." in decision.reasons
    assert decision.needs_person is None


def test_a_district_changes_whose_it_is() -> None:
    east = replace(a_request().place, district="east")

    decision = decide(a_request(report_code="tree", place=east), TOWN, ())

    assert decision.department == "parks"
    assert decision.route_reason == "Trees in the east are the park rangers'."


@pytest.mark.parametrize("description", ["", "please come", "tree, pothole"])
def test_who_is_not_understood_is_read_by_a_person(description: str) -> None:
    decision = decide(a_request(report_code="other", description=description), TOWN, ())

    assert decision.found is Found.UNSURE
    assert (decision.service_code, decision.department) == ("other", "desk")
    assert decision.needs_person is not None
    assert decision.needs_person in decision.reasons


def test_a_service_that_left_the_list_is_read_by_a_person() -> None:
    decision = decide(a_request(report_code="gone", description=""), TOWN, ())

    assert (decision.found, decision.service_code) == (Found.UNSURE, "other")


@pytest.mark.parametrize(("sure", "found"), [(0.666, Found.MATCHED), (0.667, Found.UNSURE)])
def test_the_city_says_how_sure_is_sure(sure: float, found: Found) -> None:
    city = a_city(triage=replace(TOWN.triage, sure=sure))

    assert decide(a_request(report_code="other", description="tree"), city, ()).found is found


def test_danger_makes_anything_an_emergency_and_says_which_words() -> None:
    decision = decide(a_request(report_code="tree", description="a wire down on a tree"), TOWN, ())

    assert decision.priority is Priority.EMERGENCY
    assert decision.emergency == "wire down"
    assert any("'wire down'" in reason for reason in decision.reasons)
    assert decision.department == "streets"


def test_possible_duplicates_are_named_and_never_closed() -> None:
    decision = decide(a_request(), TOWN, [near(2), near(3)])

    assert set(decision.duplicate_of) == {an_id(2), an_id(3)}
    assert "2 open request(s) for the same service are close by." in decision.reasons
    assert decision.needs_person is None


def test_a_decision_holds_no_word_of_the_resident_beyond_the_citys_own_list() -> None:
    decision = decide(
        a_request(report_code="other", description="Zelda's pothole is on fire"), TOWN, ()
    )

    assert "Zelda" not in repr(decision)
