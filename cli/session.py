"""Who is signed in to which city: kept in a file that only its owner can read."""

import base64
import json
import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from cli.failures import Misuse

_SPARE_SECONDS = 60
"""A token is renewed so long before its end, for the call that is under way by then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Which city, and what of its account a command needs. `endpoint`: the local cloud's, or None.

    `state_machine`: ARN, for who may read executions; None where it is not known.
    """

    site: str
    region: str
    client_id: str
    endpoint: str | None = None
    state_machine: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Signed in as `name`. `expires_at`: epoch seconds of the identity token's end."""

    place: Place
    name: str
    id_token: str
    refresh_token: str | None
    expires_at: float

    def is_over(self, now: float | None = None) -> bool:
        """Whether the identity token must be renewed."""
        return (time.time() if now is None else now) > self.expires_at - _SPARE_SECONDS

    def renewed(self, id_token: str, expires_at: float) -> "Session":
        """The same session with a new identity token."""
        return replace(self, id_token=id_token, expires_at=expires_at)


def folder() -> Path:
    """Where it is kept: CITY311_HOME, else the desktop's state folder."""
    named = os.environ.get("CITY311_HOME")
    if named:
        return Path(named)
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "city311"


def save(session: Session) -> Path:
    """Keep it, for the owner's eyes only; returns the file."""
    home = folder()
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    path, fresh = _file(), home / "session.json.new"
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(asdict(session), file)
    fresh.replace(path)
    return path


def load() -> Session:
    """Who is signed in; Misuse when nobody is."""
    session = found()
    if session is None:
        raise Misuse("Nobody is signed in: run `city311 sign-in --help` first.")
    return session


def found() -> Session | None:
    """Who is signed in, or None."""
    try:
        stored: dict[str, Any] = json.loads(_file().read_text())
        return Session(**{**stored, "place": Place(**stored["place"])})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError):
        raise Misuse(f"{_file()} cannot be used: remove it and sign in again.") from None


def forget() -> bool:
    """Remove it; whether there was one."""
    try:
        _file().unlink()
    except FileNotFoundError:
        return False
    return True


def claims(id_token: str) -> Mapping[str, Any]:
    """What a token says of its holder. Only the city may trust it; here it chooses a default."""
    try:
        body = id_token.split(".")[1]
        found = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (IndexError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def groups(id_token: str) -> tuple[str, ...]:
    """The groups that a token names: roles and department memberships."""
    return tuple(str(group) for group in claims(id_token).get("cognito:groups", ()))


def _file() -> Path:
    return folder() / "session.json"
