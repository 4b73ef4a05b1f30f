"""What people are told: in their language, with nothing that a value could break."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city311.domain.catalogue import Words
from city311.domain.lifecycle import RESIDENT_STAGES, Stage, Status
from city311.domain.messages import PLACES, SMS_CHARACTERS, Message, to_department, to_resident
from city311.domain.outcomes import OutcomeKind
from city311.domain.request import ServiceRequest
from tests.builders import ID, a_request, an_outcome
from tests.towns import TOWN, a_city, a_service, with_service, words_for

LINK = f"https://311.larkmere.example/track/#{ID}.SECRET"
HOSTILE = "<script>alert('x')</script> & \"quotes\" $city ${link} $$"
RESOLVED = a_request(Status.RESOLVED, expected_at=datetime(2026, 11, 11, 3, 0, tzinfo=UTC))


def message(
    request: ServiceRequest = RESOLVED,
    stage: Stage = Stage.RESOLVED,
    language: str = "en",
    city: object = TOWN,
) -> Message:
    return to_resident(city, request, stage=stage, language=language, link=LINK)  # type: ignore[arg-type]


def answered(note: str) -> ServiceRequest:
    return replace(RESOLVED, outcome=an_outcome(note=note), status_notes=note)


@pytest.mark.parametrize("stage", RESIDENT_STAGES)
@pytest.mark.parametrize("language", TOWN.languages)
def test_each_stage_is_told_in_each_language(stage: Stage, language: str) -> None:
    told = message(stage=stage, language=language)

    assert told.subject.startswith(f"[{language}] {stage}: ")
    assert told.text.startswith(f"{language} {stage}\n")
    assert told.sms.startswith(f"{language} {stage}: ")
    assert f'lang="{language}"' in told.html


def test_a_language_that_the_city_does_not_speak_is_its_first() -> None:
    assert message(language="fr") == message(language="en")


def test_every_place_is_filled_in() -> None:
    text = message().text

    assert text.split("\n\n")[1] == (
        f"Pothole {ID} Streets November 10, 2026 It is fixed. We filled the hole. "
        "555-0100 Larkmere\nSecond line"
    )
    assert text.endswith(LINK)
    assert "$" not in text


def test_every_place_is_filled_in_in_spanish() -> None:
    assert f"Bache {ID} Calles 10 de noviembre de 2026 Ahora es fixed." in (
        message(language="es").text
    )


def test_every_place_that_a_message_may_mention_has_a_value() -> None:
    body = " ".join(f"${name}" for name in sorted(PLACES))
    words = Words(subject="s", body=body, sms="s")
    city = a_city(messages={"resolved": {"en": words}})

    assert "$" not in message(city=city).text


@pytest.mark.parametrize("kind", OutcomeKind)
@pytest.mark.parametrize("language", TOWN.languages)
def test_every_outcome_has_a_sentence(kind: OutcomeKind, language: str) -> None:
    sentence = Words(subject="s", body="$outcome", sms="s")
    city = a_city(messages={"resolved": {"en": sentence, "es": sentence}})
    request = replace(RESOLVED, outcome=an_outcome(kind))

    assert re.fullmatch(r"[A-ZÁÉÍ].{10,}\.", message(request, language=language, city=city).text)


def test_the_sentences_of_the_outcomes_differ() -> None:
    texts = [message(replace(RESOLVED, outcome=an_outcome(kind))).text for kind in OutcomeKind]

    assert len(set(texts)) == len(OutcomeKind)


def test_a_language_without_phrases_of_its_own_borrows_those_of_the_first() -> None:
    city = a_city(
        languages=("en", "fr"),
        messages={
            "resolved": {"en": words_for("resolved", "en"), "fr": words_for("resolved", "fr")}
        },
    )

    told = message(language="fr", city=city)

    assert "November 10, 2026 It is fixed." in told.text
    assert 'lang="fr"' in told.html


def test_nothing_promised_is_no_date() -> None:
    assert "Streets -- It is fixed." in message(replace(RESOLVED, expected_at=None)).text


def test_before_an_answer_there_is_no_outcome_but_maybe_a_note() -> None:
    assert "2026   555-0100" in message(replace(a_request(Status.ROUTED))).text
    assert "2026  Soon. 555-0100" in (
        message(replace(a_request(Status.ROUTED), status_notes="Soon.")).text
    )


def test_what_the_city_no_longer_has_is_named_as_well_as_can_be() -> None:
    gone = replace(RESOLVED, service_code="gone", department="gone")

    assert f"gone {ID} Larkmere" in message(gone).text


def test_a_hostile_value_is_only_text_in_html() -> None:
    html = message(answered(HOSTILE)).html

    assert "<script" not in html
    assert "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt; &amp; &quot;quotes&quot;" in html


def test_a_value_cannot_fill_in_places_of_its_own() -> None:
    told = message(answered(HOSTILE))

    assert HOSTILE in told.text
    assert "$city ${link} $$" in unescape(told.html)
    assert told.html.count(LINK) == 2


def test_the_citys_own_words_are_escaped_but_stay_paragraphs() -> None:
    words = Words(subject="A & B", body="Fish & <chips>\nmore\n\nNext", sms="A & B")
    city = a_city(messages={"resolved": {"en": words}})

    told = message(city=city)

    assert "<p>Fish &amp; &lt;chips&gt;<br>more</p>\n<p>Next</p>" in told.html
    assert "<title>A &amp; B</title>" in told.html
    assert told.subject == "A & B"


def test_the_link_is_a_link_and_cannot_break_out() -> None:
    told = to_resident(TOWN, RESOLVED, stage=Stage.RESOLVED, language="en", link='https://x/"><b>&')

    assert '<a href="https://x/&quot;&gt;&lt;b&gt;&amp;">' in told.html
    assert "<b>" not in told.html


@pytest.mark.parametrize(
    "end", ["\r\nBcc: all@example.org", "\nX: y", "\rX: y", "\x85X", "\u2028X"]
)
def test_a_subject_is_one_line(end: str) -> None:
    city = with_service(a_service("pothole", f"Pothole{end}"))

    for told in (
        message(city=city),
        to_department(city, RESOLVED, event=f"assigned{end}", link=LINK),
    ):
        assert len(told.subject.splitlines()) == 1
        assert len(told.sms.splitlines()) == 1


def test_a_long_note_is_cut_and_the_link_stays_whole() -> None:
    sms = message(answered("hole " * 200)).sms

    assert len(sms) == SMS_CHARACTERS
    assert sms.endswith(f"… {LINK}")


def test_a_text_message_is_short_whatever_the_city_writes() -> None:
    words = Words(subject="s", body="b", sms="word " * 200)

    assert len(message(city=a_city(messages={"resolved": {"en": words}})).sms) == SMS_CHARACTERS


def test_a_short_note_is_told_whole() -> None:
    assert message().sms == f"en resolved: Pothole We filled the hole. {LINK}"


@given(st.text(min_size=10).filter(lambda text: len(text.strip()) >= 10))
def test_no_note_breaks_a_message(note: str) -> None:
    told = message(answered(note))

    assert note in told.text
    assert len(told.sms) <= SMS_CHARACTERS
    assert told.sms.endswith(LINK)
    assert set(re.findall(r"<(\w+)", told.html)) == {
        "html",
        "head",
        "meta",
        "title",
        "body",
        "p",
        "a",
    } | ({"br"} if "<br>" in told.html else set())


def test_a_department_is_told_what_and_by_when_and_nobodys_data() -> None:
    request = replace(RESOLVED, description="Zelda's words", dispute="Zelda's words")

    told = to_department(TOWN, request, event="assigned", link="https://x/staff")

    assert told.subject == f"Pothole {ID}: assigned"
    assert "Priority: normal. District: west." in told.text
    assert "Promised: November 10, 2026." in told.text
    assert told.text.endswith("https://x/staff")
    assert "Zelda" not in repr(told)
    assert "Mill Lane" not in repr(told)


def test_a_district_that_nobody_knows_is_unknown() -> None:
    request = replace(RESOLVED, place=replace(RESOLVED.place, district=None))

    assert "District: unknown." in to_department(TOWN, request, event="e", link=LINK).text
