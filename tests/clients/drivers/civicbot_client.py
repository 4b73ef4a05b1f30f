"""civicbot (PyPI): reads, checks a report against the live definition, and files it."""

from calls import FACTS, call
from civicbot.http import HttpError, HttpTransport, RateLimiter
from civicbot.open311 import Open311Client
from civicbot.registry import Endpoint

endpoint = Endpoint(
    id="city",
    name="The city",
    base_url=FACTS["endpoint"],
    write=True,
    api_key_required_for_write=False,
    geo_scoped=True,
)
client = Open311Client(endpoint, HttpTransport(rate_limiter=RateLimiter(0.0)))
here = {"lat": FACTS["lat"], "lng": FACTS["long"]}

call("list_services(lat, lng)", lambda: client.list_services(**here), lambda found: len(found) > 10)
call(
    "get_service_definition",
    lambda: client.get_service_definition(FACTS["service"], **here),
    lambda found: found["attributes"],
)
filed = call(
    "create_request",
    lambda: (
        client.create_request(
            FACTS["service"],
            dry_run=False,
            confirm="SEND",
            validate_remote=True,
            description="civicbot: a hole",
            attributes=FACTS["attributes"],
            **here,
        ).response
    ),
    lambda found: found[0]["service_request_id"],
)
mine = filed[0]["service_request_id"] if filed else "none"
call(
    "get_request",
    lambda: client.get_request(mine),
    lambda found: found["service_request_id"] == mine,
)
call(
    "list_requests(near)",
    lambda: client.list_requests(service_code=FACTS["service"], status="open", page_size=5, **here),
    lambda found: mine in {each["service_request_id"] for each in found},
)
call(
    "list_requests(ids)",
    lambda: client.list_requests(service_request_ids=FACTS["ids"]),
    lambda found: {each["service_request_id"] for each in found} == set(FACTS["ids"]),
)


def unknown_token() -> int:
    """The status of the refusal."""
    try:
        client.get_token("unknown")
    except HttpError as refused:
        return refused.status
    return 200


call("get_token", unknown_token, lambda status: status == 404)
