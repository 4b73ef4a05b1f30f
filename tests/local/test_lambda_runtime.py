"""A function runs as Lambda runs it: its own process, its own world, its own limits."""

import sys

from local.preparation import find_interpreter
from tests.local.conftest import Town, eventually


def test_it_answers_with_its_payload_and_context(town: Town) -> None:
    error, answer = town.invoke({"act": "echo", "word": "pothole"})

    assert error is None
    assert answer["event"]["word"] == "pothole"
    assert answer["arn"].endswith(f":function:{town.output('ProbeName')}")
    assert 15_000 < answer["left"] <= 20_000


def test_it_sees_the_templates_environment_and_nothing_of_the_developers(town: Town) -> None:
    _, answer = town.invoke({"act": "see"})

    environ = answer["environ"]
    assert environ["TABLE_NAME"] == town.output("TableName")
    assert environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "256"
    assert environ["AWS_ACCESS_KEY_ID"].startswith("ASIA")
    assert not [name for name in environ if name.startswith(("CITY311", "VIRTUAL_ENV", "PYTEST"))]
    assert not [folder for folder in answer["path"] if "site-packages" in folder]
    assert f"{answer['version'][0]}.{answer['version'][1]}" == find_interpreter()[0]


def test_layers_are_where_opt_is(town: Town) -> None:
    _, answer = town.invoke({"act": "see"})

    assert answer["environ"]["SHELF"] == answer["shelf"]
    assert answer["shelf"].endswith("/python/shelfware/__init__.py")


def test_a_package_of_the_developer_or_the_emulator_is_missing(town: Town) -> None:
    for module in ("ministack", "moto", "pytest", "local"):
        error, answer = town.invoke({"act": "imported", "module": module})

        assert error == "Unhandled"
        assert answer["errorType"] == "ModuleNotFoundError"


def test_an_exception_keeps_its_type(town: Town) -> None:
    error, answer = town.invoke({"act": "fail", "why": "no reason"})

    assert error == "Unhandled"
    assert (answer["errorType"], answer["errorMessage"]) == ("Broken", "no reason")
    assert answer["stackTrace"]


def test_a_function_that_takes_too_long_is_stopped(town: Town) -> None:
    error, answer = town.invoke({"act": "sleep", "seconds": 5}, "ShortName")

    assert error == "Unhandled"
    assert answer["errorType"] == "Sandbox.Timedout"
    assert "Task timed out after 1.00 seconds" in answer["errorMessage"]


def test_a_function_that_takes_too_much_memory_is_killed(town: Town) -> None:
    error, answer = town.invoke({"act": "hoard", "megabytes": 200}, "SmallName")

    assert error == "Unhandled"
    assert answer["errorType"] == "Runtime.ExitError"
    assert "signal: killed" in answer["errorMessage"]


def test_a_process_that_leaves_is_an_error_and_the_next_call_works(town: Town) -> None:
    error, answer = town.invoke({"act": "leave"})
    after, _ = town.invoke({"act": "echo"})

    assert (error, answer["errorType"]) == ("Unhandled", "Runtime.ExitError")
    assert after is None


def test_a_response_of_more_than_six_megabytes_is_refused_and_the_next_call_works(
    town: Town,
) -> None:
    error, answer = town.invoke({"act": "large", "size": 7_000_000})
    after, _ = town.invoke({"act": "echo"})

    assert (error, answer["errorType"]) == ("Unhandled", "Function.ResponseSizeTooLarge")
    assert after is None


def test_what_it_prints_is_in_its_log_group(town: Town) -> None:
    town.invoke({"act": "echo"})

    group = f"/aws/lambda/{town.output('ProbeName')}"
    logs = town.client("logs")
    found = eventually(
        lambda: logs.filter_log_events(logGroupName=group, filterPattern="echoed")["events"]
    )

    assert "echoed" in found[0]["message"]
    assert sys.executable not in found[0]["message"]
