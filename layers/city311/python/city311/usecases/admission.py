"""Admission: whose post it is, and whether this city takes it from them."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from city311.domain.catalogue import City
from city311.domain.errors import Forbidden, TooMany, Unavailable
from city311.domain.ids import digest
from city311.domain.partner import Partner, Scope, key_id_of
from city311.ports import Clock, Partners


class Verdict(StrEnum):
    """What became of a key, for counting; never whose it is."""

    ADMITTED = "KeyAdmitted"
    IGNORED = "KeyIgnored"
    """The city wants none, and it was none of ours."""
    REFUSED = "KeyRefused"
    THROTTLED = "KeyThrottled"
    UNCHECKED = "KeyUnchecked"
    """The register did not answer."""


Tell = Callable[[Verdict], None]


def _nobody(_: Verdict) -> None:
    """Where nobody counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """The porter. A post without a key never waits for the register, nor for anybody's quota."""

    partners: Partners
    city: City
    clock: Clock

    def posting(self, api_key: str | None, scope: Scope, tell: Tell = _nobody) -> Partner | None:
        """The partner who posts; None: a resident, or somebody who showed no key of ours.

        Forbidden where the city wants a key and this is none, and for a key that was not given out
        for ``scope``. TooMany if its uses are used up. Unavailable if the register does not answer
        and the city wants a key; where it wants none, the post is taken as a resident's.
        """
        try:
            found = self._used(api_key, scope, tell)
        except Unavailable:
            if self.city.api_key_required:
                raise
            return None
        if found is None and self.city.api_key_required:
            raise self._refusal(tell)
        if found is None and api_key:
            tell(Verdict.IGNORED)
        return found

    def vouched(self, api_key: str | None, scope: Scope, tell: Tell = _nobody) -> Partner:
        """The partner who posts what needs a key in every city. Forbidden, TooMany, Unavailable."""
        found = self._used(api_key, scope, tell)
        if found is None:
            raise self._refusal(tell)
        return found

    def may_see_internal(self, api_key: str | None) -> bool:
        """Whether a reader may see services that are for staff only; counts nothing.

        Unavailable if the register does not answer: who keeps a copy of the list must not take a
        shorter one for the whole.
        """
        key_id = _ours(api_key)
        if key_id is None:
            return False
        found = self.partners.known(key_id, digest(api_key or ""))
        return found is not None and found.may(Scope.INTERNAL)

    def _used(self, api_key: str | None, scope: Scope, tell: Tell) -> Partner | None:
        key_id = _ours(api_key)
        if key_id is None:
            return None
        try:
            found = self.partners.use(key_id, digest(api_key or ""), self.clock())
        except TooMany:
            tell(Verdict.THROTTLED)
            raise
        except Unavailable:
            tell(Verdict.UNCHECKED)
            raise
        if found is None:
            return None
        if not found.may(scope):
            tell(Verdict.REFUSED)
            contact = self.city.say(self.city.contact)
            raise Forbidden(f"This key was not given out for {scope.value}. {contact}")
        tell(Verdict.ADMITTED)
        return found

    def _refusal(self, tell: Tell) -> Forbidden:
        """The one answer to no key, a made-up one, a wrong secret and a revoked one."""
        tell(Verdict.REFUSED)
        return Forbidden(f"Send a valid api_key. {self.city.say(self.city.contact)}")


def _ours(api_key: str | None) -> str | None:
    return key_id_of(api_key) if api_key else None
