"""A change that nobody published is found; one that changes nothing needs no publishing."""

from pathlib import Path

import pytest

from city311.cities.files import Level, read
from city311.cities.sources import open_folder
from tests.cities.copies import (
    CITY,
    DISTRICTS,
    OFFERS,
    PUBLISHED,
    RECEIVED,
    TINY,
    TRIAGE,
    change,
    copy_of,
    line_of,
)

CHANGES = {
    "a name": (OFFERS, "name: {de: Schlagloch}", "name: {de: Loch}"),
    "a phone": (CITY, "555 0100", "555 0109"),
    "a district's name": (DISTRICTS, '"Süd"', '"Süden"'),
    "a message": (RECEIVED, "Guten Tag,", "Hallo,"),
    "a phrase": (TRIAGE, "es brennt, riecht", "es brennt sehr, riecht"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_that_nobody_published_is_an_error(name: str, tmp_path: Path) -> None:
    folder = copy_of(TINY, tmp_path)
    file, old, new = CHANGES[name]
    change(folder, file, old, new)

    reading = read(folder)

    assert reading.city is None
    (finding,) = [each for each in reading.findings if each.level is Level.ERROR]
    assert (finding.path, finding.line) == (
        str(folder / PUBLISHED),
        line_of(folder, PUBLISHED, 'content: "'),
    )
    assert f"run `city311 publish {folder}`" in finding.message


def test_comments_quotes_notes_and_the_map_need_no_publishing(tmp_path: Path) -> None:
    folder = copy_of(TINY, tmp_path)
    before = open_folder(folder)
    change(folder, CITY, "reopen_days: 7", "# for a week\n\nreopen_days:   7")
    change(folder, CITY, "name: Kleinfeld", 'name: "Kleinfeld"')
    (folder / "README.md").write_text("Notes.\n", encoding="utf-8")
    (folder / "map/addresses.json").unlink()

    after = open_folder(folder)

    assert read(folder).findings == ()
    assert after.content == before.content
    assert after.version != before.version


def test_the_order_of_services_is_content_and_that_of_fields_is_not(tmp_path: Path) -> None:
    folder = copy_of(TINY, tmp_path)
    before = open_folder(folder).content
    change(folder, CITY, "name: Kleinfeld\nlanguages: [de]", "languages: [de]\nname: Kleinfeld")
    assert open_folder(folder).content == before

    change(folder, TRIAGE, "[es brennt, riecht nach gas]", "[riecht nach gas, es brennt]")
    assert open_folder(folder).content != before


def test_a_city_that_was_never_published_says_so(tmp_path: Path) -> None:
    folder = copy_of(TINY, tmp_path)
    (folder / PUBLISHED).unlink()

    (finding,) = [each for each in read(folder).findings if each.level is Level.ERROR]

    assert finding.path == str(folder / PUBLISHED)
    assert "never published" in finding.message


def test_what_has_errors_is_mended_before_it_is_published(tmp_path: Path) -> None:
    folder = copy_of(TINY, tmp_path)
    change(folder, CITY, "reopen_days: 7", "reopen_days: 0")

    assert [each.path for each in read(folder).findings] == [str(folder / CITY)]


def test_the_moment_is_that_of_the_published_file(tmp_path: Path) -> None:
    folder = copy_of(TINY, tmp_path)
    change(folder, PUBLISHED, "2027-03-01T09:00:00+01:00", "2027-04-01T10:00:00+01:00")

    city = read(folder).city

    assert city is not None
    assert city.published_at == "2027-04-01T10:00:00+01:00"
