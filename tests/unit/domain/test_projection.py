"""What anybody may see: an allow-list, and nothing of a private request."""

from dataclasses import asdict, fields, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city311.domain.lifecycle import PublicStatus, Status
from city311.domain.projection import public_view
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
from tests.towns import POTHOLE, TOWN, with_service

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


def test_the_list_of_public_fields_is_this_one() -> None:
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
