"""three (PyPI), of the days of Python 2: two names it imports are given to it, nothing else.

Its XML reading indexes what Python 3 does not let it index, so JSON it is, its own default.
"""

import io
import itertools
from base64 import b64decode

itertools.ifilter = filter  # type: ignore[attr-defined]

import three  # noqa: E402
from calls import FACTS, call  # noqa: E402

client = three.Three(FACTS["endpoint"], jurisdiction=FACTS["jurisdiction"])
call("discovery", client.discovery, lambda found: found["endpoints"][0]["specification"])
call("services", client.services, lambda found: len(found) > 10 and found[0]["service_code"])
call(
    "services(code)",
    lambda: client.services(FACTS["service"]),
    lambda found: found["attributes"][0]["code"],
)
filed = call(
    "post",
    lambda: client.post(
        FACTS["service"],
        lat=FACTS["lat"],
        long=FACTS["long"],
        description="three: a hole",
        name="Ada Resident",
        email="three@residents.example",
        **{f"attribute[{code}]": value for code, value in FACTS["attributes"].items()},
    ),
    lambda found: found[0]["service_request_id"],
)
call(
    "post with media",
    lambda: client.post(
        FACTS["service"],
        lat=FACTS["lat"],
        long=FACTS["long"],
        description="three: a hole with a photo",
        media=io.BytesIO(b64decode(FACTS["photo"])),
        **{f"attribute[{code}]": value for code, value in FACTS["attributes"].items()},
    ),
    lambda found: found[0]["service_request_id"],
)
mine = filed[0]["service_request_id"] if filed else "none"
call(
    "request(id)",
    lambda: client.request(mine),
    lambda found: found[0]["service_request_id"] == mine,
)
call("requests(count)", lambda: client.requests(count=2), lambda found: len(found) == 2)
call(
    "requests(code, start, end)",
    lambda: client.requests(FACTS["service"], start="01-01-2026", end="12-31-2099"),
    lambda found: mine in {each["service_request_id"] for each in found},
)
call("token", lambda: client.token("unknown"), lambda found: found[0]["code"] == 404)
call(
    "post that cannot be used",
    lambda: client.post("", lat=FACTS["lat"]),
    lambda found: found[0]["code"] == 400 and found[0]["description"],
)
