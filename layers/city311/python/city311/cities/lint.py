"""All rules over all files of a city."""

from city311.cities.findings import Finding, Level
from city311.cities.rules import (
    alarms,
    hours,
    identity,
    messages,
    offers,
    places,
    published,
    questions,
    routes,
)
from city311.cities.sources import Sources

RULES = (
    identity.check,
    offers.check,
    questions.check,
    routes.check,
    hours.check,
    messages.check,
    places.check,
    alarms.check,
)


def check(sources: Sources) -> tuple[Finding, ...]:
    """Everything that is wrong, errors and warnings, by file and line.

    What has errors cannot be published, so only what has none is asked whether it was.
    """
    found = {*sources.findings, *(finding for rule in RULES for finding in rule(sources))}
    if not has_errors(tuple(found)):
        found |= set(published.check(sources))
    return tuple(sorted(found, key=lambda each: (each.path, each.line, each.message)))


def has_errors(findings: tuple[Finding, ...]) -> bool:
    """Whether the city cannot be deployed."""
    return any(finding.level is Level.ERROR for finding in findings)
