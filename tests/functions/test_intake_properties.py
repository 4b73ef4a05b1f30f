"""Properties of the door: any text survives it, and no garbage breaks it."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from city311.open311.wire import legal
from tests.functions.conftest import Account
from tests.functions.gateway import Gateway
from tests.functions.test_intake_open311 import FORM, JSON, PARTS, TREE, posted
from tests.open311.test_multipart import a_body, a_field

CALM = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@settings(CALM, max_examples=25)
@given(text=st.text(min_size=1, max_size=80))
def test_any_text_survives_the_door_and_both_formats(
    deployed: Account, gateway: Gateway, text: str
) -> None:
    kept = legal(text).replace("\r\n", "\n").replace("\r", "\n").strip()

    (entry,) = posted(gateway, {**TREE, "description": text.encode("utf-8", "ignore")}).json
    found = entry["service_request_id"]
    (as_json,) = gateway.get(f"/open311/v2/requests/{found}.json").json
    (as_xml,) = gateway.get(f"/open311/v2/requests/{found}.xml").xml

    assert (as_json["description"] or "") == kept
    assert (as_xml.findtext("description") or "") == kept


@settings(CALM, max_examples=50)
@given(
    body=st.binary(max_size=300),
    kind=st.sampled_from([FORM, PARTS, "application/json", "text/plain", "", "x" * 50]),
    suffix=st.sampled_from(["json", "xml"]),
)
def test_garbage_is_answered_in_the_asked_format(
    deployed: Account, gateway: Gateway, body: bytes, kind: str, suffix: str
) -> None:
    answer = gateway.post(f"/open311/v2/requests.{suffix}", body, kind)

    assert answer.status in (400, 404)
    if suffix == "json":
        assert answer.json[0]["code"] == answer.status
    else:
        assert answer.xml.findtext("error/code") == str(answer.status)


def test_a_damaged_base64_body_is_refused(deployed: Account, gateway: Gateway) -> None:
    gateway.post(JSON, a_body(a_field("a", b"1")), PARTS)
    event = gateway.sent | {"body": "a"}

    answer = gateway.apps[0](event, None)

    assert answer["statusCode"] == 400
    assert json.loads(answer["body"])[0]["reason"] == "unreadable:body"
