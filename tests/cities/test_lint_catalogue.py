"""Broken references, codes, words, questions, departments and routes: each has its finding."""

from pathlib import Path

import pytest

from city311.cities.files import Level, read
from tests.cities.copies import (
    CITY,
    DEPARTMENTS,
    OFFERS,
    PUBLISHED,
    ROUTES,
    TINY,
    Break,
    change,
    copy_of,
)

WARNING = Level.WARNING
IDENTITY = {
    "a jurisdiction with spaces": Break(
        CITY, "jurisdiction_id: tiny", "jurisdiction_id: Tiny t", "jurisdiction", "lower-case"
    ),
    "no sender": Break(CITY, "rathaus@tinytown.example", "rathaus", "mail_from", "no e-mail addr"),
    "no moment": Break(
        PUBLISHED, '"2027-03-01T09:00:00+01:00"', "March", "published_at:", "a moment with its off"
    ),
    "a moment without offset": Break(
        PUBLISHED, "09:00:00+01:00", "09:00:00", "published_at:", "a moment with its offset"
    ),
    "a moment in the wrong file": Break(
        CITY, "reopen_days: 7", "reopen_days: 7\npublished_at: now", "published_at", "publish` w"
    ),
    "a test endpoint that is none": Break(
        CITY,
        "reopen_days: 7",
        "reopen_days: 7\ntest_endpoint: http://try.tinytown.example",
        "test_endpoint",
        "ending in /open311/v2",
    ),
    "a language in words": Break(
        CITY, "languages: [de]", "languages: [de, Deutsch]", "languages", "is no language code"
    ),
    "a language twice": Break(
        CITY, "languages: [de]", "languages: [de, de]", "languages", '"de" is given twice'
    ),
    "contact without a language": Break(
        CITY, "  de: Rufen", "  en: Rufen", "contact:", 'the words in "de" are missing'
    ),
    "no such fallback": Break(
        CITY, "service: sonstiges", "service: nichts", "fallback_", 'no service "nichts"'
    ),
    "a fallback for staff": Break(
        CITY, "service: sonstiges", "service: laterne", "fallback_", "open to residents"
    ),
    "a fallback that asks": Break(
        CITY, "service: sonstiges", "service: schlagloch", "fallback_", "not have required quest"
    ),
    "a department id in capitals": Break(
        DEPARTMENTS, "_id: bauhof", "_id: Bauhof", "_id: Bauhof", '"Bauhof": use lower-case'
    ),
    "the desk's name": Break(
        DEPARTMENTS, "_id: bauhof", "_id: triage", "_id: triage", "the name of the triage desk"
    ),
    "no address": Break(
        DEPARTMENTS, "bauhof@tinytown.example", "bauhof", "email", "is no e-mail address"
    ),
    "a department twice": Break(
        DEPARTMENTS, "_id: rathaus", "_id: bauhof # 2", "# 2", '"bauhof" is already on line 2'
    ),
    "an idle department": Break(
        ROUTES,
        "department: bauhof",
        "department: rathaus",
        "_id: bauhof",
        'no rule in routes.yaml leads to department "bauhof"',
        WARNING,
        found_in=DEPARTMENTS,
    ),
    "a department without a name": Break(
        DEPARTMENTS, "{de: Bauhof}", "{en: Yard}", "{en: Yard}", 'the words in "de" are missing'
    ),
}
SERVICES = {
    "a group id with a space": Break(
        OFFERS, "  - group: strasse", "  - group: die strasse", "die s", "use lower-case letters"
    ),
    "an empty group": Break(
        OFFERS,
        "services:\n",
        "  - group: park\n    name: {de: Park}\n\nservices:\n",
        "group: park",
        'no service is in group "park"',
        WARNING,
    ),
    "a group twice": Break(
        OFFERS,
        "services:\n",
        "  - group: Strasse\n    name: {de: Park}\n\nservices:\n",
        "group: Strasse",
        'group "Strasse" is already on line 2',
    ),
    "an unknown group": Break(
        OFFERS, "    group: rathaus", "    group: amt", "group: amt", 'there is no group "amt"'
    ),
    "a code that is no address": Break(
        OFFERS, "_code: laterne", "_code: laterne/aus", "/aus", "stands in web addresses"
    ),
    "a code twice, in another case": Break(
        OFFERS, "_code: laterne", "_code: Schlagloch", "_code: Schl", "is already on line 8"
    ),
    "done before it is picked up": Break(
        OFFERS,
        "{pick_up_hours: 8, done_hours: 24}",
        "{pick_up_hours: 8, done_hours: 7}",
        "done_hours: 7",
        '"schlagloch" would be done before anybody picks it up',
    ),
    "a name in another language": Break(
        OFFERS, "name: {de: Schlagloch}", "name: {en: Hole}", "Hole", 'words in "de" are missing'
    ),
    "a language too many": Break(
        OFFERS,
        "name: {de: Schlagloch}",
        "name: {de: Schlagloch, en: Hole}",
        "Hole",
        '"en" is not one of the languages in city.yaml',
        WARNING,
    ),
    "no description": Break(
        OFFERS, "{de: Alles andere.}", "{}", "description: {}", 'the words in "de" are missing'
    ),
    "no words for a notice": Break(
        OFFERS, "notice: {de:", "notice: {en:", "notice", 'the words in "de" are missing'
    ),
    "no keywords in a language": Break(
        OFFERS,
        "    keywords:\n      de: [laterne,",
        "    keywords: # 1\n      en: [laterne,",
        "# 1",
        'the words in "de" are missing',
    ),
    "an empty list of keywords": Break(
        OFFERS, "[laterne, straßenlampe]", "[]", "de: []", "knows this service by its name", WARNING
    ),
    "a comma in a keyword": Break(
        OFFERS, "[sonstiges]", '["dies, das"]', "dies, das", "which parts keywords on the wire"
    ),
    "a keyword of two services": Break(
        OFFERS,
        "[sonstiges]",
        "[Laterne]",
        "[Laterne]",
        'keyword "Laterne" is already a keyword of "laterne" on line 43',
        WARNING,
    ),
    "a keyword twice": Break(
        OFFERS,
        "[sonstiges]",
        "[sonstiges, Sonstiges]",
        "[sonstiges, S",
        'keyword "Sonstiges" is already a keyword on line',
        WARNING,
    ),
}
QUESTIONS = {
    "a code in letters": Break(
        OFFERS, 'code: "2"', "code: b", "code: b", 'question code "b" must be a number'
    ),
    "a code twice": Break(
        OFFERS, 'code: "2"', "code: 1", "code: 1", 'code "1" of "schlagloch" is already on line 17'
    ),
    "an alias in capitals": Break(
        OFFERS, "alias: seit", "alias: Seit", "alias: Seit", 'alias "Seit": use lower-case'
    ),
    "an alias twice": Break(
        OFFERS, "alias: seit", "alias: tief # 2", "# 2", 'alias "tief" of "schlagloch" is already'
    ),
    "an order twice": Break(
        OFFERS, "order: 2", "order: 1 # 2", "# 2", 'order "1" of "schlagloch" is already on line'
    ),
    "an order of zero": Break(OFFERS, "order: 1", "order: 0", "order: 0", "order begins with 1"),
    "words that demand an answer": Break(
        OFFERS,
        "datatype: datetime",
        "datatype: string\n        variable: false\n        required: true # 2",
        "# 2",
        "there is nothing to answer",
    ),
    "a list without choices": Break(
        OFFERS,
        "datatype: datetime",
        "datatype: multivaluelist",
        'code: "2"',
        "a multivaluelist needs choices",
    ),
    "choices without a list": Break(
        OFFERS,
        "datatype: singlevaluelist",
        "datatype: number",
        "choices:",
        "only questions with a list to choose from have choices",
    ),
    "a key with a space": Break(
        OFFERS, "{key: flach,", "{key: ganz flach,", "ganz flach", "is sent in forms"
    ),
    "a key twice": Break(
        OFFERS, "key: abgrund", "key: flach # 2", "# 2", 'key "flach" is already on line 25'
    ),
    "only answers that stop": Break(
        OFFERS,
        "          - {key: flach, name: {de: Flach}}\n",
        "",
        "choices:",
        "nobody could ever report this",
    ),
    "a condition on nothing": Break(
        OFFERS, "question: tief,", "question: breit,", "breit", 'has no question "breit"'
    ),
    "a condition on what comes later": Break(
        OFFERS, "question: tief,", "question: seit,", "question: seit", "it has no answer yet"
    ),
    "a condition on no choice": Break(
        OFFERS, "answers: [flach]", "answers: [hoch]", "[hoch]", 'no choice "hoch"'
    ),
    "a condition on a stop": Break(
        OFFERS, "answers: [flach]", "answers: [abgrund]", "[abgrund]", "so this is never asked"
    ),
    "a question without words": Break(
        OFFERS, '{de: "Seit wann?"}', "{}", "text: {}", 'the words in "de" are missing'
    ),
    "a hint without words": Break(
        OFFERS,
        "datatype: datetime",
        "datatype: datetime\n        hint: {en: A day}",
        "hint",
        'the words in "de" are missing',
    ),
    "a choice without words": Break(
        OFFERS, "{de: Flach}", "{en: Flat}", "{en: Flat}", 'the words in "de" are missing'
    ),
    "a stop in another language": Break(
        OFFERS, "{de: Bitte rufen", "{en: Bitte rufen", "message", 'the words in "de" are missing'
    ),
    "a public answer of a private service": Break(
        OFFERS,
        "    duplicates: {radius_m: 20, days: 14}",
        "    duplicates: {radius_m: 20, days: 14}\n    private: true # 1",
        "public: true",
        "so none of its answers is public",
        WARNING,
    ),
}
ROUTING = {
    "no such department": Break(
        ROUTES, "department: bauhof", "department: amt", "amt", 'there is no department "amt"'
    ),
    "no such service": Break(
        ROUTES, "[laterne]", "[lampe]", "[lampe]", 'there is no service "lampe"'
    ),
    "no such group": Break(ROUTES, "[strasse]", "[park]", "[park]", 'there is no group "park"'),
    "no such district": Break(ROUTES, "[sued]", "[west]", "[west]", 'there is no district "west"'),
    "a service that goes nowhere": Break(
        ROUTES,
        "  - department: rathaus\n    reason: Alles",
        "  - services: [laterne]\n    department: rathaus\n    reason: Alles",
        "_code: sonstiges",
        'takes "sonstiges" in an unknown district, nord, sued',
        found_in=OFFERS,
    ),
    "a service that goes nowhere in one district": Break(
        ROUTES,
        "  - department: rathaus\n    reason: Alles",
        "  - districts: [sued]\n    department: rathaus\n    reason: Alles",
        "_code: sonstiges",
        'takes "sonstiges" in an unknown district, nord',
        found_in=OFFERS,
    ),
    "a rule that nothing reaches": Break(
        ROUTES,
        "  - groups: [strasse]\n",
        "  - groups: [strasse, rathaus]\n",
        "  - department: rathaus",
        "no request ever comes to this rule",
        WARNING,
    ),
}


