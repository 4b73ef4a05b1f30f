"""The tables of docs/conformance.md, written from the rules: `python -m cli.conformance.manual`."""

from collections.abc import Sequence
from pathlib import Path

from cli.conformance.model import Client, Level, Rule
from cli.conformance.registry import GROUPS, checklist

START, END = "<!-- rules: written by cli.conformance.manual -->", "<!-- end of the rules -->"
_PAGE = Path(__file__).parents[2] / "docs" / "conformance.md"
_SHORT = {
    Client.FMS_SENDS: "FixMyStreet sends",
    Client.FMS_FOLLOWS: "FixMyStreet follows",
    Client.FMS_UPDATES: "FixMyStreet updates",
    Client.THREE: "three",
    Client.RUBY: "Ruby gem",
    Client.R311: "r311",
    Client.PINPOINT: "Pinpoint",
    Client.BOS311: "BOS:311",
    Client.VALIDATOR: "SeeClickFix validator",
}


def tables(rules: Sequence[Rule]) -> str:
    """A table a group, with a row a rule."""
    counts = ", ".join(f"{sum(r.level is level for r in rules)} {level}" for level in Level)
    parts = [f"{len(rules)} rules: {counts}. `W`: looked at only with `--post`.\n"]
    for letter, name in GROUPS.items():
        found = [rule for rule in rules if rule.id.startswith(letter)]
        head = "| rule | level | what holds | why | who needs it |\n|---|---|---|---|---|"
        parts.append("\n".join([f"### {letter}: {name}\n", head, *map(_row, found)]) + "\n")
    return "\n".join(parts)


def _row(rule: Rule) -> str:
    level = f"{rule.level} `W`" if rule.writes else str(rule.level)
    who = ", ".join(_SHORT.get(client, str(client)) for client in rule.clients)
    cells = [rule.id, level, _cell(rule.statement), _cell(rule.why), who]
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def written(page: str) -> str:
    """The page with its tables as they must be."""
    before, _, rest = page.partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}\n\n{tables(checklist())}\n{END}{after}"


if __name__ == "__main__":
    _PAGE.write_text(written(_PAGE.read_text("utf-8")), "utf-8")
