"""Api keys and their owners, the same in every run; override by name."""

from typing import Any

from city311.domain.ids import digest
from city311.domain.partner import Partner, Scope, new_key
from tests.builders import NOON


def a_key(number: int = 1, secret: int = 1) -> str:
    """The text of a key: keys of one number have one id, of one secret one secret."""
    return new_key(lambda count: (number if count == 5 else secret * 37).to_bytes(count, "big"))


KEY = a_key()
WRONG_SECRET = a_key(secret=2)
"""What somebody makes up who knows a key's id and how our keys are made."""
UNKNOWN = a_key(9)
KEY_ID = KEY[:8]
DIGEST = digest(KEY)


def a_partner(**changes: Any) -> Partner:
    """The owner of the key, who may file reports."""
    values: dict[str, Any] = {
        "key_id": KEY_ID,
        "owner": "Ward watch",
        "scopes": frozenset({Scope.REQUESTS}),
        "daily_quota": 5,
        "per_minute": 3,
        "created_at": NOON,
        "created_by": "admin-1",
    }
    return Partner(**{**values, **changes})


PARTNER = a_partner().actor
"""Who does what that key's owner posted."""
