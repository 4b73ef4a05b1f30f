"""The city starts, refuses, stops, remembers."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.assembly import Assembly
from local.city import LocalCity
from local.errors import AlreadyRunning, DeploymentFailed, NotRunning, PortTaken
from tests.local.conftest import ROOT, Town, eventually, free_ports


def quiet(text: str) -> None:
    """Progress that nobody reads."""


def processes_of(state: Path) -> list[str]:
    """Command lines and environments of processes that belong to a state folder."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            told = (folder / "environ").read_bytes() + (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if str(state).encode() in told and int(folder.name) != os.getpid():
            found.append(folder.name)
    return found


@pytest.fixture
def city(tmp_path: Path) -> Iterator[LocalCity]:
    made = LocalCity(ROOT, tmp_path / "state", free_ports())
    yield made
    made.stop()


def test_it_remembers_when_told_and_leaves_no_process(city: LocalCity, assembly: Assembly) -> None:
    city.start(quiet, assembly=assembly)
    first = Town(city)
    arn = first.run("path", "kept", seconds=3600)
    token = eventually(lambda: first.notes("kept"))[0]["token"]
    first.client("sesv2").send_email(
        FromEmailAddress="city@mail.example",
        Destination={"ToAddresses": ["resident@example.com"]},
        Content={"Simple": {"Subject": {"Data": "Kept"}, "Body": {"Text": {"Data": "x"}}}},
    )
    accounts, outputs = city.staff(), dict(city.outputs)
    city.stop()
    assert processes_of(city.layout.state) == []
    assert not city.is_running()

    city.start(quiet, keep_state=True, assembly=assembly)

    second = Town(city)
    assert (city.staff(), dict(city.outputs)) == (accounts, outputs)
    assert city.staff_token("agent")
    assert b"Kept" in second.http("/_local/mails").body
    states = second.client("stepfunctions")
    eventually(lambda: states.describe_execution(executionArn=arn)["status"] == "RUNNING")
    eventually(lambda: _answered(states, token))
    assert json.loads(second.ended(arn)["output"]) == {"still": "good"}
    assert second.invoke({"act": "echo"})[0] is None


def _answered(states: Any, token: str) -> bool:
    """Whether the token that was given out before the restart is taken now."""
    try:
        states.send_task_success(taskToken=token, output='{"still":"good"}')
    except states.exceptions.TaskTimedOut:
        return False
    return True


def test_a_second_start_is_refused_and_a_second_process_may_use_it(
    town: Town, assembly: Assembly
) -> None:
    other = LocalCity(ROOT, town.city.layout.state)

    with pytest.raises(AlreadyRunning, match=town.city.urls.site):
        other.start(quiet, assembly=assembly)
    other.stop_own()
    other.attach()

    assert other.urls == town.city.urls
    assert town.city.is_running()


def test_nothing_runs_on_an_empty_state(tmp_path: Path) -> None:
    city = LocalCity(ROOT, tmp_path)

    assert not city.is_running()
    with pytest.raises(NotRunning):
        city.attach()


@pytest.mark.parametrize("offset", [0, 1])
def test_a_taken_port_is_named(tmp_path: Path, assembly: Assembly, offset: int) -> None:
    port = free_ports()
    city = LocalCity(ROOT, tmp_path / "state", port)
    with socket.socket() as other:
        other.bind(("127.0.0.1", port + offset))
        other.listen()

        with pytest.raises(PortTaken, match=str(port + offset)):
            city.start(quiet, assembly=assembly)

    assert processes_of(city.layout.state) == []


def test_a_template_that_is_refused_says_why_and_leaves_nothing(
    city: LocalCity, tmp_path: Path
) -> None:
    folder = tmp_path / "broken"
    folder.mkdir()
    template = {"Resources": {"Thing": {"Type": "AWS::Nothing::Thing", "Properties": {}}}}
    (folder / "broken.template.json").write_text(json.dumps(template))
    properties = {"templateFile": "broken.template.json", "stackName": "broken"}
    artifacts = {"broken": {"type": "aws:cloudformation:stack", "properties": properties}}
    (folder / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))

    with pytest.raises(DeploymentFailed, match="AWS::Nothing::Thing"):
        city.start(quiet, assembly=Assembly(folder, "000000000000", "us-east-1"))

    assert processes_of(city.layout.state) == []


def test_in_the_foreground_it_ends_with_ctrl_c(tmp_path: Path, assembly: Assembly) -> None:
    state = tmp_path / "state"
    command = [sys.executable, "-m", "local", "--port", str(free_ports()), "--state", str(state)]
    child = subprocess.Popen(
        [*command, "--assembly", str(assembly.folder)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert child.stdout is not None
    for line in child.stdout:
        if "agent@staff.example" in line:  # the last thing that a start tells: who can sign in
            break
    else:
        raise AssertionError("no account was told")
    child.send_signal(signal.SIGINT)

    child.communicate(timeout=30)

    assert child.returncode == 0
    assert processes_of(state) == []


def test_a_city_whose_starter_was_killed_ends_too(tmp_path: Path, assembly: Assembly) -> None:
    state = tmp_path / "state"
    command = [sys.executable, "-m", "local", "--port", str(free_ports()), "--state", str(state)]
    child = subprocess.Popen(
        [*command, "--assembly", str(assembly.folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    for line in child.stdout:
        if line.startswith("The city:"):
            break

    child.kill()
    child.communicate(timeout=10)

    assert eventually(lambda: not processes_of(state), seconds=20)
