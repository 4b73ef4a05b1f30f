"""What every use case is told of the moment: the time, and what is in force."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

Clock = Callable[[], datetime]
"""The time now, aware, UTC, in whole milliseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """What was in force when something was decided; on every audit event."""

    code: str
    catalogue: str
    lifecycle: str
    extra: Mapping[str, str] = field(default_factory=dict)

    def on_record(self) -> Mapping[str, str]:
        """As an audit event carries them."""
        named = {"code": self.code, "catalogue": self.catalogue, "lifecycle": self.lifecycle}
        return {**self.extra, **named}
