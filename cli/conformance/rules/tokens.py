"""T: a receipt that becomes an id later."""

from urllib.parse import quote

from cli.conformance.case import Case
from cli.conformance.exchange import Answer
from cli.conformance.filing import id_of, token_of
from cli.conformance.model import Client, Level
from cli.conformance.reading import JSON, XML, Row, json_value, rows, xml_root
from cli.conformance.registry import rule

_READERS = (Client.FMS_SENDS, Client.GEOREPORTER, Client.THREE, Client.PINPOINT)
_NONE_HERE = "every report got its id at once, so there is no token to ask for"
_BY_HAND = "Give one that the endpoint has given out, with --fact token=TOKEN."
_POLLS = 6


@rule(
    "T1",
    Level.MUST,
    "An unknown token is 404.",
    "A client that still waits must learn that it waits in vain.",
    *_READERS,
    Client.RUBY,
)
def unknown(case: Case) -> None:
    """In every format."""
    for fmt in case.both:
        case.status(case.get("tokens/no-such-token-311", fmt), 404)


def _token(case: Case, rule_id: str) -> str:
    """A token, if the endpoint gives out any."""
    if case.facts.get("token"):
        return case.facts["token"]
    if case.clerk is None:
        case.skip("this run only reads, and knows no token", _BY_HAND)
    clerk = case.clerk
    if clerk.plan.batch is None:
        case.skip(_NONE_HERE, _BY_HAND)
    answer = clerk.post(clerk.report(rule_id, service=clerk.plan.batch), rule=rule_id)
    if id_of(answer) or answer.status >= 300:
        case.skip(_NONE_HERE, _BY_HAND)
    return token_of(answer) or case.skip(_NONE_HERE, _BY_HAND)


def _path(token: str) -> str:
    return f"tokens/{quote(token, safe='')}"


def _entry(answer: Answer) -> Row:
    return next(iter(rows(answer, "request")), {})


@rule(
    "T2",
    Level.SHOULD,
    "A token that has no id yet answers 200 with the token and no id.",
    "The specification is silent; FixMyStreet and others ask on as long as the id is missing, and "
    "stop at an error.",
    *_READERS,
    files=1,
)
def pending(case: Case) -> None:
    """Asked for right after the report."""
    token = _token(case, "T2")
    answer = case.ok(case.get(_path(token), case.best, fresh=True))
    entry = _entry(answer)
    case.expect(entry.get("token") == token, f"the token {token}", entry, answer)
    found = entry.get("service_request_id", "")
    filled = found is None and case.best == JSON
    case.expect(not filled, "the id left out, not null", answer.text[:200], answer)


@rule(
    "T3",
    Level.MUST,
    "A token that has its id answers an array of one with token and service_request_id.",
    "It is how a client learns the id at all.",
    *_READERS,
    files=1,
)
def resolved(case: Case) -> None:
    """Asked for until the id is there."""
    token = _token(case, "T3")
    path = _path(token)
    for _ in range(_POLLS):
        answer = case.ok(case.get(path, case.best, fresh=True))
        if _entry(answer).get("service_request_id"):
            break
        case.endpoint.sleep(2.0)
    else:
        case.skip("the token has no id yet", _BY_HAND)
    for fmt in case.both:
        answer = case.ok(case.get(path, fmt, fresh=True))
        if fmt == XML:
            root = xml_root(answer)
            one = [root.tag, *(child.tag for child in root)] == ["service_requests", "request"]
        else:
            value = json_value(answer)
            one = isinstance(value, list) and len(value) == 1
        case.expect(one, f"one request in its list ({fmt})", answer.text[:200], answer)
        entry = _entry(answer)
        case.expect(entry.get("token") == token, f"the token {token}", entry, answer)
        case.expect(entry.get("service_request_id"), "its service_request_id", entry, answer)
