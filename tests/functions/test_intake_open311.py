"""A report comes in over Open311: everything a real client sends, and everything it must not."""

import base64
from typing import Any
from urllib.parse import urlencode

import pytest

from city311 import wiring
from city311.domain.request import ServiceRequest
from city311.open311.reports import UNUSABLE
from tests.functions.conftest import Account
from tests.functions.gateway import Answer, Gateway
from tests.functions.photos import a_jpeg
from tests.functions.town import INSIDE, a_town
from tests.open311.test_multipart import B, a_body, a_field

FORM = "application/x-www-form-urlencoded"
PARTS = f"multipart/form-data; boundary={B}"
JSON, XML = "/open311/v2/requests.json", "/open311/v2/requests.xml"
TREE = {"service_code": "tree", **INSIDE}


def posted(gateway: Gateway, fields: dict[str, Any], url: str = JSON, **headers: str) -> Answer:
    return gateway.post(url, urlencode(fields, doseq=True), FORM, **headers)


def accepted(answer: Answer) -> ServiceRequest:
    assert answer.status == 200
    (entry,) = answer.json
    return wiring.requests().get(entry["service_request_id"])


def refused(answer: Answer, status: int = 400) -> dict[str, str]:
    """Reason by reason, what is said."""
    assert answer.status == status
    assert all(each["code"] == status for each in answer.json)
    return {each["reason"]: each["description"] for each in answer.json}


def test_an_accepted_report_is_an_array_of_one(deployed: Account, gateway: Gateway) -> None:
    answer = posted(gateway, {**TREE, "description": "Fell over"})

    (entry,) = answer.json
    assert answer.status == 200
    assert entry == {
        "service_request_id": entry["service_request_id"],
        "service_notice": None,
        "account_id": None,
    }
    assert len(entry["service_request_id"]) == 9
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Strict-Transport-Security" in answer.headers


def test_xml_says_the_same(deployed: Account, gateway: Gateway) -> None:
    root = posted(gateway, {**INSIDE, "service_code": "pothole"}, XML).xml

    (request,) = root
    assert (root.tag, request.tag) == ("service_requests", "request")
    assert [child.tag for child in request] == [
        "service_request_id",
        "service_notice",
        "account_id",
    ]
    assert request.findtext("service_notice") == "Crews look within two days."
    assert not request.findtext("account_id")


def test_the_same_post_twice_is_one_request(deployed: Account, gateway: Gateway) -> None:
    first, second = (posted(gateway, TREE).json for _ in range(2))

    assert first == second
    assert sum(item["sk"]["S"] == "META" for item in deployed.items()) == 1


def test_an_idempotency_key_makes_posts_the_same(deployed: Account, gateway: Gateway) -> None:
    one, again, other = (posted(gateway, TREE, Idempotency_Key=key) for key in ("a", "a", "b"))

    assert one.json == again.json
    assert one.json != other.json


def test_a_key_with_other_content_is_refused(deployed: Account, gateway: Gateway) -> None:
    posted(gateway, TREE, Idempotency_Key="a")

    answer = posted(gateway, {**TREE, "description": "other"}, Idempotency_Key="a")

    assert list(refused(answer)) == ["used_before:idempotency_key"]
    assert list(refused(posted(gateway, TREE, Idempotency_Key="a" * 256))) == [
        "unreadable:idempotency_key"
    ]


def test_everything_a_client_sends_is_kept_in_its_place(
    deployed: Account, gateway: Gateway
) -> None:
    request = accepted(
        posted(
            gateway,
            {
                **INSIDE,
                "service_code": "lamp",
                "api_key": "secret",
                "jurisdiction_id": "LARKMERE.example",
                "address_string": "12 Mill Lane",
                "attribute[1]": "no",
                "attribute[2][]": ["yes", "no"],
                "attribute[height]": "3.5",
                "attribute[easting]": "123",
                "service_name": "Street lamp",
                "deviceid": "fms",
                "description": "a\r\nb",
                "email": "ada@residents.example",
                "media_url": ["https://a.example/1.jpg", "https://a.example/2.jpg"],
            },
        )
    )

    assert request.answers == {"1": ("no",), "2": ("yes", "no"), "3": ("3.5",)}
    assert request.sender == {
        "attribute[easting]": "123",
        "service_name": "Street lamp",
        "deviceid": "fms",
    }
    assert request.description == "a\nb"
    assert request.media_urls == ("https://a.example/1.jpg", "https://a.example/2.jpg")
    assert request.channel == "open311"
    assert "secret" not in str(deployed.items())


