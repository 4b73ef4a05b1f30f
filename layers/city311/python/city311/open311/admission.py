"""Who may use this endpoint: the city that was meant, and a key where the city wants one."""

from city311.domain.catalogue import City
from city311.domain.errors import Forbidden, NotFound


def check_jurisdiction(given: str | None, city: City) -> None:
    """Absent or blank is fine, there is one city here; NotFound if another was meant."""
    if given and given.strip() and given.strip().casefold() != city.jurisdiction_id.casefold():
        raise NotFound(f"This endpoint serves {city.jurisdiction_id} only.")


def check_key(city: City) -> None:
    """Forbidden where the city wants a key: none has been given out, so none can be right."""
    if city.api_key_required:
        raise Forbidden(f"Send a valid api_key. {city.say(city.contact)}")
