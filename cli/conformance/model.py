"""The words of the suite: levels, clients, verdicts, rules, and what was found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cli.conformance.case import Case


class Level(StrEnum):
    """How much a rule binds."""

    MUST = "MUST"
    """The specification says so."""
    SHOULD = "SHOULD"
    """The specification is silent or loose, and real clients need it."""
    MAY = "MAY"
    """An extension: who offers it, offers it so; who does not, breaks nothing."""


class Client(StrEnum):
    """Programs of the field, by what they do."""

    FMS_SENDS = "FixMyStreet, sending reports"
    FMS_FOLLOWS = "FixMyStreet, following and importing requests"
    FMS_UPDATES = "FixMyStreet, exchanging updates"
    ONEBUSAWAY = "OneBusAway"
    GEOREPORTER = "GeoReporter"
    THREE = "three (Python)"
    RUBY = "open311 (Ruby gem)"
    R311 = "r311 (R)"
    STATUS = "open311status"
    PINPOINT = "Pinpoint 311, connector"
    BOS311 = "BOS:311, front"
    VALIDATOR = "SeeClickFix validator"


class Verdict(StrEnum):
    """What came of a rule. Only FAIL and FAULT make the exit code 1."""

    PASS = "pass"  # noqa: S105 - no password
    WARN = "warn"
    """The rule holds; something beside it makes a client stumble."""
    FAIL = "fail"
    SKIP = "skip"
    """Not looked at; the words say why, and how to look by hand."""
    FAULT = "fault"
    """The suite itself failed, which says nothing about the endpoint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One line of the checklist. ``files``: reports it files at most, if the server is right."""

    id: str
    level: Level
    statement: str
    why: str
    clients: tuple[Client, ...]
    check: Callable[[Case], None]
    writes: bool = False
    files: int = 0
    last: bool = False
    """Judges what the other rules saw, and so runs after them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One thing looked at: the request line without secrets, what was expected, what came."""

    request: str
    expected: str
    came: str
    holds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A remark, and the clients it concerns."""

    words: str
    clients: tuple[Client, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of one rule. ``by_hand``: how to look at what cannot be seen from outside."""

    rule: Rule
    verdict: Verdict
    words: str = ""
    by_hand: tuple[str, ...] = ()
    warnings: tuple[Remark, ...] = ()
    looks: tuple[Look, ...] = ()
    calls: int = 0
    seconds: float = 0.0
