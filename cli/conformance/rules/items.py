"""I: one request by its id."""

from cli.conformance.case import Case, ids
from cli.conformance.model import Client, Level
from cli.conformance.reading import JSON, XML, json_value, rows, xml_root
from cli.conformance.registry import rule

_READERS = (Client.RUBY, Client.THREE, Client.STATUS, Client.R311, Client.PINPOINT, Client.BOS311)


@rule(
    "I1",
    Level.MUST,
    "One request is a list of one: an array in JSON, one <request> in <service_requests>.",
    "The shape is that of the list, so that one reader does for both.",
    *_READERS,
)
def list_of_one(case: Case) -> None:
    """The newest request."""
    wanted = ids(case.some())[0]
    for fmt in case.both:
        answer = case.ok(case.one(wanted, fmt))
        if fmt == XML:
            root = xml_root(answer)
            tags = [root.tag, *(child.tag for child in root)]
            right = tags == ["service_requests", "request"]
        else:
            value = json_value(answer)
            right = isinstance(value, list) and len(value) == 1
        case.expect(right, f"a list of one ({fmt})", answer.text[:200], answer)
        came = ids(rows(answer, "request"))
        case.expect(came == [wanted], f"the request {wanted}", came, answer)


@rule(
    "I2",
    Level.MUST,
    "An unknown request is 404, and a hidden one answers the same, byte for byte.",
    "Any difference tells a stranger that somebody reported something.",
    *_READERS,
)
def unknown(case: Case) -> None:
    """An id that looks like one; and the private one that the city names."""
    known = next(iter(ids(case.survey.requests())), "no-such-request")
    missing = "9" * (len(known) + 2) if known.isdigit() else "no-such-request-311"
    for fmt in case.both:
        case.status(case.one(missing, fmt), 404)
    hidden = case.facts.get("private_request")
    if not hidden:
        case.unseen("A hidden request: name one with --fact private_request=ID.")
        return
    for fmt in case.both:
        one, other = case.one(hidden, fmt), case.one(missing, fmt)
        case.status(one, 404)
        same = one.text.replace(hidden, "ID") == other.text.replace(missing, "ID")
        case.expect(same, f"what an unknown id answers ({fmt})", one.text[:200], one)


@rule(
    "I3",
    Level.SHOULD,
    "A request that was merged into another can still be read.",
    "Its id is on somebody's telephone.",
    Client.FMS_FOLLOWS,
    Client.STATUS,
    Client.GEOREPORTER,
)
def merged(case: Case) -> None:
    """One that its extended attributes call a duplicate, or that the city names."""
    by_hand = "Name one with --fact merged_request=ID."
    found = case.facts.get("merged_request") or _duplicate(case)
    if not found:
        case.skip("no request is marked as merged", by_hand)
    for fmt in case.both:
        answer = case.ok(case.one(found, fmt))
        row = next(iter(rows(answer, "request")), {})
        case.expect(row.get("service_request_id") == found, f"the request {found}", row, answer)


def _duplicate(case: Case) -> str:
    for row in case.listed({"extensions": "true"}, fmt=JSON) if JSON in case.both else []:
        more = row.get("extended_attributes")
        if isinstance(more, dict) and (
            more.get("duplicate") or more.get("parent_service_request_id")
        ):
            return str(row.get("service_request_id"))
    return ""


@rule(
    "I4",
    Level.MAY,
    "An id is found whether its letters are small or capital.",
    "People read ids to each other on the telephone, and type them.",
    Client.BOS311,
)
def any_case(case: Case) -> None:
    """The newest id that has letters, with small ones and capitals exchanged."""
    lettered = [each for each in ids(case.some()) if each.swapcase() != each]
    if not lettered:
        case.skip("ids have no letters here")
    answer = case.one(lettered[0].swapcase(), case.best)
    case.status(answer, 200)
    came = ids(rows(answer, "request"))
    case.expect(came == [lettered[0]], f"the request {lettered[0]}", came, answer)
