"""The runner: no rule spoils another, and none passes without a look."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from cli.conformance.case import Case
from cli.conformance.endpoint import Endpoint
from cli.conformance.exchange import Answer, Ask, NoAnswer
from cli.conformance.model import Client, Level, Remark, Result, Rule, Verdict
from cli.conformance.registry import checklist, rule
from cli.conformance.runner import Runner
from cli.conformance.summary import Report
from cli.conformance.survey import Survey


def answered(ask: Ask, body: bytes = b"[]", status: int = 200) -> Answer:
    return Answer(ask=ask, status=status, headers={}, body=body, seconds=0)


def a_rule(check: Callable[[Case], None], **changes: object) -> Rule:
    plain: dict[str, object] = {
        "id": "D1",
        "level": Level.MUST,
        "statement": "x",
        "why": "x",
        "clients": (Client.THREE,),
    }
    return Rule(check=check, **{**plain, **changes})  # type: ignore[arg-type]


def a_runner(transport: Callable[[Ask], Answer] = answered, **more: object) -> Runner:
    endpoint = Endpoint(base="http://x/v2", transport=transport, api_key="secret key")
    survey = Survey(endpoint=endpoint, formats=("xml", "json"))
    return Runner(endpoint=endpoint, survey=survey, **more)  # type: ignore[arg-type]


def results(rules: list[Rule], runner: Runner | None = None) -> list[Result]:
    return [look() for _, look in (runner or a_runner()).look(rules)]


def one(check: Callable[[Case], None], **changes: object) -> Result:
    return results([a_rule(check, **changes)])[0]


def test_a_rule_that_crashes_is_the_suites_own_fault() -> None:
    def crash(case: Case) -> None:
        case.expect(True, "something", "")
        raise KeyError("oh no")

    good = a_rule(lambda case: case.expect(True, "something", ""))
    crashed, after = results([a_rule(crash), good])

    assert crashed.verdict is Verdict.FAULT
    assert "the suite itself failed: KeyError" in crashed.words
    assert after.verdict is Verdict.PASS


def test_a_rule_that_looks_at_nothing_does_not_pass() -> None:
    result = one(lambda case: None)

    assert result.verdict is Verdict.FAULT
    assert "looked at nothing" in result.words


def test_a_rule_that_warns_has_looked_at_something_too() -> None:
    def check(case: Case) -> None:
        case.expect(True, "something", "")
        case.warn("odd", Client.R311)
        case.warn("odd", Client.R311)

    result = one(check)

    assert result.verdict is Verdict.WARN
    assert result.warnings == (Remark(words="odd", clients=(Client.R311,)),)


def test_the_first_broken_look_ends_a_rule() -> None:
    def check(case: Case) -> None:
        at = case.get("services", "json", {"api_key": "secret key"})
        case.expect(False, "something", "secret key " + "x" * 999, at)
        raise AssertionError("it goes on")

    result = one(check)

    assert result.verdict is Verdict.FAIL
    [look] = result.looks
    assert look.request == "GET /v2/services.json?api_key=(the key)"
    assert look.came.startswith("(the key) xxx")
    assert len(look.came) < 420
    assert not look.holds


def test_what_cannot_be_read_fails_the_rule() -> None:
    def transport(ask: Ask) -> Answer:
        return answered(ask, b"<html>")

    def check(case: Case) -> None:
        case.listed()

    [result] = results([a_rule(check)], a_runner(transport))

    assert result.verdict is Verdict.FAIL
    assert "no JSON" in result.words
    assert result.looks[-1].request == "GET /v2/requests.json"


def test_a_rule_that_writes_is_not_looked_at_in_a_run_that_reads() -> None:
    result = one(lambda case: case.expect(True, "x", ""), writes=True)

    assert result.verdict is Verdict.SKIP
    assert "--post" in result.words


def test_a_skip_says_why_and_how_to_look() -> None:
    def check(case: Case) -> None:
        case.unseen("part")
        case.skip("because", "look so")

    result = one(check)

    assert (result.verdict, result.words) == (Verdict.SKIP, "because")
    assert result.by_hand == ("part", "look so")


def test_a_run_of_half_an_hour_ends() -> None:
    ticks = iter([0.0, 1.0, 1.5, 1.6, 2000.0, 2000.0])
    runner = a_runner(clock=lambda: next(ticks))
    good = a_rule(lambda case: case.expect(True, "x", ""))

    first, second = results([good, good], runner)

    assert first.verdict is Verdict.PASS
    assert second.verdict is Verdict.SKIP
    assert "half an hour" in second.words


def test_three_silences_in_a_row_are_enough() -> None:
    def transport(ask: Ask) -> Answer:
        raise NoAnswer(ask, "gone")

    asking = a_rule(lambda case: case.some() and None)
    found = results([asking] * 5, a_runner(transport))

    assert [each.verdict for each in found] == [Verdict.FAIL] * 3 + [Verdict.SKIP] * 2
    assert found[0].words == "no answer to GET /v2/requests.json?page_size=100: gone"


def test_rules_that_judge_the_run_come_last_and_writers_first() -> None:
    order = [each.id for each, _ in a_runner().look(checklist())]

    assert order[-2:] == ["E1", "E4"]
    assert order.index("U3") < order.index("U1")
    assert [id_[0] for id_ in order[:-2]] == sorted(
        (id_[0] for id_ in order[:-2]), key="DSFPTLIEU".index
    )


def test_no_two_rules_have_one_name() -> None:
    checklist()

    with pytest.raises(ValueError, match="D1"):
        rule("D1", Level.MUST, "x", "x")(lambda case: None)


# --- the sum ---------------------------------------------------------------------------------


def a_report(*found: Result) -> Report:
    return Report(
        endpoint="x", began="x", seconds=1, calls=1, formats=("xml",), results=found, filed=()
    )


def a_result(verdict: Verdict, id_: str = "D1", **more: object) -> Result:
    return Result(
        rule=a_rule(lambda case: None, id=id_),
        verdict=verdict,
        **more,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("verdicts", "works", "words"),
    [
        ("pass", "yes", "yes (1 rules)"),
        ("pass skip", "so far", "nothing against it in 1 rules; not looked at: D2"),
        ("pass fault", "so far", "nothing against it in 1 rules; not looked at: D2"),
        ("skip", "not looked at", "not looked at"),
        (
            "pass" + 6 * " skip",
            "so far",
            "nothing against it in 1 rules; not looked at: D2, D3, D4, D5, D6, D7",
        ),
        ("pass" + 7 * " skip", "so far", "nothing against it in 1 of 8 rules"),
        ("fail pass skip", "no", "no, because of rule D1"),
        ("warn", "yes", "yes (1 rules)"),
    ],
)
def test_a_client_works_where_no_rule_of_its_own_fails(
    verdicts: str, works: str, words: str
) -> None:
    found = [a_result(Verdict(v), f"D{n}") for n, v in enumerate(verdicts.split(), start=1)]

    standing = next(each for each in a_report(*found).clients() if each.client is Client.THREE)

    assert (standing.works, standing.words) == (works, words)


def test_a_client_of_which_rules_were_left_out_is_not_said_to_work() -> None:
    left_out = (a_rule(lambda case: None, id="D2"),)
    report = replace(a_report(a_result(Verdict.PASS)), left_out=left_out)

    standing = next(each for each in report.clients() if each.client is Client.THREE)

    assert standing.words == "nothing against it in 1 rules; not looked at: D2"


def test_a_remark_that_names_a_client_is_a_no() -> None:
    remark = Remark(words="odd", clients=(Client.ONEBUSAWAY,))
    report = a_report(a_result(Verdict.WARN, warnings=(remark,)))

    standing = next(each for each in report.clients() if each.client is Client.ONEBUSAWAY)

    assert standing.words == "no, because of a remark on D1"


@pytest.mark.parametrize(
    ("verdict", "passed"), [("pass", 1), ("warn", 1), ("skip", 1), ("fail", 0), ("fault", 0)]
)
def test_what_passes(verdict: str, passed: int) -> None:
    assert a_report(a_result(Verdict(verdict))).passed is bool(passed)
