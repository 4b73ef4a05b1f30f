"""What anybody may see: an allow-list, and nothing of a private request."""

from dataclasses import asdict, fields, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city311.domain.catalogue import Datatype
from city311.domain.lifecycle import PublicStatus, Status
from city311.domain.outcomes import OutcomeKind
from city311.domain.projection import DETAILED, PublicAnswer, PublicExtras, extras_view, public_view
from city311.domain.request import Hold, PublicRequest
from tests.builders import (
    HERE,
    ID,
    NOON,
    a_decision,
    a_photo,
    a_request,
    an_outcome,
)
from tests.towns import POTHOLE, TOWN, YES_NO, a_question, with_service

PUBLIC_FIELDS = {
    "service_request_id",
    "status",
    "status_notes",
    "service_code",
    "service_name",
    "description",
    "agency_responsible",
    "service_notice",
    "requested_at",
    "updated_at",
    "expected_at",
    "address",
    "address_id",
    "lat",
    "long",
    "media_url",
}


EXTRA_FIELDS = {
    "service_request_id",
    "channel",
    "district",
    "detailed_status",
    "parent",
    "duplicate",
    "closed_at",
    "closure_reason",
    "photos",
    "answers",
}


def test_the_list_of_public_fields_is_this_one() -> None:
    assert {each.name for each in fields(PublicExtras)} == EXTRA_FIELDS
    assert {each.name for each in fields(PublicRequest)} == PUBLIC_FIELDS


def test_a_request_is_seen_as_it_stands() -> None:
    request = a_request(Status.RESOLVED, shown=(a_photo(1), a_photo(2)))

    assert public_view(request, TOWN) == PublicRequest(
        service_request_id=ID,
        status=PublicStatus.RESOLVED,
        status_notes="We filled the hole.",
        service_code="pothole",
        service_name="Pothole",
        description="A deep hole",
        agency_responsible="Streets",
        service_notice="Crews look within two days.",
        requested_at=NOON,
        updated_at=NOON,
        expected_at=NOON + timedelta(days=7),
        address=HERE.address,
        address_id=None,
        lat=HERE.lat,
        long=HERE.long,
        media_url=a_photo(1).large,
    )


def test_what_is_not_there_is_left_out() -> None:
    shown = public_view(a_request(service_code="gone", expected_at=None), TOWN)

    assert shown is not None
    assert (shown.service_name, shown.service_notice) == ("gone", None)
    assert (shown.agency_responsible, shown.media_url, shown.expected_at) == (None, None, None)


def test_a_service_without_a_notice_shows_none() -> None:
    shown = public_view(a_request(service_code="tree"), TOWN)

    assert shown is not None
    assert shown.service_notice is None


@pytest.mark.parametrize("status", Status)
def test_a_private_request_is_never_public(status: Status) -> None:
    assert public_view(a_request(status, private=True), TOWN) is None
    assert public_view(a_request(status, service_code="noise"), TOWN) is None


def test_a_service_that_became_private_takes_its_requests_with_it() -> None:
    city = with_service(replace(POTHOLE, private=True))

    assert public_view(a_request(), city) is None


SECRET = "S3CRET-"
PRIVATE: dict[str, Any] = {
    "capability_digest": f"{SECRET}digest",
    "assignee": f"{SECRET}assignee",
    "not_by": f"{SECRET}closer",
    "channel": f"{SECRET}channel",
    "dispute": f"{SECRET}dispute",
    "head": f"{SECRET}head",
    "answers": {"1": (f"{SECRET}answer",)},
    "sender": {"x": f"{SECRET}sender", f"{SECRET}name": "y"},
    "media_urls": (f"https://{SECRET}.example/",),
    "photos": (f"{SECRET}photo",),
    "place": replace(HERE, district=f"{SECRET}district"),
    "decision": a_decision(reasons=(f"{SECRET}reason",)),
    "outcome": an_outcome(evidence=f"{SECRET}evidence"),
    "hold": Hold(reason=f"{SECRET}hold", until=NOON),
    "report_code": f"{SECRET}report",
    "language": f"{SECRET}language",
}


