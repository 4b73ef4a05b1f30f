"""What a run with --post files: for which services, and where; said before anything is filed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cli.conformance.exchange import Answer
from cli.conformance.reading import Row, Unreadable, single
from cli.conformance.survey import Survey, attributes, is_true, now, stamp, values
from cli.failures import Misuse

_GENERAL = re.compile("test|other|general|misc|sonst|andere|autre|otro|altro", re.IGNORECASE)
LISTS = ("singlevaluelist", "multivaluelist")
_SAMPLES = {"number": "1", "string": "test", "text": "test"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Services by what they are good for; None where the city has no such service.

    ``general`` gets most reports. The others serve the rules about questions and tokens.
    """

    general: str
    required: str | None
    single: str | None
    several: str | None
    batch: str | None
    lat: str
    long: str
    address: str
    address_id: str
    test_url: str
    """The endpoint that the city has for tests; empty if it is this one, or there is none."""
    answers: dict[str, list[tuple[str, str]]]
    """What is answered to the required questions of each service."""

    @property
    def services(self) -> list[str]:
        """All that get a report."""
        found = [self.general, self.required, self.single, self.several, self.batch]
        return list(dict.fromkeys(code for code in found if code))


def planned(survey: Survey, asked: Sequence[str]) -> Plan:
    """Choose. Raises Misuse where there is nothing to file, or nowhere."""
    offered = [str(row["service_code"]) for row in survey.services() if row.get("service_code")]
    unknown = [code for code in asked if code not in offered]
    if unknown or not offered:
        raise Misuse(f"The endpoint has no service {unknown[0] if unknown else 'at all'}.")
    place = survey.place()
    if place is None:
        raise Misuse("No request shows where the city is: give a place with --lat and --long.")
    codes = list(asked) or [code for code in offered if not _is_private(survey, code)] or offered
    general = codes[0] if asked else min(codes, key=lambda code: _unsuitable(survey, code))
    chosen = _by_question(survey, [code for code in codes if code in survey.definitions()])
    batch = next((code for code in codes if _type(survey, code) == "batch"), None)
    wanted = dict.fromkeys(code for code in [general, *chosen.values(), batch] if code)
    return Plan(
        general=general,
        batch=batch,
        lat=place[0],
        long=place[1],
        address=_seen(survey, "address") or "1 Main Street",
        address_id=_seen(survey, "address_id"),
        test_url=_test_url(survey),
        answers={code: answered(survey.definition(code)) for code in wanted},
        **chosen,
    )


def _by_question(survey: Survey, codes: Sequence[str]) -> dict[str, str | None]:
    """The first service with a required question, with a list, with a list of several."""

    def first(kinds: Sequence[str], *, required: bool = False) -> str | None:
        for code in codes:
            asked = questions(survey.definition(code))
            if any(_fits(each, kinds, required=required) for each in asked):
                return code
        return None

    return {
        "required": first((), required=True),
        "single": first(LISTS),
        "several": first(("multivaluelist",)),
    }


def _fits(attribute: Row, kinds: Sequence[str], *, required: bool) -> bool:
    chosen = attribute.get("datatype") in kinds and bool(values(attribute))
    return is_true(attribute.get("required")) if required else chosen


def questions(definition: Row) -> list[Row]:
    """Attributes that can be answered."""
    found = attributes(definition)
    return [each for each in found if each.get("code") and is_true(each.get("variable", True))]


def answered(definition: Row) -> list[tuple[str, str]]:
    """The first possible answer to every required question."""
    return [
        (f"attribute[{each['code']}]", sample(each))
        for each in questions(definition)
        if is_true(each.get("required"))
    ]


def sample(attribute: Row) -> str:
    """An answer that fits."""
    kind = str(attribute.get("datatype"))
    if kind in LISTS and values(attribute):
        return str(values(attribute)[0].get("key"))
    return stamp(now()) if kind == "datetime" else _SAMPLES.get(kind, "test")


def _unsuitable(survey: Survey, code: str) -> tuple[bool, int, bool]:
    """Small for services whose test reports disturb least and can be looked at best."""
    row = survey.service(code) or {}
    needed = len(answered(survey.definitions().get(code, {})))
    named = _GENERAL.search(f"{code} {row.get('service_name')}") is not None
    return _type(survey, code) != "realtime", needed, not named


def _type(survey: Survey, code: str) -> str:
    return str((survey.service(code) or {}).get("type") or "realtime")


def _is_private(survey: Survey, code: str) -> bool:
    return "private" in keywords(survey.service(code) or {})


def keywords(service: Row) -> set[str]:
    """The keywords of a service, in small letters."""
    found = service.get("keywords")
    words = ",".join(map(str, found)) if isinstance(found, list) else str(found or "")
    return {word.strip().lower() for word in words.split(",")} - {""}


def _test_url(survey: Survey) -> str:
    """The address of an endpoint of type test, where discovery names one that is not this one."""
    for place in survey.endpoint.discoveries():
        answer = survey.endpoint.read(f"{place}.{survey.best}", survey.best)
        for each in _endpoints(answer) if answer.status == 200 else []:
            url = str(each.get("url") or "").rstrip("/")
            if each.get("type") == "test" and url:
                return "" if url == survey.endpoint.base else url
    return ""


def _endpoints(answer: Answer) -> list[Row]:
    try:
        found = single(answer).get("endpoints")
    except Unreadable:
        return []
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _seen(survey: Survey, name: str) -> str:
    """A value that a request of the city has: surely a valid one."""
    return next((str(row[name]) for row in survey.requests() if row.get(name)), "")
