"""May this role, or this AWS service, do that? Asked where the emulator acts without asking."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region

from local.overlay.denials import note


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not, in the words of an AccessDenied message."""

    text: str


def role_may(
    role_arn: str, action: str, resource: str, context: Mapping[str, Any] | None = None
) -> Refusal | None:
    """None when the role's own policies, and the resource's, allow it."""
    name = role_arn.rsplit("/", 1)[-1]
    asked = _question(f"assumed-role/{name}/session", action, resource, context or {})
    policies = iam_evaluator._gather_role_policies(name, get_account_id())
    result = iam_evaluator.evaluate(asked, policies)
    found = iam_evaluator._resource_policy(action.split(":", 1)[0], resource)
    if found is not None:
        required = action.startswith("kms:")
        result = iam_evaluator.combine_resource_policy(result, asked, *found, required=required)
    return None if result.decision == "Allow" else _refused(asked, result)


def service_may(
    service: str, action: str, resource: str, source: Mapping[str, Any]
) -> Refusal | None:
    """None when the resource's policy lets the service act for `source` (aws:SourceArn ...)."""
    asked = _question("*", action, resource, source)
    found = iam_evaluator._resource_policy(action.split(":", 1)[0], resource)
    policy = found[0] if found else None
    principal = f"{service}.amazonaws.com"
    result = iam_evaluator.evaluate_resource_policy(policy, asked, service=principal)
    return None if result.decision == "Allow" else _refused(asked, result)


def _question(who: str, action: str, resource: str, context: Mapping[str, Any]) -> Any:
    """A role's session by its name; "*" is a service, which no account's name may match."""
    account = get_account_id()
    return iam_evaluator.EvalContext(
        principal_arn=who if who == "*" else f"arn:aws:sts::{account}:{who}",
        principal_type="AssumedRole",
        principal_account=account,
        action=action,
        resource_arn=resource,
        region=get_region(),
        secure_transport=True,
        service_context={name.lower(): value for name, value in context.items()},
    )


def _refused(asked: Any, result: Any) -> Refusal:
    why = "with an explicit deny in" if result.decision == "Deny" else "because no"
    end = "a policy" if result.decision == "Deny" else f"policy allows the {asked.action} action"
    who, what = asked.principal_arn.replace("*", "an AWS service"), asked.resource_arn
    act = f"perform: {asked.action} on resource: {what}"
    refusal = Refusal(f"User: {who} is not authorized to {act} {why} {end}")
    note(refusal.text)
    return refusal
