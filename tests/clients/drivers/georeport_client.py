"""georeport (PyPI): a reader, in both formats."""

from datetime import UTC, datetime, timedelta

from calls import FACTS, call
from georeport import GeoReport

SINCE = (datetime.now(UTC) - timedelta(days=30)).strftime("%Y-%m-%dT%H:%M:%SZ")

for form in ("json", "xml"):
    client = GeoReport(FACTS["endpoint"], jurisdiction=FACTS["jurisdiction"], output_format=form)
    call(
        f"get_service_list ({form})",
        client.get_service_list,
        lambda found: FACTS["service"] in {each["service_code"] for each in found},
    )
    call(
        f"get_service_definition ({form})",
        lambda client=client: client.get_service_definition(FACTS["service"]),
        lambda found: found["service_code"] == FACTS["service"] and found["attributes"],
    )
    call(
        f"get_service_requests ({form})",
        lambda client=client: client.get_service_requests(
            service_code=FACTS["service"],
            start_date=SINCE,
            status="open,closed",
        ),
        lambda found: FACTS["id"] in str(found),
    )
    call(
        f"get_service_requests by ids ({form})",
        lambda client=client: client.get_service_requests(",".join(FACTS["ids"])),
        lambda found: all(each in str(found) for each in FACTS["ids"]),
    )
    call(
        f"get_service_request ({form})",
        lambda client=client: client.get_service_request(FACTS["id"]),
        lambda found: found["service_request_id"] == FACTS["id"],
    )
