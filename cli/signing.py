"""Signing in, staying signed in, and the staff desk of whoever is."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from cli import session
from cli.api import Desk
from cli.failures import Failure, Misuse
from cli.screen import progress
from cli.session import Place, Session
from cli.web import Web
from cli.where import local_place, public_cognito, running_city, stack_place

if TYPE_CHECKING:
    from cli.cognito import SignIn


@dataclass(frozen=True, slots=True)
class Keyboard:
    """Asks whoever sits there; a pipe answers line by line."""

    def secret(self, prompt: str) -> str:
        """An answer that is not shown."""
        return self._asked(prompt, hidden=True)

    def plain(self, prompt: str) -> str:
        """An answer that is."""
        return self._asked(prompt, hidden=False)

    def tell(self, text: str) -> None:
        """Something to know before answering."""
        progress(text)

    def _asked(self, prompt: str, *, hidden: bool) -> str:
        if sys.stdin.isatty():
            return str(typer.prompt(prompt, hide_input=hidden, err=True))
        answer = sys.stdin.readline().rstrip("\n")
        if not answer:
            raise Misuse(f"{prompt}: nobody is there to answer. Give it on standard input.")
        return answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which city and which account, as said on the command line."""

    city_url: str | None = None
    client_id: str | None = None
    region: str | None = None
    stack: str | None = None
    local: bool = False
    seeded: str | None = None
    name: str | None = None


def sign_in(wanted: Wanted) -> Session:
    """Sign in and keep the session."""
    if wanted.seeded:
        found = seeded(wanted.seeded)
    else:
        place = _place(wanted)
        name = wanted.name or Keyboard().plain("Name (your e-mail address)")
        found = _signed_in(place, name, Keyboard().secret(f"Password of {name}"))
    session.save(found)
    return found


def seeded(account_name: str) -> Session:
    """Sign in to the city on this computer as one of its ready-made accounts; nothing is kept."""
    city = running_city()
    accounts = {account.name: account for account in city.staff()}
    account = accounts.get(account_name) or accounts.get(account_name.removesuffix("-worker"))
    if account is None:
        raise Misuse(
            f"There is no account {account_name!r} here; there are: {', '.join(accounts)}."
        )
    return _signed_in(local_place(city), account.email, account.password)


def desk_of(current: Session) -> Desk:
    """The staff desk as this session's account."""
    return Desk(Web(current.place.site, current.id_token))


def signed_in() -> Session:
    """The session that is kept, renewed if its token is about to end."""
    current = session.load()
    if not current.is_over():
        return current
    if current.refresh_token is None:
        raise Failure("Your session is over: sign in again with `city311 sign-in`.")
    flow = _flow(current.place)
    try:
        tokens = flow.with_refresh_token(current.refresh_token)
    except Failure:
        raise Failure("Your session is over: sign in again with `city311 sign-in`.") from None
    renewed = current.renewed(tokens.id_token, tokens.expires_at)
    session.save(renewed)
    return renewed


def _place(wanted: Wanted) -> Place:
    choices: list[tuple[bool, Callable[[], Place]]] = [
        (wanted.local, lambda: local_place(running_city())),
        (wanted.stack is not None, lambda: stack_place(str(wanted.stack), wanted.region)),
        (wanted.city_url is not None, lambda: _addressed(wanted)),
    ]
    chosen = [place for given, place in choices if given]
    if len(chosen) != 1:
        raise Misuse("Say which city: one of --local, --as, --stack or --city-url.")
    return chosen[0]()


def _addressed(wanted: Wanted) -> Place:
    if not (wanted.client_id and wanted.region):
        raise Misuse("--city-url needs --client-id and --region too; your city's IT knows both.")
    site = Web(str(wanted.city_url)).site
    return Place(site=site, region=wanted.region, client_id=wanted.client_id)


def _signed_in(place: Place, name: str, password: str) -> Session:
    tokens = _flow(place).with_password(name, password)
    return Session(
        place=place,
        name=name,
        id_token=tokens.id_token,
        refresh_token=tokens.refresh_token,
        expires_at=tokens.expires_at,
    )


def _flow(place: Place) -> SignIn:
    from cli.cognito import SignIn  # brings botocore: half a second that `--help` need not pay

    return SignIn(cognito=public_cognito(place), client_id=place.client_id, ask=Keyboard())
