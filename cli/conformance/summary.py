"""A run summed up: by level, and for every client whether it would work here."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cli.conformance.filing import Filed
from cli.conformance.model import Client, Level, Result, Rule, Verdict

MOST_NAMED = 6
"""Rules not looked at that are named; of more, their number is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Whether a client works here: yes, no, nothing against it so far, or not looked at."""

    client: Client
    broken: tuple[str, ...]
    stumbles: tuple[str, ...]
    unseen: tuple[str, ...]
    seen: int

    @property
    def works(self) -> str:
        """In one word or two."""
        if self.broken or self.stumbles:
            return "no"
        if not self.seen:
            return "not looked at"
        return "so far" if self.unseen else "yes"

    @property
    def words(self) -> str:
        """In one sentence."""
        if self.broken or self.stumbles:
            said = [f"rule {rule}" for rule in self.broken]
            said += [f"a remark on {rule}" for rule in self.stumbles]
            return "no, because of " + ", ".join(said)
        if not self.seen:
            return "not looked at"
        if len(self.unseen) > MOST_NAMED:
            return f"nothing against it in {self.seen} of {self.rules} rules"
        if self.unseen:
            return (
                f"nothing against it in {self.seen} rules; not looked at: {', '.join(self.unseen)}"
            )
        return f"yes ({self.seen} rules)"

    @property
    def rules(self) -> int:
        """How many rules it needs."""
        return self.seen + len(self.unseen)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that a run found, in the order of the checklist; ``left_out``: rules not asked for."""

    endpoint: str
    began: str
    seconds: float
    calls: int
    formats: tuple[str, ...]
    results: Sequence[Result]
    filed: Sequence[Filed]
    left_out: Sequence[Rule] = ()

    @property
    def counts(self) -> Mapping[Verdict, int]:
        """How many rules came out how."""
        return Counter(result.verdict for result in self.results)

    def by_level(self) -> Mapping[Level, Mapping[Verdict, int]]:
        """The same, by how much the rules bind."""
        return {
            level: Counter(each.verdict for each in self.results if each.rule.level is level)
            for level in Level
        }

    @property
    def passed(self) -> bool:
        """Whether no rule failed, and the suite itself did not either."""
        return not (self.counts.get(Verdict.FAIL) or self.counts.get(Verdict.FAULT))

    def clients(self) -> list[Standing]:
        """How every client fares."""
        return [_standing(client, self.results, self.left_out) for client in Client]


def _standing(client: Client, results: Sequence[Result], left_out: Sequence[Rule]) -> Standing:
    needed = [result for result in results if client in result.rule.clients]
    named = [
        result for result in results if any(client in remark.clients for remark in result.warnings)
    ]
    broken = [each.rule.id for each in needed if each.verdict is Verdict.FAIL]
    not_looked = (Verdict.SKIP, Verdict.FAULT)
    unseen = [each.rule.id for each in needed if each.verdict in not_looked]
    unseen += [rule.id for rule in left_out if client in rule.clients]
    return Standing(
        client=client,
        broken=tuple(broken),
        stumbles=tuple(each.rule.id for each in named if each.rule.id not in broken),
        unseen=tuple(unseen),
        seen=sum(each.verdict not in not_looked for each in needed),
    )
