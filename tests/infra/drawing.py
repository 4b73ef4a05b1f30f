"""A tiny city, two small Chalice objects and a drawing of both stacks, without building layers."""

import dataclasses
import json
from functools import cache
from pathlib import Path
from typing import Any

from chalice import Chalice

from city311.domain.catalogue import Calendar, City, Department, TriageRules
from infra.stages import read_stage
from infra.start import prepare

ROOT = Path(__file__).resolve().parents[2]
prepare(ROOT)

import aws_cdk as cdk  # noqa: E402 - Node is chosen first

from infra.build import draw  # noqa: E402
from infra.plans import Plans  # noqa: E402

INTAKE = (
    ("/open311/v2/requests.json", "POST"),
    ("/open311/v2/requests.xml", "POST"),
    ("/api/requests", "POST"),
    ("/api/photos", "POST"),
    ("/api/requests/{service_request_id}/confirm", "POST"),
    ("/api/requests/{service_request_id}/dispute", "POST"),
)
STATUS = (
    ("/open311", "GET"),
    ("/open311/{proxy+}", "ANY"),
    ("/open311/v2/requests.json", "ANY"),
    ("/api/city", "GET"),
    ("/api/services", "GET"),
    ("/open311/v2/services.json", "GET"),
    ("/open311/v2/services/{service_code}", "GET"),
    ("/open311/v2/requests.json", "GET"),
    ("/open311/v2/requests/{service_request_id}", "GET"),
    ("/api/requests", "GET"),
    ("/api/requests/{service_request_id}", "GET"),
    ("/api/health", "GET"),
    ("/api/staff/queue", "GET"),
    ("/api/staff/requests/{service_request_id}", "GET"),
    ("/api/staff/requests/{service_request_id}/{command}", "POST"),
)


def a_chalice(name: str, routes: tuple[tuple[str, str], ...]) -> Chalice:
    """An app with these routes, all answering alike."""
    app = Chalice(app_name=name, configure_logs=False)

    def answer(**_: str) -> dict[str, str]:
        return {}

    for path, method in routes:
        app.route(path, methods=[method])(answer)
    return app


def a_city(**changes: Any) -> City:
    """The smallest city that can be deployed: two departments, one of them with an address."""
    city = City(
        jurisdiction_id="tinytown.example",
        name="Tinytown",
        version="v1",
        published_at="2026-01-01T00:00:00Z",
        languages=("en",),
        contact={"en": "City hall"},
        phone="+15550100",
        emergency_number="911",
        mail_from="Tinytown 311 <no-reply@tinytown.example>",
        api_key_required=False,
        reopen_days=7,
        fallback_service="other",
        boundary=(),
        districts=(),
        groups={},
        services={},
        departments={
            "streets": Department(
                department_id="streets",
                name={"en": "Streets"},
                phone="+15550101",
                email="streets@tinytown.example",
            ),
            "parks": Department(department_id="parks", name={"en": "Parks"}, phone="+15550102"),
        },
        routes=(),
        calendar=Calendar(time_zone="America/Chicago", hours={}, holidays={}),
        messages={},
        phrases={},
        triage=TriageRules(emergency={}, not_emergency={}, sure=0.8),
    )
    return dataclasses.replace(city, **changes)


def a_plan(
    stage: str = "dev", *, stage_settings: dict[str, Any] | None = None, **changes: Any
) -> Plans:
    """Plans for the tiny city in a stage of cdk.json, some of its settings changed."""
    stages = json.loads((ROOT / "cdk.json").read_text())["context"]["stages"]
    stages[stage] |= stage_settings or {}
    plans = Plans(
        root=ROOT,
        city_id="tinytown",
        city=a_city(),
        city_json="{}",
        stage=read_stage(stage, stages),
        intake=a_chalice("intake", INTAKE),
        status=a_chalice("status", STATUS),
    )
    return dataclasses.replace(plans, **changes)


def an_app(outdir: Path | None = None, **settings: Any) -> cdk.App:
    """An app that builds no layers and checks nothing while it draws."""
    return cdk.App(
        context={"aws:cdk:bundling-stacks": [], "aws:cdk:enable-path-metadata": True},
        outdir=str(outdir) if outdir else None,
        analytics_reporting=False,
        builtin_cloud_formation_validation=False,
        **settings,
    )


def templates(plans: Plans) -> tuple[dict[str, Any], dict[str, Any]]:
    """The two templates, data first."""
    app = an_app()
    data, stack = draw(app, plans)
    assembly = app.synth()
    return (
        assembly.get_stack_by_name(data.stack_name).template,
        assembly.get_stack_by_name(stack.stack_name).template,
    )


@cache
def drawn(stage: str = "dev") -> tuple[dict[str, Any], dict[str, Any]]:
    """The two templates of the tiny city, drawn once a test run."""
    return templates(a_plan(stage))