@pytest.mark.parametrize(
    ("changes", "status", "reasons"),
    [
        ({"service_code": ""}, 400, ["missing:service_code"]),
        ({"service_code": " "}, 400, ["missing:service_code"]),
        ({"service_code": "unknown"}, 404, ["not_found"]),
        ({"service_code": "sweep"}, 404, ["not_found"]),
        ({"service_code": "sign"}, 400, ["inactive:service_code"]),
        ({"lat": "", "long": ""}, 400, ["missing:lat"]),
        ({"long": ""}, 400, ["missing:long"]),
        ({"lat": "north", "long": "x"}, 400, ["invalid:lat", "invalid:long"]),
        ({"lat": "91"}, 400, ["invalid:lat"]),
        ({"lat": "0", "long": "0"}, 400, ["invalid:lat"]),
        ({"lat": "10", "long": "10"}, 400, ["outside:lat"]),
        ({"description": "é" * 4001}, 400, ["too_long:description"]),
        ({"email": "nobody"}, 400, ["invalid:email"]),
        ({"jurisdiction_id": "other.example"}, 404, ["not_found"]),
        (
            {"service_code": "lamp", "attribute[2]": "maybe", "attribute[3]": "x"},
            400,
            ["missing:attribute[1]", "invalid:attribute[2]", "invalid:attribute[3]"],
        ),
        ({"service_code": "main_break", "attribute[10]": "yes"}, 400, ["stopped:attribute[10]"]),
        ({"first_name": "x" * 501, "email": "x"}, 400, ["too_long:first_name", "invalid:email"]),
    ],
)
def test_a_refused_report_names_every_field_and_stores_nothing(
    deployed: Account,
    gateway: Gateway,
    changes: dict[str, str],
    status: int,
    reasons: list[str],
) -> None:
    said = refused(posted(gateway, {**TREE, **changes}), status)
    in_xml = posted(gateway, {**TREE, **changes}, XML)

    assert list(said) == reasons
    assert [e.findtext("description") for e in in_xml.xml] == list(said.values())
    assert [e.findtext("code") for e in in_xml.xml] == [str(status)] * len(reasons)
    for reason, text in said.items():
        assert reason.partition(":")[2] in text or reason.startswith("stopped")
    assert deployed.items() == []


def test_advice_comes_in_the_callers_language(deployed: Account, gateway: Gateway) -> None:
    fields = {**INSIDE, "service_code": "lamp"}

    by_header = posted(gateway, fields, Accept_Language="es-MX,en;q=0.5")
    by_name = posted(gateway, fields, f"{JSON}?locale=es")

    assert "¿Pregunta 1?" in by_header.body
    assert by_name.body == by_header.body


@pytest.mark.parametrize("place", [{"address_string": "Main St"}, {"address_id": "42"}, INSIDE])
def test_each_way_to_say_where_is_enough(
    deployed: Account, gateway: Gateway, place: dict[str, str]
) -> None:
    assert accepted(posted(gateway, {"service_code": "tree", **place})).service_code == "tree"


def test_html_and_odd_text_are_kept_and_inert(deployed: Account, gateway: Gateway) -> None:
    text = '<script>alert(1)</script> 🕳️ & ]]> "quoted"'

    request = accepted(posted(gateway, {**TREE, "description": text}))
    item = gateway.get(f"/open311/v2/requests/{request.service_request_id}.xml")

    assert request.description == text
    assert "<script>" not in item.body
    assert item.xml.findtext("request/description") == text


