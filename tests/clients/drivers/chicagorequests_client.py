"""chicagorequests (PyPI): the bulk reader; a day at a time, by pages, with extensions."""

from datetime import UTC, datetime, timedelta

import chicagorequests
from calls import FACTS, call

chicagorequests.Downloader.BASE_URL = FACTS["endpoint"] + "/requests.json"
now = datetime.now(UTC)
today = (now - timedelta(days=1), now + timedelta(days=1))


def has(found: list) -> bool:
    ids = [each["service_request_id"] for each in found]
    return set(FACTS["ids"]) <= set(ids) and len(ids) == len(set(ids))


call("Downloader(interval)", lambda: chicagorequests.Downloader()(today), has)
call(
    "Downloader(request type)",
    lambda: chicagorequests.Downloader([FACTS["service"], "another"])(today),
    has,
)
call(
    "Downloader(updated)",
    lambda: chicagorequests.Downloader(
        updated_start_date=now - timedelta(days=1), updated_end_date=now + timedelta(days=1)
    )(today),
    has,
)
