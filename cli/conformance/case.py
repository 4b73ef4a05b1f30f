"""What a rule works with: calls, expectations, remarks; all of it becomes evidence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Never
from urllib.parse import quote

from cli.conformance.endpoint import Endpoint, Query
from cli.conformance.exchange import Answer
from cli.conformance.filing import Clerk
from cli.conformance.model import Client, Look, Remark
from cli.conformance.reading import JSON, XML, Row, rows
from cli.conformance.survey import Survey

_LONGEST_WORDS = 400
_MUCH = 20_000


class Broken(Exception):
    """The rule does not hold; what was expected and what came is in the looks."""


class Skipped(Exception):
    """The rule was not looked at. The text is the reason."""

    def __init__(self, reason: str, by_hand: str = "") -> None:
        super().__init__(reason)
        self.by_hand = by_hand


@dataclass(slots=True, kw_only=True)
class Case:
    """One rule being looked at."""

    endpoint: Endpoint
    survey: Survey
    facts: Mapping[str, str]
    clerk: Clerk | None = None
    run: str = ""
    """A word of this run alone, which stands in all it files."""
    looks: list[Look] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    by_hand: list[str] = field(default_factory=list)

    # --- what is said --------------------------------------------------------------------------

    def expect(self, holds: object, expected: str, came: object, at: Answer | None = None) -> None:
        """Look at one thing. Raises Broken where it does not hold."""
        words = self._short(came) if not holds else ""
        request = self.endpoint.line(at.ask) if at else ""
        look = Look(request=request, expected=expected, came=words, holds=bool(holds))
        if look not in self.looks:
            self.looks.append(look)
        if not holds:
            raise Broken(f"expected {expected}; came {words}")

    def warn(self, words: str, *clients: Client) -> None:
        """Say what beside the rule makes these clients stumble."""
        remark = Remark(words=self._short(words), clients=clients)
        if remark not in self.remarks:
            self.remarks.append(remark)

    def unseen(self, words: str) -> None:
        """Say what cannot be seen from outside, and how it is looked at by hand."""
        self.by_hand.append(words)

    def skip(self, reason: str, by_hand: str = "") -> Never:
        """Do not look at the rule."""
        raise Skipped(self._short(reason), by_hand)

    def _short(self, came: object) -> str:
        words = " ".join(self.endpoint.scrub(str(came))[:_MUCH].split())
        return words if len(words) <= _LONGEST_WORDS else words[:_LONGEST_WORDS] + " ..."

    # --- what is asked -------------------------------------------------------------------------

    @property
    def both(self) -> tuple[str, ...]:
        """The formats that it serves."""
        return self.survey.formats

    @property
    def best(self) -> str:
        """The format in which contents are looked at where form is not the point."""
        return JSON if JSON in self.survey.formats else XML

    def get(
        self, path: str, fmt: str, query: Query | None = None, *, fresh: bool = False
    ) -> Answer:
        """Read a resource, whatever it answers."""
        return self.endpoint.get(path, fmt, query, fresh=fresh)

    def ok(self, answer: Answer) -> Answer:
        """The answer, which must be 200."""
        self.status(answer, 200)
        return answer

    def status(self, answer: Answer, *wanted: int) -> None:
        """The answer must have one of these statuses."""
        words = " or ".join(map(str, wanted))
        self.expect(answer.status in wanted, f"status {words}", _came(answer), answer)

    def listed(
        self, query: Query | None = None, *, fmt: str = "", fresh: bool = False
    ) -> list[Row]:
        """The requests of a list, which must answer 200."""
        answer = self.get("requests", fmt or self.best, query, fresh=fresh)
        return rows(self.ok(answer), "request")

    def some(self) -> list[Row]:
        """Requests to try things out with; the rule is skipped where there are none."""
        found = [row for row in self.survey.requests() if row.get("service_request_id")]
        if not found:
            self.skip("the list of requests is empty", "File a report, and run this again.")
        return found

    def writer(self) -> Clerk:
        """Who files reports; the rule is skipped in a run that only reads."""
        if self.clerk is None:
            self.skip("it files reports, and this run only reads", "Run this with --post.")
        return self.clerk

    def accepted(self, answer: Answer) -> str:
        """The id of a report, which must be accepted; by a token, if there must be one."""
        self.expect(answer.status < 300, "the report is accepted", _came(answer), answer)
        found = self.writer().await_id(answer)
        self.expect(
            found, "a service_request_id, or a token that leads to one", answer.text, answer
        )
        return found

    def one(
        self, service_request_id: str, fmt: str = "", query: Query | None = None, **how: bool
    ) -> Answer:
        """Read a request by its id, whatever it answers."""
        path = f"requests/{quote(service_request_id, safe='')}"
        return self.get(path, fmt or self.best, query, **how)

    def read_back(self, service_request_id: str, fmt: str = "") -> Row:
        """A report as the public sees it; the rule is skipped where it does not (yet)."""
        answer = self.one(service_request_id, fmt, fresh=True)
        if answer.status == 404:
            self.skip(f"the report {service_request_id} was accepted, and is not public (yet)")
        return next(iter(rows(self.ok(answer), "request")), {})

    def fact(self, name: str, by_hand: str) -> str:
        """A fact that only the city knows; the rule is skipped without it."""
        if not self.facts.get(name):
            self.skip(f"it takes a fact that only the city knows: {name}", by_hand)
        return self.facts[name]


def _came(answer: Answer) -> str:
    return f"{answer.status}: {answer.text}"


def ids(found: Sequence[Row]) -> list[str]:
    """The ids of requests, in their order."""
    return [str(row.get("service_request_id")) for row in found]
