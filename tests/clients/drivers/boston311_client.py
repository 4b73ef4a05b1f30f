"""boston311 (PyPI): strict models over the answers; it knows one city, so it is told ours."""

from datetime import UTC, datetime

import boston311.api
from calls import FACTS, call

boston311.api.BOSTON_API_ENDPOINT = FACTS["endpoint"] + "/"

call("get_services", boston311.api.get_services, lambda found: found.get_service_code)
call(
    "get_service_request",
    lambda: boston311.api.get_service_request(FACTS["id"]),
    lambda found: found.service_request_id == FACTS["id"] and found.status.value == "open",
)
call(
    "get_service_requests",
    lambda: boston311.api.get_service_requests(
        service_code=FACTS["service"],
        start_date=datetime(2026, 1, 1, tzinfo=UTC),
        status=boston311.api.Status.OPEN,
    ),
    lambda found: FACTS["id"] in {each.service_request_id for each in found.service_requests},
)
