"""The run: every rule alone, none able to spoil another, none passing without a look."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cli.conformance.case import Broken, Case, Skipped
from cli.conformance.endpoint import Endpoint, Throttled
from cli.conformance.exchange import NoAnswer
from cli.conformance.filing import Clerk
from cli.conformance.model import Look, Result, Rule, Verdict
from cli.conformance.reading import Unreadable
from cli.conformance.registry import GROUPS
from cli.conformance.survey import Survey

_STRIKES = 3
"""Rules in a row without an answer, after which nobody is asked any more."""
_LONGEST_SECONDS = 1800.0
_GONE = "the endpoint stopped answering, so it was not asked"
_LATE = "the run had taken half an hour, so it was not asked"
_WRITES = "it sends a POST: run this with --post"

Show = Callable[[Rule], None]


@dataclass(slots=True, kw_only=True)
class Runner:
    """Looks at rules. ``clock`` is in seconds."""

    endpoint: Endpoint
    survey: Survey
    clerk: Clerk | None = None
    run: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    clock: Callable[[], float] = time.monotonic
    _strikes: int = 0

    def look(self, rules: Sequence[Rule]) -> Iterator[tuple[Rule, Callable[[], Result]]]:
        """Each rule, and what looks at it.

        Within a group those come first that write: they leave something to look at. Those that
        judge the whole run come last.
        """
        until = self.clock() + _LONGEST_SECONDS
        for rule in sorted(rules, key=_turn):
            yield rule, lambda rule=rule: self._result(rule, until)  # type: ignore[misc]

    def _result(self, rule: Rule, until: float) -> Result:
        if rule.writes and self.clerk is None:
            return _skipped(rule, _WRITES)
        if self._strikes >= _STRIKES:
            return _skipped(rule, _GONE)
        if self.clock() > until:
            return _skipped(rule, _LATE)
        before, began = len(self.endpoint.log), self.clock()
        case = Case(
            endpoint=self.endpoint,
            survey=self.survey,
            facts=self.facts,
            clerk=self.clerk,
            run=self.run,
        )
        verdict, words, by_hand = self._judged(rule, case)
        if by_hand is None:
            self._strikes += 1
        elif len(self.endpoint.log) > before:
            self._strikes = 0
        return Result(
            rule=rule,
            verdict=verdict,
            words=self.endpoint.scrub(words),
            by_hand=tuple(case.by_hand) + ((by_hand,) if by_hand else ()),
            warnings=tuple(case.remarks),
            looks=tuple(case.looks),
            calls=len(self.endpoint.log) - before,
            seconds=self.clock() - began,
        )

    def _judged(self, rule: Rule, case: Case) -> tuple[Verdict, str, str | None]:
        """Verdict, words, and how to look by hand; None there: nobody answered."""
        try:
            rule.check(case)
        except Broken as broken:
            return Verdict.FAIL, str(broken), ""
        except Skipped as skipped:
            return Verdict.SKIP, str(skipped), skipped.by_hand
        except Throttled as throttled:
            return Verdict.SKIP, f"the endpoint {throttled}", "Run this with a --pause."
        except Unreadable as unreadable:
            line = self.endpoint.line(unreadable.answer.ask)
            wanted = f"a document in {unreadable.answer.ask.fmt.upper()}"
            came = f"{unreadable}: {self.endpoint.scrub(unreadable.answer.text[:200])}"
            case.looks.append(Look(request=line, expected=wanted, came=came, holds=False))
            return Verdict.FAIL, f"expected {wanted}; {unreadable}", ""
        except NoAnswer as silence:
            line = self.endpoint.line(silence.ask)
            look = Look(request=line, expected="an answer", came=str(silence), holds=False)
            case.looks.append(look)
            return Verdict.FAIL, f"no answer to {line}: {silence}", None
        except Exception as bug:
            # Whatever it is, it says nothing about the endpoint, and the other rules can go on.
            return Verdict.FAULT, f"the suite itself failed: {type(bug).__name__}: {bug}", ""
        if not case.looks:
            return Verdict.FAULT, "the suite itself failed: it looked at nothing", ""
        return (Verdict.WARN if case.remarks else Verdict.PASS), "", ""


def _turn(rule: Rule) -> tuple[bool, int, bool]:
    return rule.last, list(GROUPS).index(rule.id[0]), not rule.writes


def _skipped(rule: Rule, words: str, by_hand: str = "") -> Result:
    hands = (by_hand,) if by_hand else ()
    return Result(rule=rule, verdict=Verdict.SKIP, words=words, by_hand=hands)
