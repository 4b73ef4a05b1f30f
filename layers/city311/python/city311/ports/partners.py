"""The register of partners: who holds an api key, and what is left of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from city311.domain.partner import Partner


class Partners(Protocol):
    """Api keys, each kept under its key id with the digest of the whole key."""

    def use(self, key_id: str, digest: str, at: datetime) -> Partner | None:
        """Count one use and return the partner; None if no such key is in force.

        TooMany if its quota of the day or of the minute is used up; then nothing is counted.
        """

    def known(self, key_id: str, digest: str) -> Partner | None:
        """The partner, without counting a use; None if no such key is in force."""

    def add(self, partner: Partner, digest: str) -> None:
        """Put a new key into the register; Conflict if its id is taken."""

    def revoke(self, key_id: str, at: datetime, by: str) -> Partner:
        """Take the key out of force for good, or NotFound. Again: as it was the first time."""

    def every(self) -> Sequence[Partner]:
        """All keys, revoked ones included, by key id."""