@given(
    st.sampled_from(Status),
    st.sets(st.sampled_from(sorted(PRIVATE))),
    st.booleans(),
)
def test_no_private_value_is_ever_seen(status: Status, names: set[str], private: bool) -> None:
    request = a_request(status, private=private, **{name: PRIVATE[name] for name in names})

    shown = public_view(request, TOWN)

    assert (shown is None) is private
    if shown is not None:
        assert SECRET not in repr(asdict(shown))


EXTRA_SECRETS = {name: value for name, value in PRIVATE.items() if name not in ("channel", "place")}
"""Who asks for more is told where it is and how it came in, and no more than that."""


@given(
    st.sampled_from(Status),
    st.sets(st.sampled_from(sorted(EXTRA_SECRETS))),
    st.booleans(),
)
def test_nor_by_who_asks_for_more(status: Status, names: set[str], private: bool) -> None:
    secrets = {name: EXTRA_SECRETS[name] for name in names}
    request = a_request(status, private=private, description=SECRET, **secrets)

    shown = extras_view(request, TOWN)

    assert (shown is None) is private
    if shown is not None:
        assert SECRET not in repr(asdict(shown))


QUIZ = replace(
    POTHOLE,
    questions=(
        a_question("1", Datatype.SINGLEVALUELIST, choices=YES_NO, public=True),
        a_question("2", Datatype.MULTIVALUELIST, choices=YES_NO, public=True),
        a_question("3", Datatype.TEXT, public=True),
        a_question("4", Datatype.TEXT),
        a_question("5", public=True, variable=False),
    ),
)
ASKED = {"1": ("yes",), "2": ("yes", "no"), "3": ("Knee deep",), "4": ("Mine",), "5": ("x",)}


def test_answers_are_shown_to_questions_that_the_city_marks_public() -> None:
    shown = extras_view(a_request(answers=ASKED), with_service(QUIZ))

    assert shown is not None
    assert shown.answers == (
        PublicAnswer(code="1", label="Question 1?", name="Yes", value="yes"),
        PublicAnswer(code="2", label="Question 2?", name="Yes", value="yes"),
        PublicAnswer(code="2", label="Question 2?", name="No", value="no"),
        PublicAnswer(code="3", label="Question 3?", name="Knee deep", value="Knee deep"),
    )


def test_answers_to_a_service_that_is_gone_are_not_shown() -> None:
    shown = extras_view(a_request(service_code="gone", answers=ASKED), TOWN)

    assert shown is not None
    assert shown.answers == ()


def test_a_duplicate_names_the_request_that_goes_on() -> None:
    ended = an_outcome(OutcomeKind.DUPLICATE)
    request = a_request(
        Status.RESOLVED, outcome=ended, closed_at=NOON, shown=(a_photo(1), a_photo(2))
    )

    assert extras_view(request, TOWN) == PublicExtras(
        service_request_id=ID,
        channel="open311",
        district="west",
        detailed_status="resolved",
        parent=ended.duplicate_of,
        duplicate=True,
        closed_at=NOON,
        closure_reason="duplicate",
        photos=(a_photo(1).large, a_photo(2).large),
        answers=(),
    )


def test_a_request_that_is_no_duplicate_has_no_parent() -> None:
    odd = an_outcome(OutcomeKind.FIXED, duplicate_of=ID)

    for request in (a_request(), a_request(Status.CLOSED, outcome=odd)):
        shown = extras_view(request, TOWN)
        assert shown is not None
        assert (shown.duplicate, shown.parent) == (False, None)


def test_every_status_has_a_word_for_who_asks_for_more() -> None:
    assert set(DETAILED) == set(Status)
    assert len(set(DETAILED.values())) == len(Status)
