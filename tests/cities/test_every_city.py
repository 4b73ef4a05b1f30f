"""Promises that every city keeps: work arrives, words are there, places are right."""

import json
from functools import cache
from pathlib import Path
from string import Template

import pytest

from city311.cities.files import read
from city311.domain.catalogue import City, Datatype
from city311.domain.lifecycle import RESIDENT_STAGES
from city311.domain.location import district_at, inside
from city311.domain.matching import emergency_phrase, suggestions
from city311.domain.messages import PLACES, SMS_CHARACTERS
from city311.domain.routing import front_desk, route
from tests.cities.copies import CITIES, SHIPPED

every_city = pytest.mark.parametrize("folder", CITIES, ids=lambda folder: folder.name)
every_shipped = pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)


@cache
def city_in(folder: Path) -> City:
    city = read(folder).city
    assert city is not None
    return city


@every_city
def test_every_service_arrives_at_a_department_in_every_district(folder: Path) -> None:
    city = city_in(folder)

    for service in city.services.values():
        for district in (None, *(each.district_id for each in city.districts)):
            assignment = route(city, service, district)
            assert assignment.department in city.departments
            assert assignment.reason
    assert front_desk(city) in city.departments


@every_city
def test_every_message_can_be_filled_in(folder: Path) -> None:
    city = city_in(folder)
    values = {name: f"<{name}>" for name in PLACES} | {"link": "https://x.example/" + "x" * 90}

    assert set(city.messages) == {stage.value for stage in RESIDENT_STAGES}
    for by_language in city.messages.values():
        assert set(by_language) == set(city.languages)
        for words in by_language.values():
            for text in (words.subject, words.body, words.sms):
                assert "$" not in Template(text).substitute(values)
            assert values["link"] in Template(words.body).substitute(values)
            assert len(Template(words.sms).substitute(values)) <= SMS_CHARACTERS


@every_city
def test_every_text_is_there_in_every_language(folder: Path) -> None:
    city = city_in(folder)
    languages = set(city.languages)

    for service in city.services.values():
        for text in (service.name, service.description, city.groups[service.group]):
            assert set(text) == languages
        for question in service.questions:
            assert set(question.text) == languages
            for choice in question.choices:
                assert set(choice.name) == languages
                assert choice.stop is None or set(choice.stop.message) == languages


@every_city
def test_no_service_sounds_its_own_alarm(folder: Path) -> None:
    """Triage reads what residents write, and they write like the catalogue."""
    city = city_in(folder)

    for service in city.services.values():
        for language in city.languages:
            text = " ... ".join((*service.name.values(), *service.keywords[language]))
            assert emergency_phrase(text, city) is None, service.service_code


@every_city
def test_every_phrase_raises_the_alarm_and_every_other_one_calms_it(folder: Path) -> None:
    city = city_in(folder)

    for phrases in city.triage.emergency.values():
        for phrase in phrases:
            assert emergency_phrase(f"Please help, {phrase}!", city) is not None, phrase
    for phrases in city.triage.not_emergency.values():
        for phrase in phrases:
            assert emergency_phrase(f"I think {phrase} here", city) is None, phrase


@every_shipped
def test_a_keyword_names_its_service(folder: Path) -> None:
    """The first keyword in each language leads there, and nearly always there first."""
    city = city_in(folder)
    first = total = 0

    for service in city.services.values():
        if not service.open_to_residents or service.service_code == city.fallback_service:
            continue
        for phrases in service.keywords.values():
            found = [each.service_code for each in suggestions(phrases[0], city)]
            assert service.service_code in found, phrases[0]
            total += 1
            first += found[0] == service.service_code
    assert first / total > 0.98


@every_shipped
def test_the_catalogue_is_of_real_size(folder: Path) -> None:
    city = city_in(folder)
    questions = [q for service in city.services.values() for q in service.questions]

    assert len(city.services) >= 60
    assert len(city.groups) >= 10
    assert len(city.departments) >= 8
    assert len(city.districts) >= 8
    assert {question.datatype for question in questions} == set(Datatype)
    assert any(q.when for q in questions)
    assert any(choice.stop for q in questions for choice in q.choices)
    assert any(service.private for service in city.services.values())
    assert any(service.staff_only for service in city.services.values())
    assert any(service.notice for service in city.services.values())
    assert {day[:4] for day in city.calendar.holidays} >= {"2026", "2027", "2028", "2029", "2030"}


@every_shipped
def test_every_address_lies_in_the_city_and_in_one_district(folder: Path) -> None:
    city = city_in(folder)
    table = json.loads((folder / "map/addresses.json").read_text(encoding="utf-8"))

    assert len(table["rows"]) >= 3_000
    for _, _, _, district, long, lat in table["rows"]:
        assert inside(city.boundary, lat=lat, long=long)
        around = [d.district_id for d in city.districts if inside(d.area, lat=lat, long=long)]
        assert around == [table["districts"][district]]


@every_shipped
def test_a_house_number_names_one_door(folder: Path) -> None:
    table = json.loads((folder / "map/addresses.json").read_text(encoding="utf-8"))

    doors = {(number, street) for _, number, street, *_ in table["rows"]}

    assert len(doors) == len(table["rows"])


@every_shipped
def test_landmarks_lie_where_they_say(folder: Path) -> None:
    city = city_in(folder)
    landmarks = json.loads((folder / "map/landmarks.geojson").read_text(encoding="utf-8"))

    for feature in landmarks["features"]:
        long, lat = feature["geometry"]["coordinates"]
        assert district_at(city, lat=lat, long=long) == feature["properties"]["district_id"]


@every_shipped
def test_the_map_is_small_enough_to_live_in_the_repository(folder: Path) -> None:
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < 1_500_000
