"""The JSON API answers every call as its published document says, and tells nothing it must not."""

from functools import cache
from io import StringIO
from zlib import crc32

import pytest
import schemathesis
from hypothesis import given
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.fuzz.conftest import as_many_as, made
from tests.fuzz.planted import CAPABILITY, TOLD, Planted
from tests.fuzz.rules import check_api, check_secrets
from tests.fuzz.wsgi import DOOR

SCHEMA = schemathesis.openapi.from_wsgi("/openapi.json", DOOR)
OPERATIONS = {found.ok().label: found.ok() for found in SCHEMA.get_all_operations()}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


def sensible(case: schemathesis.Case, planted: Planted) -> bool:
    """Every other call is about something that is there, or nothing would get past its name.

    Returns whether the body was made sound.
    """
    dice = crc32(repr((case.path_parameters, case.headers, case.body)).encode("utf-8", "replace"))
    if dice % 2 and "service_request_id" in (case.path_parameters or {}):
        case.path_parameters["service_request_id"] = planted.number
    if dice % 3 and "/staff/" not in case.path:
        key = planted.capability if dice % 4 else CAPABILITY
        case.headers["X-City311-Key"] = key
    if dice % 5 and isinstance(case.body, dict) and case.path == "/api/requests":
        told = {name: value for name, value in TOLD.items() if not name.endswith("_id")}
        sound = {"service_code": "tree", "lat": 40.02, "long": -75.08, **told}
        case.body.update(sound)
        return True
    return False


@cache
def cases(label: str, mode: GenerationMode) -> st.SearchStrategy[schemathesis.Case]:
    """Calls of an operation that keep to the document, or that do not."""
    found: st.SearchStrategy[schemathesis.Case] = OPERATIONS[label].as_strategy(mode)
    return found


@pytest.mark.parametrize("label", sorted(OPERATIONS))
@as_many_as(0.4 / len(OPERATIONS))
@given(data=st.data())
def test_every_call_is_answered_as_it_is_written(
    planted: Planted, logged: StringIO, label: str, data: st.DataObject
) -> None:
    DOOR.planted = planted
    case = data.draw(cases(label, data.draw(st.sampled_from(GenerationMode))))
    changed = sensible(case, planted)

    response = case.call()

    assert DOOR.last is not None
    made[f"api {DOOR.last.status}"] += 1
    assert DOOR.last.status < 500, logged.getvalue()
    # A blank parameter is an absent one; a body that breaks its schema is always refused.
    strict = case.method == "POST" and not changed
    case.validate_response(response, checks=[*CHECKS, *([negative_data_rejection] * strict)])
    if DOOR.last.status != 404 or "errors" in DOOR.last.body:
        check_api(DOOR.last)
    check_secrets(DOOR.last, logged, {"capability": planted.capability})
    if case.method == "POST" and DOOR.last.status < 300:
        planted.again()
