"""The JSON API as an OpenAPI 3.1 document, made of the route tables, the models and OPERATIONS.

No function imports it: it is for those who write clients, and for tests.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from city311.api.models import Errors
from city311.api.operations import GATEWAY_ERRORS, MEANINGS, OPERATIONS, Operation

Json = dict[str, Any]
STAFF = "/api/staff/"
ANY_CALL = frozenset({429, 500, 503})
"""What any call may meet, beside its own refusals."""
STAFF_CALL = frozenset({401, 403})
_REF = "#/components/schemas/"


def document(apps: Iterable[Any], version: str) -> Json:
    """The document of all ``/api`` routes of these Chalice objects.

    KeyError: OPERATIONS lacks one.
    """
    routes = {
        (method, path): str(entry.view_function.__doc__ or "").partition("\n")[0]
        for app in apps
        for path, methods in app.routes.items()
        for method, entry in methods.items()
        if path.startswith("/api/")
    }
    paths: dict[str, Json] = {}
    for (method, path), summary in sorted(routes.items(), key=lambda item: item[0][::-1]):
        operation = OPERATIONS[method, path]
        written = _operation(method, path, summary, operation)
        paths.setdefault(path, {})[method.lower()] = written
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "City311",
            "version": version,
            "description": "What the city's own pages and its staff call. Programs of others use "
            "GeoReport v2 below /open311/v2, which this document is not about.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "The city's own address"}],
        "tags": [{"name": "residents"}, {"name": "staff"}],
        "security": [{}],
        "paths": paths,
        "components": {
            "schemas": _schemas(),
            "responses": {
                f"Refused{status}": _response(
                    status, [_ref(Errors), {"$ref": f"{_REF}GatewayErrors"}]
                )
                for status in sorted(MEANINGS)
                if status >= 400
            },
            "securitySchemes": {
                "link": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "X-City311-Key",
                    "description": "The secret of the private link, after the dot.",
                },
                "staff": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "The id token of the city's user pool.",
                },
            },
        },
    }


def _schemas() -> Json:
    table = OPERATIONS.values()
    taken = {m for each in table for m in (each.body, each.query) if m is not None}
    given = {m for each in table for several in each.answers.values() for m in several} | {Errors}
    models: list[tuple[type[BaseModel], Any]] = []
    models += [(model, "validation") for model in taken]
    models += [(model, "serialization") for model in given]
    models.sort(key=lambda pair: pair[0].__name__)
    _, found = models_json_schema(models, ref_template=_REF + "{model}")
    return {"GatewayErrors": dict(GATEWAY_ERRORS), **_forgiving(found["$defs"])}


def _forgiving(schema: Any) -> Any:
    """Without ``uniqueItems``: what is said twice in a set is taken once, and not refused."""
    if isinstance(schema, dict):
        return {name: _forgiving(v) for name, v in schema.items() if name != "uniqueItems"}
    return [_forgiving(each) for each in schema] if isinstance(schema, list) else schema


def _operation(method: str, path: str, summary: str, operation: Operation) -> Json:
    staff = path.startswith(STAFF)
    words = re.findall(r"\w+", path.removeprefix("/api/"))
    written: Json = {
        "operationId": "_".join((method.lower(), *words)),
        "summary": summary,
        "tags": ["staff" if staff else "residents"],
        "parameters": [*_path(path, operation), *_query(operation), *_headers(operation)],
        "responses": _responses(operation, staff=staff),
    }
    if staff:
        written["security"] = [{"staff": []}]
    elif operation.link:
        written["security"] = [{"link": []}, *([{}] if operation.link == "may" else [])]
    if operation.body:
        written["requestBody"] = {"required": True, "content": _json(_ref(operation.body))}
    return written


def _path(path: str, operation: Operation) -> list[Json]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {
                "type": "string",
                **({"enum": list(operation.values[name])} if name in operation.values else {}),
            },
        }
        for name in re.findall(r"\{(\w+)\}", path)
    ]


def _query(operation: Operation) -> list[Json]:
    found = []
    if operation.query:
        whole = operation.query.model_json_schema(ref_template=_REF + "{model}")
        required: Sequence[str] = whole.get("required", ())
        found = [
            {
                "name": name,
                "in": "query",
                "required": name in required,
                "schema": _forgiving(_without_null(schema)),
            }
            for name, schema in whole["properties"].items()
        ]
    if operation.language:
        found.append({"name": "locale", "in": "query", "schema": {"type": "string"}})
    return found


def _headers(operation: Operation) -> list[Json]:
    names = {
        "Accept-Language": operation.language,
        "If-None-Match": operation.kept,
        "Idempotency-Key": operation.key,
    }
    longest = {"Idempotency-Key": {"maxLength": 255}}
    return [
        {"name": name, "in": "header", "schema": {"type": "string", **longest.get(name, {})}}
        for name, wanted in names.items()
        if wanted
    ]


def _without_null(schema: Mapping[str, Any]) -> Json:
    """A parameter that is not sent is absent, and has no other way to be nothing."""
    kinds = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    kept = {name: value for name, value in schema.items() if name not in ("anyOf", "default")}
    default = {"default": schema["default"]} if schema.get("default") is not None else {}
    return {**(kinds[0] if kinds else {}), **kept, **default}


def _responses(operation: Operation, *, staff: bool) -> Json:
    found: dict[int, Json] = {
        status: _response(status, [_ref(model) for model in models])
        for status, models in operation.answers.items()
    }
    if operation.kept:
        found[304] = {"description": MEANINGS[304]}
    for status in operation.refusals | ANY_CALL | (STAFF_CALL if staff else frozenset()):
        found[status] = {"$ref": f"#/components/responses/Refused{status}"}
    return {str(status): found[status] for status in sorted(found)}


def _response(status: int, schemas: list[Json]) -> Json:
    names = ["X-Request-Id", *(["Retry-After"] if status in (429, 503) else [])]
    return {
        "description": MEANINGS[status],
        "headers": {name: {"schema": {"type": "string"}} for name in names},
        "content": _json(schemas[0] if len(schemas) == 1 else {"anyOf": schemas}),
    }


def _ref(model: type[BaseModel]) -> Json:
    return {"$ref": _REF + model.__name__}


def _json(schema: Json) -> Json:
    return {"application/json": {"schema": schema}}
