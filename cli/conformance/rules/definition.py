"""F: what a service asks."""

from typing import Never

from cli.conformance.case import Case
from cli.conformance.exchange import Answer
from cli.conformance.model import Client, Level
from cli.conformance.plan import LISTS
from cli.conformance.reading import JSON, XML, Row, json_value, xml_root
from cli.conformance.registry import rule
from cli.conformance.survey import attributes, is_true, path_of, values

_TYPES = ("string", "number", "datetime", "text", *LISTS)
_READERS = (
    Client.FMS_SENDS,
    Client.ONEBUSAWAY,
    Client.GEOREPORTER,
    Client.THREE,
    Client.RUBY,
    Client.R311,
    Client.VALIDATOR,
)
_NONE = "no service says that it has a definition"
_FEW = 3


def _absent(case: Case, what: str = _NONE) -> Never:
    case.skip(what, "Publish a service with such a question, and run this again.")


def _asked(case: Case, kinds: tuple[str, ...] = ()) -> list[tuple[str, Row]]:
    """Code of the service and attribute, of all that were read, or of such data types."""
    return [
        (code, each)
        for code, definition in case.survey.definitions().items()
        for each in attributes(definition)
        if not kinds or each.get("datatype") in kinds
    ]


def _at(case: Case, code: str, fmt: str = "") -> Answer:
    return case.get(path_of(code), fmt or case.best)


@rule(
    "F1",
    Level.MUST,
    "In JSON a definition is one object with service_code and attributes, not an array.",
    "It is the one document beside discovery that is an object; clients read it as one.",
    Client.ONEBUSAWAY,
    Client.GEOREPORTER,
    Client.THREE,
    Client.R311,
)
def an_object(case: Case) -> None:
    """The first few definitions."""
    if JSON not in case.both:
        case.skip("there is no JSON here")
    for code in case.survey.with_questions()[:_FEW] or _absent(case):
        answer = case.ok(_at(case, code, JSON))
        value = json_value(answer)
        case.expect(isinstance(value, dict), "one object", answer.text[:120], answer)
        case.expect(value.get("service_code") == code, f"the code {code}", value, answer)
        listed = isinstance(value.get("attributes"), list)
        case.expect(listed, "attributes is an array", value.get("attributes"), answer)


@rule(
    "F2",
    Level.MUST,
    "Every data type is one of six: string, number, datetime, text, singlevaluelist, "
    "multivaluelist.",
    "A client draws an input for each of the six, and nothing for a seventh.",
    *_READERS,
)
def data_types(case: Case) -> None:
    """And every attribute has a code to be posted under."""
    for code, each in _asked(case) or _absent(case):
        at = _at(case, code)
        kind = each.get("datatype")
        case.expect(kind in _TYPES, "one of the six data types", f"{kind} in {code}", at)
        case.expect(each.get("code"), "an attribute has a code", f"{each} in {code}", at)
        if not str(each["code"]).isdigit():
            words = (
                f"the attribute code {each['code']!r} is no whole number, as OneBusAway reads it"
            )
            case.warn(words, Client.ONEBUSAWAY)


@rule(
    "F3",
    Level.MUST,
    "order counts from 1 upwards, each number once in a definition.",
    "It is all that says in which order questions stand: a list of JSON or XML may be shuffled.",
    Client.FMS_SENDS,
    Client.GEOREPORTER,
)
def order(case: Case) -> None:
    """Of every definition that was read."""
    if not case.survey.definitions():
        _absent(case)
    for code, definition in case.survey.definitions().items():
        at = _at(case, code)
        found = [str(each.get("order")) for each in attributes(definition)]
        good = [text for text in found if text.isdigit() and int(text) > 0]
        case.expect(good == found, "whole numbers from 1", f"{found} in {code}", at)
        case.expect(len(set(found)) == len(found), "each once", f"{found} in {code}", at)


