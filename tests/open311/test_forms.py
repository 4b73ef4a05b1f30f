"""The body of a post: three shapes, one list of fields."""

import json
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city311.domain.errors import InvalidInput
from city311.open311.forms import CHARSET_FIELD, MOST_BYTES, MOST_FIELDS, File, read
from city311.open311.wire import legal
from tests.open311.test_multipart import B, a_body, a_field

FORM = "application/x-www-form-urlencoded"
names = st.text(min_size=1, max_size=10).filter(
    lambda text: legal(text) and "attribute" not in text and text != CHARSET_FIELD
)
values = st.text(max_size=40).map(legal).filter(str.strip)


@settings(deadline=None)
@given(pairs=st.lists(st.tuples(names.map(legal), values), max_size=8))
def test_the_same_fields_come_out_of_every_shape(pairs: list[tuple[str, str]]) -> None:
    once = list(dict(pairs).items())
    chunks = [a_field(quote(name), value.encode()) for name, value in once]

    form = read(urlencode(once).encode(), FORM)
    parts = read(a_body(*chunks), f"multipart/form-data; boundary={B}")
    as_json = read(json.dumps(dict(once)).encode(), "application/json; charset=utf-8")

    assert form.fields == as_json.fields == tuple(once)
    assert [value for _, value in parts.fields] == [value for _, value in once]


@pytest.mark.parametrize("space", ["+", "%20"])
def test_a_space_may_be_written_in_two_ways(space: str) -> None:
    assert read(f"description=a{space}b".encode(), FORM).fields == (("description", "a b"),)


def test_repeated_keys_stay_repeated_and_blank_ones_are_absent() -> None:
    form = read(b"media_url=a&media_url=b&api_key=&service_code=%20%0A&lat= 1 ", FORM)

    assert form.every("media_url") == ("a", "b")
    assert form.first("api_key") is None
    assert form.first("service_code") is None
    assert form.first("lat") == "1"


def test_no_content_type_is_a_form() -> None:
    assert read(b"lat=1", "").first("lat") == "1"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("description=ñandú".encode("latin-1"), f"{FORM}; charset=ISO-8859-1"),
        (b"description=%F1and%FA", f'{FORM}; charset="latin-1"'),
        ("description=ñandú".encode(), FORM),
        (f"description={quote_plus('ñandú')}".encode(), f"{FORM}; charset=UTF-8"),
        (
            a_body(a_field("description", "ñandú".encode("cp1252"))),
            f"multipart/form-data; boundary={B}; charset=windows-1252",
        ),
        (
            a_body(
                b'Content-Disposition: form-data; name="description"\r\n'
                b"Content-Type: text/plain; charset=iso-8859-15\r\n\r\n"
                + "ñandú".encode("iso-8859-15")
            ),
            f"multipart/form-data; boundary={B}",
        ),
    ],
)
def test_the_declared_charset_counts(body: bytes, kind: str) -> None:
    assert read(body, kind).first("description") == "ñandú"


def test_files_are_kept_apart_and_empty_inputs_left_out() -> None:
    file = b'Content-Disposition: form-data; name="photo1"; filename="a"\r\n\r\nxyz'
    empty = b'Content-Disposition: form-data; name="photo2"; filename=""\r\n\r\n'
    body = a_body(file, empty, a_field("lat", b"1"))

    form = read(body, f"multipart/form-data; boundary={B}")

    assert form.files == (File(content_type="", content=b"xyz"),)
    assert form.fields == (("lat", "1"),)


def test_json_may_hold_lists_objects_and_numbers() -> None:
    body = {
        "lat": 50.50,
        "note": None,
        "attribute": {"1": "yes", "2": ["a", "b"], "3": 4},
        "flag": True,
        "tags": ["x", 1, False, None],
        "extra": {"a": 1},
    }
    text = json.dumps(body).replace("50.5", "50.50")

    assert read(text.encode(), "application/json").fields == (
        ("lat", "50.50"),
        ("attribute[1]", "yes"),
        ("attribute[2]", "a"),
        ("attribute[2]", "b"),
        ("attribute[3]", "4"),
        ("flag", "true"),
        ("tags", "x"),
        ("tags", "1"),
        ("tags", "false"),
        ("extra", '{"a": "1"}'),
    )


def test_characters_that_no_xml_can_carry_are_left_out() -> None:
    assert read(b"description=a%00b%07c&%01=d", FORM).fields == (("description", "abc"), ("", "d"))
    assert read(b'{"description": "a\\ud800b"}', "application/json").first("description") == "ab"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"description=%FF", FORM),
        (b"description=\xff", FORM),
        (b"a=1", f"{FORM}; charset=klingon"),
        (b"a=1", f"{FORM}; charset=utf-16"),
        (b"a=1", f"{FORM}; charset=\x00"),
        (b"&".join([b"a=1"] * (MOST_FIELDS + 1)), FORM),
        (b"{", "application/json"),
        (b"[1]", "application/json"),
        (b'"text"', "application/json"),
        (b"", "application/json"),
        (b"\xff", "application/json"),
        (b"[" * 100_000, "application/json"),
        (b"<a/>", "text/xml"),
        (b"a=1", "multipart/form-data"),
        (a_body(a_field("a", b"\xff")), f"multipart/form-data; boundary={B}"),
    ],
)
def test_what_cannot_be_read_is_refused_with_advice(body: bytes, kind: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read(body, kind)

    assert [(p.field, p.reason) for p in refused.value.problems] == [("body", "unreadable")]
    assert refused.value.problems[0].advice.endswith(".")


@settings(deadline=None)
@given(
    body=st.binary(max_size=200),
    kind=st.sampled_from([FORM, "application/json", f"multipart/form-data; boundary={B}"])
    | st.text(max_size=60),
)
def test_garbage_is_read_or_refused(body: bytes, kind: str) -> None:
    try:
        form = read(body, kind)
    except InvalidInput:
        return
    assert all(value.strip() for _, value in form.fields)


NAMED = "café".encode("latin-1")


@pytest.mark.parametrize(
    ("body", "kind", "read_as"),
    [
        (b"_charset_=iso-8859-1&a=caf%E9", FORM, "café"),
        (b"a=caf%C3%A9&_charset_=UTF-8", FORM, "café"),
        (b"a=caf%E9&_charset_=utf-8", f"{FORM}; charset=latin1", "café"),
        (b"_charset_=nothing-known&a=caf%C3%A9", FORM, "café"),
        (
            a_body(a_field("_charset_", b"iso-8859-1"), a_field("a", NAMED)),
            f"multipart/form-data; boundary={B}",
            "café",
        ),
        (
            a_body(a_field("a", NAMED), a_field("_charset_", b"utf-8")),
            f"multipart/form-data; charset=windows-1252; boundary={B}",
            "café",
        ),
    ],
)
def test_a_form_may_name_its_charset_itself(body: bytes, kind: str, read_as: str) -> None:
    assert read(body, kind).fields == (("a", read_as),)


def test_a_byte_order_mark_is_no_part_of_json() -> None:
    assert read(b'\xef\xbb\xbf{"a": "b"}', "application/json").fields == (("a", "b"),)


def test_the_limit_is_below_the_gateways_and_said_in_plain_words() -> None:
    fits = b"a=" + b"x" * (MOST_BYTES - 2)

    assert len(read(fits, FORM).fields[0][1]) == MOST_BYTES - 2
    with pytest.raises(InvalidInput, match=r"too large. Send at most 4.5 MB"):
        read(fits + b"x", FORM)
