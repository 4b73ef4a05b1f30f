"""Open311 reads: discovery, services, definitions, lists, items, tokens."""

import re
from datetime import datetime, timedelta

import pytest

from city311 import wiring
from city311.domain.audit import Actor
from city311.domain.effects import CommandFields
from city311.domain.lifecycle import Command, Role
from tests.builders import a_decision, an_outcome
from tests.functions.conftest import Account
from tests.functions.gateway import Answer, Gateway
from tests.functions.test_intake_open311 import TREE, posted
from tests.functions.town import a_town

V2 = "/open311/v2"
FIELDS = [
    "service_request_id",
    "status",
    "status_notes",
    "service_name",
    "service_code",
    "description",
    "agency_responsible",
    "service_notice",
    "requested_datetime",
    "updated_datetime",
    "expected_datetime",
    "address",
    "address_id",
    "zipcode",
    "lat",
    "long",
    "media_url",
]


def filed(gateway: Gateway, number: int = 1, **fields: str) -> str:
    (entry,) = posted(gateway, {**TREE, "description": f"Tree {number}", **fields}).json
    return str(entry["service_request_id"])


def resolve(found: str) -> None:
    changing = wiring.changing()
    system = Actor(role=Role.SYSTEM, subject="triage")
    worker = Actor(role=Role.DEPARTMENT, subject="w", departments=frozenset({"streets"}))
    request = changing.requests.get(found)
    for actor, command, fields in (
        (system, Command.ROUTE, CommandFields(decision=a_decision(service_code="tree"))),
        (worker, Command.ACCEPT, CommandFields()),
        (worker, Command.RESOLVE, CommandFields(outcome=an_outcome(), note="Done and done.")),
    ):
        request = changing.take(request, changing.doing(command, actor, fields))


def ids(answer: Answer) -> list[str]:
    assert answer.status == 200
    return [row["service_request_id"] for row in answer.json]


@pytest.mark.parametrize("base", ["/open311", V2])
def test_discovery(deployed: Account, gateway: Gateway, base: str) -> None:
    found = gateway.get(f"{base}/discovery.json").json
    root = gateway.get(f"{base}/discovery.xml").xml

    assert list(found) == ["changeset", "contact", "key_service", "endpoints"]
    (endpoint,) = found["endpoints"]
    assert endpoint == {
        "specification": "http://wiki.open311.org/GeoReport_v2",
        "url": "https://larkmere.example/open311/v2",
        "changeset": "2026-01-01T00:00:00Z",
        "type": "production",
        "formats": ["text/xml", "application/json"],
    }
    assert found["contact"] == "Call us."
    assert found["key_service"] == "No key is needed. A key that is sent is not looked at."
    assert root.tag == "discovery"
    assert [f.text for f in root.iterfind("endpoints/endpoint/formats/format")] == [
        "text/xml",
        "application/json",
    ]


def test_discovery_says_where_keys_come_from(deployed: Account, gateway: Gateway) -> None:
    deployed.serve(a_town(api_key_required=True))

    assert "Call us." in gateway.get(f"{V2}/discovery.json").json["key_service"]


def test_the_service_list_is_whole_and_shows_what_anybody_may_ask(
    deployed: Account, gateway: Gateway
) -> None:
    found = {row["service_code"]: row for row in gateway.get(f"{V2}/services.json").json}

    assert set(found) == {"pothole", "main_break", "tree", "noise", "other", "lamp"}
    assert found["lamp"] == {
        "service_code": "lamp",
        "service_name": "Street lamp",
        "description": "Lamps & <signals>",
        "metadata": True,
        "type": "realtime",
        "keywords": "lamp,light",
        "group": "Streets",
    }
    assert (found["tree"]["metadata"], found["noise"]["keywords"]) == (False, "private")
    assert found["other"]["keywords"] is None


def test_the_service_list_in_xml(deployed: Account, gateway: Gateway) -> None:
    root = gateway.get(f"{V2}/services.xml").xml

    assert (root.tag, {child.tag for child in root}) == ("services", {"service"})
    assert {child.findtext("metadata") for child in root} == {"true", "false"}
    assert "Lamps & <signals>" in [child.findtext("description") for child in root]


@pytest.mark.parametrize("asking", ["?locale=es", ""])
def test_names_come_in_the_callers_language(
    deployed: Account, gateway: Gateway, asking: str
) -> None:
    language = "en" if asking else "es-419"

    answer = gateway.get(f"{V2}/services.json{asking}", Accept_Language=language)

    names = {row["service_code"]: row["service_name"] for row in answer.json}
    assert (names["pothole"], names["tree"]) == ("Bache", "Fallen tree (es)")
    assert answer.headers["Vary"] == "Accept-Language"


