"""P: the same report twice is one request."""

from concurrent.futures import ThreadPoolExecutor

from cli.conformance.case import Case
from cli.conformance.filing import id_of
from cli.conformance.model import Client, Level
from cli.conformance.registry import rule

_SENDERS = (Client.FMS_SENDS, Client.ONEBUSAWAY, Client.GEOREPORTER)
_AT_ONCE = 4


@rule(
    "P15",
    Level.SHOULD,
    "The same report sent again answers the same id, as the first time.",
    "FixMyStreet sends again when an answer is late, telephones when the network breaks. An error "
    "makes them send for ever, a second request sends a crew twice.",
    *_SENDERS,
    writes=True,
    files=1,
)
def replay(case: Case) -> None:
    """Byte for byte, a moment later."""
    clerk = case.writer()
    pairs = clerk.report("P15")
    first = case.accepted(clerk.post(pairs, rule="P15"))
    again = clerk.post(pairs, rule="P15")
    second = case.accepted(again)
    case.expect(second == first, f"the id {first} again", second, again)


@rule(
    "P16",
    Level.SHOULD,
    "The same report sent several times at once is one request.",
    "A double tap is two calls in the same moment.",
    *_SENDERS,
    writes=True,
    files=1,
)
def at_once(case: Case) -> None:
    """A few calls in parallel."""
    clerk = case.writer()
    pairs = clerk.report("P16")
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        calls = [pool.submit(clerk.post, pairs, rule="P16") for _ in range(_AT_ONCE)]
        answers = [call.result() for call in calls]
    found = {case.accepted(answer) for answer in answers if id_of(answer)}
    refused = [answer.status for answer in answers if answer.status >= 300]
    case.expect(len(found) == 1, "one id", sorted(found) or refused, answers[0])
    case.expect(not refused, "every call is answered with it", refused, answers[0])
