"""From form to report: every spelling that real senders use."""

import base64

import pytest

from city311.domain.errors import FieldProblem, InvalidInput, Unavailable
from city311.domain.request import Place, Report
from city311.open311.forms import File, Form
from city311.open311.media import MOST_MEDIA, kind_of
from city311.open311.reports import UNUSABLE, Post, created, parse, stored
from tests.functions.town import a_town

JPEG = b"\xff\xd8\xff\xe0 and so on"


def a_post(*fields: tuple[str, str], files: tuple[File, ...] = (), language: str = "en") -> Post:
    return parse(Form(fields=fields, files=files), a_town(), language)


def test_the_standard_fields_are_read() -> None:
    report = a_post(
        ("service_code", " pothole "),
        ("lat", "50.5"),
        ("long", "-10.25"),
        ("address_string", "Main St 1"),
        ("address_id", "42"),
        ("description", " Deep.\nVery. "),
        ("email", "a@example.org"),
        ("first_name", "Ann"),
        ("last_name", "Lee"),
        ("phone", "555-0199"),
        ("device_id", "d"),
        ("account_id", "7"),
        ("api_key", "secret"),
        ("jurisdiction_id", "tinytown.example"),
        ("locale", "es"),
    ).report

    assert report == Report(
        service_code="pothole",
        place=Place(lat=50.5, long=-10.25, address="Main St 1", address_id="42"),
        description=" Deep.\nVery. ",
        email="a@example.org",
        first_name="Ann",
        last_name="Lee",
        phone="555-0199",
        device_id="d",
        account_id="7",
        language="en",
    )


def test_attributes_are_read_in_every_spelling() -> None:
    report = a_post(
        ("service_code", "lamp"),
        ("attribute[1]", "yes"),
        ("attribute[2][]", "yes"),
        ("attribute[2][]", "no"),
        ("attribute[height]", " 3 "),
        ("attribute[2][1]", "no"),
        ("attribute[easting]", "123"),
    ).report

    assert report.answers == {
        "1": ("yes",),
        "2": ("yes", "no", "no"),
        "3": ("3",),
        "easting": ("123",),
    }


def test_attributes_of_an_unknown_service_keep_their_codes() -> None:
    assert a_post(("service_code", "?"), ("attribute[depth]", "3")).report.answers == {
        "depth": ("3",)
    }


def test_fields_of_the_sender_are_kept_and_ours_are_not_among_them() -> None:
    report = a_post(
        ("service_name", "Pothole"),
        ("deviceid", "fms"),
        ("title", "a"),
        ("title", "b"),
        ("api_key", "secret"),
        ("attribute[1]", "x"),
        ("attribute[", "odd"),
    ).report

    assert report.sender == {
        "service_name": "Pothole",
        "deviceid": "fms",
        "title": "a, b",
        "attribute[": "odd",
    }


@pytest.mark.parametrize(
    "text", ["nan", "inf", "1e5", "1_0", "41,5", "north", "٤١", "1" * 60, "--1"]
)
def test_degrees_that_are_no_number_are_named(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        a_post(("lat", text), ("long", text))

    assert [each.field for each in refused.value.problems] == ["lat", "long"]


@pytest.mark.parametrize(("text", "degrees"), [("+1.5", 1.5), ("-0", 0.0), ("7", 7.0)])
def test_degrees_may_have_a_sign(text: str, degrees: float) -> None:
    assert a_post(("lat", text)).report.place.lat == degrees


def test_links_are_kept_and_never_fetched() -> None:
    post = a_post(
        ("media_url", "https://a.example/1.jpg,https://a.example/2,3.jpg"),
        ("media_url", "http://b.example/x"),
        ("media", "https://c.example/y"),
    )

    assert post.report.media_urls == (
        "https://a.example/1.jpg",
        "https://a.example/2,3.jpg",
        "http://b.example/x",
        "https://c.example/y",
    )
    assert not post.spoiled


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://a.example/<script>",
        "https://a.example/" + "x" * 2000,
        "photo",
        "data:image/png;base64,!!!",
        base64.b64encode(b"not a picture").decode(),
        "ünïcode",
    ],
)
def test_media_that_is_neither_link_nor_picture_is_left_and_said(text: str) -> None:
    post = a_post(("media_url", text), ("service_code", "pothole"))

    assert post.report.media_urls == ()
    assert post.files == ()
    assert post.spoiled


