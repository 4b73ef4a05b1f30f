"""P: a report is filed; the ways of sending it, the key, and the answer."""

from cli.conformance.case import Case
from cli.conformance.exchange import Answer
from cli.conformance.filing import id_of
from cli.conformance.forms import URLENCODED, File, urlencoded
from cli.conformance.model import Client, Level
from cli.conformance.reading import FIELDS, JSON, XML, Row, error_fault, json_value, xml_root
from cli.conformance.registry import rule

_SENDERS = (
    Client.FMS_SENDS,
    Client.ONEBUSAWAY,
    Client.GEOREPORTER,
    Client.THREE,
    Client.PINPOINT,
    Client.BOS311,
)
_LARGE = 12 * 1024 * 1024
_TRIES = 3


@rule(
    "P1",
    Level.MUST,
    "A report comes as application/x-www-form-urlencoded.",
    "It is the one form that the specification names.",
    *_SENDERS,
    Client.VALIDATOR,
    writes=True,
    files=1,
)
def urlencoded_report(case: Case) -> None:
    """The plainest report there is."""
    clerk = case.writer()
    case.accepted(clerk.post(clerk.report("P1"), rule="P1"))


@rule(
    "P2",
    Level.SHOULD,
    "A report may come as multipart/form-data, also without a file.",
    "OneBusAway sends nothing else.",
    Client.ONEBUSAWAY,
    writes=True,
    files=1,
)
def multipart_report(case: Case) -> None:
    """No file in it, and a field that only OneBusAway sends."""
    clerk = case.writer()
    pairs = [*clerk.report("P2"), ("service_name", "as OneBusAway sends it")]
    case.accepted(clerk.post(pairs, rule="P2", files=()))


@rule(
    "P3",
    Level.SHOULD,
    "A photo may come with the report, as a file part called media.",
    "GeoReporter and three send photos so.",
    Client.GEOREPORTER,
    Client.THREE,
    Client.ONEBUSAWAY,
    writes=True,
    files=1,
)
def with_a_photo(case: Case) -> None:
    """A small JPEG that says it is a PNG, as GeoReporter's do."""
    clerk = case.writer()
    photo = File(filename="media.png", kind="image/png")
    case.accepted(clerk.post(clerk.report("P3"), rule="P3", files=[photo]))
    case.unseen("That the photo arrives: look at the report as staff do.")


@rule(
    "P4",
    Level.SHOULD,
    "media_url may be repeated.",
    "FixMyStreet sends one for every photo.",
    Client.FMS_SENDS,
    writes=True,
    files=1,
)
def several_photos(case: Case) -> None:
    """Two addresses of a host that is nobody's."""
    clerk = case.writer()
    urls = [("media_url", f"https://photos.example.org/{n}.jpg") for n in (1, 2)]
    case.accepted(clerk.post([*clerk.report("P4"), *urls], rule="P4"))
    case.unseen("That both are kept: look at the report as staff do.")


@rule(
    "P5",
    Level.MUST,
    "Where a key is needed, a missing, blank or wrong one is 403.",
    "A client tells its owner that the key is wrong; any other status reads as an outage.",
    Client.FMS_SENDS,
    Client.RUBY,
    Client.VALIDATOR,
    writes=True,
    files=1,
)
def key_needed(case: Case) -> None:
    """Without a key, then with a wrong one; both reports are right otherwise."""
    clerk = case.writer()
    without = clerk.post(clerk.report("P5"), rule="P5", key="")
    if id_of(without):
        case.skip("this endpoint takes reports without a key")
    case.status(without, 403)
    for wrong in ("wrong-key", "wrong.key-0123456789"):
        case.status(clerk.post(clerk.report("P5"), rule="P5", key=wrong), 403)


@rule(
    "P17",
    Level.SHOULD,
    "The answer to a report is 200.",
    "The specification names no status. 200 is the one that everybody takes: OneBusAway throws "
    "away all others.",
    Client.ONEBUSAWAY,
    writes=True,
    files=1,
)
def status_200(case: Case) -> None:
    """Not 201, not 202."""
    clerk = case.writer()
    answer = clerk.post(clerk.report("P17"), rule="P17")
    case.expect(answer.status == 200, "status 200", f"{answer.status}: {answer.text}", answer)


