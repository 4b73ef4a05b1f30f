"""A form becomes what a partner says: every field, every spelling, every way it is no use."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city311.domain.errors import InvalidInput, NotFound
from city311.domain.update import PostedUpdate, UpdateStatus
from city311.open311 import forms, posting
from city311.open311.forms import File, Form
from tests.builders import ID
from tests.functions.photos import a_jpeg

W = UpdateStatus
FORM = "application/x-www-form-urlencoded"
FIELDS = {
    "service_request_id": ID,
    "update_id": "501",
    "status": "OPEN",
    "updated_datetime": "2026-11-25T14:00:00+02:00",
    "description": "Still there",
}


def parsed(**changes: Any) -> PostedUpdate:
    """These fields, with changes; None takes one away."""
    found = {name: value for name, value in {**FIELDS, **changes}.items() if value is not None}
    return posting.parse(forms.read(urlencode(found, doseq=True).encode(), FORM))


def problems(**changes: Any) -> dict[str, str]:
    with pytest.raises(InvalidInput) as refusal:
        parsed(**changes)
    return {each.field: each.reason for each in refusal.value.problems}


def test_what_fixmystreet_sends_is_read_and_who_it_was_is_not() -> None:
    found = parsed(
        api_key="secret",
        jurisdiction_id="larkmere.example",
        email="zelda@residents.example",
        phone="+15550142",
        first_name="Zelda",
        last_name="-",
        title="MS",
        account_id="zelda-7",
        service_request_id_ext="17",
        public_anonymity_required="TRUE",
        email_alerts_requested="FALSE",
        media_url=["https://a.example/1.jpg", "https://a.example/2.jpg"],
    )

    assert found == PostedUpdate(
        service_request_id=ID,
        update_id="501",
        status=W.OPEN,
        at=datetime(2026, 11, 25, 12, tzinfo=UTC),
        text="Still there",
        media_urls=("https://a.example/1.jpg", "https://a.example/2.jpg"),
    )
    assert "elda" not in repr(found)


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("value", [None, "", " \t"])
def test_what_is_missing_or_blank_is_named(name: str, value: str | None) -> None:
    assert problems(**{name: value}) == {name: "missing"}


def test_everything_that_is_wrong_is_named_at_once() -> None:
    with pytest.raises(InvalidInput) as refusal:
        posting.parse(Form(fields=(("status", "MENDED"), ("updated_datetime", "yesterday"))))

    found = {each.field: each.reason for each in refusal.value.problems}
    assert found == {
        "service_request_id": "missing",
        "update_id": "missing",
        "status": "invalid",
        "updated_datetime": "invalid",
        "description": "missing",
    }
    (words,) = (each.advice for each in refusal.value.problems if each.field == "status")
    assert all(word.value.upper() in words for word in W)


@pytest.mark.parametrize("word", W)
def test_a_word_counts_in_any_case_and_with_spaces(word: UpdateStatus) -> None:
    spoken = (word.value, word.value.upper(), word.value.title().replace("_", " "))

    assert {parsed(status=text).status for text in spoken} == {word}


@pytest.mark.parametrize("typed", [ID.lower(), f" {ID} ", f"{ID[:4]}-{ID[4:]}"])
def test_an_id_counts_as_it_is_typed(typed: str) -> None:
    assert parsed(service_request_id=typed).service_request_id == ID


def test_what_is_no_id_of_ours_is_not_found_but_not_before_all_else_is_right() -> None:
    with pytest.raises(NotFound):
        parsed(service_request_id="311")
    assert problems(service_request_id="311", status="") == {"status": "missing"}


def test_a_raw_plus_in_the_time_arrives_as_a_space() -> None:
    assert parsed(updated_datetime="2026-11-25T14:00:00 02:00").at.hour == 12


def test_the_sender_s_id_is_any_text_that_is_short_enough() -> None:
    assert parsed(update_id="x" * 255).update_id == "x" * 255
    assert problems(update_id="x" * 256) == {"update_id": "too_long"}


@pytest.mark.parametrize("status", ["FIXED", "REOPEN"])
def test_some_words_say_enough_by_themselves(status: str) -> None:
    assert parsed(status=status, description="").text == ""


def test_a_photo_or_a_link_says_enough_too() -> None:
    fields = tuple((name, value) for name, value in FIELDS.items() if name != "description")
    photo = File(content_type="image/png", content=a_jpeg())

    found = posting.parse(Form(fields=fields, files=(photo,)))

    assert found.files == (("image/jpeg", photo.content),)
    assert parsed(description="", media_url="https://a.example/1.jpg").text == ""


def test_what_is_no_photo_and_no_link_is_said_to_be_spoiled() -> None:
    found = parsed(media_url="javascript:alert(1)")

    assert (found.media_urls, found.spoiled) == ((), True)


@given(text=st.text(min_size=1, max_size=300))
def test_words_come_through_without_what_no_document_can_carry(text: str) -> None:
    kept = "".join(c for c in text if c in "\t\n\r" or c.isprintable())
    if not kept.strip():
        return

    found = parsed(description=text).text

    assert all(c in found for c in kept)
    assert not set(found) & {chr(code) for code in range(32) if chr(code) not in "\t\n\r"}


def test_an_answer_says_what_was_left_out_and_only_then() -> None:
    whole, rows = posting.answer("A-2", None)
    part, told = posting.answer("A-2", "The photos were left out.")

    assert [each.name for each in whole.fields] == ["update_id"]
    assert [each.name for each in part.fields] == ["update_id", "service_notice"]
    assert rows[0]["update_id"] == told[0]["update_id"] == "A-2"
    assert told[0]["service_notice"] == "The photos were left out."
