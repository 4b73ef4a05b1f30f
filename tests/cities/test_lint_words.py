"""Calendar, messages, areas and alarm phrases: each broken thing has its finding."""

from pathlib import Path

import pytest

from city311.cities.files import Level, read
from tests.cities.copies import (
    ADDRESSES,
    BOUNDARY,
    CITY,
    DISTRICTS,
    HOURS,
    OFFERS,
    RECEIVED,
    RESOLVED,
    TINY,
    TRIAGE,
    WORKING,
    Break,
    change,
    copy_of,
    line_of,
)

WARNING = Level.WARNING
CALENDAR = {
    "no such zone": Break(
        HOURS, "Europe/Berlin", "Europe/Kleinfeld", "time_zone", "there is no time zone"
    ),
    "a zone that is a folder": Break(
        HOURS, "Europe/Berlin", "Europe", "time_zone", 'there is no time zone "Europe"'
    ),
    "a zone that climbs": Break(
        HOURS, "Europe/Berlin", "../etc/passwd", "time_zone", "there is no time zone"
    ),
    "no weekday": Break(HOURS, "  tuesday:", "  dienstag:", "dienstag", "is no weekday"),
    "hours in words": Break(
        HOURS, "sunday: closed", "sunday: late", "late", "not like 08:00-17:00"
    ),
    "closing before opening": Break(
        HOURS, "monday: 08:00-16:00", "monday: 16:00-08:00", "monday", "closes before it opens"
    ),
    "a time that does not exist": Break(
        HOURS, "monday: 08:00-16:00", "monday: 08:00-25:00", "monday", "a time that does not exist"
    ),
    "a minute that does not exist": Break(
        HOURS, "monday: 08:00-16:00", "monday: 08:60-16:00", "monday", "a time that does not exist"
    ),
    "never open": Break(
        HOURS,
        "  monday: 08:00-16:00\n  tuesday: 08:00-16:00\n",
        "",
        "hours:",
        "the city is never open",
    ),
    "a day that does not exist": Break(
        HOURS, "2027-01-01: Neujahr", "2027-02-30: Neujahr", "2027-02-30", "is no date"
    ),
    "a day in words": Break(
        HOURS, "2027-01-01: Neujahr", "20270101: Neujahr", "20270101", "is no date"
    ),
    "a year without holidays": Break(
        HOURS,
        "  2028-01-01: Neujahr\n",
        "",
        "holidays:",
        "no holiday is given for 2028",
        WARNING,
    ),
}
MESSAGES = {
    "an unknown place": Break(
        RECEIVED, "Bis wann: $promise", "Bis wann: $promise $first_name", "Bis", "no $first_name"
    ),
    "a place in the subject": Break(
        RECEIVED, "subject: Ihre", "subject: ${when} Ihre", "subject", "there is no $when"
    ),
    "a lone dollar": Break(
        WORKING, "$department arbeitet", "Für 5 $ arbeitet", "5 $", "write $$ for a dollar sign"
    ),
    "a result before there is one": Break(
        WORKING, "$department arbeitet", "$note $department arbeitet", "$note", "is empty until"
    ),
    "a letter without the link": Break(
        RECEIVED, "  $link\n", "", "body:", "the body must say $link"
    ),
    "a letter without the number": Break(
        WORKING, "arbeitet an $service_request_id", "arbeitet", "body:", "$service_request_id"
    ),
    "a letter without a date": Break(
        RECEIVED, "Bis wann: $promise", "Bis bald", "body:", "the body must say $promise"
    ),
    "a result without words": Break(RESOLVED, "  $note\n", "", "body:", "the body must say $note"),
    "a text message without the link": Break(
        RESOLVED, "_id. $link", "_id.", "sms:", "the sms must say $link"
    ),
    "a text message that is cut": Break(
        RESOLVED, "_id. $link", "_id. $note $link", "sms:", "is cut at 320"
    ),
    "a letter without a subject": Break(
        WORKING, "subject: Wir", "betreff: Wir", "betreff", "betreff: there is no such field"
    ),
}
AREAS = {
    "a ring left open": Break(
        BOUNDARY, "    [-41.0, 40.5]\n", "    [-41.0, 40.501]\n", "[[[", "this ring is not closed"
    ),
    "a ring that crosses itself": Break(
        BOUNDARY,
        "    [-40.98, 40.52],\n    [-41.0, 40.52],\n",
        "    [-41.0, 40.52],\n    [-40.98, 40.52],\n",
        "[[[",
        "this ring crosses itself",
    ),
    "a point twice": Break(
        BOUNDARY,
        "    [-40.98, 40.52],\n",
        "    [-40.98, 40.52],\n    [-40.98, 40.52], \n",
        "[[[",
        "the same point twice in a row",
    ),
    "two points": Break(
        BOUNDARY,
        "    [-40.98, 40.5],\n    [-40.98, 40.52],\n    [-41.0, 40.52],\n",
        "",
        "[[[",
        "at least four points",
    ),
    "latitude first": Break(
        BOUNDARY, "    [-40.98, 40.52],", "    [40.52, -140.98],", "-140.98", "longitude -180 to"
    ),
    "a point of words": Break(
        BOUNDARY, "    [-40.98, 40.52],", '    ["a", "b"],', '"a"', "this must be a position"
    ),
    "a polygon without rings": Break(
        BOUNDARY,
        """  [[[-41.0, 40.5],
    [-40.98, 40.5],
    [-40.98, 40.52],
    [-41.0, 40.52],
    [-41.0, 40.5]
  ]]
""",
        " []\n",
        " []",
        "this polygon has no ring",
    ),
    "a point for an area": Break(
        BOUNDARY, '"MultiPolygon"', '"MultiPoint"', '"Feature"', "must be a Polygon or MultiPolygon"
    ),
    "no feature": Break(
        BOUNDARY, '"Feature"', '"Polygon"', '"Polygon"', "must be a GeoJSON FeatureCollection"
    ),
    "a district without a name": Break(
        DISTRICTS, ', "name": "Nord"', "", '"nord"', 'the properties "district_id" and "name"'
    ),
    "a district without an id": Break(
        DISTRICTS, '"district_id": "nord", ', "", '"Nord"', 'the properties "district_id" and'
    ),
    "a district called none": Break(
        DISTRICTS, '"district_id": "nord"', '"district_id": "none"', '"none"', 'not "none"'
    ),
    "a district twice": Break(
        DISTRICTS, '"district_id": "sued"', '"district_id": "Nord"', '"Süd"', "already on line 2"
    ),
    "a district outside": Break(
        DISTRICTS,
        """     [-40.98, 40.52],
     [-41.0, 40.52],""",
        """     [-40.97, 40.52],
     [-41.0, 40.52],""",
        '"nord"',
        'district "nord" reaches outside the boundary at (-40.97, 40.52)',
    ),
    "districts that overlap": Break(
        DISTRICTS,
        """     [-40.98, 40.51],
     [-41.0, 40.51],""",
        """     [-40.98, 40.515],
     [-41.0, 40.515],""",
        '"sued"',
        'district "sued" overlaps "nord"',
    ),
    "ground without a district": Break(
        DISTRICTS,
        """    [[-41.0, 40.5],
     [-40.98, 40.5],
     [-40.98, 40.51],
     [-41.0, 40.51],
     [-41.0, 40.5]]""",
        """    [[-41.0, 40.505],
     [-40.98, 40.505],
     [-40.98, 40.51],
     [-41.0, 40.51],
     [-41.0, 40.505]]""",
        "FeatureCollection",
        "the districts cover 75 % of the boundary",
        WARNING,
    ),
}
DOORS = {
    "other columns": Break(
        ADDRESSES, '"number", ', "", "columns", "this must hold columns (address_id, number"
    ),
    "rows that are no list": Break(
        ADDRESSES, '"streets": ["Hauptweg"]', '"streets": 7', "columns", "this must hold columns"
    ),
    "an unknown district": Break(
        ADDRESSES, '["nord", "sued"]', '["nord", "sued", "ost"]', '"ost"', 'no district "ost"'
    ),
    "a short row": Break(
        ADDRESSES, "[1, 10, 0, 0, -40.99, 40.515]", "[1, 10]", "[1, 10]", "has 6 columns"
    ),
    "a number in words": Break(
        ADDRESSES, "[1, 10, 0,", '[1, "10a", 0,', '"10a"', "are whole numbers"
    ),
    "a place in words": Break(
        ADDRESSES, "40.515", '"north"', '"north"', "long and lat are numbers"
    ),
    "an id twice": Break(
        ADDRESSES, "[2, 11,", "[1, 11,", "[1, 11,", "address_id 1 is already taken"
    ),
    "a street that is not there": Break(
        ADDRESSES, "[2, 11, 0,", "[2, 11, 1,", "[2, 11, 1,", "are positions in the lists above"
    ),
    "the wrong district": Break(
        ADDRESSES, "0, 1, -40.99", "0, 0, -40.99", "[2, 11", 'does not lie in district "nord"'
    ),
}
ALARMS = {
    "no alarm in a language": Break(
        TRIAGE,
        "emergency:\n  de: [es brennt, riecht",
        "emergency:\n  en: [es brennt, riecht",
        "es brennt, riecht",
        '"en" is not one of the languages',
        WARNING,
    ),
    "an empty alarm": Break(
        TRIAGE, "[es brennt, riecht nach gas]", "[]", "de: []", "would ever raise the alarm"
    ),
    "a phrase without a word": Break(
        TRIAGE, "riecht nach gas]", '"!!"]', "!!", '"!!" has no word in it'
    ),
    "a phrase twice": Break(
        TRIAGE, "riecht nach gas]", "Es brennt]", "Es brennt", "is already on line 3", WARNING
    ),
    "a phrase in both lists": Break(
        TRIAGE, "[es brennt keine laterne]", "[Es brennt]", "Es brennt", "is already on line 3"
    ),
    "a phrase that cancels nothing": Break(
        TRIAGE,
        "[es brennt keine laterne]",
        "[grillfest]",
        "grillfest",
        '"grillfest" cancels nothing',
        WARNING,
    ),
}


