"""routes.yaml: every reference exists, every service arrives somewhere, every rule is of use."""

from collections.abc import Iterator

from city311.cities.findings import Finding, Level
from city311.cities.rules.places import district_id
from city311.cities.schema import RoutePart, RoutesFile, ServicePart
from city311.cities.sources import Sources


def check(sources: Sources) -> Iterator[Finding]:
    """Everything about routes."""
    if not sources.routes:
        return
    yield from _references(sources)
    if sources.services and sources.districts:
        districts = [district_id(shape) for shape in sources.districts.shapes]
        yield from _arrivals(sources, sources.services.model.services, districts)


def _references(sources: Sources) -> Iterator[Finding]:
    assert sources.routes  # noqa: S101
    document, routes = sources.routes.document, sources.routes.model.routes
    known = _known(sources)
    for place, route in enumerate(routes):
        departments = known["department"]
        if departments is not None and route.department not in departments:
            words = f'there is no department "{route.department}"'
            yield document.finding(words, "routes", place, "department")
        for field in ("services", "groups", "districts"):
            names = known[field]
            for position, name in enumerate(getattr(route, field)):
                if names is not None and name not in names:
                    words = f'there is no {field.removesuffix("s")} "{name}"'
                    yield document.finding(words, "routes", place, field, position)


def _known(sources: Sources) -> dict[str, set[str] | None]:
    """The ids that may be named; None where their file could not be read."""
    services = sources.services.model if sources.services else None
    departments = sources.departments.model.departments if sources.departments else None
    shapes = sources.districts.shapes if sources.districts else None
    return {
        "department": None if departments is None else {d.department_id for d in departments},
        "services": None if services is None else {s.service_code for s in services.services},
        "groups": None if services is None else {g.group for g in services.groups},
        "districts": None if shapes is None else {district_id(shape) for shape in shapes},
    }


def _arrivals(
    sources: Sources, services: list[ServicePart], districts: list[str]
) -> Iterator[Finding]:
    assert sources.routes  # noqa: S101
    assert sources.services  # noqa: S101
    used: set[int] = set()
    for place, service in enumerate(services):
        lost: list[str] = []
        for district in (None, *districts):
            rule = _first(sources.routes.model, service, district)
            if rule is None:
                lost.append(district or "an unknown district")
            else:
                used.add(rule)
        if lost:
            words = f'no rule in routes.yaml takes "{service.service_code}" in {", ".join(lost)}'
            yield sources.services.document.finding(words, "services", place, "service_code")
    for rule in range(len(sources.routes.model.routes)):
        if rule not in used:
            words = "no request ever comes to this rule: the rules before it take them all"
            yield sources.routes.document.finding(words, "routes", rule, level=Level.WARNING)


def _first(routes: RoutesFile, service: ServicePart, district: str | None) -> int | None:
    found = (n for n, route in enumerate(routes.routes) if _takes(route, service, district))
    return next(found, None)


def _takes(route: RoutePart, service: ServicePart, district: str | None) -> bool:
    return (
        (not route.services or service.service_code in route.services)
        and (not route.groups or service.group in route.groups)
        and (not route.districts or district in route.districts)
    )
