"""Whose it is: the city's routing rules, first match wins, each with its reason."""

from dataclasses import dataclass

from city311.domain.catalogue import City, Route, Service


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A department, and why it."""

    department: str
    reason: str


def route(city: City, service: Service, district: str | None) -> Assignment:
    """The department that must act. ``city311 lint`` proves that each service has one."""
    for rule in city.routes:
        if _matches(rule, service, district):
            return Assignment(department=rule.department, reason=rule.reason)
    raise LookupError(f"no route for service {service.service_code}")


def front_desk(city: City) -> str:
    """The department behind the fallback service: it owns what nobody else picks up."""
    return route(city, city.services[city.fallback_service], None).department


def _matches(rule: Route, service: Service, district: str | None) -> bool:
    return (
        (not rule.services or service.service_code in rule.services)
        and (not rule.groups or service.group in rule.groups)
        and (not rule.districts or district in rule.districts)
    )
