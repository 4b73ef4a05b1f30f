"""The API is the two route tables, and says no in the form that clients read."""

import json
from collections import Counter
from typing import Any

import pytest

from infra.routes import TwoOwners, read_routes
from tests.infra.drawing import INTAKE, ROOT, STATUS, a_chalice
from tests.infra.template import Template, text

PERSONAL = ("identity", "sourceIp", "userAgent", "path", "authorizer", "querystring")


def real_apps() -> dict[str, Any]:
    from functions.intake.app import app as intake
    from functions.status.app import app as status

    return {"intake": intake, "status": status}


def methods(app: Template) -> list[tuple[str, str, dict[str, Any]]]:
    """Every method but preflight: path, method, properties."""
    found = []
    for props in app.props("AWS::ApiGateway::Method"):
        if props["HttpMethod"] != "OPTIONS":
            found.append((path_of(app, props["ResourceId"]), props["HttpMethod"], props))
    return found


def path_of(app: Template, resource: dict[str, Any]) -> str:
    if "Ref" not in resource:
        return ""
    props = app.resources[resource["Ref"]]["Properties"]
    return f"{path_of(app, props['ParentId'])}/{props['PathPart']}"


def test_every_route_is_one_method_and_every_method_is_a_route(app: Template) -> None:
    drawn = Counter((method, path) for path, method, _ in methods(app))

    assert drawn == Counter((method, path) for path, method in (*INTAKE, *STATUS))


@pytest.mark.parametrize(("room", "routes"), [("intake", INTAKE), ("status", STATUS)])
def test_a_method_is_answered_by_the_room_that_owns_it(
    app: Template, room: str, routes: tuple[tuple[str, str], ...]
) -> None:
    for path, method, props in methods(app):
        if (path, method) in routes:
            assert f'"Ref": "{app.alias(room)}"' in text(props["Integration"]["Uri"])


def test_no_path_of_the_city_s_own_api_is_owned_twice() -> None:
    routes = read_routes(real_apps())

    assert len({(r.method, r.path) for r in routes}) == len(routes) > 20


def test_two_owners_of_a_path_are_refused() -> None:
    with pytest.raises(TwoOwners, match="POST /api/requests: both intake and status"):
        read_routes(
            {
                "intake": a_chalice("intake", INTAKE),
                "status": a_chalice("status", (("/api/requests", "POST"),)),
            }
        )


def test_staff_routes_want_a_signed_in_member_of_staff_and_no_other_does(app: Template) -> None:
    for path, _, props in methods(app):
        if path.startswith("/api/staff"):
            assert props["AuthorizationType"] == "COGNITO_USER_POOLS"
            assert props["AuthorizerId"]
        else:
            assert props["AuthorizationType"] == "NONE"


def test_staff_commands_must_be_json_objects(app: Template) -> None:
    for path, method, props in methods(app):
        assert props["RequestValidatorId"]
        if path.startswith("/api/staff") and method == "POST":
            assert set(props["RequestModels"]) == {"application/json"}
    validator = app.one("AWS::ApiGateway::RequestValidator")
    assert validator["ValidateRequestBody"] is validator["ValidateRequestParameters"] is True


def test_public_routes_answer_preflight_and_staff_routes_do_not(app: Template) -> None:
    preflight = {
        path_of(app, props["ResourceId"]): text(props)
        for props in app.props("AWS::ApiGateway::Method")
        if props["HttpMethod"] == "OPTIONS"
    }

    assert set(preflight) == {p for p, _ in (*INTAKE, *STATUS) if not p.startswith("/api/staff")}
    assert "GET,POST" in preflight["/api/requests"]
    assert "X-City311-Key" in preflight["/api/requests/{service_request_id}"]


@pytest.mark.parametrize(
    ("path", "method", "rate", "burst"),
    [
        ("/*", "*", 100, 200),
        ("/~1api~1requests", "POST", 25, 50),
        ("/~1api~1staff~1requests~1{service_request_id}~1{command}", "POST", 25, 50),
        ("/~1open311", "GET", 25, 50),
        ("/~1open311~1v2~1requests.json", "GET", 25, 50),
        ("/~1open311~1v2~1requests~1{service_request_id}", "GET", 25, 50),
        ("/~1open311~1v2~1requests.json", "POST", 10, 20),
        ("/~1open311~1v2~1requests.xml", "POST", 10, 20),
    ],
)
def test_programs_and_writes_have_limits_of_their_own(
    app: Template, path: str, method: str, rate: int, burst: int
) -> None:
    settings = app.one("AWS::ApiGateway::Stage")["MethodSettings"]
    by_path = {(s["ResourcePath"], s["HttpMethod"]): s for s in settings}

    found = by_path[path, method]
    assert (found["ThrottlingRateLimit"], found["ThrottlingBurstLimit"]) == (rate, burst)


def test_only_what_differs_has_limits_of_its_own(app: Template) -> None:
    settings = app.one("AWS::ApiGateway::Stage")["MethodSettings"]
    drawn = [(path, method) for path, method in (*INTAKE, *STATUS) if method != "ANY"]
    apart = [p for p, method in drawn if method == "POST" or p.startswith("/open311")]

    assert len(settings) == len(apart) + 1
    assert not any(s["HttpMethod"] == "ANY" for s in settings)


def test_no_log_holds_a_body_or_a_person(app: Template) -> None:
    stage = app.one("AWS::ApiGateway::Stage")
    line = json.loads(stage["AccessLogSetting"]["Format"])

    assert stage["StageName"] == "live"
    assert not any(s["DataTraceEnabled"] for s in stage["MethodSettings"])
    for name in line.values():
        assert not any(name.startswith(f"$context.{word}") for word in PERSONAL)
    assert line["resource"] == "$context.resourcePath"


def test_the_gateway_s_own_error_log_is_ours_to_forget(app: Template) -> None:
    name, log = app.at("/Api/ErrorLog/Resource")
    (stage,) = app.of("AWS::ApiGateway::Stage").values()

    assert "API-Gateway-Execution-Logs_" in text(log["Properties"]["LogGroupName"])
    assert log["Properties"]["RetentionInDays"]
    assert name in stage["DependsOn"]


def test_photos_may_be_posted_as_they_are(app: Template) -> None:
    types = app.one("AWS::ApiGateway::RestApi")["BinaryMediaTypes"]

    assert types == ["multipart/form-data", "application/x-www-form-urlencoded", "image/*"]


def test_only_our_api_calls_the_rooms_at_the_door(app: Template) -> None:
    for permission in app.props("AWS::Lambda::Permission"):
        assert permission.get("SourceArn")


def test_the_route_tables_are_where_the_functions_are() -> None:
    for room in real_apps():
        assert (ROOT / "functions" / room / "app.py").is_file()
