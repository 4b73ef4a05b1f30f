"""docs/conformance.md says what the code does."""

import re
from pathlib import Path

import pytest

from cli.conformance.manual import END, START, tables, written
from cli.conformance.model import Client, Level
from cli.conformance.registry import GROUPS, checklist
from cli.conformance.run import FACTS

PAGE = (Path(__file__).parents[2] / "docs" / "conformance.md").read_text("utf-8")


def test_the_tables_are_those_of_the_rules() -> None:
    assert written(PAGE) == PAGE, "run python -m cli.conformance.manual"


def test_every_rule_has_a_row_with_its_level_and_clients() -> None:
    text = tables(checklist())

    for rule in checklist():
        [row] = re.findall(rf"^\| {rule.id} \| .*$", text, re.MULTILINE)
        assert f"| {rule.level}" in row
        assert row.count(" | ") == 4
        assert ("`W`" in row) is rule.writes


def test_a_rule_that_is_not_on_the_page_would_be_seen() -> None:
    before, _, rest = PAGE.partition(START)
    short = before + START + re.sub(r"\n\| S4 .*", "", rest)

    assert short != PAGE
    assert written(short) == PAGE
    assert END in short


def test_the_facts_of_the_page_are_those_that_are_taken() -> None:
    section = PAGE.partition("## What only the city knows")[2].partition("## The rules")[0]

    assert set(re.findall(r"^\| `(\w+)`", section, re.MULTILINE)) == set(FACTS)


@pytest.mark.parametrize("rule", checklist(), ids=lambda rule: rule.id)
def test_every_rule_is_written_for_people(rule: object) -> None:
    found = next(each for each in checklist() if each is rule)

    assert found.statement.endswith(".")
    assert found.why.endswith(".")
    assert found.clients, "a rule that nobody needs is no rule"
    assert found.check.__doc__


def test_every_level_group_and_client_has_rules() -> None:
    rules = checklist()

    assert {rule.level for rule in rules} == set(Level)
    assert {rule.id[0] for rule in rules} == set(GROUPS)
    assert {client for rule in rules for client in rule.clients} == set(Client)
