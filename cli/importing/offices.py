"""Departments and routes: a guess from who answered before, or from the groups of services."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from city311.cities.rules.identity import TRIAGE_QUEUE
from cli.importing.decisions import Notes, at
from cli.importing.known import Known
from cli.importing.leftovers import OTHER_GROUP
from cli.importing.names import Names, slug
from cli.importing.services import Offer
from cli.importing.theirs import Sample

Part = dict[str, Any]

FRONT_DESK, FRONT_DESK_NAME = "front-desk", "Front desk"
_FILE = "departments.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offices:
    """departments.yaml and routes.yaml as plain data."""

    departments: list[Part]
    routes: list[Part]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """What every department is written with."""

    language: str
    phone: str


def offices(offer: Offer, sample: Sample, known: Known, manner: Manner, notes: Notes) -> Offices:
    """A department for each agency that answered, else for each group; the rest to a front desk."""
    agencies = {
        offer.codes[code]: name for code, name in sample.agencies.items() if code in offer.codes
    }
    names = _group_names(offer, agencies, manner.language)
    ids = Names(known.departments, frozenset({TRIAGE_QUEUE, FRONT_DESK}))

    def office(name: str) -> str:
        return ids.of(name, slug(name) or "department")

    routes = _exceptions(offer, agencies, names)
    routes += _by_group(names)
    parts: dict[str, Part] = {}
    for route in routes:
        name = route.pop("department")
        parts.setdefault(office(name), _department(office(name), name, manner))
        route["department"] = office(name)
    own = offer.fallback
    taken = any(own in route.get("services", ()) for route in routes)
    group = next(each["group"] for each in offer.services if each["service_code"] == own)
    desk = {"department": FRONT_DESK, "reason": _DESK}
    if group == OTHER_GROUP:
        routes.append(desk)
    else:
        routes = [_without(route, own) if taken else route for route in routes]
        routes.insert(0, {"services": [own], **desk})
    routes = [_ordered(route) for route in routes if route.get("services") != []]
    used = {route["department"] for route in routes}
    parts[FRONT_DESK] = _department(FRONT_DESK, FRONT_DESK_NAME, manner)
    departments = [part for key, part in parts.items() if key in used]
    _remarks(departments, {why for _, why in names.values()}, notes)
    return Offices(departments=departments, routes=routes)


_DESK = "No rule before this one fits, so the front desk finds the right office."
_ANSWERED = "Imported: they answered most requests of this group."
_NOBODY = "Imported: a department was made for each group of services."


def _department(key: str, name: str, manner: Manner) -> Part:
    return {"department_id": key, "name": {manner.language: name}, "phone": manner.phone}


def _group_names(
    offer: Offer, agencies: dict[str, str], language: str
) -> dict[str, tuple[str, str]]:
    """For each group its department's name and the reason: its commonest agency, else itself."""
    found: dict[str, tuple[str, str]] = {}
    for part in offer.groups:
        group = part["group"]
        title = next(iter(part["name"].values()), group)
        answered = Counter(
            agencies[each["service_code"]]
            for each in offer.services
            if each["group"] == group and each["service_code"] in agencies
        )
        alone = all(
            e["service_code"] == offer.fallback for e in offer.services if e["group"] == group
        )
        if not alone:
            name, why = title, _NOBODY
            if answered:
                (name, _), *_ = sorted(answered.most_common(), key=lambda each: (-each[1], each[0]))
                why = _ANSWERED
            found[group] = (name, why)
    return found


def _exceptions(
    offer: Offer, agencies: dict[str, str], names: dict[str, tuple[str, str]]
) -> list[Part]:
    """Services that another than the group's department answered."""
    other: dict[str, list[str]] = defaultdict(list)
    for part in offer.services:
        code, group = part["service_code"], part["group"]
        if code in agencies and group in names and agencies[code] != names[group][0]:
            other[agencies[code]].append(code)
    why = "Imported: they answered the requests for these services."
    return [
        {"services": codes, "department": name, "reason": why}
        for name, codes in sorted(other.items())
    ]


def _by_group(names: dict[str, tuple[str, str]]) -> list[Part]:
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for group, found in names.items():
        groups[found].append(group)
    return [
        {"groups": groups_, "department": name, "reason": why}
        for (name, why), groups_ in groups.items()
    ]


def _without(route: Part, code: str) -> Part:
    if "services" not in route:
        return route
    return route | {"services": [each for each in route["services"] if each != code]}


def _ordered(route: Part) -> Part:
    return {
        name: route[name]
        for name in ("services", "groups", "department", "reason")
        if name in route
    }


def _remarks(departments: list[Part], reasons: set[str], notes: Notes) -> None:
    source = "the groups of services"
    if _ANSWERED in reasons:
        source = "the agencies that answered recent requests"
        source += ", and from the groups that none answered" if _NOBODY in reasons else ""
    notes.guessed(f"Departments were made from {source}.", at(_FILE))
    notes.guessed(
        "Routes lead each group to its department; rarer cases stand first.", at("routes.yaml")
    )
    notes.decide(
        "Which departments there are, with the telephone and perhaps the e-mail of each.",
        *(
            at(_FILE, "departments", n, label=next(iter(p["name"].values())))
            for n, p in enumerate(departments)
        ),
    )
    notes.decide(
        "Which department gets what, by service, group and district.", at("routes.yaml", "routes")
    )
