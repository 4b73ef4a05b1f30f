"""U: updates that a partner sends."""

import re
from datetime import timedelta

from cli.conformance.case import Case
from cli.conformance.exchange import Answer
from cli.conformance.model import Client, Level
from cli.conformance.reading import instant
from cli.conformance.registry import rule
from cli.conformance.rules.updates import RESOURCE, listed, window
from cli.conformance.survey import now, stamp

_DAYS_AGO = timedelta(days=3)


def _subject(case: Case, rule_id: str) -> str:
    """A request that updates may be sent to: a test report of this run."""
    clerk = case.writer()
    window(case, stamp(now() - timedelta(hours=1)), stamp(now()))
    if not case.endpoint.api_key:
        case.skip("no key was given, and updates need one", "Run this with --api-key.")
    return case.accepted(clerk.post(clerk.report(rule_id), rule=rule_id))


def _send(case: Case, rule_id: str, about: str, **more: str) -> Answer:
    clerk = case.writer()
    pairs = {
        "service_request_id": about,
        "update_id": f"conformance-{case.run}-{rule_id}",
        "status": "OPEN",
        "updated_datetime": stamp(now()),
        "description": clerk.words(rule_id, "An update."),
    }
    answer = clerk.post(list((pairs | more).items()), rule=rule_id, resource=RESOURCE)
    if answer.status in (403, 404, 405):
        case.skip(f"updates are not taken: {answer.status}: {answer.text[:160]}")
    return case.ok(answer)


@rule(
    "U3",
    Level.MAY,
    "An update that comes late is listed under the time at which it came.",
    "Readers ask for the last hours alone; under its own time nobody would ever see it.",
    Client.FMS_UPDATES,
    writes=True,
    files=1,
)
def late(case: Case) -> None:
    """One that says it is three days old."""
    about = _subject(case, "U3")
    _send(case, "U3", about, updated_datetime=stamp(now() - _DAYS_AGO))
    start, end = now() - timedelta(hours=1), now() + timedelta(minutes=5)
    answer = window(case, stamp(start), stamp(end), fresh=True)
    mark = f"run {case.run}"
    mine = [row for row in listed(answer) if row.get("service_request_id") == about]
    found = [row for row in mine if mark in str(row.get("description"))]
    case.expect(found, "the update among those of the last hour", mine, answer)
    at = instant(found[0].get("updated_datetime"))
    case.expect(at and at >= start, "the time at which it came", at, answer)


@rule(
    "U4",
    Level.MAY,
    "The same update sent again answers the same update_id.",
    "An error makes FixMyStreet send it for ever.",
    Client.FMS_UPDATES,
    writes=True,
    files=1,
)
def update_again(case: Case) -> None:
    """Twice, with the same id of the sender."""
    about = _subject(case, "U4")
    first, second = (_send(case, "U4", about) for _ in range(2))
    before, after = (
        [str(row.get("update_id") or "") for row in listed(answer)] for answer in (first, second)
    )
    good = len(before) == 1 and re.fullmatch(r"[\w-]+", before[0])
    case.expect(good, "one update_id", first.text[:200], first)
    case.expect(before == after, f"{before} again", after, second)


@rule(
    "U8",
    Level.MAY,
    "REOPEN from the partner who reported opens a request again.",
    "It is how a resident says, on FixMyStreet, that the hole is still there.",
    Client.FMS_UPDATES,
    writes=True,
)
def reopen(case: Case) -> None:
    """A closed request that the city names; this opens it."""
    case.writer()
    about = case.fact(
        "closed_request",
        "Close one that this key filed, and name it with --fact closed_request=ID.",
    )
    _send(case, "U8", about, status="REOPEN", description=case.writer().words("U8", "Reopened."))
    row = case.read_back(about)
    at = case.one(about)
    case.expect(row.get("status") == "open", "the request open again", row.get("status"), at)
