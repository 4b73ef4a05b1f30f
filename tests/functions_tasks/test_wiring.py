"""The functions wired to AWS: built on first use, told by their environment what they need."""

from collections.abc import Iterator

import pytest

from city311 import wiring
from city311.adapters import clients
from city311.adapters.dynamodb.photos import DynamoPhotoRecords
from city311.adapters.ses import SesMailer
from city311.adapters.sns import SnsTexter
from city311.cities.compiled import dump
from city311.settings import MissingSetting
from city311.usecases.lifecycle import Lifecycle
from city311.usecases.triage import Triage
from tests.towns import TOWN

NEEDED = {
    "TABLE_NAME": "requests",
    "SITE_URL": "https://311.larkmere.example",
    "CODE_VERSION": "code-1",
    "LIFECYCLE_VERSION": "lifecycle-1",
    "STATE_MACHINE_ARN": "arn:aws:states:us-east-1:123456789012:stateMachine:lifecycle",
    "CONFIGURATION_SET": "city",
}


def forget() -> None:
    for room in (wiring, clients):
        for made in vars(room).values():
            if hasattr(made, "cache_clear"):
                made.cache_clear()


@pytest.fixture(autouse=True)
def environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[pytest.MonkeyPatch]:
    city_file = tmp_path_factory.mktemp("town") / "city.json"
    city_file.write_text(dump(TOWN), encoding="utf-8")
    account = {
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
    }
    for name, value in {**NEEDED, **account, "CITY_FILE": str(city_file)}.items():
        monkeypatch.setenv(name, value)
    forget()
    yield monkeypatch
    forget()


def test_each_room_is_built_from_its_environment_once() -> None:
    lifecycle, notify = wiring.lifecycle(), wiring.notify()

    assert isinstance(lifecycle, Lifecycle)
    assert isinstance(wiring.triage(), Triage)
    assert wiring.reconciler().lifecycle is lifecycle
    assert lifecycle.changing is wiring.triage().changing
    assert lifecycle.changing.city == TOWN
    assert isinstance(notify.mailer, SesMailer)
    assert isinstance(notify.texter, SnsTexter)
    assert isinstance(wiring.photo_records(), DynamoPhotoRecords)
    assert wiring.notify() is notify


def test_every_event_is_stamped_with_what_is_in_force() -> None:
    assert wiring.versions().on_record() == {
        "code": "code-1",
        "catalogue": TOWN.version,
        "lifecycle": "lifecycle-1",
    }


@pytest.mark.parametrize(
    ("name", "room"),
    [
        ("TABLE_NAME", "lifecycle"),
        ("STATE_MACHINE_ARN", "lifecycle"),
        ("LIFECYCLE_VERSION", "triage"),
        ("CODE_VERSION", "triage"),
        ("CITY_FILE", "notify"),
        ("CONFIGURATION_SET", "notify"),
        ("SITE_URL", "notify"),
        ("TABLE_NAME", "photo_records"),
    ],
)
def test_what_is_missing_is_named(environment: pytest.MonkeyPatch, name: str, room: str) -> None:
    environment.delenv(name)

    with pytest.raises(MissingSetting, match=name):
        getattr(wiring, room)()


def test_an_empty_setting_is_a_missing_one(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("TABLE_NAME", "")

    with pytest.raises(MissingSetting, match="TABLE_NAME"):
        wiring.triage()


def test_nothing_is_built_before_it_is_needed_outside_lambda(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("AWS_LAMBDA_RUNTIME_API", raising=False)
    built: list[str] = []

    wiring.warm(lambda: built.append("intake"))

    assert built == []


def test_lambda_builds_before_the_first_event(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:1")
    built: list[str] = []

    wiring.warm(lambda: built.append("intake"), lambda: built.append("slots"))

    assert built == ["intake", "slots"]
