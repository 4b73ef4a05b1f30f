"""One run of the suite: what was asked for, what is there, and what came of it."""

import re
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Never
from urllib.parse import urlsplit

from cli.conformance.endpoint import Endpoint, Throttled
from cli.conformance.exchange import Exchange, NoAnswer
from cli.conformance.filing import Clerk
from cli.conformance.model import Result, Rule
from cli.conformance.plan import planned
from cli.conformance.reading import JSON, XML
from cli.conformance.registry import GROUPS, checklist
from cli.conformance.runner import Runner
from cli.conformance.summary import Report
from cli.conformance.survey import Survey, now, stamp
from cli.failures import Failure, Misuse
from cli.web import LOOPBACK

FACTS = (
    *("private_request", "staff_service", "merged_request", "closed_request", "internal_note"),
    "token",
)


class Nobody(Failure):
    """There is no endpoint at this address."""

    code = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was asked for, as it was written."""

    url: str
    post: bool = False
    services: Sequence[str] = ()
    lat: str = ""
    long: str = ""
    api_key: str = ""
    jurisdiction: str = ""
    discovery: str = ""
    only: Sequence[str] = ()
    skip: Sequence[str] = ()
    facts: Sequence[str] = ()
    timeout: float = 30.0
    pause: float = 0.0


class Run:
    """Prepared when made: raises Misuse and Nobody before anything is filed."""

    def __init__(self, request: Request, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self.rules = chosen(checklist(), request.only, request.skip)
        facts = _facts(request.facts)
        self._endpoint = Endpoint(
            base=checked(request.url, keyed=bool(request.api_key)),
            transport=Exchange(seconds=request.timeout),
            jurisdiction=request.jurisdiction,
            api_key=request.api_key,
            pause=request.pause,
            discovery=checked(request.discovery) if request.discovery else "",
            sleep=sleep,
        )
        self._began, self._at = stamp(now()), time.monotonic()
        survey = Survey(
            endpoint=self._endpoint, formats=_formats(self._endpoint), told_place=_place(request)
        )
        self.plan = planned(survey, request.services) if request.post else None
        word = secrets.token_hex(4)
        clerk = None
        if self.plan:
            clerk = Clerk(endpoint=self._endpoint, plan=self.plan, run=word, fmt=survey.best)
        self._runner = Runner(
            endpoint=self._endpoint, survey=survey, clerk=clerk, run=word, facts=facts
        )
        self._results: dict[str, Result] = {}

    @property
    def reports(self) -> int:
        """How many reports it files, if the endpoint is right."""
        return sum(rule.files for rule in self.rules)

    def steps(self) -> Iterator[tuple[Rule, Callable[[], Result]]]:
        """Each rule, and what looks at it."""
        for rule, look in self._runner.look(self.rules):

            def kept(rule: Rule = rule, look: Callable[[], Result] = look) -> Result:
                self._results[rule.id] = look()
                return self._results[rule.id]

            yield rule, kept

    def report(self) -> Report:
        """What came of the rules that were looked at."""
        clerk = self._runner.clerk
        return Report(
            endpoint=self._endpoint.base,
            began=self._began,
            seconds=time.monotonic() - self._at,
            calls=len(self._endpoint.log),
            formats=self._runner.survey.formats,
            results=[self._results[rule.id] for rule in self.rules if rule.id in self._results],
            filed=tuple(clerk.filed) if clerk else (),
            left_out=[rule for rule in checklist() if rule not in self.rules],
        )


def checked(url: str, *, keyed: bool = False) -> str:
    """The address without its end; Misuse where it is none, or would carry a key in the open."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Misuse(f"{url!r} is no address: write it like https://311.example.gov/open311/v2")
    if keyed and parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise Misuse(f"{url} is not encrypted, and a key must not go there: use https://.")
    if parts.query or parts.fragment or parts.username:
        raise Misuse("Give the address alone: without a query, a fragment or a name in it.")
    return re.sub(r"/services\.(xml|json)$", "", url).rstrip("/")


def chosen(rules: Sequence[Rule], only: Sequence[str], skip: Sequence[str]) -> list[Rule]:
    """The rules that were asked for: ids, or letters of groups, with commas between."""
    wanted, unwanted = _names(only, rules), _names(skip, rules)
    found = [
        rule
        for rule in rules
        if (not wanted or {rule.id, rule.id[0]} & wanted) and not {rule.id, rule.id[0]} & unwanted
    ]
    return found or _misuse("No rule is left to look at.")


def _names(given: Sequence[str], rules: Sequence[Rule]) -> set[str]:
    names = {name.strip().upper() for text in given for name in text.split(",")} - {""}
    unknown = sorted(names - {rule.id for rule in rules} - set(GROUPS))
    return _misuse(f"There is no rule {unknown[0]}.") if unknown else names


def _misuse(words: str) -> Never:
    raise Misuse(words)


def _facts(given: Sequence[str]) -> Mapping[str, str]:
    pairs = dict(text.partition("=")[::2] for text in given)
    unknown = [name for name, value in pairs.items() if name not in FACTS or not value]
    if unknown:
        raise Misuse(f"{unknown[0]!r} is no fact: it is NAME=VALUE, of {', '.join(FACTS)}.")
    return pairs


def _place(request: Request) -> tuple[str, str] | None:
    if bool(request.lat) != bool(request.long):
        raise Misuse("A place needs both, --lat and --long.")
    try:
        inside = abs(float(request.lat or 0)) <= 90 and abs(float(request.long or 0)) <= 180
    except ValueError:
        inside = False
    if not inside:
        raise Misuse("--lat and --long are degrees, like 40.64 and -75.38.")
    return (request.lat, request.long) if request.lat else None


def _formats(endpoint: Endpoint) -> tuple[str, ...]:
    """The formats of its list of services, XML first; Nobody where there is none."""
    came = {}
    for fmt in (XML, JSON):
        try:
            came[fmt] = str(endpoint.get("services", fmt).status)
        except (NoAnswer, Throttled) as silence:
            came[fmt] = str(silence)
    if "200" in came.values():
        return tuple(fmt for fmt, status in came.items() if status == "200")
    said = "; ".join(f"{fmt}: {status}" for fmt, status in came.items())
    raise Nobody(
        f"There is no list of services at {endpoint.base}/services ({said}): give what stands "
        "before /services.xml, and --jurisdiction where the server has several cities."
    )
