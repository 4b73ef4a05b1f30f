"""The published document is the API: every route, nothing else, and what it really says."""

import json
import re
import subprocess
import sys

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from city311.api.operations import OPERATIONS
from functions.intake.app import app as intake
from functions.status.app import app as status
from tools.openapi import PUBLISHED, text

DOCUMENT = json.loads(text())
ROUTES = sorted(
    (method, path)
    for app in (intake, status)
    for path, methods in app.routes.items()
    for method in methods
    if path.startswith("/api/")
)


def test_what_is_published_is_current() -> None:
    assert PUBLISHED.read_text(encoding="utf-8") == text(), "run: python -m tools.openapi"


def test_it_is_openapi() -> None:
    assert list(OpenAPIV31SpecValidator(DOCUMENT).iter_errors()) == []
    assert DOCUMENT["openapi"] == "3.1.0"


def test_staff_are_told_which_of_their_words_are_public() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    reason = schemas["CommandIn"]["properties"]["reason"]["description"]

    assert "The reason of wait is public" in reason
    assert schemas["OutcomeIn"]["properties"]["note"]["description"].startswith("Public")


def test_every_route_is_in_it_and_nothing_else() -> None:
    written = sorted((m.upper(), path) for path, found in DOCUMENT["paths"].items() for m in found)

    assert written == ROUTES == sorted(OPERATIONS)


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_every_operation_says_all_that_a_client_must_know(method: str, path: str) -> None:
    operation = DOCUMENT["paths"][path][method.lower()]
    named = {p["name"] for p in operation["parameters"] if p["in"] == "path"}
    for_staff = path.startswith("/api/staff/")

    assert operation["summary"].endswith(".")
    assert named == set(re.findall(r"\{(\w+)\}", path))
    assert {"429", "500", "503"} <= set(operation["responses"])
    assert any(status < "300" for status in operation["responses"])
    assert ("requestBody" in operation) == (method == "POST")
    assert (operation.get("security") == [{"staff": []}]) == for_staff
    assert ("401" in operation["responses"]) == for_staff


def test_operations_have_names_of_their_own() -> None:
    names = [o["operationId"] for found in DOCUMENT["paths"].values() for o in found.values()]

    assert len(set(names)) == len(names) == len(ROUTES)


def test_a_query_has_no_way_to_be_null_and_bodies_take_no_other_field() -> None:
    parameters = DOCUMENT["paths"]["/api/requests"]["get"]["parameters"]
    schemas = {p["name"]: p["schema"] for p in parameters}

    assert "null" not in json.dumps(schemas)
    assert "uniqueItems" not in text()
    assert schemas["limit"] == {
        "type": "integer",
        "minimum": 1,
        "maximum": 100,
        "default": 50,
        "title": "Limit",
    }
    assert DOCUMENT["components"]["schemas"]["ReportIn"]["additionalProperties"] is False


def test_no_function_pays_for_it() -> None:
    code = (
        "import sys; import functions.intake.app, functions.status.app; "
        "print([m for m in sys.modules if m.endswith(('.openapi', '.operations', 'json_schema'))"
        " and m.startswith('city311')])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ran.stdout.strip() == "[]"
