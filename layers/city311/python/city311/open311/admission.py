"""Who asks: the city that was meant, and where in what came an api key may lie."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from city311.domain.catalogue import City
from city311.domain.errors import NotFound
from city311.domain.partner import Partner
from city311.open311.asking import first
from city311.open311.forms import Form, read


class Sent(Protocol):
    """A post as it came."""

    @property
    def query(self) -> Mapping[str, Sequence[str]]:
        """All values of all query parameters."""

    def header(self, name: str) -> str:
        """A header's value, or nothing."""

    def body(self) -> bytes:
        """The body's bytes."""


def received(sent: Sent, city: City) -> tuple[Form, str | None]:
    """The form of a post to this city, and the api key that came with it.

    InvalidInput if it cannot be read; NotFound if another city was meant.
    """
    form = read(sent.body(), sent.header("content-type"))
    check_jurisdiction(form.first("jurisdiction_id") or first(sent.query, "jurisdiction_id"), city)
    return form, key_of_post(form, sent.query, sent.header)


def check_jurisdiction(given: str | None, city: City) -> None:
    """Absent or blank is fine, there is one city here; NotFound if another was meant."""
    if given and given.strip() and given.strip().casefold() != city.jurisdiction_id.casefold():
        raise NotFound(f"This endpoint serves {city.jurisdiction_id} only.")


def key_of_post(
    form: Form, query: Mapping[str, Sequence[str]], header: Callable[[str], str]
) -> str | None:
    """The api key that came with a post: in the form, else where a read has it; or None."""
    return form.first("api_key") or key_of(query, header)


def key_of(query: Mapping[str, Sequence[str]], header: Callable[[str], str]) -> str | None:
    """The api key that came with a read: in the query, else in one of two headers; or None."""
    bearer = header("authorization")
    given = (
        *query.get("api_key", ()),
        header("x-api-key"),
        bearer[7:] if bearer[:7].lower() == "bearer " else "",
    )
    return next((each.strip() for each in given if each.strip()), None)


def allowance(partner: Partner | None) -> dict[str, str]:
    """Headers that tell a partner what their key may do today, and what is left of it."""
    if partner is None:
        return {}
    return {
        "RateLimit-Limit": str(partner.daily_quota),
        "RateLimit-Remaining": str(partner.left_today()),
    }