@pytest.mark.parametrize("prefix", ["", "data:image/jpeg;base64,", "DATA:;base64,"])
def test_a_picture_may_come_as_base64(prefix: str) -> None:
    text = base64.encodebytes(JPEG * 10).decode()

    post = a_post(("media", prefix + text))

    assert [file.content for file in post.files] == [JPEG * 10]
    assert not post.spoiled


def test_more_media_than_a_report_holds_are_left_and_said() -> None:
    files = tuple(File(content_type="image/jpeg", content=JPEG) for _ in range(MOST_MEDIA))

    full = a_post(files=files)
    over = a_post(("media_url", "https://a.example"), files=files)
    links = a_post(*[("media_url", f"https://a.example/{n}") for n in range(12)], files=files)

    assert (len(full.files), full.spoiled) == (MOST_MEDIA, False)
    assert (len(over.files), over.spoiled) == (MOST_MEDIA - 1, True)
    assert (len(links.files), len(links.report.media_urls), links.spoiled) == (0, 10, True)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (JPEG, "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"RIFF\n\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00", "image/heic"),
        (b"\x00\x00\x00\x18ftypavif\x00\x00", "image/said"),
        (b"GIF89a", "image/said"),
    ],
)
def test_the_first_bytes_say_what_a_file_is(content: bytes, kind: str) -> None:
    assert kind_of(File(content_type="image/said", content=content)) == kind


@pytest.mark.parametrize(
    "problem", [InvalidInput(FieldProblem(field="media", advice="No.")), Unavailable("Not now.")]
)
def test_a_photo_that_cannot_be_stored_never_loses_the_report(problem: Exception) -> None:
    kept: list[tuple[str, bytes]] = []

    def store(kind: str, content: bytes) -> str:
        if content == b"bad":
            raise problem
        kept.append((kind, content))
        return f"id{len(kept)}"

    files = tuple(File(content_type="image/x", content=c) for c in (JPEG, b"bad", JPEG))
    post = stored(a_post(("service_code", "pothole"), files=files), store)

    assert post.report.photos == ("id1", "id2")
    assert kept == [("image/jpeg", JPEG)] * 2
    assert post.spoiled


def test_storing_what_is_fine_says_nothing() -> None:
    post = stored(a_post(files=(File(content_type="", content=JPEG),)), lambda *_: "id")

    assert (post.report.photos, post.spoiled) == (("id",), False)


@pytest.mark.parametrize(
    ("notice", "spoiled", "said"),
    [
        (None, False, ""),
        ("Soon.", False, "Soon."),
        (None, True, UNUSABLE),
        ("Soon.", True, f"Soon. {UNUSABLE}"),
    ],
)
def test_the_sender_reads_the_notice_and_what_was_left(
    notice: str | None, spoiled: bool, said: str
) -> None:
    assert created("7H2", notice, spoiled=spoiled) == {
        "service_request_id": "7H2",
        "service_notice": said,
        "account_id": None,
    }


@pytest.mark.parametrize("name", ["API_KEY", "apikey", "api-key", "Api Key", "Authorization"])
def test_a_key_is_not_kept_however_it_is_spelled(name: str) -> None:
    assert a_post((name, "secret")).report.sender == {}


PLUS = base64.b64encode(JPEG + b"\xfb\xef" * 9).decode()


@pytest.mark.parametrize(
    ("text", "content"),
    [
        (PLUS.replace("+", " "), JPEG + b"\xfb\xef" * 9),
        (base64.b64encode(JPEG + b"12").decode().rstrip("="), JPEG + b"12"),
        ("data:image/png;base64, " + base64.b64encode(JPEG).decode(), JPEG),
        (base64.encodebytes(JPEG * 9).decode(), JPEG * 9),
    ],
)
def test_base64_survives_what_forms_do_to_it(text: str, content: bytes) -> None:
    post = a_post(("media", text))

    assert "+" in PLUS
    assert [file.content for file in post.files] == [content]
    assert not post.spoiled