def test_the_key_may_come_in_the_query(deployed: Account, gateway: Gateway) -> None:
    url = f"{JSON}?api_key=secret&jurisdiction_id=larkmere.example"

    assert posted(gateway, TREE, url).status == 200
    assert posted(gateway, TREE, f"{JSON}?jurisdiction_id=other").status == 404


@pytest.mark.parametrize("key", [{}, {"api_key": ""}, {"api_key": "wrong"}])
def test_where_the_city_wants_a_key_what_is_none_is_refused(
    deployed: Account, gateway: Gateway, key: dict[str, str]
) -> None:
    deployed.serve(a_town(api_key_required=True))

    assert list(refused(posted(gateway, {**TREE, **key}), 403)) == ["forbidden"]
    assert posted(gateway, TREE, XML).xml.findtext("error/code") == "403"
    assert deployed.items() == []


def test_json_is_read_as_well(deployed: Account, gateway: Gateway) -> None:
    body = {"service_code": "lamp", "lat": 40.02, "long": -75.08, "attribute": {"1": "no"}}

    assert accepted(gateway.post_json(JSON, body)).answers == {"1": ("no",)}


def parts_with(*files: bytes, name: str = "media", kind: str = "image/png") -> bytes:
    head = f'Content-Disposition: form-data; name="{name}"; filename="p"\r\nContent-Type: {kind}'
    chunks = [a_field(field, value.encode()) for field, value in TREE.items()]
    return a_body(*chunks, *(head.encode() + b"\r\n\r\n" + file for file in files))


def test_multipart_without_a_file_is_a_report(deployed: Account, gateway: Gateway) -> None:
    assert accepted(gateway.post(JSON, parts_with(), PARTS)).photos == ()


@pytest.mark.parametrize("name", ["media", "photo1", "file_abc"])
def test_a_photo_of_any_part_goes_into_quarantine_as_what_it_is(
    deployed: Account, gateway: Gateway, name: str
) -> None:
    photo = a_jpeg()

    request = accepted(gateway.post(JSON, parts_with(photo, photo, name=name), PARTS))

    assert [f"uploads/{each}" for each in sorted(request.photos)] == deployed.keys("quarantine")
    stored = deployed.s3.get_object(Bucket="quarantine", Key=f"uploads/{request.photos[0]}")
    assert stored["ContentType"] == "image/jpeg"
    assert stored["Body"].read() == photo


def test_a_photo_in_base64_is_stored(deployed: Account, gateway: Gateway) -> None:
    media = base64.b64encode(a_jpeg()).decode()

    assert len(accepted(posted(gateway, {**TREE, "media": media})).photos) == 1


def test_a_file_that_is_no_photo_never_loses_the_report(
    deployed: Account, gateway: Gateway
) -> None:
    body = parts_with(b"%PDF-1.7", a_jpeg(), kind="application/pdf")

    answer = gateway.post(JSON, body, PARTS)

    assert answer.json[0]["service_notice"] == UNUSABLE
    assert len(accepted(answer).photos) == 1


def test_a_refused_report_stores_none_of_its_photos(deployed: Account, gateway: Gateway) -> None:
    body = parts_with(a_jpeg()).replace(b"40.02", b"10.02")

    assert gateway.post(JSON, body, PARTS).status == 400
    assert deployed.keys("quarantine") == []


def test_a_quarantine_that_fails_never_loses_the_report(
    deployed: Account, gateway: Gateway
) -> None:
    with deployed.failing("before-call.s3.PutObject"):
        answer = gateway.post(JSON, parts_with(a_jpeg()), PARTS)

    assert accepted(answer).photos == ()
    assert UNUSABLE in answer.json[0]["service_notice"]


def test_a_table_that_fails_is_said_to_be_ours_and_to_be_tried_again(
    deployed: Account, gateway: Gateway
) -> None:
    with deployed.failing("before-call.dynamodb"):
        as_json, as_xml = (posted(gateway, TREE, url) for url in (JSON, XML))

    assert refused(as_json, 503).keys() == {"unavailable"}
    assert as_xml.xml.findtext("error/code") == "503"
    assert as_json.headers["Retry-After"] == "5"
