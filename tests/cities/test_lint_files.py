"""Files that cannot be read, or have the wrong shape, are findings and never a traceback."""

from pathlib import Path

import pytest

from city311.cities.building import Incomplete, build
from city311.cities.files import Finding, Level, read
from city311.cities.sources import open_folder
from tests.cities.copies import (
    ADDRESSES,
    BOUNDARY,
    CITIES,
    CITY,
    DEPARTMENTS,
    HOURS,
    OFFERS,
    TINY,
    TRIAGE,
    Break,
    change,
    copy_of,
)

UNREADABLE = {
    "a name given twice": Break(
        CITY, "reopen_days: 7", "reopen_days: 7\nreopen_days: 8", "reopen_days: 8", "given twice"
    ),
    "a name given twice inside": Break(
        HOURS, "  sunday: closed", "  sunday: closed\n  monday: closed", "  monday: c", "hours.mon"
    ),
    "a bracket left open": Break(
        CITY, "languages: [de]", "languages: [de", "phone:", "this is not YAML: did not find"
    ),
    "a tab": Break(CITY, "  de: Rufen", "\tde: Rufen", "\tde: Rufen", "not YAML: found character"),
    "a second document": Break(
        CITY, "reopen_days: 7", "---\nreopen_days: 7", "---", "not YAML: but found another document"
    ),
    "an alias": Break(
        CITY,
        "reopen_days: 7",
        "reopen_days: &days 7\nmore: *days",
        "more: *days",
        "names with * and & are not read here",
    ),
    "fifty brackets": Break(
        CITY, "reopen_days: 7", f"reopen_days: {'[' * 50}", "reopen_days", "nested too deep"
    ),
    "a control character": Break(
        CITY, "name: Kleinfeld", "name: Klein\x07feld", "jurisdiction_id", "this is not YAML:"
    ),
    "JSON left open": Break(
        BOUNDARY, "[-41.0, 40.52]", "[-41.0 40.52]", ".0 40.52", "JSON: Expecting ',' delimiter"
    ),
    "no number": Break(BOUNDARY, "[-41.0, 40.52],", "[NaN, 40.52],", '"Feature"', "NaN is not"),
    "a JSON name given twice": Break(
        ADDRESSES,
        ' "streets": ["Hauptweg"],',
        ' "streets": [],\n "streets": ["Hauptweg"],',
        '"Hauptweg"',
        "streets: this name is given twice",
    ),
}
MISSHAPEN = {
    "a missing field": Break(
        CITY, "name: Kleinfeld\n", "", "jurisdiction_id", "name: this field is missing"
    ),
    "a missing field inside": Break(
        DEPARTMENTS,
        '    phone: "+49 30 555 0101"\n',
        "",
        "department_id: bauhof",
        "departments[1].phone: this field is missing",
    ),
    "a misspelt field": Break(
        OFFERS, "    private: true", "    privat: true", "privat:", 'did you mean "private"?'
    ),
    "a misspelt field far inside": Break(
        OFFERS, 'call: "112"', 'cal: "112"', 'cal: "112"', 'did you mean "call"?'
    ),
    "an unknown field": Break(
        OFFERS, "    staff_only: true", "    zz: 1", "zz", "services[2].zz: there is no such field"
    ),
    "metadata": Break(
        OFFERS,
        "    staff_only: true",
        "    metadata: true",
        "metadata",
        "it is not written: a service with questions has it",
    ),
    "a number for a list": Break(CITY, "languages: [de]", "languages: 7", "languages", "be a list"),
    "words for fields": Break(
        CITY, "  de: Rufen", "  Rufen", "contact:", "contact: this must be fields with names, like"
    ),
    "a list for words": Break(CITY, "name: Kleinfeld", "name: [a]", "name: [a]", "must be text"),
    "empty words": Break(CITY, "name: Kleinfeld", 'name: " "', "name:", "must not be empty"),
    "no words": Break(CITY, "name: Kleinfeld", "name:", "name:", "must be text"),
    "neither true nor false": Break(
        OFFERS, "required: true", "required: maybe", "maybe", "must be true or false"
    ),
    "no whole number": Break(
        CITY, "reopen_days: 7", "reopen_days: soon", "soon", "must be a whole number"
    ),
    "half a day": Break(CITY, "reopen_days: 7", "reopen_days: 7.5", "7.5", "be a whole number"),
    "no days": Break(CITY, "reopen_days: 7", "reopen_days: 0", "_days", "must be at least 1"),
    "too many days": Break(CITY, "reopen_days: 7", "reopen_days: 400", "_days", "at most 365"),
    "no language": Break(CITY, "languages: [de]", "languages: []", "languages", "not be empty"),
    "an unknown datatype": Break(
        OFFERS, "datatype: datetime", "datatype: date", "datatype: date", "'string', 'number'"
    ),
    "an emergency by default": Break(
        OFFERS, "priority: high", "priority: emergency", "priority", "'low', 'normal' or 'high'"
    ),
    "a stop without words": Break(
        OFFERS,
        "              message: {de: Bitte rufen Sie sofort 112.}\n",
        "",
        "            stop:",
        "stop.message: this field is missing",
    ),
    "a stop with blank words": Break(
        OFFERS, "Bitte rufen Sie sofort 112.", '" "', "message:", "must not be empty"
    ),
    "certainty above one": Break(TRIAGE, "sure: 0.5", "sure: 1.5", "sure", "must be at most 1"),
    "certainty in words": Break(TRIAGE, "sure: 0.5", "sure: very", "sure", "must be a number"),
    "only a word in the file": Break(
        TRIAGE,
        (TINY / TRIAGE).read_text(encoding="utf-8"),
        "nothing\n",
        "nothing",
        "the file: this must be fields with names",
    ),
}
NAMES = [p.relative_to(TINY).as_posix() for p in sorted(TINY.rglob("*")) if p.is_file()]


