"""Every rule holds on a right server, and finds the fault that it is there to find."""

from collections.abc import Iterator

import pytest

from cli.conformance.model import Verdict
from cli.conformance.registry import checklist
from cli.conformance.summary import Report
from tests.conformance.mutants import MUTANTS, Mutant
from tests.conformance.reference import Reference, served
from tests.conformance.suite import looked

IDS = [rule.id for rule in checklist()]
POSTS = {rule.id: rule.writes or rule.files > 0 for rule in checklist()}
"""Whether a rule files reports. The others are looked at without ``--post``, with fewer calls."""


@pytest.fixture(scope="module")
def right() -> Iterator[Report]:
    with served(Reference()) as url:
        yield looked(url)


def test_the_checklist_is_whole() -> None:
    counts = {letter: sum(id_[0] == letter for id_ in IDS) for letter in "DSFPTLIEU"}

    assert counts == {"D": 5, "S": 9, "F": 8, "P": 24, "T": 3, "L": 16, "I": 4, "E": 6, "U": 8}
    assert len(IDS) == len(set(IDS)) == 83


@pytest.mark.parametrize("rule", IDS)
def test_every_rule_holds_on_a_right_server(right: Report, rule: str) -> None:
    result = next(each for each in right.results if each.rule.id == rule)

    assert (result.verdict, result.words) == (Verdict.PASS, "")
    assert result.looks


@pytest.mark.parametrize("rule", IDS)
def test_every_rule_holds_when_it_is_looked_at_alone(rule: str) -> None:
    with served(Reference()) as url:
        [result] = looked(url, rule, post=POSTS[rule]).results

    assert (result.verdict, result.words) == (Verdict.PASS, "")


@pytest.mark.parametrize("rule", IDS)
def test_every_rule_has_a_fault_to_find(rule: str) -> None:
    assert [each for each in MUTANTS if each.rule == rule]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda each: f"{each.rule}: {each.fault}")
def test_every_fault_is_found_by_its_rule(mutant: Mutant) -> None:
    server = Reference()
    mutant.twist(server)

    with served(server) as url:
        [result] = looked(url, mutant.rule, post=POSTS[mutant.rule]).results

    assert result.verdict is Verdict.FAIL, result.words
    assert any(not look.holds for look in result.looks)
