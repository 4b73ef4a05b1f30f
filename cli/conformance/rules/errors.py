"""E: when something goes wrong."""

import re

from cli.conformance.case import Case
from cli.conformance.exchange import Answer, Ask
from cli.conformance.forms import URLENCODED
from cli.conformance.model import Client, Level
from cli.conformance.reading import XML, error_fault, rows, said, xml_root
from cli.conformance.registry import rule

_ALL = (
    Client.FMS_SENDS,
    Client.ONEBUSAWAY,
    Client.GEOREPORTER,
    Client.RUBY,
    Client.R311,
    Client.BOS311,
)
_INSIDE = re.compile(
    r"traceback|exception|stack ?trace|\bnull\b|undefined|<[a-z]+[ />]|line \d+|errno|\{\w*\}",
    re.IGNORECASE,
)
_FEWEST_WORDS = 3


def _provoked(case: Case) -> list[Answer]:
    """Errors that every endpoint has, in every format."""
    found = []
    for fmt in case.both:
        found.append(case.get("requests/no-such-request-311", fmt))
        found.append(case.get("services/no-such-service-311", fmt))
        found.append(case.get("requests", fmt, {"start_date": "last tuesday"}))
    return [answer for answer in found if answer.status >= 400]


@rule(
    "E1",
    Level.MUST,
    "Every error has the format that was asked for: a list of errors with code and description.",
    "Clients show the description to the resident, and fail on anything else.",
    *_ALL,
    last=True,
)
def in_the_format(case: Case) -> None:
    """Some that are provoked, and all that the other rules met."""
    met = [each for each in case.endpoint.log if each.status >= 400 and each.ask.fmt]
    for answer in [*_provoked(case), *met]:
        fault = error_fault(answer)
        came = f"{answer.status}: {fault}: {answer.text[:160]}"
        case.expect(not fault, "errors in the format asked for", came, answer)
    if not case.looks:
        case.skip("no error was met")


@rule(
    "E2",
    Level.MUST,
    "An unknown address is 404 in the format of its suffix.",
    "A client may ask for an extension that is not here.",
    *_ALL,
)
def unknown_address(case: Case) -> None:
    """Beside the known ones, and below one of them."""
    for path in ("no-such-resource", "services/a/b/c"):
        for fmt in case.both:
            answer = case.get(path, fmt)
            case.status(answer, 404)
            fault = error_fault(answer)
            came = f"{fault}: {answer.text[:160]}"
            case.expect(not fault, "errors in the format asked for", came, answer)


@rule(
    "E3",
    Level.SHOULD,
    "A wrong method is an error in the format that was asked for, 400 by the specification.",
    "It happens to people who write clients; a page of a gateway tells them nothing.",
    Client.VALIDATOR,
    Client.ONEBUSAWAY,
    writes=True,
)
def wrong_method(case: Case) -> None:
    """An empty form, posted to the list of services."""
    for fmt in case.both:
        url, headers = case.endpoint.url("services", fmt), {"Content-Type": URLENCODED}
        answer = case.endpoint.send(Ask(url=url, method="POST", headers=headers, body=b"", fmt=fmt))
        case.status(answer, 400, 405)
        fault = error_fault(answer)
        case.expect(not fault, "errors in the format asked for", f"{fault}: {answer.text}", answer)
        if answer.status == 405:
            case.warn(
                "it is 405, where the specification has 400 for all the rest", Client.ONEBUSAWAY
            )


@rule(
    "E4",
    Level.SHOULD,
    "Who asks too often gets 429 with Retry-After.",
    "A client that is not told how long to wait comes back at once.",
    Client.R311,
    Client.STATUS,
    last=True,
)
def throttled(case: Case) -> None:
    """Only if it happened: this suite provokes no throttle."""
    met = [each for each in case.endpoint.log if each.status == 429]
    if not met:
        by_hand = "Ask often enough to be throttled, and look at the answer's headers."
        case.skip("the endpoint never throttled this run", by_hand)
    for answer in met:
        given = answer.headers.get("retry-after", "")
        good = given.isdigit() or given.endswith("GMT")
        case.expect(good, "Retry-After: seconds or a date", given or "none", answer)


@rule(
    "E5",
    Level.MUST,
    "What comes from the caller is escaped where an XML error repeats it.",
    "One sharp bracket, and the client reads nothing at all.",
    Client.FMS_SENDS,
    Client.RUBY,
)
def escaped(case: Case) -> None:
    """Marks that mean something in XML, in a date and in a code."""
    if XML not in case.both:
        case.skip("there is no XML here, see S1")
    marks = "<b>&\"']]>"
    answers = [
        case.get("requests", XML, {"start_date": marks}),
        case.get("requests", XML, {"status": marks}),
        case.get("services/%3Cb%3E%26%22", XML),
    ]
    for answer in answers:
        if answer.status >= 400:
            root = xml_root(answer)
            elements = [child.tag for child in root.findall(".//description//*")]
            case.expect(not elements, "text in <description>", elements, answer)
    if not case.looks:
        case.skip("none of it was an error here")


@rule(
    "E6",
    Level.SHOULD,
    "An error's description is a sentence for people.",
    "It is shown to the person who reports, as it is.",
    *_ALL,
)
def plain_words(case: Case) -> None:
    """Some words, and nothing from inside a program."""
    for answer in _provoked(case):
        if not rows(answer, "error"):
            continue
        words = said(answer)
        enough = len(words.split()) >= _FEWEST_WORDS
        case.expect(enough, "a sentence", words or answer.text[:160], answer)
        found = _INSIDE.search(words)
        case.expect(not found, "nothing from inside a program", words, answer)
    if not case.looks:
        case.skip("no error was met that could be read")
