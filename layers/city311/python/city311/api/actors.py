"""Who calls: staff by the claims of their token, default deny; anybody else is a resident."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from city311.domain.audit import Actor
from city311.domain.errors import Forbidden
from city311.domain.lifecycle import Role

WEB = Actor(role=Role.RESIDENT, subject="web")
OPEN311 = Actor(role=Role.RESIDENT, subject="open311")
_RANK = (Role.ADMIN, Role.SUPERVISOR, Role.DEPARTMENT, Role.AGENT, Role.AUDITOR)
"""Who holds several roles acts in the first of these; no group grants any other role."""
_MEMBERSHIP = "dept-"


def actor_of(context: Mapping[str, Any]) -> Actor:
    """Who calls, from the claims that the gateway's authorizer has checked. Forbidden by default.

    The gateway writes a list of groups in more than one way: all of them are read.
    """
    claims = (context.get("authorizer") or {}).get("claims") or {}
    subject = claims.get("sub")
    groups = _groups(claims.get("cognito:groups"))
    role = next((role for role in _RANK if role.value in groups), None)
    if not isinstance(subject, str) or not subject or role is None:
        raise Forbidden("Your account may not do this. Ask an administrator for a role.")
    departments = (g.removeprefix(_MEMBERSHIP) for g in groups if g.startswith(_MEMBERSHIP))
    return Actor(role=role, subject=subject, departments=frozenset(departments))


def _groups(claim: object) -> frozenset[str]:
    if isinstance(claim, str):
        return frozenset(re.split(r"[,\s]+", claim.strip("[] "))) - {""}
    if isinstance(claim, Iterable):
        return frozenset(each for each in claim if isinstance(each, str))
    return frozenset()
