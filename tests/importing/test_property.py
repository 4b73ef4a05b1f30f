"""Whatever JSON a server can send: a folder without errors, or a sentence that says why not."""

import tempfile
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from city311.cities.documents import read_document
from cli.failures import Failure
from cli.importing.yamlish import dump
from tests.importing.world import Handler, Query, Raw, as_json, bring, sound

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.sampled_from(
        ["true", "1", "0", "Yes", "no", "null", "~", "a:b:c", "<b>x</b>", "other", "-", "é" * 90]
    ),
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
WORDS = st.one_of(
    SCALARS, st.sampled_from(["A", "a", "A B", "Other", "something-else", "triage", "front-desk"])
)


def record(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


SERVICE = record(
    service_code=WORDS,
    service_name=WORDS,
    description=ANYTHING,
    metadata=SCALARS,
    type=SCALARS,
    keywords=st.one_of(ANYTHING, st.just("private, staff;inactive")),
    group=st.one_of(WORDS, ANYTHING),
    groups=ANYTHING,
)
VALUES = st.one_of(ANYTHING, st.lists(record(key=WORDS, name=WORDS), max_size=4))
ATTRIBUTE = record(
    code=st.one_of(WORDS, st.sampled_from(["1", "2", 2, "01"])),
    variable=SCALARS,
    required=SCALARS,
    order=SCALARS,
    datatype=st.one_of(
        SCALARS, st.sampled_from(["boolean", "singlevaluelist", "multivaluelist", "note", "Date"])
    ),
    description=WORDS,
    datatype_description=ANYTHING,
    values=VALUES,
    conditional=ANYTHING,
    dependencies=st.lists(record(code=WORDS, values=ANYTHING), max_size=2),
)
LISTS = st.one_of(
    st.lists(SERVICE, max_size=6),
    st.lists(SERVICE, min_size=1, max_size=6).map(lambda rows: {"services": rows}),
    ANYTHING,
)
DEFINITIONS = st.one_of(
    st.lists(ATTRIBUTE, max_size=4).map(lambda rows: {"attributes": rows}), ANYTHING
)
REQUESTS = st.lists(
    record(
        service_request_id=WORDS,
        service_code=WORDS,
        agency_responsible=ANYTHING,
        lat=SCALARS,
        long=SCALARS,
    ),
    max_size=12,
)
QUIET = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)


BLANK = {"service_code": "\xa0", "service_name": "\u3000"}
BLANKS = [{"code": "\xa0", "datatype": "singlevaluelist", "values": ["\xa0", {"key": "\u2003"}]}]


@QUIET
@example(
    listed=[BLANK, {"service_code": "a"}], defined={"attributes": BLANKS}, requests=[], later=[]
)
@given(listed=LISTS, defined=DEFINITIONS, requests=REQUESTS, later=LISTS)
def test_any_list_becomes_a_sound_city_or_a_sentence(
    listed: Any, defined: Any, requests: Any, later: Any
) -> None:
    now = listed

    def handler(path: str, query: Query) -> Raw:
        if path.endswith("/services.json"):
            return as_json(now)
        if path.endswith("/requests.json"):
            return as_json(requests)
        return as_json(defined) if "/services/" in path else as_json([], 404)

    with tempfile.TemporaryDirectory() as room:
        folder = Path(room) / "gross"
        said = tried(handler, folder)
        assert "no sound city" not in said
        if said:
            assert not folder.exists()
            return
        first = sound(folder).city
        now = later
        assert "no sound city" not in tried(handler, folder, force=True)
        second = sound(folder).city
        assert first is not None
        assert second is not None
        assert set(first.services) <= set(second.services)


def tried(handler: Handler, folder: Path, *, force: bool = False) -> str:
    """Import; the sentence that says why not, or nothing."""
    try:
        bring(handler, folder, force=force)
    except Failure as failure:
        return str(failure)
    return ""


KEYS = st.from_regex(r"[a-z_]{1,8}", fullmatch=True)
LINES = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co", "Zl", "Zp")),
    max_size=30,
)
LEAVES = st.one_of(LINES, st.integers(0, 10**9), st.booleans())
MAPS = st.recursive(
    st.dictionaries(KEYS, LEAVES, min_size=1, max_size=5),
    lambda inner: st.dictionaries(
        KEYS,
        st.one_of(inner, st.lists(LEAVES, max_size=3), st.lists(inner, min_size=1, max_size=3)),
        min_size=1,
        max_size=4,
    ),
    max_leaves=6,
)


@QUIET
@given(data=MAPS)
def test_what_is_written_is_read_as_it_was_by_any_reader(data: dict[str, Any]) -> None:
    comments = {(): "Head", (next(iter(data)),): "Above\nthe first"}
    text = dump(data, comments)

    assert yaml.safe_load(text) == data
    with tempfile.TemporaryDirectory() as room:
        path = Path(room) / "a.yaml"
        path.write_text(text, encoding="utf-8")
        assert read_document(path).data == data
    assert dump(data, comments) == text
