"""What a function is told by its environment; the first missing variable is named."""

from collections.abc import Mapping
from dataclasses import dataclass


class MissingSetting(RuntimeError):
    """The function was deployed without a variable that it needs."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Reads variables by name when they are needed: no function has them all."""

    environment: Mapping[str, str]

    def need(self, name: str) -> str:
        """The variable's value, or MissingSetting."""
        value = self.environment.get(name, "")
        if not value:
            raise MissingSetting(f"the environment variable {name} is not set")
        return value