@pytest.mark.parametrize("city", CITIES, ids=lambda city: city.name)
def test_every_city_is_without_a_finding(city: Path) -> None:
    reading = read(city)

    assert [str(finding) for finding in reading.findings] == []
    assert reading.city is not None


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_is_said_with_its_line(name: str, tmp_path: Path) -> None:
    UNREADABLE[name].shows(tmp_path)


@pytest.mark.parametrize("name", MISSHAPEN)
def test_what_has_the_wrong_shape_is_said_in_plain_words(name: str, tmp_path: Path) -> None:
    MISSHAPEN[name].shows(tmp_path)


@pytest.mark.parametrize("name", [n for n in NAMES if n != ADDRESSES])
def test_a_missing_file_is_one_error_of_that_file(name: str, tmp_path: Path) -> None:
    folder = copy_of(TINY, tmp_path)
    (folder / name).unlink()

    reading = read(folder)

    assert reading.city is None
    found = [f for f in reading.findings if f.path == str(folder / name)]
    assert [(f.line, f.level) for f in found] == [(1, Level.ERROR)]
    assert "missing" in found[0].message


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"[]", b"7", b"a: {", b"- - - x", b"null", b'{"rows": 1, "features": [7]}'],
)
def test_garbage_in_any_file_is_an_error_of_that_file(
    name: str, content: bytes, tmp_path: Path
) -> None:
    folder = copy_of(TINY, tmp_path)
    (folder / name).write_bytes(content)

    reading = read(folder)

    assert reading.city is None
    errors = [f for f in reading.findings if f.level is Level.ERROR]
    assert str(folder / name) in {f.path for f in errors}


def test_a_byte_that_is_no_text_is_found_on_its_line(tmp_path: Path) -> None:
    folder = copy_of(TINY, tmp_path)
    (folder / CITY).write_bytes((TINY / CITY).read_bytes() + b"x: \xff\n")

    assert read(folder).findings[0] == Finding(
        path=str(folder / CITY), line=12, level=Level.ERROR, message="this file is not UTF-8 text"
    )


def test_json_that_is_no_yaml_still_has_findings(tmp_path: Path) -> None:
    folder = copy_of(TINY, tmp_path)
    deep = '{"type": "Feature", "geometry": ' + "[" * 60 + "]" * 60 + "}"
    (folder / BOUNDARY).write_text(deep)

    (finding,) = read(folder).findings

    assert (finding.path, finding.line) == (str(folder / BOUNDARY), 1)
    assert "must be a Polygon" in finding.message


def test_json_deeper_than_any_stack(tmp_path: Path) -> None:
    folder = copy_of(TINY, tmp_path)
    (folder / BOUNDARY).write_text("[" * 200_000)

    (finding,) = read(folder).findings

    assert "this is not JSON" in finding.message


def test_a_folder_where_a_file_should_be(tmp_path: Path) -> None:
    folder = copy_of(TINY, tmp_path)
    (folder / CITY).unlink()
    (folder / CITY).mkdir()

    messages = [f.message for f in read(folder).findings if f.path == str(folder / CITY)]

    assert messages == ["this file cannot be read: Is a directory"]


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = copy_of(TINY, tmp_path)
    really = Path.read_bytes

    def guarded(path: Path) -> bytes:
        if path == folder / CITY:
            raise PermissionError(13, "Permission denied", str(path))
        return really(path)

    monkeypatch.setattr(Path, "read_bytes", guarded)

    (finding,) = read(folder).findings

    assert (finding.path, finding.line) == (str(folder / CITY), 1)
    assert finding.message == "this file cannot be read: Permission denied"


@pytest.mark.parametrize("name", [OFFERS, TRIAGE])
def test_half_a_city_is_never_built(name: str, tmp_path: Path) -> None:
    folder = copy_of(TINY, tmp_path)
    (folder / name).unlink()

    with pytest.raises(Incomplete, match="not whole"):
        build(open_folder(folder))


def test_no_folder_at_all(tmp_path: Path) -> None:
    reading = read(tmp_path / "nowhere")

    assert reading.city is None
    assert [f.message for f in reading.findings] == ["there is no such folder"]


def test_a_file_that_nothing_reads_is_a_warning(tmp_path: Path) -> None:
    folder = copy_of(TINY, tmp_path)
    (folder / "service.yaml").write_text("a: 1\n")
    (folder / "messages/de/recieved.yaml").write_text("a: 1\n")
    (folder / "README.md").write_text("Notes.\n")
    (folder / "city.yaml~").write_text("an editor's copy\n")

    reading = read(folder)

    assert reading.city is not None
    assert {(Path(f.path).name, f.level, f.line) for f in reading.findings} == {
        ("service.yaml", Level.WARNING, 1),
        ("recieved.yaml", Level.WARNING, 1),
    }


def test_a_finding_reads_like_a_compilers(tmp_path: Path) -> None:
    folder = copy_of(TINY, tmp_path)
    change(folder, CITY, "reopen_days: 7", "reopen_days: 0")

    (finding,) = read(folder).findings

    assert str(finding) == f"{folder}/city.yaml:10: error: reopen_days: this must be at least 1"


def test_the_version_changes_with_any_byte_of_any_file(tmp_path: Path) -> None:
    folder = copy_of(TINY, tmp_path)
    before = read(folder).city
    assert before is not None
    (folder / ".hidden").write_text("not the city's")
    (folder / "map").mkdir(exist_ok=True)
    same = read(folder).city
    (folder / "map" / "note.txt").write_text("x")
    after = read(folder).city
    assert same is not None
    assert after is not None

    assert before.version == same.version != after.version
    assert len(before.version) == 16