def test_a_definition_is_one_object(deployed: Account, gateway: Gateway) -> None:
    found = gateway.get(f"{V2}/services/lamp.json").json

    assert list(found) == ["service_code", "attributes"]
    assert found["attributes"][0] == {
        "variable": True,
        "code": "1",
        "datatype": "singlevaluelist",
        "required": True,
        "datatype_description": None,
        "order": 1,
        "description": "Question 1?",
        "values": [{"key": "yes", "name": "Yes"}, {"key": "no", "name": "No"}],
    }
    by_code = {each["code"]: each for each in found["attributes"]}
    assert by_code["3"]["datatype_description"] == "In metres"
    assert by_code["3"]["values"] == []
    # What is only shown, and what is asked only sometimes, must not stop a simple client.
    assert [by_code[code]["required"] for code in "67"] == [False, False]
    assert by_code["6"]["variable"] is False


def test_a_definition_in_xml(deployed: Account, gateway: Gateway) -> None:
    root = gateway.get(f"{V2}/services/lamp.xml").xml

    assert root.tag == "service_definition"
    assert root.findtext("service_code") == "lamp"
    assert len(root.findall("attributes/attribute")) == 7
    assert [v.text for v in root.iterfind("attributes/attribute/values/value/key")][:2] == [
        "yes",
        "no",
    ]


def test_a_service_without_questions_has_an_empty_definition(
    deployed: Account, gateway: Gateway
) -> None:
    assert gateway.get(f"{V2}/services/tree.json").json == {
        "service_code": "tree",
        "attributes": [],
    }
    assert gateway.get(f"{V2}/services/tree.xml").xml.find("attributes") is not None


@pytest.mark.parametrize("code", ["unknown", "sweep", "sign", "tree.json"])
def test_what_is_not_offered_has_no_definition(
    deployed: Account, gateway: Gateway, code: str
) -> None:
    assert gateway.get(f"{V2}/services/{code}.json").status == 404


@pytest.mark.parametrize(
    "path",
    [
        "discovery.json",
        "services.json",
        "services/lamp.json",
        "requests.json",
        "requests/000000000.json",
        "tokens/1.json",
    ],
)
def test_another_jurisdiction_is_not_found_anywhere(
    deployed: Account, gateway: Gateway, path: str
) -> None:
    wrong = gateway.get(f"{V2}/{path}?jurisdiction_id=other.example")
    right = gateway.get(f"{V2}/{path}?jurisdiction_id=LARKMERE.EXAMPLE")
    blank = gateway.get(f"{V2}/{path}?jurisdiction_id=")

    assert wrong.status == 404
    assert "larkmere.example" in wrong.json[0]["description"]
    assert right.status == blank.status
    assert right.body == blank.body


def test_an_unchanged_catalogue_is_not_sent_again(deployed: Account, gateway: Gateway) -> None:
    first = gateway.get(f"{V2}/services.json")
    same = gateway.get(f"{V2}/services.json", If_None_Match=f'"x", W/{first.headers["ETag"]}')
    other = gateway.get(f"{V2}/services.json", If_None_Match='"x"')

    assert first.headers["Cache-Control"] == "public, max-age=300"
    assert (same.status, same.body) == (304, "")
    assert same.headers["ETag"] == first.headers["ETag"]
    assert (other.status, other.body) == (200, first.body)


def test_head_is_get_without_the_body(deployed: Account, gateway: Gateway) -> None:
    got = gateway.get(f"{V2}/services.json")
    head = gateway.call("HEAD", f"{V2}/services.json")

    assert (head.status, head.body, head.headers) == (200, "", got.headers)


def test_an_empty_list_is_no_error(deployed: Account, gateway: Gateway) -> None:
    assert gateway.get(f"{V2}/requests.json").json == []
    assert len(gateway.get(f"{V2}/requests.xml").xml) == 0


