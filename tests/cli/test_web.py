"""HTTP: refusals in the city's words, and tokens that stay where they belong."""

import pytest

from cli.failures import Failure, Misuse, Refused
from cli.web import Unreachable, Web, upload
from tests.cli.fakecity import FakeCity, refusal


def test_a_refusal_speaks_in_the_words_of_the_json_api(city: FakeCity) -> None:
    entry = refusal("Say where it is.", field="lat", call="+1 555 555 0100")
    city.refusals = [(400, entry)]

    with pytest.raises(Refused) as refused:
        Web(city.site).get("/api/health")

    assert str(refused.value) == "lat: Say where it is. Call +1 555 555 0100."
    assert (refused.value.status, refused.value.reason, refused.value.code) == (400, "x", 1)


def test_a_refusal_speaks_in_the_words_of_the_gateway(city: FakeCity) -> None:
    city.refusals = [(429, [{"code": 429, "description": "Too many calls."}])]

    with pytest.raises(Refused, match=r"^Too many calls\.$"):
        Web(city.site).get("/api/health")


@pytest.mark.parametrize("body", [b"<html>", b"[1]", b'"no"'])
def test_a_refusal_without_words_names_the_site(city: FakeCity, body: bytes) -> None:
    city.refusals = [(502, body)]

    with pytest.raises(Refused, match=r"^127\.0\.0\.1:\d+ answered 502\.$"):
        Web(city.site).get("/api/health")


def test_a_token_never_follows_a_redirect(city: FakeCity) -> None:
    city.refusals = [(302, b"")]

    with pytest.raises(Refused, match="answered 302"):
        Web(city.site, "token").get("/api/staff/queue")

    assert len(city.seen) == 1
    assert city.seen[0][2]["Authorization"] == "Bearer token"


@pytest.mark.parametrize("site", ["http://311.example.gov", "ftp://x", "311.example.gov"])
def test_a_site_must_be_encrypted_or_here(site: str) -> None:
    with pytest.raises(Misuse):
        Web(site)


def test_nobody_there_is_one_sentence() -> None:
    with pytest.raises(Unreachable, match=r"^127\.0\.0\.1:9 cannot be reached: "):
        Web("http://127.0.0.1:9").get("/")


def test_an_answer_that_is_no_json_is_told(city: FakeCity) -> None:
    city.refusals = [(200, b"<html>")]

    with pytest.raises(Failure, match="is not JSON"):
        Web(city.site).get("/").json()


def test_an_upload_puts_the_fields_first_and_the_file_last(city: FakeCity) -> None:
    upload(f"{city.site}/bucket", {"key": "uploads/P"}, b"\x00photo\r\n", "image/jpeg")

    assert city.photo == b"\x00photo\r\n"
