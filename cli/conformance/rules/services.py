"""S: the list of services."""

import re

from cli.conformance.case import Case
from cli.conformance.exchange import Answer
from cli.conformance.model import Client, Level
from cli.conformance.plan import keywords
from cli.conformance.reading import JSON, KINDS, XML, Row, json_value, rows, xml_root
from cli.conformance.registry import rule
from cli.conformance.survey import attributes, path_of

NOWHERE = {"lat": "-48.876667", "long": "-123.393333"}
"""The point of the ocean that is farthest from any land, and so from any city."""
_TYPES = ("realtime", "batch", "blackbox")
_READERS = (
    Client.FMS_SENDS,
    Client.RUBY,
    Client.ONEBUSAWAY,
    Client.GEOREPORTER,
    Client.THREE,
    Client.R311,
    Client.VALIDATOR,
)
_STAFF_WORDS = {"staff", "internal", "inactive"}
_READINGS = 3
_NO_LIST = "the list of services is empty or cannot be read"


def listed(case: Case, fmt: str) -> list[Row]:
    """The services in a format, tolerantly; the rule is skipped where there are none."""
    answer = case.get("services", fmt)
    found = rows(answer, "service") if answer.status == 200 else []
    return found or case.skip(_NO_LIST)


def codes(found: list[Row]) -> list[str]:
    """Their codes."""
    return [str(row.get("service_code")) for row in found]


def shape(case: Case, answer: Answer, root: str, item: str) -> None:
    """The one shape that each format has for a list."""
    kind = KINDS[answer.ask.fmt]
    case.expect(answer.kind == kind, f"the type {kind}", answer.kind or "none", answer)
    if answer.ask.fmt == XML:
        top = xml_root(answer)
        case.expect(top.tag == root, f"the root <{root}>", f"<{top.tag}>", answer)
        others = {child.tag for child in top} - {item}
        case.expect(not others, f"nothing but <{item}> in it", sorted(others), answer)
        return
    value = json_value(answer)
    whole = isinstance(value, list) and all(isinstance(each, dict) for each in value)
    case.expect(whole, "a bare array of objects", answer.text[:200], answer)


@rule(
    "S1",
    Level.MUST,
    "The list of services is <services><service> in XML and a bare array in JSON.",
    "Every client begins with this list. XML is the format the specification demands; JSON is the "
    "one that telephones speak.",
    *_READERS,
)
def list_shape(case: Case) -> None:
    """Both formats, strictly."""
    answer = case.ok(case.get("services", XML))
    shape(case, answer, "services", "service")
    if JSON in case.both:
        shape(case, case.get("services", JSON), "services", "service")
        return
    speakers = (
        Client.ONEBUSAWAY,
        Client.GEOREPORTER,
        Client.THREE,
        Client.R311,
        Client.PINPOINT,
        Client.BOS311,
    )
    case.warn("there is no JSON, which the specification leaves open", *speakers)


@rule(
    "S2",
    Level.MUST,
    "Codes and names are text, metadata is a real boolean, type one of three words, keywords one "
    "text.",
    "A number as a code loses its zeros; a client asks for metadata's truth, not for its spelling.",
    *_READERS,
)
def field_types(case: Case) -> None:
    """Every service, in every format."""
    for fmt in case.both:
        at = case.get("services", fmt)
        for row in listed(case, fmt):
            name = row.get("service_code")
            for field, good, wanted in _field_checks(row, fmt):
                case.expect(good, f"{field} is {wanted}", f"{row.get(field)!r} of {name}", at)


def _field_checks(row: Row, fmt: str) -> list[tuple[str, bool, str]]:
    metadata = row.get("metadata")
    real = metadata in ("true", "false") if fmt == XML else isinstance(metadata, bool)
    return [
        ("service_code", _is_text(row.get("service_code")), "text"),
        ("service_name", _is_text(row.get("service_name")), "text"),
        ("metadata", real, "true or false"),
        ("type", row.get("type") in _TYPES, "one of " + ", ".join(_TYPES)),
        ("keywords", isinstance(row.get("keywords"), str | None), "one text, or nothing"),
        ("description", isinstance(row.get("description"), str | None), "text, or nothing"),
    ]


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


@rule(
    "S3",
    Level.MUST,
    "metadata is true exactly where a definition with attributes stands.",
    "FixMyStreet reads a definition for every true, on every run, and warns of empty ones; behind "
    "a false, nobody ever sees the questions.",
    Client.FMS_SENDS,
    Client.ONEBUSAWAY,
    Client.GEOREPORTER,
)
def metadata_is_true(case: Case) -> None:
    """Every true has attributes, and no false has any."""
    listed(case, case.best)
    for code in case.survey.with_questions():
        at = case.ok(case.get(path_of(code), case.best))
        known = attributes(case.survey.definition(code))
        case.expect(known, f"attributes of {code}, whose metadata is true", at.text[:200], at)
    for code in case.survey.without_questions()[:5]:
        at = case.get(path_of(code), case.best)
        known = attributes(case.survey.definition(code))
        case.expect(not known, f"no attributes of {code}, metadata false", at.text[:200], at)


