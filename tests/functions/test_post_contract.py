"""POST of a report, rule by rule: the ids are those of the conformance checklist."""

import base64
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from city311 import wiring
from city311.domain.request import ServiceRequest
from city311.open311.forms import MOST_BYTES
from city311.open311.reports import UNUSABLE
from tests.functions.conftest import Account
from tests.functions.gateway import Answer, Gateway
from tests.functions.photos import a_jpeg
from tests.functions.town import INSIDE
from tests.open311.test_multipart import B, a_body, a_field

FORM = "application/x-www-form-urlencoded"
PARTS = f"multipart/form-data; boundary={B}"
JSON, XML = "/open311/v2/requests.json", "/open311/v2/requests.xml"
TREE = {"service_code": "tree", **INSIDE}
LAMP = {"service_code": "lamp", "attribute[1]": "no", **INSIDE}


def post(gateway: Gateway, fields: dict[str, Any], url: str = JSON, **headers: str) -> Answer:
    return gateway.post(url, urlencode(fields, doseq=True), FORM, **headers)


def in_parts(fields: dict[str, str], *more: bytes) -> bytes:
    return a_body(*(a_field(name, value.encode()) for name, value in fields.items()), *more)


def a_file(head: str, content: bytes) -> bytes:
    return head.encode() + b"\r\n\r\n" + content


def accepted(answer: Answer) -> ServiceRequest:
    assert answer.status == 200, answer.body
    (entry,) = answer.json
    assert "token" not in entry
    return wiring.requests().get(entry["service_request_id"])


def reasons(answer: Answer, status: int = 400) -> list[str]:
    assert answer.status == status, answer.body
    return [each["reason"] for each in answer.json]


def filed(account: Account) -> int:
    return sum(item["sk"]["S"] == "META" for item in account.items())


@pytest.fixture(autouse=True)
def _town(deployed: Account) -> None:
    """Every rule is tried on a town with nothing in it."""


def test_p1_a_form_is_read(gateway: Gateway) -> None:
    assert accepted(post(gateway, {**TREE, "description": "a"})).description == "a"


def test_p2_multipart_needs_no_file(gateway: Gateway) -> None:
    found = accepted(gateway.post(JSON, in_parts({**TREE, "description": "a"}), PARTS))

    assert (found.description, found.photos) == ("a", ())


@pytest.mark.parametrize(
    "head",
    [
        'Content-Disposition: form-data; name="media"; filename="a.jpg"\r\nContent-Type: image/png',
        'Content-Disposition: form-data; name="photo1"; filename="a.jpg"',
        'content-disposition: form-data; NAME="file_1"; FILENAME=a.jpg',
        "Content-Disposition: form-data; name=media; filename*=UTF-8''%C3%B1.jpg",
        'Content-Disposition: form-data; filename="nameless.jpg"',
        'Content-Disposition: form-data; name="media"; filename=""',
        'Content-Disposition: attachment; name="anything"; filename="C:\\photos\\a.jpg"',
    ],
)
def test_p3_a_file_of_any_part_is_a_photo(gateway: Gateway, head: str) -> None:
    assert (
        len(accepted(gateway.post(JSON, in_parts(TREE, a_file(head, a_jpeg())), PARTS)).photos) == 1
    )


def test_p3_several_files_are_several_photos(gateway: Gateway, deployed: Account) -> None:
    files = (
        a_file(f'Content-Disposition: form-data; name="photo{n}"; filename="p"', a_jpeg())
        for n in range(3)
    )

    assert len(accepted(gateway.post(JSON, in_parts(TREE, *files), PARTS)).photos) == 3
    assert len(deployed.keys("quarantine")) == 3


@pytest.mark.parametrize("encode", [base64.b64encode, base64.encodebytes])
def test_p3_a_photo_may_be_base64(gateway: Gateway, encode: Callable[[bytes], bytes]) -> None:
    text = encode(a_jpeg()).decode()
    by_form = accepted(post(gateway, {**TREE, "media": text}))
    head = (
        'Content-Disposition: form-data; name="media"; filename="p"\r\n'
        "Content-Transfer-Encoding: base64"
    )
    by_part = gateway.post(
        JSON, in_parts({**TREE, "description": "b"}, a_file(head, text.encode())), PARTS
    )

    assert len(by_form.photos) == len(accepted(by_part).photos) == 1


def test_p3_media_that_fails_never_loses_the_report(gateway: Gateway) -> None:
    answer = post(gateway, {**TREE, "media": "not a picture", "media_url": "ftp://a.example/1"})

    assert accepted(answer).media_urls == ()
    assert answer.json[0]["service_notice"] == UNUSABLE