def test_a_request_shows_every_field_and_nothing_personal(
    deployed: Account, gateway: Gateway
) -> None:
    found = filed(gateway, email="ada@residents.example", phone="5550142000", first_name="Adalyn")

    answer = gateway.get(f"{V2}/requests/{found}.json")

    (row,) = answer.json
    assert list(row) == FIELDS
    assert row["status"] == "open"
    assert (row["lat"], row["long"]) == (40.02, -75.08)
    assert all(isinstance(row[name], str) for name in ("service_request_id", "service_code"))
    for name in ("requested_datetime", "updated_datetime", "expected_datetime"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", row[name])
    for secret in ("ada@", "5550142", "Adalyn"):
        assert secret not in answer.body
    (element,) = gateway.get(f"{V2}/requests/{found}.xml").xml
    assert [child.tag for child in element] == FIELDS
    assert answer.headers["Cache-Control"] == "public, max-age=15"


@pytest.mark.parametrize("spelling", [str.lower, lambda i: f"{i[:3]}-{i[3:]}"])
def test_an_id_is_found_as_people_write_it(
    deployed: Account, gateway: Gateway, spelling: object
) -> None:
    found = filed(gateway)
    typed = spelling(found)  # type: ignore[operator]

    assert ids(gateway.get(f"{V2}/requests/{typed}.json")) == [found]
    assert ids(gateway.get(f"{V2}/requests.json?service_request_id={typed}")) == [found]


def test_unknown_nonsense_and_private_look_alike(deployed: Account, gateway: Gateway) -> None:
    private = filed(gateway, service_code="noise")

    answers = [
        gateway.get(f"{V2}/requests/{found}.json") for found in (private, "000000000", "nonsense")
    ]

    assert [answer.status for answer in answers] == [404] * 3
    assert len({answer.body for answer in answers}) == 1
    assert ids(gateway.get(f"{V2}/requests.json")) == []
    assert ids(gateway.get(f"{V2}/requests.json?service_request_id={private}")) == []


def test_a_resolved_request_is_closed_and_says_what_happened(
    deployed: Account, gateway: Gateway
) -> None:
    found = filed(gateway)
    resolve(found)

    (row,) = gateway.get(f"{V2}/requests/{found}.json").json

    assert row["status"] == "closed"
    assert row["status_notes"] == "We filled the hole."
    assert row["agency_responsible"] == "Streets"


def test_the_list_is_filtered(deployed: Account, gateway: Gateway) -> None:
    first, second = filed(gateway, 1), filed(gateway, 2)
    other = filed(gateway, 3, service_code="other")
    resolve(second)

    def listed(query: str) -> list[str]:
        return ids(gateway.get(f"{V2}/requests.json?{query}"))

    assert sorted(listed("")) == sorted([first, second, other])
    assert listed("status=closed") == [second]
    assert sorted(listed("status=open")) == sorted([first, other])
    assert listed("service_code=other,unknown") == [other]
    assert listed("service_code=unknown") == []
    assert listed("end_date=2020-01-01") == []
    assert listed("start_date=2030-01-01") == []
    assert listed(f"service_request_id={first},000000000&status=closed") == [first]


def test_the_second_that_is_shown_is_inside_the_span_it_bounds(
    deployed: Account, gateway: Gateway
) -> None:
    found = filed(gateway)
    (row,) = gateway.get(f"{V2}/requests/{found}.json").json
    shown = row["requested_datetime"]
    before = datetime.fromisoformat(shown) - timedelta(seconds=1)

    exact = gateway.get(f"{V2}/requests.json?start_date={shown}&end_date={shown}")
    earlier = gateway.get(f"{V2}/requests.json?end_date={before:%Y-%m-%dT%H:%M:%SZ}")

    assert (ids(exact), ids(earlier)) == ([found], [])


def test_pages_cover_the_list_once(deployed: Account, gateway: Gateway) -> None:
    made = {filed(gateway, number) for number in range(5)}

    pages = [
        ids(gateway.get(f"{V2}/requests.json?page_size=2&page={page}")) for page in (1, 2, 3, 4)
    ]

    assert [len(page) for page in pages] == [2, 2, 1, 0]
    assert {found for page in pages for found in page} == made


def test_a_span_of_more_than_90_days_is_clamped_and_said(
    deployed: Account, gateway: Gateway
) -> None:
    answer = gateway.get(f"{V2}/requests.json?start_date=2020-01-01T00:00:00Z&end_date=2026-01-01")

    assert answer.headers["X-Open311-Clamped"] == "true"


def test_a_bad_list_query_is_refused_in_format(deployed: Account, gateway: Gateway) -> None:
    url = f"{V2}/requests.xml?start_date=yesterday&status=pending"

    errors = [e.findtext("description") for e in gateway.get(url).xml]

    assert [str(text).partition(":")[0] for text in errors] == ["start_date", "status"]


def test_tokens_are_unknown(deployed: Account, gateway: Gateway) -> None:
    assert gateway.get(f"{V2}/tokens/123.xml").xml.findtext("error/code") == "404"
    assert gateway.get(f"{V2}/tokens/123.json").json[0]["code"] == 404


def test_a_table_that_fails_is_said_in_format(deployed: Account, gateway: Gateway) -> None:
    with deployed.failing("before-call.dynamodb"):
        answers = [gateway.get(f"{V2}/requests{rest}") for rest in (".xml", "/000000000.xml")]
        services = gateway.get(f"{V2}/services.xml")

    assert [answer.xml.findtext("error/code") for answer in answers] == ["503", "503"]
    assert services.status == 200