@pytest.mark.parametrize("name", CALENDAR)
def test_the_calendar(name: str, tmp_path: Path) -> None:
    CALENDAR[name].shows(tmp_path)


@pytest.mark.parametrize("name", MESSAGES)
def test_messages(name: str, tmp_path: Path) -> None:
    MESSAGES[name].shows(tmp_path)


@pytest.mark.parametrize("name", AREAS)
def test_areas(name: str, tmp_path: Path) -> None:
    AREAS[name].shows(tmp_path)


@pytest.mark.parametrize("name", DOORS)
def test_addresses(name: str, tmp_path: Path) -> None:
    DOORS[name].shows(tmp_path)


@pytest.mark.parametrize("name", ALARMS)
def test_alarm_phrases(name: str, tmp_path: Path) -> None:
    ALARMS[name].shows(tmp_path)


def test_a_city_may_be_without_addresses(tmp_path: Path) -> None:
    folder = copy_of(TINY, tmp_path)
    (folder / ADDRESSES).unlink()

    assert read(folder).findings == ()


def test_a_second_language_misses_every_word_until_it_is_translated(tmp_path: Path) -> None:
    folder = copy_of(TINY, tmp_path)
    change(folder, CITY, "languages: [de]", "languages: [de, en]")

    findings = read(folder).findings

    missing = {f.path for f in findings if "missing: in" in f.message}
    stages = ("received", "in_progress", "resolved", "reopened")
    assert missing == {str(folder / f"messages/en/{stage}.yaml") for stage in stages}
    line = line_of(folder, OFFERS, "Man sieht den Boden nicht")
    said = [f.message for f in findings if (f.path, f.line) == (str(folder / OFFERS), line)]
    assert said == ['the words in "en" are missing']
    assert any(f.path == str(folder / TRIAGE) for f in findings)


