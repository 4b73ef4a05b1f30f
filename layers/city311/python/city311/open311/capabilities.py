"""What this endpoint can do beyond GeoReport v2, for programs: limits, extensions, conditions."""

from collections.abc import Mapping

from city311.domain.catalogue import City, Service
from city311.open311.areas import DEFAULT_RADIUS_M, MOST_RADIUS_M
from city311.open311.catalogue import offered
from city311.open311.discovery import SPECIFICATION
from city311.open311.extensions import NAMES
from city311.open311.lists import MOST_QUERY, MOST_ROWS, MOST_WALKED
from city311.open311.spans import DEFAULT_DAYS, MOST_YEARS

LIMITS: Mapping[str, int] = {
    "default_days": DEFAULT_DAYS,
    "span_days": DEFAULT_DAYS,
    "updated_span_years": MOST_YEARS,
    "page_size_default": MOST_ROWS,
    "page_size_max": MOST_ROWS,
    "page_number_rows": MOST_WALKED,
    "ids_max": MOST_ROWS,
    "query_characters": MOST_QUERY,
    "radius_default_m": int(DEFAULT_RADIUS_M),
    "radius_max_m": int(MOST_RADIUS_M),
    "description_characters": 4000,
}
POSITIONS: tuple[tuple[str, str], ...] = (
    ("ids that look like numbers", "text"),
    ("booleans in XML", "true or false, lower case"),
    ("bounds of a span", "both inclusive, to the whole second"),
    ("a span of more than 90 days", "its last 90 days, with X-Open311-Clamped and Warning"),
    ("one date only", "90 days from start_date, or up to end_date"),
    ("order of a list", "newest first, by the time that bounds it"),
    ("status of an accepted report", "200"),
    ("a token without an id yet", "200 with the token and no service_request_id"),
    ("ids and filters together", "the ids win"),
    ("unknown ids in a list", "left out"),
    ("private, hidden and unknown requests", "404, alike in every byte"),
    ("updated_datetime of a closed request", "the last public change; closed_datetime is kept"),
    ("a reopened request", "open"),
    ("a duplicate", "closed, and its extension names the request that goes on"),
    ("a report for a service out of use", "400; for an unknown one 404"),
    ("several photos", "the first in media_url, all in the extensions"),
    ("a report with an address only", "lat and long are null until they are known"),
    ("services by place", "only where lat and long are asked for"),
)
"""Where the text of the standard leaves a choice: the question, and what we do."""


def capabilities(city: City) -> dict[str, object]:
    """The document; JSON only."""
    return {
        "specification": SPECIFICATION,
        "changeset": city.published_at,
        "jurisdiction_id": city.jurisdiction_id,
        "languages": list(city.languages),
        "api_key_required": city.api_key_required,
        "formats": ["xml", "json"],
        "limits": dict(LIMITS),
        "extensions": {
            "requests": list(NAMES),
            "services": ["groups"],
            "filters": [
                "updated_after",
                "updated_before",
                "bbox",
                "lat,long,radius",
                "agency_responsible",
            ],
            "paging": ["cursor", "page", "page_size"],
            "updates": "servicerequestupdates",
        },
        "districts": {each.district_id: each.name for each in city.districts},
        "conditions": [
            condition for service in offered(city) for condition in _conditions(service)
        ],
        "positions": [{"question": asked, "position": done} for asked, done in POSITIONS],
    }


def _conditions(service: Service) -> list[dict[str, object]]:
    """Questions that a definition calls optional, and that are asked after certain answers only."""
    found: list[dict[str, object]] = []
    for question in service.questions:
        other = service.question(question.when.question) if question.when else None
        if question.when and other:
            found.append(
                {
                    "service_code": service.service_code,
                    "attribute": question.code,
                    "required": question.required,
                    "when": {"attribute": other.code, "values": sorted(question.when.answers)},
                }
            )
    return found