@pytest.mark.parametrize(
    "several",
    [
        ["https://a.example/1.jpg", "https://a.example/2.jpg"],
        ["https://a.example/1.jpg,https://a.example/2.jpg"],
        ["", " https://a.example/1.jpg ", "https://a.example/2.jpg"],
    ],
)
def test_p4_links_may_be_repeated(gateway: Gateway, several: list[str]) -> None:
    found = accepted(post(gateway, {**TREE, "media_url": several}))

    assert found.media_urls == ("https://a.example/1.jpg", "https://a.example/2.jpg")


@pytest.mark.parametrize(
    ("code", "status", "reason"),
    [
        (None, 400, "missing:service_code"),
        ("", 400, "missing:service_code"),
        (" ", 400, "missing:service_code"),
        ("unknown", 404, "not_found"),
        ("sweep", 404, "not_found"),
        ("sign", 400, "inactive:service_code"),
    ],
)
def test_p6_a_service_is_named(
    gateway: Gateway, code: str | None, status: int, reason: str
) -> None:
    fields = {"service_code": code, **INSIDE} if code is not None else dict(INSIDE)

    assert reasons(post(gateway, fields), status) == [reason]


@pytest.mark.parametrize(
    "place",
    [
        INSIDE,
        {"address_string": "12 Mill Lane"},
        {"address_id": "42"},
        {**INSIDE, "address_string": "12 Mill Lane", "address_id": "#NOTPINPOINTED#"},
        {"lat": "40.02", "address_string": "12 Mill Lane"},
        {"lat": "", "long": "", "address_string": "12 Mill Lane"},
    ],
)
def test_p7_each_way_to_say_where_is_enough(gateway: Gateway, place: dict[str, str]) -> None:
    found = accepted(post(gateway, {"service_code": "tree", **place})).place

    assert found.address == place.get("address_string")
    assert found.address_id == place.get("address_id")
    assert found.lat == (40.02 if place.get("long") else None)


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ({"lat": "40.02"}, ["missing:long"]),
        ({"long": "-75.08"}, ["missing:lat"]),
        ({"lat": "40.02", "long": ""}, ["missing:long"]),
        ({}, ["missing:lat"]),
        ({"lat": "0", "long": "0"}, ["invalid:lat"]),
        ({"lat": "-0.0", "long": "+0"}, ["invalid:lat"]),
        ({"lat": "91", "long": "0"}, ["invalid:lat"]),
        ({"lat": "40,02", "long": "x"}, ["invalid:lat", "invalid:long"]),
        ({"lat": "nan", "long": "inf"}, ["invalid:lat", "invalid:long"]),
        ({"lat": "4e1", "long": "0x1"}, ["invalid:lat", "invalid:long"]),
    ],
)
def test_p8_half_a_place_is_none(
    gateway: Gateway, place: dict[str, str], reason: list[str]
) -> None:
    assert reasons(post(gateway, {"service_code": "tree", **place})) == reason


def test_p9_every_missing_answer_is_named(gateway: Gateway) -> None:
    answer = post(gateway, {**LAMP, "attribute[1]": ""})
    in_xml = post(gateway, {**LAMP, "attribute[1]": ""}, XML)

    assert reasons(answer) == ["missing:attribute[1]"]
    assert "attribute[1]" in answer.json[0]["description"]
    assert [e.findtext("code") for e in in_xml.xml] == ["400"]


@pytest.mark.parametrize(
    ("fields", "values"),
    [
        ([("attribute[2]", "yes"), ("attribute[2]", "no")], ("yes", "no")),
        ([("attribute[2][]", "yes"), ("attribute[2][]", "no")], ("yes", "no")),
        ([("attribute[2][0]", "yes"), ("attribute[2][1]", "no")], ("yes", "no")),
        ([("attribute[2][]", "yes")], ("yes",)),
        ([("attribute[2]", "yes")], ("yes",)),
        ([("attribute[dangers]", "yes")], ("yes",)),
        ([("attributes[2]", "yes")], ("yes",)),
    ],
)
def test_p10_several_values_in_every_spelling(
    gateway: Gateway, fields: list[tuple[str, str]], values: tuple[str, ...]
) -> None:
    body = urlencode([*LAMP.items(), *fields])

    assert accepted(gateway.post(JSON, body, FORM)).answers["2"] == values


def test_f5_words_to_show_are_no_question(gateway: Gateway) -> None:
    found = accepted(post(gateway, {**LAMP, "attribute[6]": "I have read it"}))

    assert "6" not in found.answers
    assert found.sender == {"attribute[6]": "I have read it"}