@pytest.mark.parametrize("name", IDENTITY)
def test_the_city_and_its_departments(name: str, tmp_path: Path) -> None:
    IDENTITY[name].shows(tmp_path)


@pytest.mark.parametrize("name", SERVICES)
def test_groups_and_services(name: str, tmp_path: Path) -> None:
    SERVICES[name].shows(tmp_path)


@pytest.mark.parametrize("name", QUESTIONS)
def test_questions(name: str, tmp_path: Path) -> None:
    QUESTIONS[name].shows(tmp_path)


@pytest.mark.parametrize("name", ROUTING)
def test_routes(name: str, tmp_path: Path) -> None:
    ROUTING[name].shows(tmp_path)


def test_the_folders_name_becomes_part_of_resource_names(tmp_path: Path) -> None:
    folder = copy_of(TINY, tmp_path)
    renamed = folder.rename(tmp_path / "My Town")

    (finding,) = read(renamed).findings

    assert (finding.path, finding.line) == (str(renamed / CITY), 1)
    assert 'the folder is called "My Town"' in finding.message


def test_references_into_a_broken_file_are_not_guessed_at(tmp_path: Path) -> None:
    folder = copy_of(TINY, tmp_path)
    change(folder, OFFERS, "groups:\n", "groups: 7\nother:\n")
    change(folder, DEPARTMENTS, "departments:\n", "departments: 7\nother:\n")

    found = {Path(finding.path).name for finding in read(folder).findings}

    assert found == {OFFERS, DEPARTMENTS}
