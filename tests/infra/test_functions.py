"""How functions run: platform, log, trace, version, environment, failures."""

import pytest

from infra.rooms import ROOMS
from tests.infra.drawing import ROOT
from tests.infra.template import Template, text


@pytest.mark.parametrize("room", ROOMS)
def test_a_function_runs_on_the_chosen_platform(app: Template, room: str) -> None:
    props = app.function(room)[1]["Properties"]

    assert props["Runtime"] == f"python{(ROOT / '.python-version').read_text().strip()}"
    assert props["Architectures"] == ["arm64"]
    assert props["TracingConfig"] == {"Mode": "Active"}


@pytest.mark.parametrize("room", ROOMS)
def test_a_function_logs_to_its_own_encrypted_log_that_forgets(app: Template, room: str) -> None:
    config = app.function(room)[1]["Properties"]["LoggingConfig"]
    log = app.resources[config["LogGroup"]["Ref"]]["Properties"]

    assert config["LogFormat"] == "JSON"
    assert log["RetentionInDays"] == 30
    assert log["KmsKeyId"]


def test_production_keeps_its_logs_for_a_year(production_app: Template) -> None:
    for log in production_app.props("AWS::Logs::LogGroup"):
        assert log["RetentionInDays"] == 365


@pytest.mark.parametrize("room", ROOMS)
def test_a_function_is_called_by_its_alias(app: Template, room: str) -> None:
    alias = app.resources[app.alias(room)]["Properties"]

    assert alias["Name"] == "live"
    assert alias["FunctionName"] == {"Ref": app.function(room)[0]}
    assert alias["FunctionVersion"]


@pytest.mark.parametrize("room", ROOMS)
def test_a_function_finds_its_code_and_its_layers(app: Template, room: str) -> None:
    props = app.function(room)[1]["Properties"]
    module = ROOMS[room].handler.split(".")[0]
    layers = [app.resources[layer["Ref"]]["Metadata"]["aws:cdk:path"] for layer in props["Layers"]]
    names = [path.split("/")[2] for path in layers]

    assert (ROOT / "functions" / ROOMS[room].folder / f"{module}.py").is_file()
    photo = ["Photo"] if room == "photo" else []
    assert names == ["Deps", *photo, "City311", "City"]


@pytest.mark.parametrize(
    ("room", "own"),
    [
        ("intake", {"QUARANTINE_BUCKET"}),
        ("photo", {"QUARANTINE_BUCKET", "PHOTO_BUCKET"}),
        ("status", {"STAGE"}),
        ("lifecycle", {"STATE_MACHINE_ARN"}),
        ("triage", set()),
        ("notify", {"CONFIGURATION_SET"}),
    ],
)
def test_a_function_is_told_what_it_needs(app: Template, room: str, own: set[str]) -> None:
    told = app.function(room)[1]["Properties"]["Environment"]["Variables"]
    common = {"TABLE_NAME", "CITY_FILE", "SITE_URL", "CODE_VERSION", "LIFECYCLE_VERSION"}
    tools = {"POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_LOG_LEVEL"}

    assert set(told) == common | tools | own
    assert told["POWERTOOLS_SERVICE_NAME"] == room
    assert told["CITY_FILE"] == "/opt/city/city.json"


def test_no_environment_logs_events(app: Template) -> None:
    assert "LOG_EVENT" not in text(app.content)


@pytest.mark.parametrize("room", ["photo", "notify", "lifecycle"])
def test_an_event_nobody_waits_for_is_kept_when_it_fails(app: Template, room: str) -> None:
    function = {"Ref": app.function(room)[0]}
    (config,) = (
        p for p in app.props("AWS::Lambda::EventInvokeConfig") if p["FunctionName"] == function
    )

    assert config["Qualifier"] == "live"
    assert config["DestinationConfig"]["OnFailure"]["Destination"]


def test_snapshots_only_at_the_door_and_only_in_production(
    app: Template, production_app: Template
) -> None:
    snapped = {
        room for room in ROOMS if "SnapStart" in production_app.function(room)[1]["Properties"]
    }

    assert snapped == {"intake", "status"}
    assert not any("SnapStart" in p for p in app.props("AWS::Lambda::Function"))


def test_production_keeps_old_versions_to_roll_back_to(
    app: Template, production_app: Template
) -> None:
    kept = {v["DeletionPolicy"] for v in production_app.of("AWS::Lambda::Version").values()}

    assert kept == {"Retain"}
    assert not any(
        "DeletionPolicy" in v and v["DeletionPolicy"] == "Retain"
        for v in app.of("AWS::Lambda::Version").values()
    )