def test_p11_unknown_fields_are_kept_for_staff(gateway: Gateway) -> None:
    found = accepted(
        post(
            gateway,
            {
                **LAMP,
                "attribute[easting]": "1",
                "attribute[fixmystreet_id]": "2",
                "deviceid": "fms",
                "service_name": "Lamp",
                "device_id": "d",
            },
        )
    )

    assert found.sender == {
        "attribute[easting]": "1",
        "attribute[fixmystreet_id]": "2",
        "deviceid": "fms",
        "service_name": "Lamp",
    }
    shown = gateway.get(f"/open311/v2/requests/{found.service_request_id}.json").body
    assert "fms" not in shown


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("attribute[1]", "maybe"),
        ("attribute[2][]", "x"),
        ("attribute[3]", "y"),
        ("attribute[4]", "z"),
    ],
)
def test_p12_a_value_that_is_none_is_named(gateway: Gateway, name: str, value: str) -> None:
    answer = post(gateway, {**LAMP, name: value})

    assert reasons(answer) == [f"invalid:{name.removesuffix('[]')}"]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("x" * 4000, "x" * 4000),
        ("🕳" * 4000, "🕳" * 4000),
        ("a\r\n" * 1999 + "ab", "a\n" * 1999 + "ab"),
        ("a\r" * 1999 + "ab", "a\n" * 1999 + "ab"),
        (
            "  two\r\n\r\nlines 🕳️ https://a.example/?b=c&d  ",
            "two\n\nlines 🕳️ https://a.example/?b=c&d",
        ),
        ("", ""),
    ],
)
def test_p13_four_thousand_characters_as_people_count_them(
    gateway: Gateway, text: str, kept: str
) -> None:
    by_form = accepted(post(gateway, {**TREE, "description": text}))
    by_part = accepted(gateway.post(JSON, in_parts({**TREE, "description": text}), PARTS))

    assert by_form.description == by_part.description == kept


@pytest.mark.parametrize("text", ["x" * 4001, "🕳" * 4001, "a\r\n" * 2000 + "b"])
def test_p13_one_more_is_refused_and_not_cut(gateway: Gateway, text: str) -> None:
    answer = post(gateway, {**TREE, "description": text})

    assert reasons(answer) == ["too_long:description"]
    assert "4001" in answer.json[0]["description"]


def test_p14_markup_is_kept_and_inert(gateway: Gateway) -> None:
    text = "<b onclick='x()'>&amp; ]]></b><!-- -->"
    found = accepted(post(gateway, {**TREE, "description": text}))
    shown = gateway.get(f"/open311/v2/requests/{found.service_request_id}.xml")

    assert found.description == text
    assert shown.xml.findtext("request/description") == text
    assert "<b " not in shown.body
    assert shown.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("again", [JSON, XML])
def test_p15_a_replay_is_the_same_request(gateway: Gateway, deployed: Account, again: str) -> None:
    fields = {**TREE, "description": "a\r\nb", "email": "ada@residents.example"}
    first = accepted(post(gateway, fields)).service_request_id

    answer = gateway.post(again, in_parts({**fields, "description": " a\nb"}), PARTS)

    assert answer.status == 200
    assert first in answer.body
    assert filed(deployed) == 1


def test_p16_equal_posts_at_once_are_one_request(gateway: Gateway, deployed: Account) -> None:
    """The second comes while the first is about to be written, which is the worst moment."""
    second: list[Answer] = []
    events = deployed.dynamodb.meta.events

    def meanwhile(**_: Any) -> None:
        events.unregister("before-call.dynamodb.TransactWriteItems", meanwhile)
        second.append(post(gateway, TREE))

    events.register("before-call.dynamodb.TransactWriteItems", meanwhile)
    first = post(gateway, TREE)

    assert first.json == second[0].json
    assert filed(deployed) == 1


def test_p17_p18_success_is_200_and_both_formats_agree(gateway: Gateway) -> None:
    fields = {"service_code": "pothole", **INSIDE}
    as_json, as_xml = post(gateway, fields), post(gateway, fields, XML)

    (entry,) = as_json.json
    (element,) = as_xml.xml
    assert (as_json.status, as_xml.status) == (200, 200)
    assert {child.tag: child.text for child in element} == entry
    assert as_json.headers["Cache-Control"] == as_xml.headers["Cache-Control"] == "no-store"


