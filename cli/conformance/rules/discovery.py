"""D: where the endpoint is, said by itself."""

from cli.conformance.case import Case
from cli.conformance.exchange import Answer
from cli.conformance.model import Client, Level
from cli.conformance.reading import JSON, KINDS, XML, Row, instant, single
from cli.conformance.registry import rule
from cli.conformance.survey import now

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
_FORMATS = (XML, JSON)


def document(case: Case, fmt: str) -> Answer:
    """The discovery document, from the first place that has it."""
    places = case.endpoint.discoveries()
    answers = [case.endpoint.read(f"{place}.{fmt}", fmt) for place in places]
    return next((each for each in answers if each.status == 200), answers[0])


def found(case: Case, fmt: str) -> Row:
    """The document read; it must be there."""
    return single(case.ok(document(case, fmt)))


def endpoints(whole: Row) -> list[Row]:
    """The endpoints that it names."""
    listed = whole.get("endpoints")
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


@rule(
    "D1",
    Level.MUST,
    "Discovery answers in XML and in JSON, each with its own content type.",
    "A client starts here, in the one format it speaks.",
    Client.THREE,
    Client.VALIDATOR,
)
def both_formats(case: Case) -> None:
    """Statuses, content types, and that both can be read."""
    for fmt in _FORMATS:
        answer = case.ok(document(case, fmt))
        case.expect(answer.kind == KINDS[fmt], f"the type {KINDS[fmt]}", answer.kind, answer)
        whole = single(answer)
        case.expect(whole, "a document with fields", answer.text[:200], answer)
        if "charset=utf-8" not in answer.headers["content-type"].lower():
            case.warn(f"discovery.{fmt} does not say charset=utf-8")


@rule(
    "D2",
    Level.MUST,
    "Every field of discovery has a value: of the document and of each endpoint, in both formats.",
    "contact and key_service are all a developer has to get a key; the rest is read by programs.",
    Client.VALIDATOR,
)
def all_fields(case: Case) -> None:
    """No field is left out or empty."""
    for fmt in _FORMATS:
        at, whole = document(case, fmt), found(case, fmt)
        for name in ("changeset", "contact", "key_service"):
            case.expect(whole.get(name), f"{name} has a value ({fmt})", whole.get(name), at)
        case.expect(endpoints(whole), f"a list of endpoints ({fmt})", whole.get("endpoints"), at)
        for each in endpoints(whole):
            for name in ("specification", "url", "changeset", "type", "formats"):
                wanted = f"each endpoint has a {name} ({fmt})"
                case.expect(each.get(name), wanted, each.get(name), at)
            kind = each.get("type")
            wanted = "an endpoint is of type production or test"
            case.expect(kind in ("production", "test"), wanted, kind, at)


@rule(
    "D3",
    Level.SHOULD,
    "Every changeset is a time in the past, and stays while nothing changes.",
    "It is the key of the clients' caches: one that always moves makes them read everything again, "
    "one that never moves leaves them with an old list.",
    Client.VALIDATOR,
)
def changesets(case: Case) -> None:
    """They parse, are past, and are the same in a second reading."""
    for fmt in _FORMATS:
        at = document(case, fmt)
        before = _changesets(found(case, fmt))
        for text in before:
            moment = instant(text)
            case.expect(moment, "a changeset is a time", text, at)
            case.expect(moment and moment <= now(), "a changeset lies in the past", text, at)
        again = case.ok(case.endpoint.read(at.ask.url, fmt, fresh=True))
        after = _changesets(single(again))
        case.expect(before == after, "the same changesets in a second reading", after, again)
    case.unseen(
        "That it moves when the catalogue does: read discovery, change a service, read it again."
    )


def _changesets(whole: Row) -> list[object]:
    return [each.get("changeset") for each in (whole, *endpoints(whole))]


@rule(
    "D4",
    Level.MUST,
    f"An endpoint's specification is exactly {SPECIFICATION}, with http.",
    "Clients find the endpoint by comparing this text.",
    Client.VALIDATOR,
    Client.THREE,
)
def specification(case: Case) -> None:
    """One endpoint has it, and none has it misspelled."""
    for fmt in _FORMATS:
        at = document(case, fmt)
        named = [str(each.get("specification")) for each in endpoints(found(case, fmt))]
        case.expect(SPECIFICATION in named, f"an endpoint of {SPECIFICATION}", named, at)
        alike = [text for text in named if "georeport_v2" in text.lower().rstrip("/")]
        odd = [text for text in alike if text != SPECIFICATION]
        case.expect(not odd, f"exactly {SPECIFICATION}", odd, at)


@rule(
    "D5",
    Level.SHOULD,
    "The same discovery stands inside the base address too.",
    "three and many scripts know the base address alone and look there.",
    Client.THREE,
)
def in_the_base(case: Case) -> None:
    """Both places answer alike."""
    for fmt in _FORMATS:
        inside = case.ok(case.get("discovery", fmt))
        same = single(inside) == found(case, fmt)
        case.expect(same, f"what {document(case, fmt).ask.url} says", inside.text[:200], inside)
