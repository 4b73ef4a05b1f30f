"""The checklist: where rules are written down, and in which order they are read and looked at."""

from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module

from cli.conformance.case import Case
from cli.conformance.model import Client, Level, Rule

GROUPS = {
    "D": "Discovery",
    "S": "List of services",
    "F": "Service definitions",
    "P": "Reporting",
    "T": "Tokens",
    "L": "List of requests",
    "I": "One request",
    "E": "Errors",
    "U": "Updates (the extension of FixMyStreet)",
}
_ROOMS = (
    *("discovery", "services", "definition", "creating", "places", "questions", "words"),
    *("repeats", "tokens", "lists", "spans", "pages", "privacy", "items", "errors"),
    *("updates", "talk"),
)
_written: dict[str, Rule] = {}

Check = Callable[[Case], None]


def rule(
    id: str,  # noqa: A002 - what everybody calls it
    level: Level,
    statement: str,
    why: str,
    *clients: Client,
    writes: bool = False,
    files: int = 0,
    last: bool = False,
) -> Callable[[Check], Check]:
    """Write down a rule; what is decorated looks at it."""

    def written(check: Check) -> Check:
        if id in _written:
            raise ValueError(f"two rules are called {id}")
        _written[id] = Rule(
            id=id,
            level=level,
            statement=statement,
            why=why,
            clients=clients,
            check=check,
            writes=writes,
            files=files,
            last=last,
        )
        return check

    return written


@cache
def checklist() -> Sequence[Rule]:
    """All rules, in the order of the groups and numbers."""
    for room in _ROOMS:
        import_module(f"cli.conformance.rules.{room}")
    order = list(GROUPS)
    return sorted(_written.values(), key=lambda each: (order.index(each.id[0]), int(each.id[1:])))
