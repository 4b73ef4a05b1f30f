"""The one factory of AWS clients: how long to wait and how often to try is said here, once."""

import os
from functools import cache
from typing import Any

from botocore.config import Config
from botocore.httpsession import get_cert_path
from botocore.session import Session, get_session
from botocore.utils import get_environ_proxies

from city311.adapters.dynamodb.attempt import FirstAttempt
from city311.adapters.dynamodb.line import Lines
from city311.adapters.dynamodb.plain import PlainParsers

CONNECT_SECONDS = 1
READ_SECONDS = 3
"""For calls that may be repeated: better a second attempt than a long silence."""
SEND_SECONDS = 10
"""For calls that must not be: a message whose answer is lost may be a message sent."""
ATTEMPTS = 3
_OWN: dict[str, dict[str, Any]] = {
    # What we send is typed, and the service checks it again: looking at every value of every item
    # once more before that took a third of a call.
    "dynamodb": {"parameter_validation": False},
    # Forms that browsers post must name the bucket's own Region: a redirect would lose the photo.
    "s3": {"signature_version": "s3v4", "s3": {"addressing_style": "virtual"}},
}


@cache
def client(service: str, *, retries: bool = True) -> Any:
    """The client of ``service``, one a process. ``retries`` False: the SDK never repeats a call.

    Region, credentials and endpoint come from the environment, as botocore finds them.
    """
    made = _session().create_client(
        service,
        config=Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS if retries else SEND_SECONDS,
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS if retries else 1},
            tcp_keepalive=True,
            **_OWN.get(service, {}),
        ),
    )
    if service == "dynamodb":
        _quicken(made)
    return made


def _quicken(made: Any) -> None:
    """Give the first attempt at each call to us, where the way is plain: no proxy, no discovery.

    Who has no credentials is told so by botocore.
    """
    session, url = _session(), made.meta.endpoint_url
    credentials = session.get_credentials()
    discovers = session.get_config_variable("endpoint_discovery_enabled")
    if not credentials or get_environ_proxies(url) or str(discovers).lower() == "true":
        return
    trusted: Any = session.get_config_variable("ca_bundle")
    trusted = trusted or os.environ.get("REQUESTS_CA_BUNDLE") or get_cert_path(verify=True)
    lines = Lines(
        url=url.rstrip("/"),
        bundle=trusted,
        connect_seconds=CONNECT_SECONDS,
        read_seconds=READ_SECONDS,
    )
    FirstAttempt(client=made, credentials=credentials, lines=lines).join()


@cache
def _session() -> Session:
    session = get_session()
    session.register_component("response_parser_factory", PlainParsers())
    return session
