"""Reads a template by what its resources do, never by their generated names."""

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

Resource = dict[str, Any]


class Template:
    """One synthesised template."""

    def __init__(self, content: dict[str, Any]) -> None:
        self.content = content
        self.resources: dict[str, Resource] = content["Resources"]

    def of(self, kind: str) -> dict[str, Resource]:
        """All resources of a type, by logical id."""
        return {name: r for name, r in self.resources.items() if r["Type"] == kind}

    def props(self, kind: str) -> list[dict[str, Any]]:
        """The properties of all resources of a type."""
        return [r.get("Properties", {}) for r in self.of(kind).values()]

    def one(self, kind: str) -> dict[str, Any]:
        """The properties of the only resource of a type."""
        (found,) = self.props(kind)
        return found

    def at(self, path: str) -> tuple[str, Resource]:
        """The resource whose construct path ends so."""
        found = [
            (name, r)
            for name, r in self.resources.items()
            if r.get("Metadata", {}).get("aws:cdk:path", "").endswith(path)
        ]
        assert len(found) == 1, f"{path}: {[name for name, _ in found]}"
        return found[0]

    def function(self, room: str) -> tuple[str, Resource]:
        """A room's function."""
        return self.at(f"/Rooms/{room.capitalize()}/Function/Resource")

    def alias(self, room: str) -> str:
        """The logical id of a room's alias."""
        return self.at(f"/Rooms/{room.capitalize()}/Live/Resource")[0]

    def room_statements(self, room: str) -> list[dict[str, Any]]:
        """Everything that a room's role says."""
        return self.statements(self.at(f"/Rooms/{room.capitalize()}/Role/Resource")[0])

    def statements(self, role: str) -> list[dict[str, Any]]:
        """Everything that a role's policies say, by the role's logical id."""
        assert not self.resources[role]["Properties"].get("ManagedPolicyArns")
        return [
            statement
            for policy in self.props("AWS::IAM::Policy")
            if {"Ref": role} in policy["Roles"]
            for statement in policy["PolicyDocument"]["Statement"]
        ]


def listed(value: Any) -> list[Any]:
    """A list, where IAM lets one thing stand for a list of one."""
    return value if isinstance(value, list) else [value]


def text(value: Any) -> str:
    """A value with its intrinsics, as text to search in."""
    return json.dumps(value, sort_keys=True)


def may(
    statements: list[dict[str, Any]], action: str, resource: str, item: str | None = None
) -> bool:
    """Whether the statements allow ``action`` on a resource whose text contains ``resource``.

    ``item``: the partition key of the item, for statements that look at leading keys. A statement
    about all resources counts for any.
    """
    allowed = any(s["Effect"] == "Allow" for s in _about(statements, action, resource, item))
    denied = any(s["Effect"] == "Deny" for s in _about(statements, action, resource, item))
    return allowed and not denied


def _about(
    statements: list[dict[str, Any]], action: str, resource: str, item: str | None
) -> Iterator[dict[str, Any]]:
    for statement in statements:
        if not any(fnmatchcase(action, pattern) for pattern in listed(statement["Action"])):
            continue
        if not any(_covers(r, resource) for r in listed(statement["Resource"])):
            continue
        if _keys_fit(statement.get("Condition", {}), item):
            yield statement


def _covers(pattern: Any, resource: str) -> bool:
    """A table's index is another resource than the table, although it contains its name."""
    another = "/index/" in text(pattern) and "/index/" not in resource
    return pattern == "*" or (resource in text(pattern) and not another)


def _keys_fit(condition: dict[str, Any], item: str | None) -> bool:
    for operator in ("ForAllValues:StringLike", "ForAnyValue:StringLike"):
        patterns = listed(condition.get(operator, {}).get("dynamodb:LeadingKeys", []))
        if patterns:
            return item is not None and any(fnmatchcase(item, pattern) for pattern in patterns)
    return True
