"""Everybody and everything that the demo's scenes need."""

from dataclasses import dataclass

from cli.api import Residents
from cli.demo.outside import Outside
from cli.demo.patience import Patience
from cli.demo.plan import Plan
from cli.demo.timeline import Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """The resident's web, the world outside, what is planned, and who tells it."""

    residents: Residents
    outside: Outside
    plan: Plan
    timeline: Timeline
    patience: Patience


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """The report as the city accepted it."""

    service_request_id: str
    link: str
    capability: str
