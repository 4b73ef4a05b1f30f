"""Reads the settings, the city and the route tables, and draws the two stacks."""

import json
import os
from pathlib import Path
from typing import Any

import aws_cdk as cdk

from infra.acknowledgements import acknowledge
from infra.app_stack import AppStack
from infra.data_stack import DataStack
from infra.plans import Plans
from infra.stages import BadSettings, read_stage

METADATA = {
    "aws:cdk:enable-path-metadata": True,
    "aws:cdk:enable-asset-metadata": True,
}
"""What ``cdk synth`` adds by itself; added here so that both ways give the same template."""
LOCAL = "CITY311_LAYER_TARGET"


def build(root: Path) -> cdk.App:
    """The app as ``cdk.json``, the command line and the environment want it."""
    settings = json.loads((root / "cdk.json").read_text(encoding="utf-8"))
    app = cdk.App(
        context=settings["context"] | METADATA,
        outdir=os.environ.get("CDK_OUTDIR", str(root / "cdk.out")),
        analytics_reporting=False,
    )
    draw(app, read_plans(root, app.node))
    return app


def read_plans(root: Path, context: Any) -> Plans:
    """The plans for the city and the stage that the context names. Raises BadSettings."""
    # Imported here, where the root is known to be on the path: they are data to the blueprint.
    from city311.cities.compiled import dump
    from functions.intake.app import app as intake
    from functions.status.app import app as status

    city_id = str(context.get_context("city"))
    city = read_city(root / "cities" / city_id)
    return Plans(
        root=root,
        city_id=city_id,
        city=city,
        city_json=dump(city),
        stage=read_stage(str(context.get_context("stage")), context.get_context("stages")),
        intake=intake,
        status=status,
        local=os.environ.get(LOCAL) == "local",
    )


def read_city(folder: Path) -> Any:
    """The city in ``folder``. Raises BadSettings with every error that its files have."""
    from city311.cities.files import read

    reading = read(folder)
    if reading.city is None:
        found = "\n".join(f"{f.path}:{f.line}: {f.message}" for f in reading.findings)
        raise BadSettings(f"The city in {folder} cannot be deployed:\n{found}")
    return reading.city


def draw(app: cdk.App, plans: Plans) -> tuple[DataStack, AppStack]:
    """Both stacks, tagged with the city and the stage."""
    name = f"City311-{plans.city_id}-{plans.stage.name}"
    data = DataStack(
        app, f"{name}-Data", plans=plans, description=f"311 of {plans.city.name}: what is kept"
    )
    stack = AppStack(
        app,
        f"{name}-App",
        plans=plans,
        data=data,
        description=f"311 of {plans.city.name}: what a deployment replaces",
    )
    acknowledge(data, stack, plans)
    for key, value in {"city311:city": plans.city_id, "city311:stage": plans.stage.name}.items():
        cdk.Tags.of(app).add(key, value)
    return data, stack
