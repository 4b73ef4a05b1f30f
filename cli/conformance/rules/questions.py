"""P: answers to the questions of a service."""

from typing import Never

from cli.conformance.case import Case
from cli.conformance.model import Client, Level
from cli.conformance.plan import LISTS, questions
from cli.conformance.reading import Row, said
from cli.conformance.registry import rule
from cli.conformance.survey import is_true, values

_ANSWERERS = (Client.FMS_SENDS, Client.ONEBUSAWAY, Client.GEOREPORTER, Client.THREE)


def _none(case: Case, what: str) -> Never:
    case.skip(f"no service that gets test reports has {what}", "Name one with --service.")


def _of(case: Case, code: str, kinds: tuple[str, ...]) -> Row:
    asked = questions(case.survey.definition(code))
    return next(each for each in asked if each.get("datatype") in kinds and values(each))


@rule(
    "P9",
    Level.MUST,
    "A missing answer to a required question is 400, and the words name the question.",
    "A form can then point at the question; else a resident tries in vain.",
    *_ANSWERERS,
    Client.VALIDATOR,
    writes=True,
)
def required(case: Case) -> None:
    """A report without any answer."""
    clerk = case.writer()
    code = clerk.plan.required or _none(case, "a required question")
    rest = [pair for pair in clerk.report("P9", service=code) if "attribute[" not in pair[0]]
    answer = clerk.post(rest, rule="P9")
    case.status(answer, 400)
    words = f"{said(answer)} {answer.text}".lower()
    for each in questions(case.survey.definition(code)):
        if is_true(each.get("required")):
            names = [str(each["code"]), str(each.get("description") or each["code"])]
            named = any(name.lower().rstrip(":") in words for name in names)
            case.expect(named, f"question {names[0]} is named", answer.text, answer)


@rule(
    "P10",
    Level.MUST,
    "Several answers come as attribute[CODE][] or as attribute[CODE], repeated.",
    "The specification writes brackets; half of the senders leave them out.",
    *_ANSWERERS,
    writes=True,
    files=2,
)
def several_answers(case: Case) -> None:
    """Both spellings, and brackets around a single answer as OneBusAway writes them."""
    clerk = case.writer()
    code = clerk.plan.several or _none(case, "a question with several answers")
    asked = _of(case, code, ("multivaluelist",))
    keys = [str(value["key"]) for value in values(asked)][:2]
    for end in ("[]", ""):
        name = f"attribute[{asked['code']}]"
        rest = [
            pair for pair in clerk.report("P10", f"as {end!r}", service=code) if pair[0] != name
        ]
        picked = [(name + end, key) for key in keys]
        case.accepted(clerk.post([*rest, *picked], rule="P10"))
    case.unseen("That both answers are kept: look at the report as staff do.")


@rule(
    "P11",
    Level.SHOULD,
    "Attributes and fields that nobody asked for are no error.",
    "FixMyStreet sends easting, northing, its own id and more with every report, others an id of "
    "theirs.",
    Client.FMS_SENDS,
    Client.PINPOINT,
    Client.ONEBUSAWAY,
    writes=True,
    files=1,
)
def unknown_attributes(case: Case) -> None:
    """Those that senders of the field are known for."""
    clerk = case.writer()
    more = [
        ("attribute[easting]", "430000"),
        ("attribute[fixmystreet_id]", "1234"),
        ("attribute[external_id]", "test"),
        ("deviceid", "test"),
        ("service_name", "test"),
    ]
    case.accepted(clerk.post([*clerk.report("P11"), *more], rule="P11"))
    case.unseen("That they are kept: look at the report as staff do.")


@rule(
    "P12",
    Level.MUST,
    "A choice that the list does not have is 400.",
    "Accepted, it would be an answer that nobody can read.",
    *_ANSWERERS,
    writes=True,
)
def unknown_choice(case: Case) -> None:
    """One that no list has."""
    clerk = case.writer()
    code = clerk.plan.single or _none(case, "a list to choose from")
    name = f"attribute[{_of(case, code, LISTS)['code']}]"
    rest = [pair for pair in clerk.report("P12", service=code) if pair[0] != name]
    case.status(clerk.post([*rest, (name, "no-such-choice-311")], rule="P12"), 400)