@rule(
    "F4",
    Level.MUST,
    "A list has values, each with a key and a name, every key once.",
    "The key is what is posted; without it nothing can be chosen.",
    *_READERS,
)
def list_values(case: Case) -> None:
    """Every list of every definition that was read."""
    for code, each in _asked(case, LISTS) or _absent(case, "no service has a list to choose from"):
        at = _at(case, code)
        name = f"attribute {each.get('code')} of {code}"
        keys = [str(value.get("key") or "") for value in values(each)]
        case.expect(keys and all(keys), "values with keys", f"{each.get('values')} in {name}", at)
        case.expect(len(set(keys)) == len(keys), "every key once", f"{keys} in {name}", at)
        unnamed = [value for value in values(each) if not value.get("name")]
        case.expect(not unnamed, "values with names", f"{unnamed} in {name}", at)


@rule(
    "F5",
    Level.SHOULD,
    "What is only to be read (variable false) is never required.",
    "Nobody can answer a text; if it is required, the form can never be sent.",
    Client.FMS_SENDS,
    Client.ONEBUSAWAY,
    Client.GEOREPORTER,
)
def texts_are_no_questions(case: Case) -> None:
    """Every attribute that is no input."""
    texts = [(code, each) for code, each in _asked(case) if not is_true(each.get("variable", True))]
    for code, each in texts or _absent(case, "no service has a text among its questions"):
        said = f"attribute {each.get('code')} of {code} is required"
        case.expect(not is_true(each.get("required")), "required is false", said, _at(case, code))


@rule(
    "F6",
    Level.MUST,
    "The definition of an unknown service is 404.",
    "A client must tell 'no such service' from 'nothing to ask'.",
    Client.RUBY,
    Client.R311,
    Client.FMS_SENDS,
)
def unknown_service(case: Case) -> None:
    """In every format."""
    for fmt in case.both:
        case.status(case.get("services/no-such-service-311", fmt), 404)


@rule(
    "F7",
    Level.SHOULD,
    "A service without questions has a definition with no attributes, not an error.",
    "Many clients ask without looking at metadata first.",
    Client.THREE,
    Client.RUBY,
    Client.R311,
)
def nothing_to_ask(case: Case) -> None:
    """The first few services whose metadata is false."""
    without = case.survey.without_questions()[:_FEW]
    for code in without or _absent(case, "every service has questions"):
        for fmt in case.both:
            answer = case.ok(_at(case, code, fmt))
            known = _json_list(answer) if fmt == JSON else _xml_list(answer)
            case.expect(known == [], "an empty list of attributes", answer.text[:200], answer)


def _json_list(answer: Answer) -> object:
    whole = json_value(answer)
    return whole.get("attributes") if isinstance(whole, dict) else None


def _xml_list(answer: Answer) -> object:
    found = xml_root(answer).find("attributes")
    return None if found is None else list(found)


@rule(
    "F8",
    Level.MUST,
    "In XML attributes stand in <attributes><attribute>, values in <values><value>.",
    "An older layout without containers still exists, and most clients do not know it.",
    Client.FMS_SENDS,
    Client.RUBY,
)
def containers(case: Case) -> None:
    """The first few definitions."""
    if XML not in case.both:
        case.skip("there is no XML here, see S1")
    for code in case.survey.with_questions()[:_FEW] or _absent(case):
        answer = case.ok(_at(case, code, XML))
        root = xml_root(answer)
        case.expect(root.tag == "service_definition", "<service_definition>", root.tag, answer)
        inside = [child.tag for child in root.findall("attributes/*")]
        right = bool(inside) and set(inside) == {"attribute"}
        case.expect(right, "<attributes> with <attribute> in it", answer.text[:200], answer)
        loose = root.findall("attribute") + root.findall("attributes/attribute/value")
        tags = sorted({each.tag for each in loose})
        case.expect(not loose, "no attribute or value outside its container", tags, answer)
        inside = [child.tag for child in root.findall("attributes/attribute/values/*")]
        right = set(inside) <= {"value"}
        case.expect(right, "<values> with <value> in it", inside[:5], answer)
