"""What differs from stage to stage: read from ``cdk.json``, refused where it makes no sense."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any


class BadSettings(Exception):
    """A setting is missing, unknown or impossible; the text says which, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The settings of one stage.

    ``retain``: data outlives its stack, and stacks refuse to be deleted. Rates are requests a
    second, bursts are requests; each method of each route has its own, and those of Open311 are
    apart, so that programs cannot take the place of residents. ``snap_start`` and ``firewall``
    cost extra. ``domain`` needs ``certificate_arn`` (in us-east-1). ``mail_identity``: the domain
    or address that SES may send from; else the domain of the city's sender. docs/deploy.md says
    how to choose.
    """

    name: str
    retain: bool
    mfa_required: bool
    log_days: int
    rate: int
    burst: int
    write_rate: int
    write_burst: int
    open311_rate: int
    open311_burst: int
    open311_write_rate: int
    open311_write_burst: int
    snap_start: bool = False
    firewall: bool = False
    domain: str | None = None
    certificate_arn: str | None = None
    mail_identity: str | None = None
    operations_email: str | None = None
    duty_phone: str | None = None


LOG_DAYS = (7, 30, 90, 365, 731)


def read_stage(name: str, stages: Mapping[str, Mapping[str, Any]]) -> Stage:
    """The stage called ``name``. Raises BadSettings with what is wrong."""
    if name not in stages:
        raise BadSettings(f"cdk.json has no stage {name!r}; it has {', '.join(sorted(stages))}.")
    values = dict(stages[name])
    known = {field.name for field in fields(Stage)}
    if unknown := sorted(set(values) - known):
        raise BadSettings(f"Stage {name!r} has settings nobody reads: {', '.join(unknown)}.")
    try:
        stage = Stage(name=name, **values)
    except TypeError as problem:
        raise BadSettings(f"Stage {name!r} lacks a setting: {problem}.") from problem
    _check(stage)
    return stage


def _check(stage: Stage) -> None:
    if stage.log_days not in LOG_DAYS:
        raise BadSettings(f"log_days is {stage.log_days}; choose one of {LOG_DAYS}.")
    if bool(stage.domain) != bool(stage.certificate_arn):
        raise BadSettings("domain and certificate_arn go together: set both or neither.")
    if stage.certificate_arn and ":acm:us-east-1:" not in stage.certificate_arn:
        raise BadSettings("CloudFront takes certificates from us-east-1 only: see docs/deploy.md.")
