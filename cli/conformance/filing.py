"""Who files the test reports: every one says that it is a test, and all are on a list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from cli.conformance.endpoint import Endpoint
from cli.conformance.exchange import Answer, Ask
from cli.conformance.forms import BOUNDARY, URLENCODED, File, Pairs, multipart, urlencoded
from cli.conformance.plan import Plan
from cli.conformance.reading import JSON, Row, Unreadable, rows

_POLLS = 6
_BETWEEN_POLLS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """A test report that the city has now."""

    service_request_id: str
    rule: str


@dataclass(slots=True, kw_only=True)
class Clerk:
    """Files reports of one run. ``fmt`` is the format of the answers where it does not matter."""

    endpoint: Endpoint
    plan: Plan
    run: str
    fmt: str = JSON
    filed: list[Filed] = field(default_factory=list)

    def words(self, rule: str, more: str = "") -> str:
        """A description: whoever reads it in a work queue must see what it is."""
        said = f"TEST of the Open311 interface, please ignore. Rule {rule}, run {self.run}."
        return f"{said} {more}".rstrip()

    def report(
        self, rule: str, more: str = "", *, service: str = "", place: Pairs | None = None
    ) -> list[tuple[str, str]]:
        """A report that a right server accepts."""
        code = service or self.plan.general
        where = [("lat", self.plan.lat), ("long", self.plan.long)] if place is None else place
        answers = self.plan.answers.get(code, [])
        description = self.words(rule, more)
        return [("service_code", code), *where, ("description", description), *answers]

    def post(
        self,
        pairs: Pairs,
        *,
        rule: str,
        fmt: str = "",
        files: Sequence[File] | None = None,
        key: str | None = None,
        resource: str = "requests",
    ) -> Answer:
        """Send it, urlencoded, or as multipart where ``files`` are given (also none)."""
        whole = [*self._who(key), *pairs]
        if files is None:
            return self.send(urlencoded(whole), URLENCODED, rule=rule, fmt=fmt, resource=resource)
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        return self.send(multipart(whole, files), kind, rule=rule, fmt=fmt, resource=resource)

    def send(
        self,
        body: bytes,
        kind: str,
        *,
        rule: str,
        fmt: str = "",
        query: Mapping[str, str] | None = None,
        resource: str = "requests",
    ) -> Answer:
        """Send bytes as they are; what the city made of them is on the list afterwards."""
        fmt = fmt or self.fmt
        url = self.endpoint.url(resource, fmt, query)
        headers = {"Content-Type": kind}
        ask = Ask(url=url, method="POST", headers=headers, body=body, fmt=fmt)
        answer = self.endpoint.send(ask)
        found = id_of(answer) if resource == "requests" else ""
        if found and found not in [each.service_request_id for each in self.filed]:
            self.filed.append(Filed(service_request_id=found, rule=rule))
        return answer

    def _who(self, key: str | None) -> list[tuple[str, str]]:
        given = self.endpoint.api_key if key is None else key
        return [("api_key", given)] if given else []

    def await_id(self, answer: Answer) -> str:
        """The id of what was filed; a token is asked for a while. Empty where none comes."""
        found, token = id_of(answer), token_of(answer)
        for _ in range(_POLLS):
            if found or not token:
                break
            self.endpoint.sleep(_BETWEEN_POLLS)
            path = f"tokens/{quote(token, safe='')}"
            found = id_of(self.endpoint.get(path, answer.ask.fmt, fresh=True))
        if found and found not in [each.service_request_id for each in self.filed]:
            self.filed.append(Filed(service_request_id=found, rule="token"))
        return found


def _first(answer: Answer) -> Row:
    try:
        return next(iter(rows(answer, "request")), {}) if answer.status < 300 else {}
    except Unreadable:
        return {}


def id_of(answer: Answer) -> str:
    """The id in the answer to a report; empty where there is none."""
    return str(_first(answer).get("service_request_id") or "")


def token_of(answer: Answer) -> str:
    """The token in the answer to a report; empty where there is none."""
    return str(_first(answer).get("token") or "")
