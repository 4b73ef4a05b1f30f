"""P: what people write arrives as they wrote it, and hurts nobody who reads it."""

import re

from cli.conformance.case import Case
from cli.conformance.exchange import Answer
from cli.conformance.forms import URLENCODED, Pairs, urlencoded
from cli.conformance.model import Client, Level
from cli.conformance.reading import KINDS, XML, xml_root
from cli.conformance.registry import rule

_LIMIT = 4000
_ALL = (Client.FMS_SENDS, Client.ONEBUSAWAY, Client.GEOREPORTER, Client.THREE)
_NOT_SHOWN = "The description: it is not shown to the public; look at the report as staff do."


def _plain(text: object) -> str:
    """Text with one kind of line end, and without blanks around it."""
    return str(text or "").replace("\r\n", "\n").replace("\r", "\n").strip()


def _first_difference(one: str, other: str) -> slice:
    """Where two texts begin to differ, and a little more."""
    pairs = enumerate(zip(one, other, strict=False))
    start = next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))
    return slice(start, start + 40)


def _shown(case: Case, answer: Answer, found: str, wanted: str, *, end: str = "") -> None:
    """The public sees what was written; if it sees any of it."""
    for fmt in case.both:
        came = _plain(case.read_back(found, fmt).get("description"))
        if not came:
            case.unseen(_NOT_SHOWN)
            return
        if end:
            right = came.endswith(end)
            case.expect(right, f"{end!r} at the end, as it was sent ({fmt})", came[-160:], answer)
            continue
        whole = _plain(wanted)
        here = _first_difference(came, whole)
        expected = f"all {len(whole)} characters as they were sent ({fmt})"
        told = f"{len(came)}; {came[here]!r} where {whole[here]!r} was sent"
        case.expect(came == whole, expected, told, answer)


@rule(
    "P13",
    Level.MUST,
    "A description has up to 4000 characters, with line ends and signs of any script; one more is "
    "400.",
    "What is cut off silently is lost. FixMyStreet sends several lines, telephones send emoji.",
    *_ALL,
    writes=True,
    files=1,
)
def length(case: Case) -> None:
    """Exactly as many as are allowed, then one more. A line end is one character."""
    clerk = case.writer()
    pairs = dict(clerk.report("P13", "Line end:\r\nemoji \U0001f6b2, ж, 水:"))
    room = _LIMIT - len(_plain(pairs["description"]))
    full = pairs | {"description": pairs["description"] + "x" * room}
    answer = clerk.post(list(full.items()), rule="P13")
    found = case.accepted(answer)
    over = full | {"description": full["description"] + "x"}
    case.status(clerk.post(list(over.items()), rule="P13"), 400)
    _shown(case, answer, found, full["description"])


@rule(
    "P14",
    Level.SHOULD,
    "HTML in a description does nothing to who reads it.",
    "Whatever a stranger writes is shown in other people's browsers.",
    Client.FMS_FOLLOWS,
    Client.STATUS,
    Client.BOS311,
    writes=True,
    files=1,
)
def inert(case: Case) -> None:
    """Markup comes back as text, or not at all, and no browser takes JSON for a page."""
    clerk = case.writer()
    markup = "<script>alert(311)</script> <b>bold</b> & ]]>"
    found = case.accepted(clerk.post(clerk.report("P14", markup), rule="P14"))
    case.read_back(found)
    for fmt in case.both:
        answer = case.one(found, fmt)
        kind = KINDS[fmt]
        case.expect(answer.kind == kind, f"the type {kind}", answer.kind, answer)
        if fmt == XML:
            inside = [child.tag for child in xml_root(answer).findall(".//description//*")]
            case.expect(not inside, "text in <description>", f"elements {inside}", answer)
        elif b"<script" in answer.body and "nosniff" not in str(answer.headers):
            case.warn("markup stands in JSON as it was sent, without X-Content-Type-Options")


@rule(
    "P20",
    Level.SHOULD,
    "A body that is not UTF-8 is refused, or decoded by what it says it is.",
    "Old senders write Latin-1. A name with a broken letter finds no street.",
    *_ALL,
    writes=True,
    files=1,
)
def latin_1(case: Case) -> None:
    """Latin-1, which says so."""
    clerk = case.writer()
    body = urlencoded(_who(case) + clerk.report("P20", "CAFE")).replace(b"CAFE", b"caf%E9")
    kind = URLENCODED.replace("utf-8", "iso-8859-1")
    answer = clerk.send(body, kind, rule="P20")
    if answer.status >= 300:
        case.expect(
            answer.status == 400, "status 400, or that it is decoded", answer.status, answer
        )
        return
    _shown(case, answer, case.accepted(answer), "", end="café")


@rule(
    "P22",
    Level.MUST,
    "In a body + and %20 are blanks, and %2B is a plus sign.",
    "Both spellings of a blank are in use; times carry plus signs.",
    *_ALL,
    writes=True,
    files=1,
)
def blanks(case: Case) -> None:
    """All three in one description."""
    clerk = case.writer()
    body = urlencoded(_who(case) + clerk.report("P22", "SIGNS"))
    answer = clerk.send(body.replace(b"SIGNS", b"a+b%20c%2Bd"), URLENCODED, rule="P22")
    _shown(case, answer, case.accepted(answer), "", end="a b c+d")


@rule(
    "P23",
    Level.SHOULD,
    "Control characters in a report leave every list readable.",
    "They come with pasted text. One of them in an XML list, and nobody can read any request.",
    Client.FMS_FOLLOWS,
    Client.RUBY,
    Client.STATUS,
    Client.FMS_SENDS,
    writes=True,
    files=1,
)
def control_characters(case: Case) -> None:
    """A few that XML cannot carry."""
    clerk = case.writer()
    answer = clerk.post(clerk.report("P23", "bell \x07, tab \x0b, escape \x1b."), rule="P23")
    if answer.status >= 300:
        case.expect(answer.status == 400, "status 400, or that it is taken", answer.status, answer)
        return
    found = case.accepted(answer)
    case.read_back(found)
    for fmt in case.both:
        one = case.ok(case.one(found, fmt))
        raw = re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]", one.body)
        case.expect(raw is None, "no control character in the answer", one.text[:200], one)
        rows_of = case.listed({"service_request_id": found}, fmt=fmt, fresh=True)
        case.expect(rows_of, f"{found} in a list that can be read ({fmt})", rows_of, one)


def _who(case: Case) -> list[tuple[str, str]]:
    key = case.endpoint.api_key
    pairs: Pairs = [("api_key", key)] if key else []
    return list(pairs)
