"""Open311 reads: discovery, services, definitions, lists, items, tokens."""

import re
import time
from datetime import UTC, datetime, timedelta

import pytest

from city311 import wiring
from city311.domain.audit import Actor
from city311.domain.catalogue import Datatype
from city311.domain.effects import CommandFields
from city311.domain.lifecycle import Command, Role
from city311.domain.outcomes import Outcome, OutcomeKind
from city311.domain.partner import Grant, Scope
from tests.builders import a_decision, an_outcome
from tests.functions.conftest import Account, forget_wiring
from tests.functions.gateway import Answer, Gateway
from tests.functions.test_intake_open311 import TREE, posted
from tests.functions.town import a_town
from tests.towns import YES_NO, a_question, a_service, with_service

V2 = "/open311/v2"
QUIZ = a_service(
    "quiz",
    questions=(
        a_question("1", Datatype.SINGLEVALUELIST, choices=YES_NO, public=True),
        a_question("2", Datatype.TEXT),
    ),
)
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


def resolve(found: str, outcome: Outcome | None = None) -> None:
    changing = wiring.changing()
    system = Actor(role=Role.SYSTEM, subject="triage")
    worker = Actor(role=Role.DEPARTMENT, subject="w", departments=frozenset({"streets"}))
    request = changing.requests.get(found)
    for actor, command, fields in (
        (system, Command.ROUTE, CommandFields(decision=a_decision(service_code="tree"))),
        (worker, Command.ACCEPT, CommandFields()),
        (worker, Command.RESOLVE, CommandFields(outcome=outcome or an_outcome())),
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
    assert root.tag == "discovery"
    assert [f.text for f in root.iterfind("endpoints/endpoint/formats/format")] == [
        "text/xml",
        "application/json",
    ]


def test_a_deployment_to_try_things_out_is_production_and_test(
    deployed: Account, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAGE", "staging")
    forget_wiring()

    endpoints = gateway.get(f"{V2}/discovery.json").json["endpoints"]

    assert [(each["type"], each["url"]) for each in endpoints] == [
        ("production", "https://larkmere.example/open311/v2"),
        ("test", "https://larkmere.example/open311/v2"),
    ]


@pytest.mark.parametrize("path", ["/open311", "/open311/"])
def test_the_endpoint_has_a_page_for_people(deployed: Account, gateway: Gateway, path: str) -> None:
    answer = gateway.get(path, accept="application/json")

    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Open311 in Larkmere" in answer.body
    # A style of its own, and the house's policy for all the rest.
    assert re.search(r"style-src 'sha256-[\w+/]{43}='", answer.headers["Content-Security-Policy"])
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_capabilities_are_json_only(deployed: Account, gateway: Gateway) -> None:
    found = gateway.get(f"{V2}/capabilities.json")

    assert found.json["jurisdiction_id"] == "larkmere.example"
    assert gateway.get(f"{V2}/capabilities.xml").status == 404


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


def test_a_part_of_the_services_is_served_only_when_it_is_asked_for(
    deployed: Account, gateway: Gateway
) -> None:
    def codes(query: str) -> set[str]:
        return {row["service_code"] for row in gateway.get(f"{V2}/services.json?{query}").json}

    assert codes("group=water") == {"main_break"}
    assert codes("keywords=light") == {"lamp"}
    assert len(codes("lat=40.02&long=-75.08")) == 6
    assert codes("lat=10&long=10") == set()
    assert gateway.get(f"{V2}/services.xml?lat=40").xml.findtext("error/code") == "400"


def a_key(*scopes: Scope) -> str:
    grant = Grant(owner="Somebody", scopes=frozenset(scopes), daily_quota=10, per_minute=10)
    return wiring.key_desk().issue(Actor(role=Role.ADMIN, subject="ada"), grant).api_key


def test_services_of_the_staff_are_for_keys_that_were_given_out_for_them(
    deployed: Account, gateway: Gateway
) -> None:
    keys = a_key(Scope.INTERNAL), a_key(Scope.REQUESTS)

    inside, outside = (gateway.get(f"{V2}/services.json", X_API_Key=key) for key in keys)
    lost = gateway.get(f"{V2}/services.json?api_key=made-up")

    public = gateway.get(f"{V2}/services.json")
    assert inside.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in inside.headers
    assert {row["service_code"] for row in inside.json} == {
        "sweep",
        *(row["service_code"] for row in public.json),
    }
    assert outside.body == lost.body == public.body
    assert gateway.get(f"{V2}/services/sweep.json", X_API_Key=keys[0]).status == 200
    assert gateway.get(f"{V2}/services/sweep.json", X_API_Key=keys[1]).status == 404


def test_a_register_that_fails_is_an_error_and_never_a_shorter_list(
    deployed: Account, gateway: Gateway
) -> None:
    key = a_key(Scope.INTERNAL)

    with deployed.failing("before-call.dynamodb"):
        answer = gateway.get(f"{V2}/services.xml", Authorization=f"Bearer {key}")

    assert (answer.status, answer.xml.tag) == (503, "errors")


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


def test_a_duplicate_is_read_for_ever_and_the_other_goes_on(
    deployed: Account, gateway: Gateway
) -> None:
    master, found = filed(gateway), filed(gateway, description="The same tree")
    note = f"Reported before: see {master}."
    resolve(found, an_outcome(OutcomeKind.DUPLICATE, note=note, duplicate_of=master))

    (row,) = gateway.get(f"{V2}/requests/{found}.json?extensions=true").json
    (other,) = gateway.get(f"{V2}/requests/{master}.json").json

    assert (row["status"], row["status_notes"], other["status"]) == ("closed", note, "open")
    extended = row["extended_attributes"]
    assert (extended["duplicate"], extended["parent_service_request_id"]) == (True, master)
    assert ids(gateway.get(f"{V2}/requests.json?service_request_id={found},{master}")) == [
        found,
        master,
    ]


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


@pytest.mark.parametrize("query", ["", "updated_after=2020-01-01T00:00:00Z"])
def test_a_walk_along_the_next_pages_meets_each_request_once_while_others_report(
    deployed: Account, gateway: Gateway, query: str
) -> None:
    made = {filed(gateway, number) for number in range(5)}
    met: list[str] = []
    url = f"{V2}/requests.json?page_size=2&{query}"

    for number in range(5):
        answer = gateway.get(url)
        met += ids(answer)
        filed(gateway, 100 + number)
        if "X-Next-Page-URL" not in answer.headers:
            break
        url = answer.headers["X-Next-Page-URL"].removeprefix("https://larkmere.example")

    assert len(met) == len(set(met)) == 5
    assert set(met) == made


def test_a_count_is_said_only_where_it_is_known(deployed: Account, gateway: Gateway) -> None:
    for number in range(5):
        filed(gateway, number)

    pages = [gateway.get(f"{V2}/requests.json?page_size=2&page={n}").headers for n in (1, 2, 3, 4)]

    assert [page.get("X-Result-Count") for page in pages] == [None, None, "5", None]
    assert [page["X-Page-Size"] for page in pages] == ["2"] * 4
    assert ["X-Previous-Page-URL" in page for page in pages] == [False, True, True, True]
    assert [page.get("Link", "")[-10:] for page in pages] == ['rel="next"'] * 2 + [""] * 2
    exposed = pages[0]["Access-Control-Expose-Headers"].split(", ")
    assert {name for page in pages for name in page if name.startswith("X-")} - {
        "X-Content-Type-Options"
    } <= set(exposed)


def test_what_changed_is_found_though_it_is_old(deployed: Account, gateway: Gateway) -> None:
    changed, same = filed(gateway, 1), filed(gateway, 2)
    moment = datetime.now(UTC)
    time.sleep(0.01)
    resolve(changed)
    after = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def listed(query: str) -> list[str]:
        return ids(gateway.get(f"{V2}/requests.json?{query}"))

    assert listed(f"updated_after={after}") == [changed]
    # Sent with one value for both by clients that mean what changed since.
    assert listed(f"updated_after={after}&start_date={after}") == [changed]
    assert listed(f"updated_after={after}&start_date=2030-01-01") == []
    assert listed("updated_after=2020-01-01&service_code=tree") == [changed, same]
    assert listed("updated_before=2020-01-01") == []


def test_requests_are_found_by_place_and_agency(deployed: Account, gateway: Gateway) -> None:
    here, there = filed(gateway, 1), filed(gateway, 2, lat="40.09", long="-75.01")
    resolve(here)

    def listed(query: str) -> list[str]:
        return ids(gateway.get(f"{V2}/requests.json?{query}"))

    assert listed("bbox=-75.09,40.01,-75.07,40.03") == [here]
    assert listed("bbox=-75.07;40.03;-75.09;40.01") == [here]
    assert sorted(listed("bbox=-75.1,40,-75,40.1")) == sorted([here, there])
    assert listed("lat=40.0201&long=-75.0801") == [here]
    assert listed("lat=40.03&long=-75.08") == []
    assert listed("lat=40.03&long=-75.08&radius=1200") == [here]
    assert listed("agency_responsible=calles") == [here]
    assert listed("agency_responsible=Water") == []
    flipped = gateway.get(f"{V2}/requests.xml?bbox=40.01,-75.09,40.03,-75.07").xml
    assert "Did you mean bbox=-75.09,40.01,-75.07,40.03?" in str(
        flipped.findtext("error/description")
    )


def test_extensions_say_more_and_change_nothing(deployed: Account, gateway: Gateway) -> None:
    deployed.serve(with_service(QUIZ, a_town()))
    found = filed(
        gateway,
        service_code="quiz",
        email="ada@residents.example",
        **{"attribute[1]": "yes", "attribute[2]": "my secret"},
    )
    url = f"{V2}/requests/{found}.json"
    (plain,) = gateway.get(url).json
    (whole,) = gateway.get(f"{url}?extensions=true").json
    (listed,) = gateway.get(f"{V2}/requests.json?extensions=true").json
    by_id = gateway.get(f"{V2}/requests.json?extensions=attributes&service_request_id={found}")

    assert {name: whole[name] for name in plain} == plain
    assert list(whole) == [*FIELDS, "extended_attributes", "attributes", "notes"]
    assert list(listed) == [*FIELDS, "extended_attributes", "attributes"]
    assert list(by_id.json[0]) == [*FIELDS, "attributes"]
    assert whole["extended_attributes"]["channel"] == "open311"
    assert whole["extended_attributes"]["district"] == "west"
    assert whole["attributes"] == [
        {"code": "1", "label": "Question 1?", "name": "Yes", "value": "yes"}
    ]
    assert isinstance(whole["notes"], list)
    for secret in ("my secret", "ada@"):
        assert secret not in str((whole, listed))


def test_notes_are_what_the_public_was_told(deployed: Account, gateway: Gateway) -> None:
    found = filed(gateway, email="ada@residents.example")
    resolve(found)

    answer = gateway.get(f"{V2}/requests/{found}.xml?extensions=notes,extended_attributes")

    (request,) = answer.xml
    notes = request.findall("notes/note")
    assert len(notes) >= 2
    assert "We filled the hole." in [note.findtext("description") for note in notes]
    times = [str(note.findtext("datetime")) for note in notes]
    assert times == sorted(times)
    assert request.findtext("extended_attributes/detailed_status") == "resolved"
    assert request.findtext("extended_attributes/closure_reason") == "fixed"
    assert request.findtext("extended_attributes/closed_datetime") == times[-1]
    for secret in ("ada@", "work order"):
        assert secret not in answer.body


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
