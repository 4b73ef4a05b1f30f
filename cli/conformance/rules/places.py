"""P: which service, and where."""

from cli.conformance.case import Case
from cli.conformance.forms import Pairs
from cli.conformance.model import Client, Level
from cli.conformance.reading import said
from cli.conformance.registry import rule
from cli.conformance.rules.services import NOWHERE

_SENDERS = (Client.FMS_SENDS, Client.ONEBUSAWAY, Client.GEOREPORTER, Client.THREE)
_FEWEST_WORDS = 3


@rule(
    "P6",
    Level.MUST,
    "A blank service_code is 400, an unknown one 404.",
    "Blank means not given; 404 means that the thing named does not exist.",
    *_SENDERS,
    Client.VALIDATOR,
    writes=True,
)
def service_code(case: Case) -> None:
    """Both, in reports that are right otherwise."""
    clerk = case.writer()
    rest = [pair for pair in clerk.report("P6") if pair[0] != "service_code"]
    case.status(clerk.post([("service_code", ""), *rest], rule="P6"), 400)
    unknown = ("service_code", "no-such-service-311")
    case.status(clerk.post([unknown, *rest], rule="P6"), 404)


@rule(
    "P7",
    Level.MUST,
    "A place is lat and long, or address_string, or address_id: each of them is enough.",
    "OneBusAway may send an address alone, FixMyStreet sends a point.",
    *_SENDERS,
    writes=True,
    files=3,
)
def each_place(case: Case) -> None:
    """One report for each."""
    clerk = case.writer()
    point = [("lat", clerk.plan.lat), ("long", clerk.plan.long)]
    address = [("address_string", clerk.plan.address)]
    tried: list[tuple[str, Pairs]] = [("by point", point), ("by address", address)]
    if clerk.plan.address_id:
        tried.append(("by address_id", [("address_id", clerk.plan.address_id)]))
    else:
        case.unseen("address_id: no request shows one. Post a report with an id of your register.")
    for words, where in tried:
        case.accepted(clerk.post(clerk.report("P7", words, place=where), rule="P7"))


@rule(
    "P8",
    Level.MUST,
    "lat without long, and no other place, is 400.",
    "Half a place is none, and a report without a place finds nobody.",
    *_SENDERS,
    writes=True,
)
def half_a_place(case: Case) -> None:
    """Half a point, each half, and no place at all."""
    clerk = case.writer()
    lat, long = ("lat", clerk.plan.lat), ("long", clerk.plan.long)
    for where in ([lat], [long], []):
        case.status(clerk.post(clerk.report("P8", place=where), rule="P8"), 400)


@rule(
    "P19",
    Level.SHOULD,
    "A point outside the city is 400, with words that say so.",
    "The specification has no code for it; of all refusals, residents see the words of 400 alone.",
    Client.ONEBUSAWAY,
    Client.GEOREPORTER,
    writes=True,
)
def outside(case: Case) -> None:
    """A point in the middle of the ocean."""
    clerk = case.writer()
    answer = clerk.post(clerk.report("P19", place=list(NOWHERE.items())), rule="P19")
    case.status(answer, 400)
    enough = len(said(answer).split()) >= _FEWEST_WORDS
    case.expect(enough, "a sentence", answer.text[:200], answer)