def test_a_message_in_a_language_the_city_does_not_speak(tmp_path: Path) -> None:
    folder = copy_of(TINY, tmp_path)
    (folder / RECEIVED).parent.rename(folder / "messages" / "en")

    findings = read(folder).findings

    assert {
        f.message.split(":")[0] for f in findings if f.path.startswith(str(folder / "messages/en"))
    } == {'"en" is not one of the languages in city.yaml'}
    assert len([f for f in findings if f.path.startswith(str(folder / "messages/de"))]) == 5


def test_areas_with_holes_and_parts(tmp_path: Path) -> None:
    folder = copy_of(TINY, tmp_path)
    corners = [(-40.995, 40.504), (-40.995, 40.506), (-40.985, 40.506), (-40.985, 40.504)]
    hole = [list(corner) for corner in (*corners, corners[0])]
    last = "     [-41.0, 40.5]]"
    change(folder, DISTRICTS, f"{last}\n", f"{last},\n    {hole}\n")

    findings = read(folder).findings

    assert {f.message for f in findings} == {
        "the districts cover 95 % of the boundary; the rest has no district",
        'this address does not lie in district "sued"',
    }


def test_an_outline_with_too_many_points(tmp_path: Path) -> None:
    folder = copy_of(TINY, tmp_path)
    steps = ",".join(f"[{-41 + n / 5000 * 0.02:.7f}, 40.5]" for n in range(1, 5000))
    change(folder, BOUNDARY, "    [-40.98, 40.5],", f"    {steps},[-40.98, 40.5],")

    assert any("5004 points are too many" in f.message for f in read(folder).findings)


PHRASES = "messages/de/words.yaml"
BROKEN_PHRASES = (
    Break(
        file=PHRASES,
        old="$day. $month $year",
        new="$month $year",
        mark="date:",
        words="the date must say $day",
    ),
    Break(
        file=PHRASES,
        old="rufen Sie $number an",
        new="rufen Sie an",
        mark="danger:",
        words="the danger must say $number",
    ),
    Break(
        file=PHRASES,
        old="$day. $month $year",
        new="$day. $month $year $zone",
        mark="date:",
        words="$zone cannot be filled in here",
    ),
    Break(
        file=PHRASES,
        old="$day. $month $year",
        new="$day. $month $year $",
        mark="date:",
        words="a lone $ cannot be filled in here",
    ),
)


@pytest.mark.parametrize("broken", BROKEN_PHRASES, ids=lambda each: each.words)
def test_phrases_that_cannot_be_filled_in_are_found(broken: Break, tmp_path: Path) -> None:
    broken.shows(tmp_path)


def test_a_city_without_phrases_in_one_of_its_languages_is_refused(tmp_path: Path) -> None:
    folder = copy_of(TINY, tmp_path)
    (folder / PHRASES).unlink()

    reading = read(folder)

    assert reading.city is None
    assert any('the phrases of "de" are missing' in f.message for f in reading.findings)


def test_an_outcome_without_a_sentence_is_found(tmp_path: Path) -> None:
    folder = copy_of(TINY, tmp_path)
    change(folder, PHRASES, "  planned: Es ist für später geplant.\n", "")

    reading = read(folder)

    assert reading.city is None
    assert any("planned" in f.message and PHRASES in f.path for f in reading.findings)
