"""Bytes are read as what they are: mislabelled, packed, cut off, padded, or made to do harm."""

import gzip
import json
import zlib

import pytest

from cli.importing import bodies, shapes
from cli.importing.bodies import Body, read_body, unpacked
from tests.importing.world import answer

WORD = "Straße ☃"


def data(content: bytes, kind: str = "", **headers: str) -> object:
    return read_body(answer(content, kind=kind, **headers)).data


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (json.dumps([WORD], ensure_ascii=False).encode(), "application/json; charset=iso-8859-1"),
        (json.dumps([WORD]).encode(), "text/html"),
        (b"\xef\xbb\xbf" + json.dumps([WORD], ensure_ascii=False).encode(), ""),
        (json.dumps([WORD], ensure_ascii=False).encode("utf-16"), "application/json"),
        (f"jsonp_1({json.dumps([WORD])});".encode(), "text/javascript"),
        (f"<a><value>{WORD}</value></a>".encode(), "application/json"),
        (
            f'<?xml version="1.0" encoding="iso-8859-1"?><a><value>{WORD}</value></a>'.encode(),
            "text/xml; charset=latin1",
        ),
        (f'<a xmlns="http://x"><value>{WORD}</value></a>'.encode(), ""),
        (f"<a><!-- so --><value>{WORD}</value></a>".encode(), ""),
    ],
)
def test_text_is_read_whatever_its_label_says(content: bytes, kind: str) -> None:
    assert data(content, kind) == [WORD]


def test_real_latin_1_is_read_too() -> None:
    assert data('["Straße"]'.encode("latin-1"), "application/json") == ["Straße"]
    assert data('["Straße"]'.encode("cp1252"), "text/json; charset=no-such") == ["Straße"]
    text = '<?xml version="1.0" encoding="iso-8859-2"?><a><value>Łódź</value></a>'
    assert data(text.encode("iso-8859-2")) == ["Łódź"]
    assert bodies.decoded(b"\x81\xff", "") == "\x81ÿ"


PLAIN = json.dumps([WORD] * 2_000).encode()


@pytest.mark.parametrize(
    ("packed", "label"),
    [
        (gzip.compress(PLAIN), "gzip"),
        (gzip.compress(PLAIN), ""),
        (zlib.compress(PLAIN), "deflate"),
        (zlib.compress(PLAIN)[2:-4], "deflate"),
        (PLAIN, "gzip"),
        (PLAIN, "deflate"),
    ],
)
def test_packed_bodies_are_unpacked_and_others_left_alone(packed: bytes, label: str) -> None:
    assert unpacked(packed, label) == PLAIN


def test_a_packed_body_that_breaks_off_is_worth_what_came() -> None:
    half = unpacked(gzip.compress(PLAIN, mtime=0)[:-20], "gzip")
    assert PLAIN.startswith(half)
    assert unpacked(b"\x1f\x8bnothing", "gzip") == b"\x1f\x8bnothing"


def test_a_packed_bomb_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "LARGEST", 100_000)

    assert len(unpacked(gzip.compress(b"0" * 50_000_000), "gzip")) == 100_000


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"<!DOCTYPE html><p>Oops", "html"),
        (b'<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "x" "y">\n<html xmlns="z"></html>', "html"),
        (b"<HTML>", "html"),
        (b"It works!", "text"),
        (b"", "text"),
        (b"<a><b></a>", "text"),
        (b"[" * 100_000, "text"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "text"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "text"),
        (b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', "text"),
        (b'[NaN, Infinity, "a\tb"]', "json"),
        (b"<services/>", "xml"),
    ],
)
def test_what_it_is(content: bytes, kind: str) -> None:
    assert read_body(answer(content)).kind == kind


def test_entities_and_ampersands_that_do_not_belong_are_mended() -> None:
    text = "<a><b>M&uuml;ll &amp; Schutt & mehr &nope; &#228;</b><c>\x01x</c></a>"

    assert data(text.encode()) == {"b": "Müll & Schutt & mehr &nope; ä", "c": "x"}


def test_xml_becomes_what_json_would_be() -> None:
    service = "<service><service_code>1</service_code><keywords/></service>"
    one = {"service_code": "1", "keywords": None}

    assert data(f"<services>{service}</services>".encode()) == [one]
    assert data(f"<services>{service}{service}</services>".encode()) == [one, one]
    assert data(b"<a><b>1</b><b>2</b><c/><b>3</b></a>") == {"b": ["1", "2", "3"], "c": None}
    assert data(b"<services></services>") == {"services": None}
    deep = b"<a>" * 60 + b"1" + b"</a>" * 60
    assert read_body(answer(deep)).kind == "xml"


def test_text_that_no_file_can_hold_is_made_to_fit() -> None:
    found = data(b'["a\\u0000b\\ud800c\\u2028d\\ufeff\\ufffe\\u0085", {"x\\u0007": 1}]')

    assert found == ["ab\ufffdc\nd", {"x": 1}]
    assert shapes.tidy([[[1]]], depth=39) == [[None]]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ([{"code": 400, "description": "No such\n service"}], "No such service"),
        ({"detail": "Not Found"}, "Not Found"),
        ({"error": {"code": 404, "message": "gone"}}, "gone"),
        ([{"base": ["is bad"], "duplicate": ["no"]}], "is bad"),
        ([{"code": "1", "message": "slow down"}], "slow down"),
        (
            {"errors": {"error": [{"description": "<b>one</b>"}, {"description": "two"}]}},
            "one; two",
        ),
        ({"x": {"y": {"z": {"detail": "far"}}}}, "far"),
        ({"x": {"x": {"x": {"x": {"x": {"x": {"detail": "too far"}}}}}}}, ""),
        (None, ""),
    ],
)
def test_a_complaint_is_understood(said: object, words: str) -> None:
    assert Body(kind="json", data=said).complaint() == words


def test_values_of_any_type_are_read_as_what_they_mean() -> None:
    assert [shapes.flag(v) for v in (True, "TRUE", 1, "0", "maybe", None)] == [
        True, True, True, False, None, None,
    ]  # fmt: skip
    assert [shapes.number(v) for v in ("1.5", 2, "1,5", "x", True, None, "1e9")] == [
        1.5, 2.0, 1.5, None, None, None, None,
    ]  # fmt: skip
    assert shapes.text(4.0) == "4"
    assert shapes.text({"a": 1}) == ""
    assert shapes.words("a\r\nb<br/>&lt;c") == "a\nb <c"
    assert shapes.code(" a b ") == "a b"
    assert shapes.listed({"values": [1, 2]}) == [1, 2]
    assert shapes.listed({"a": 1, "b": 2}) == [{"a": 1, "b": 2}]
    assert shapes.listed("") == []
