"""What is wrong in a city's files: where, how bad, and in words that say what to do."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """An error keeps the city from being deployed, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to mend. ``path`` as it was given, ``line`` from 1."""

    path: str
    line: int
    level: Level
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.level}: {self.message}"