@rule(
    "P18",
    Level.MUST,
    "The answer is <service_requests><request> in XML and an array of one in JSON, and both "
    "formats then say the same of the request.",
    "FixMyStreet keeps the text of the first id, OneBusAway takes a null for an id called null.",
    *_SENDERS,
    writes=True,
    files=2,
)
def both_answers(case: Case) -> None:
    """The shape of the answer, and every field of the request in both formats."""
    clerk = case.writer()
    for fmt in case.both:
        answer = clerk.post(clerk.report("P18", fmt), rule="P18", fmt=fmt)
        found = case.accepted(answer)
        _xml_answer(case, answer) if fmt == XML else _json_answer(case, answer)
    if len(case.both) < 2:
        return
    in_xml, in_json = _both(case, found)
    at = case.one(found, XML)
    for name in FIELDS:
        same = _alike(in_xml.get(name), in_json.get(name))
        came = f"{in_xml.get(name)!r} in XML, {in_json.get(name)!r} in JSON"
        case.expect(same, f"the same {name} in both formats", came, at)


def _both(case: Case, found: str) -> tuple[Row, Row]:
    """The request in both formats; read again if it changed between."""
    before = case.read_back(found, XML)
    for _ in range(_TRIES):
        in_json, after = case.read_back(found, JSON), case.read_back(found, XML)
        if after == before:
            break
        before = after
    return after, in_json


def _xml_answer(case: Case, answer: Answer) -> None:
    root = xml_root(answer)
    tags = [root.tag, *(child.tag for child in root)]
    case.expect(tags == ["service_requests", "request"], "one request in its root", tags, answer)


def _json_answer(case: Case, answer: Answer) -> None:
    value = json_value(answer)
    right = isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict)
    case.expect(right, "an array of one object", answer.text[:200], answer)
    given = [name for name in ("service_request_id", "token") if name in value[0]]
    case.expect(len(given) <= 1, "an id or a token, not both", value[0], answer)
    for name in given:
        text = isinstance(value[0][name], str)
        case.expect(text, f"{name} is text, or left out", f"{value[0][name]!r}", answer)


def _alike(in_xml: object, in_json: object) -> bool:
    """The same value, by the rule that makes JSON of XML."""
    if isinstance(in_json, bool):
        return in_xml == str(in_json).lower()
    if isinstance(in_json, int | float):
        try:
            return float(str(in_xml)) == float(in_json)
        except (ValueError, OverflowError):
            return False
    return _words(in_xml) == _words(in_json)


def _words(value: object) -> str:
    return " ".join(str(value or "").split())


@rule(
    "P21",
    Level.SHOULD,
    "The key may stand in the query of a post.",
    "Some senders add it to the address, as they do when they read.",
    Client.FMS_UPDATES,
    Client.RUBY,
    writes=True,
    files=1,
)
def key_in_the_query(case: Case) -> None:
    """There, and nowhere else."""
    clerk = case.writer()
    if not case.endpoint.api_key:
        case.skip("no key was given", "Run this with --api-key.")
    body = urlencoded(clerk.report("P21"))
    query = {"api_key": case.endpoint.api_key}
    case.accepted(clerk.send(body, URLENCODED, rule="P21", query=query))


@rule(
    "P24",
    Level.SHOULD,
    "A file of 12 MB is taken, or refused in the format that was asked for.",
    "Telephones make such photos; what a gateway says in HTML, nobody gets to read.",
    Client.ONEBUSAWAY,
    Client.GEOREPORTER,
    Client.THREE,
    writes=True,
)
def large_file(case: Case) -> None:
    """One that no server should be surprised by."""
    clerk = case.writer()
    photo = File(content=b"\xff\xd8" + b"\0" * _LARGE)
    answer = clerk.post(clerk.report("P24"), rule="P24", files=[photo])
    if answer.status >= 300:
        case.expect(answer.status < 500, "a refusal, not a fault", answer.status, answer)
        fault = error_fault(answer)
        case.expect(
            not fault, "an error in the format asked for", f"{answer.status}: {fault}", answer
        )
        if answer.status != 400:
            words = f"it is refused with {answer.status}; OneBusAway shows words of 400 alone"
            case.warn(words, Client.ONEBUSAWAY)
        return
    case.accepted(answer)
