"""Reads at scale: what every list of the Open311 contract costs at 10,000 and 1,000,000 requests.

The window, the reading use case and the DynamoDB adapter are the real ones; the table is our engine
(benchmarks/engine), which counts as AWS bills. ``--prove`` asks DynamoDB Local the same questions
at the smaller size and compares call by call.

    python -m benchmarks.reads [--rows 10000 1000000] [--prove] [--only WORD]
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks import filled
from benchmarks.asking import Desk, Outcome
from benchmarks.engine import local
from benchmarks.payloads import CITY
from benchmarks.proof import compared
from benchmarks.questions import Asked, questions
from benchmarks.steady import walked
from benchmarks.town import Town

MOST_CALLS, MOST_RATIO = 20, 3.0
FEW_UNITS = 5.0
"""Less than a page of 50 costs: whatever few rows come of it, nobody is charged much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One question at one size."""

    asked: Asked
    outcome: Outcome

    @property
    def ratio(self) -> float:
        """Units read for each unit that the rows themselves weigh."""
        return self.outcome.units / self.outcome.own

    @property
    def kept(self) -> bool:
        """Whether it keeps to the target. A call that finds nothing still costs half a unit."""
        most = max(MOST_RATIO * self.outcome.own, FEW_UNITS)
        return self.outcome.calls <= MOST_CALLS and self.outcome.units <= most


def main() -> None:
    """Fill, ask, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().partition("\n")[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--prove", action="store_true", help="compare with DynamoDB Local as well")
    parser.add_argument("--only", default="", help="questions whose name has this")
    options = parser.parse_args()
    found: list[list[Line]] = []
    for count in options.rows:
        town = Town(CITY)
        rows = filled.items(lambda: Town(CITY), count)
        client = filled.engine(filled.with_updates(rows))
        desk = Desk(client, client.table, town)
        wanted = [each for each in questions(town) if options.only in each.name]
        found.append([Line(asked=each, outcome=desk.ask(each)) for each in wanted])
        if options.prove and count == min(options.rows):
            _prove(town, client, wanted)
        _say(walked(desk, Town(CITY, seed=312)))
    print(_table(options.rows, found))


def _prove(town: Town, client: Any, wanted: Sequence[Asked]) -> None:
    with local.running() as other:
        table = client.table
        filled.local(other, (table.item(row) for row in range(len(table))))
        _say(compared(client, other, town, wanted))


def _table(sizes: Sequence[int], found: Sequence[Sequence[Line]]) -> str:
    head = "| question |" + "".join(
        f" rows, {size:,} | calls | RRU | read | x own |" for size in sizes
    )
    rule = "|---|" + "---:|" * 5 * len(sizes)
    rows = []
    for lines in zip(*found, strict=True):
        cells = "".join(
            f" {o.rows} | {o.calls} | {o.units:g} | {o.looked_at} | "
            f"{line.ratio:.1f}{'' if line.kept else ' (!)'} |"
            for line in lines
            for o in (line.outcome,)
        )
        rows.append(f"| {lines[0].asked.name} |{cells}")
    return "\n".join([head, rule, *rows])


def _say(words: str) -> None:
    print(words, file=sys.stderr)


if __name__ == "__main__":
    main()