@rule(
    "S4",
    Level.MUST,
    "Service codes are unique, and fit into an address.",
    "The definition of a service lies at an address that the client makes from its code.",
    *_READERS,
)
def unique_codes(case: Case) -> None:
    """No code twice, none that breaks an address."""
    at = case.get("services", case.best)
    found = codes(listed(case, case.best))
    twice = sorted({code for code in found if found.count(code) > 1})
    case.expect(not twice, "every code once", twice, at)
    breaking = [code for code in found if re.search(r"[/?#%\\]", code)]
    case.expect(not breaking, "no / ? # % in a code", breaking, at)
    odd = [code for code in found if not re.fullmatch(r"[\w.~-]+", code)]
    if odd:
        case.warn(f"codes with blanks or signs need encoding, which some forget: {odd[:3]}")


@rule(
    "S5",
    Level.SHOULD,
    "Services that only staff file are not listed.",
    "Whatever is listed becomes a button on somebody's telephone.",
    Client.FMS_SENDS,
    Client.ONEBUSAWAY,
    Client.GEOREPORTER,
)
def no_staff_services(case: Case) -> None:
    """No service is marked as the staff's, and the one that the city names is absent."""
    at = case.get("services", case.best)
    found = listed(case, case.best)
    marked = [
        code for code, row in zip(codes(found), found, strict=True) if keywords(row) & _STAFF_WORDS
    ]
    case.expect(not marked, "no service marked staff, internal or inactive", marked, at)
    hidden = case.fact(
        "staff_service", "Name one with --fact staff_service=CODE, and it is looked for."
    )
    for fmt in case.both:
        absent = hidden not in codes(listed(case, fmt))
        case.expect(absent, f"no {hidden} in the list", f"it is listed ({fmt})", at)


@rule(
    "S6",
    Level.MAY,
    "With lat and long the list has the services of that place, and only some of the whole list.",
    "OneBusAway asks so where it knows a place and no jurisdiction.",
    Client.ONEBUSAWAY,
)
def by_place(case: Case) -> None:
    """At a place of the city, and in the middle of the ocean."""
    whole = codes(listed(case, case.best))
    far_at = case.ok(case.get("services", case.best, NOWHERE))
    far = codes(rows(far_at, "service"))
    case.expect(set(far) <= set(whole), "a part of the whole list", far, far_at)
    if set(far) == set(whole):
        case.skip("lat and long make no difference: the list is not offered by place")
    place = case.survey.place()
    if not place:
        case.skip("no request shows where the city is", "Give a place with --lat and --long.")
    near_at = case.ok(case.get("services", case.best, {"lat": place[0], "long": place[1]}))
    near = codes(rows(near_at, "service"))
    case.expect(near and set(near) <= set(whole), "a part of the whole list", near, near_at)


@rule(
    "S7",
    Level.MUST,
    "Another city's jurisdiction_id is 404.",
    "Who asks the wrong server must not file reports in the wrong city.",
    Client.FMS_SENDS,
    Client.ONEBUSAWAY,
    Client.RUBY,
)
def wrong_jurisdiction(case: Case) -> None:
    """One that no city has."""
    for fmt in case.both:
        url = f"{case.endpoint.base}/services.{fmt}?jurisdiction_id=nowhere.invalid"
        case.status(case.endpoint.read(url, fmt), 404)


@rule(
    "S8",
    Level.MUST,
    "A blank parameter is one that is not given.",
    "three and others send every parameter they know, empty where there is nothing to say.",
    Client.THREE,
    Client.RUBY,
)
def blank_is_absent(case: Case) -> None:
    """Of the list of services, and of the list of requests."""
    base = case.endpoint.url("services", case.best)
    extra = "" if case.endpoint.jurisdiction else "jurisdiction_id=&"
    url = f"{base}{'&' if '?' in base else '?'}{extra}lat=&long=&api_key="
    blank = case.ok(case.endpoint.read(url, case.best))
    same = rows(blank, "service") == listed(case, case.best)
    case.expect(same, "the list as without parameters", blank.text[:200], blank)
    nothing = {"service_code": "", "status": "", "start_date": "", "end_date": ""}
    case.ok(case.get("requests", case.best, {**nothing, "service_request_id": ""}))


@rule(
    "S9",
    Level.SHOULD,
    "The list is whole or an error, never a part.",
    "FixMyStreet marks every category as deleted that a list no longer has.",
    Client.FMS_SENDS,
)
def whole_list(case: Case) -> None:
    """Several readings, in every format, have the same services."""
    wanted = set(codes(listed(case, case.best)))
    for fmt in case.both:
        for _ in range(_READINGS):
            at = case.ok(case.get("services", fmt, fresh=True))
            missing = sorted(wanted ^ set(codes(rows(at, "service"))))
            case.expect(not missing, "the same services in every reading", missing, at)
    case.unseen(
        "A fault behind the list: cut the endpoint off from its catalogue, and see an error."
    )
