"""What the desk can see: AWS's own APIs, and the emulator's inbox of mails, texts and queues."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

from local.clients import Clients
from local.overlay.settings import Settings

Json = dict[str, Any]


class Sight:
    """Reads, and changes nothing."""

    def __init__(self, settings: Settings) -> None:
        self.clients = Clients(settings.endpoint)
        self._endpoint = settings.endpoint
        self._state = settings.state

    @property
    def outputs(self) -> Mapping[str, str]:
        """The stacks' outputs; empty before the first deployment."""
        found = self.file("outputs.json")
        return json.loads(found) if found else {}

    def file(self, name: str) -> str:
        """A file of the state, or an empty text."""
        path: Path = self._state / name
        return path.read_text() if path.is_file() else ""

    def mails(self) -> list[Json]:
        """All mails, newest first."""
        return list(reversed(self._account("ses/messages")))

    def texts(self) -> list[Json]:
        """All text messages, newest first."""
        found: Any = self._inbox("sns/sms-messages", {})
        return list(reversed(_flat(found)))

    def queues(self) -> dict[str, list[Json]]:
        """Every queue by name, with its messages; looking takes none out."""
        regions: Any = self._inbox("sqs/messages", {}).get("messages", {})
        return {
            url.rsplit("/", 1)[-1]: messages
            for account in regions.values()
            for region in account.values()
            for url, messages in region.items()
        }

    def _account(self, path: str) -> list[Json]:
        found: Any = self._inbox(path, {}).get("messages", {})
        return [message for messages in found.values() for message in messages]

    def _inbox(self, path: str, query: Mapping[str, str]) -> Json:
        where = f"{self._endpoint}/_ministack/{path}?{urlencode(query)}"
        with urlopen(where, timeout=10) as answer:
            found: Json = json.load(answer)
        return found


def _flat(found: Any) -> list[Json]:
    """The messages of a nested answer (account, region, number -> messages)."""
    if isinstance(found, dict) and "Message" in found:
        return [found]
    values = found.values() if isinstance(found, dict) else found if isinstance(found, list) else []
    return [message for value in values for message in _flat(value)]
