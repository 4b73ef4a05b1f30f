"""The one factory of AWS clients: how long to wait and how often to try is said here, once."""

from functools import cache
from typing import Any

from botocore.config import Config
from botocore.session import Session, get_session

CONNECT_SECONDS = 1
READ_SECONDS = 3
"""For calls that may be repeated: better a second attempt than a long silence."""
SEND_SECONDS = 10
"""For calls that must not be: a message whose answer is lost may be a message sent."""
ATTEMPTS = 3
_REGIONAL: dict[str, Any] = {"signature_version": "s3v4", "s3": {"addressing_style": "virtual"}}
"""Forms that browsers post must name the bucket's own Region: a redirect would lose the photo."""


@cache
def client(service: str, *, retries: bool = True) -> Any:
    """The client of ``service``, one a process. ``retries`` False: the SDK never repeats a call.

    Region, credentials and endpoint come from the environment, as botocore finds them.
    """
    return _session().create_client(
        service,
        config=Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS if retries else SEND_SECONDS,
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS if retries else 1},
            tcp_keepalive=True,
            **(_REGIONAL if service == "s3" else {}),
        ),
    )


@cache
def _session() -> Session:
    return get_session()
