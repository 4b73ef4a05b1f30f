"""AWS clients of the project's own tools, pointed at an endpoint; never at AWS by accident."""

from functools import cache
from typing import Any

import boto3
from botocore.config import Config

from local.emulator import REGION


class Clients:
    """One client a service, as the account's owner."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._make = cache(self._client)

    def __call__(self, service: str) -> Any:
        """The client of a service."""
        return self._make(service)

    def _client(self, service: str) -> Any:
        session: Any = boto3.session.Session(
            aws_access_key_id="test", aws_secret_access_key="test", region_name=REGION
        )
        retries = Config(
            retries={"mode": "standard", "total_max_attempts": 3},
            connect_timeout=5,
            read_timeout=60,
        )
        return session.client(service, endpoint_url=self._endpoint, config=retries)
