"""The key condition of a query: one partition, and at most one bound on the sort key."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.engine.expressions import Values, Wrong, attribute


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyCondition:
    """One partition, and bounds within it; None where there is none."""

    partition: str
    low: str | None = None
    high: str | None = None
    open_low: bool = False
    open_high: bool = False


_Part = tuple[str, str, tuple[str, ...]]


def key_condition(
    text: str, names: Mapping[str, str], values: Values, keys: tuple[str, str]
) -> KeyCondition:
    """The part of an index that a query reads. Both keys are text, as all of ours are."""
    parts = _key_parts(text, names)
    partition = next((p for p in parts if p[0] == keys[0] and p[1] == "="), None)
    rest = [part for part in parts if part is not partition]
    if partition is None or len(rest) > 1 or any(part[0] != keys[1] for part in rest):
        raise Wrong(f"Query key condition not supported: {text}")
    return _bounded(values[partition[2][0]]["S"], rest, values)


def _bounded(partition: str, rest: Sequence[_Part], values: Values) -> KeyCondition:
    if not rest:
        return KeyCondition(partition=partition)
    _, how, aliases = rest[0]
    first = values[aliases[0]]["S"]
    if how == "between":
        last = values[aliases[1]]["S"]
        if first > last:
            raise Wrong("The BETWEEN operator requires upper bound to be greater than or equal")
        return KeyCondition(partition=partition, low=first, high=last)
    if how == "begins_with":
        end = f"{first}\U0010ffff"
        return KeyCondition(partition=partition, low=first, high=end)
    low, high = (first if how in words else None for words in (("=", ">", ">="), ("=", "<", "<=")))
    return KeyCondition(
        partition=partition, low=low, high=high, open_low=how == ">", open_high=how == "<"
    )


_KEY_PART = re.compile(
    r"\s*(?:begins_with\s*\(\s*(?P<b>[#\w]+)\s*,\s*(?P<bv>:\w+)\s*\)"
    r"|(?P<n>[#\w]+)\s*(?:(?P<op><=|>=|=|<|>)\s*(?P<v>:\w+)"
    r"|between\s+(?P<l>:\w+)\s+and\s+(?P<h>:\w+)))\s*",
    re.IGNORECASE,
)


def _key_parts(text: str, names: Mapping[str, str]) -> list[_Part]:
    parts: list[_Part] = []
    at = 0
    while at < len(text):
        found = _KEY_PART.match(text, at)
        if not found:
            raise Wrong(f"Invalid KeyConditionExpression: {text}")
        if found["b"]:
            parts.append((attribute(found["b"], names), "begins_with", (found["bv"],)))
        elif found["op"]:
            parts.append((attribute(found["n"], names), found["op"], (found["v"],)))
        else:
            parts.append((attribute(found["n"], names), "between", (found["l"], found["h"])))
        at = found.end()
        joint = re.compile(r"and\b", re.IGNORECASE).match(text, at)
        if at < len(text) and not joint:
            raise Wrong(f"Invalid KeyConditionExpression: {text}")
        at = joint.end() if joint else at
    return parts
