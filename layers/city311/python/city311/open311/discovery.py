"""Where this endpoint is and how it is used: discovery, and what discovery has no words for."""

from dataclasses import dataclass

from city311.domain.catalogue import City
from city311.open311.fields import Row

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
"""Exactly so, http included: clients compare it."""
FORMATS = ("text/xml", "application/json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where this deployment answers. ``production``: residents' real reports come here."""

    site_url: str
    production: bool

    @property
    def base(self) -> str:
        """The address before every resource of GeoReport v2."""
        return f"{self.site_url}/open311/v2"


def discovery(city: City, place: Place, language: str | None) -> Row:
    """The discovery document. It moves when the city's data does, and only then."""
    contact = city.say(city.contact, language)
    return {
        "changeset": city.published_at,
        "contact": contact,
        "key_service": f"{keys(city)} {contact}",
        "endpoints": [
            {
                "specification": SPECIFICATION,
                "url": url,
                "changeset": city.published_at,
                "type": kind,
                "formats": FORMATS,
            }
            for kind, url in endpoints(city, place)
        ],
    }


def endpoints(city: City, place: Place) -> list[tuple[str, str]]:
    """Type and address of each. Clients look for ``production``, even where they try things out."""
    if not place.production:
        return [("production", place.base), ("test", place.base)]
    test = [("test", city.test_endpoint)] if city.test_endpoint else []
    return [("production", place.base), *test]


def keys(city: City) -> str:
    """Whether a key is needed and who gets one, in words."""
    needed = "A key is needed to report." if city.api_key_required else "No key is needed."
    return f"{needed} The city gives keys to partners who send for others; ask for one."
