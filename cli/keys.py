"""`city311 keys`: api keys of partners are given out, listed and taken back."""

from typing import Annotated, Any

import typer

from city311.domain.partner import Scope, is_key_id
from cli import signing
from cli.failures import Misuse
from cli.groups import group
from cli.screen import as_json, clean, moment, out, progress, say, table, waiting

app = group("Api keys of partners: who may send for others, how much, and of which kind.")

_QUOTA, _PER_MINUTE = 1000, 30
AsJson = Annotated[bool, typer.Option("--json", help="The answer for programs.")]


@app.command()
def create(
    owner: Annotated[
        str, typer.Option(help="Whose it is: an organisation or its program, not a person.")
    ],
    scope: Annotated[
        list[Scope] | None,
        typer.Option(help="What it is for; say it again for more. Left out: requests."),
    ] = None,
    quota: Annotated[int, typer.Option(min=1, max=1_000_000, help="Uses a day (UTC).")] = _QUOTA,
    per_minute: Annotated[int, typer.Option(min=1, max=6000, help="Uses a minute.")] = _PER_MINUTE,
    json: AsJson = False,
) -> None:
    """Give out a new key: printed once, and never shown again.

    `requests` files reports, `updates` says something about a request for all to read, `internal`
    sees services that are for staff only. Only an administrator may do this.

    Example: city311 keys create --owner "Ward watch" --scope requests --scope updates --quota 500
    """
    named = owner.strip()
    if not named:
        raise Misuse("--owner is blank: say whose key it is.")
    desk = signing.desk_of(signing.signed_in())
    wanted = {
        "owner": named,
        "scopes": sorted({each.value for each in scope or [Scope.REQUESTS]}),
        "daily_quota": quota,
        "per_minute": per_minute,
    }
    with waiting(f"Asking for a key for {clean(named)}"):
        issued = desk.issue_key(wanted)
    if json:
        as_json(issued)
    else:
        say(issued["api_key"])
        progress(_what_to_do(issued["key"]))


@app.command("list")
def list_(json: AsJson = False) -> None:
    """Show all keys without their secrets, and how much each was used today.

    Example: city311 keys list
    """
    desk = signing.desk_of(signing.signed_in())
    with waiting("Reading the keys"):
        found = desk.keys()["keys"]
    if json:
        as_json(found)
    elif not found:
        say("No key was given out yet: `city311 keys create --help` says how.")
    else:
        columns = ("key", "owner", "for", "used today", "a minute", "last used", "state")
        out.print(table("Api keys", columns, [_row(each) for each in found]))


@app.command()
def revoke(
    key: Annotated[
        str, typer.Argument(metavar="KEY_ID", help="The eight symbols before the key's dot.")
    ],
    json: AsJson = False,
) -> None:
    """Take a key out of force at once and for good.

    Example: city311 keys revoke 7H2K9MQ4
    """
    # Who has the whole key at hand may give it: its secret is not sent anywhere.
    key_id = key.strip().partition(".")[0].upper()
    if not is_key_id(key_id):
        raise Misuse("This is no key id: it has eight symbols, as `city311 keys list` shows them.")
    desk = signing.desk_of(signing.signed_in())
    with waiting(f"Revoking {key_id}"):
        revoked = desk.revoke_key(key_id)
    if json:
        as_json(revoked)
    else:
        say(f"{key_id} of {revoked['owner']} is out of force.", "green")


def _what_to_do(key: Any) -> str:
    scopes = " and ".join(key["scopes"])
    return (
        f"This is the key of {key['owner']} for {scopes}: {key['daily_quota']} uses a day, "
        f"{key['per_minute']} a minute. Nobody can show it again. Hand it over in a way that only "
        "its owner reads, never by e-mail. They send it as the form field api_key or the header "
        f"X-API-Key. If it leaks: city311 keys revoke {key['key_id']}"
    )


def _row(key: Any) -> tuple[object, ...]:
    return (
        key["key_id"],
        key["owner"],
        key["scopes"],
        f"{key['used_today']} of {key['daily_quota']}",
        key["per_minute"],
        moment(key["last_used_at"]),
        "revoked" if key["revoked_at"] else "in force",
    )
