"""Staff accounts in the template's own user pool: one a role, made through Cognito's public API."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from botocore.exceptions import ClientError

from local.clients import Clients
from local.errors import NotRunning
from local.layout import Layout


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A member of staff. `groups` are roles and dept-<department_id> memberships."""

    name: str
    email: str
    password: str
    groups: tuple[str, ...]


_ROLES = ("agent", "supervisor", "auditor", "admin")


def seed(clients: Clients, outputs: Mapping[str, str], layout: Layout) -> tuple[Account, ...]:
    """Make the accounts that are missing; those of an earlier run keep their passwords."""
    known = {account.name: account for account in read(layout)}
    wanted = tuple(
        known.get(name) or _account(name, groups) for name, groups in _people(clients, outputs)
    )
    for account in wanted:
        _ensure(clients("cognito-idp"), outputs["UserPoolId"], account)
    layout.staff.touch(mode=0o600)
    layout.staff.write_text(json.dumps([asdict(account) for account in wanted], indent=1))
    return wanted


def read(layout: Layout) -> tuple[Account, ...]:
    """The accounts of the last seed."""
    try:
        rows = json.loads(layout.staff.read_text())
    except (OSError, ValueError):
        return ()
    return tuple(Account(**{**row, "groups": tuple(row["groups"])}) for row in rows)


def token(clients: Clients, outputs: Mapping[str, str], layout: Layout, name: str) -> str:
    """Sign in as a seeded account; NotRunning when there is no such account."""
    account = next((account for account in read(layout) if account.name == name), None)
    if account is None:
        raise NotRunning(
            f"There is no account {name!r}; there are: {', '.join(a.name for a in read(layout))}."
        )
    answer = clients("cognito-idp").initiate_auth(
        ClientId=outputs["UserPoolClientId"],
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": account.email, "PASSWORD": account.password},
    )
    return str(answer["AuthenticationResult"]["IdToken"])


def _people(clients: Clients, outputs: Mapping[str, str]) -> list[tuple[str, tuple[str, ...]]]:
    """One account a role, and a worker for each department that has a group in the pool."""
    pages = (
        clients("cognito-idp")
        .get_paginator("list_groups")
        .paginate(UserPoolId=outputs["UserPoolId"])
    )
    groups = sorted(group["GroupName"] for page in pages for group in page["Groups"])
    roles: list[tuple[str, tuple[str, ...]]] = [
        (role, (role,)) for role in _ROLES if role in groups
    ]
    members: list[tuple[str, tuple[str, ...]]] = [
        (group.removeprefix("dept-"), ("department", group))
        for group in groups
        if group.startswith("dept-")
    ]
    return roles + members


def _account(name: str, groups: tuple[str, ...]) -> Account:
    password = f"{secrets.token_urlsafe(12)}-Aa1"
    return Account(name=name, email=f"{name}@staff.example", password=password, groups=groups)


def _ensure(cognito: Any, pool: str, account: Account) -> None:
    try:
        cognito.admin_create_user(
            UserPoolId=pool,
            Username=account.email,
            MessageAction="SUPPRESS",
            TemporaryPassword=account.password,
            UserAttributes=[
                {"Name": "email", "Value": account.email},
                {"Name": "email_verified", "Value": "true"},
            ],
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "UsernameExistsException":
            raise
    cognito.admin_set_user_password(
        UserPoolId=pool, Username=account.email, Password=account.password, Permanent=True
    )
    for group in account.groups:
        cognito.admin_add_user_to_group(UserPoolId=pool, Username=account.email, GroupName=group)