def test_p19_outside_the_area_says_whom_to_call(gateway: Gateway) -> None:
    answer = post(gateway, {**TREE, "lat": "41"})

    assert reasons(answer) == ["outside:lat"]
    assert wiring.city().phone in answer.json[0]["description"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("description=caf%C3%A9", FORM),
        ("description=café", FORM),
        ("description=caf%E9", f"{FORM}; charset=ISO-8859-1"),
        ("description=caf%E9", f'{FORM}; Charset="latin1"'),
        ("description=caf%E9", f"{FORM};charset=windows-1252"),
        ("_charset_=iso-8859-1&description=caf%E9", FORM),
        ("description=caf%C3%A9", f"{FORM}; charset=utf8"),
    ],
)
def test_p20_text_is_read_as_what_it_says_it_is(gateway: Gateway, body: str, kind: str) -> None:
    found = accepted(gateway.post(JSON, f"{urlencode(TREE)}&{body}", kind))

    assert found.description == "café"
    assert "_charset_" not in found.sender


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"description=caf%E9", FORM),
        (b"description=caf\xe9", FORM),
        (b"description=x", f"{FORM}; charset=utf-7"),
        (b"description=x", f"{FORM}; charset=no-such"),
    ],
)
def test_p20_text_that_is_not_is_refused_with_advice(
    gateway: Gateway, body: bytes, kind: str
) -> None:
    answer = gateway.post(JSON, urlencode(TREE).encode() + b"&" + body, kind)

    assert reasons(answer) == ["unreadable:body"]
    assert "UTF-8" in answer.json[0]["description"]


@pytest.mark.parametrize(
    "body",
    [urlencode(TREE), urlencode({**TREE, "jurisdiction_id": "Larkmere.EXAMPLE", "api_key": ""})],
)
def test_p21_the_query_may_name_the_jurisdiction(gateway: Gateway, body: str) -> None:
    url = f"{JSON}?jurisdiction_id=larkmere.example&api_key=none"

    assert gateway.post(url, body, FORM).status == 200


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("a+b", "a b"),
        ("a%20b", "a b"),
        ("a%2Bb", "a+b"),
        ("a%26b%3Dc", "a&b=c"),
        ("100%", "100%"),
        ("%zz", "%zz"),
        (quote("ñ 🕳"), "ñ 🕳"),
    ],
)
def test_p22_spaces_and_signs_are_decoded_once(gateway: Gateway, written: str, meant: str) -> None:
    body = f"{urlencode(TREE)}&description={written}"

    assert accepted(gateway.post(JSON, body, FORM)).description == meant


def test_p22_a_plus_before_degrees_is_a_sign(gateway: Gateway) -> None:
    body = "service_code=tree&lat=+40.02&long=-75.08"

    assert accepted(gateway.post(JSON, body, FORM)).place.lat == 40.02


@pytest.mark.parametrize("char", ["\x00", "\x01", "\x0b", "\x1f", "\ufffe", "\uffff"])
def test_p23_characters_that_break_clients_are_left_out(gateway: Gateway, char: str) -> None:
    found = accepted(post(gateway, {**TREE, "description": f"a{char}b\tc"}))
    shown = gateway.get(f"/open311/v2/requests/{found.service_request_id}.xml")

    assert found.description == "ab\tc"
    assert shown.xml.findtext("request/description") == "ab\tc"


@pytest.mark.parametrize("size", [MOST_BYTES + 1, 12 * 1024 * 1024])
def test_p24_a_file_too_large_is_refused_in_format(
    gateway: Gateway, deployed: Account, size: int
) -> None:
    head = 'Content-Disposition: form-data; name="media"; filename="p"'
    body = in_parts(TREE, a_file(head, a_jpeg() + b"x" * size))
    as_json, as_xml = (gateway.post(url, body, PARTS) for url in (JSON, XML))

    assert reasons(as_json) == ["unreadable:body"]
    assert "too large" in as_json.json[0]["description"]
    assert as_xml.xml.findtext("error/description") == as_json.json[0]["description"]
    assert deployed.items() == [] == deployed.keys("quarantine")


@pytest.mark.parametrize(
    "fields",
    [{}, {"email": "", "description": " ", "attribute[5]": "", "media_url": "\t", "phone": ""}],
)
def test_blank_is_absent_and_nobody_has_to_say_who_they_are(
    gateway: Gateway, fields: dict[str, str]
) -> None:
    found = accepted(post(gateway, {**LAMP, **fields}))

    assert (found.description, found.media_urls, found.sender) == ("", (), {})
    assert "5" not in found.answers


@pytest.mark.parametrize(
    "attributes",
    [{"attribute": {"1": "no", "2": ["yes"]}}, {"attribute[1]": "no", "attribute[2]": ["yes"]}],
)
def test_json_says_the_same_in_every_spelling(gateway: Gateway, attributes: dict[str, Any]) -> None:
    body = {"service_code": "lamp", "lat": 40.02, "long": "-75.08", "email": None, **attributes}

    found = accepted(gateway.post(JSON, json.dumps(body), "application/json;charset=UTF-8"))

    assert found.answers == {"1": ("no",), "2": ("yes",)}
