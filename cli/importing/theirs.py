"""What another server said it offers, in plain values."""

from dataclasses import dataclass

MISSING, FAILED = "missing", "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class TheirChoice:
    """One value of a list; either may be empty."""

    key: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TheirCondition:
    """The question is asked only where another (by its code) has one of these values."""

    question: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TheirQuestion:
    """An attribute of a definition. `datatype` in the server's word, small letters.

    `conditional`: the server says that it depends on something; `when`: on what, if that is clear.
    """

    code: str
    datatype: str
    variable: bool
    required: bool
    order: float | None
    text: str
    hint: str
    choices: tuple[TheirChoice, ...] = ()
    automatic: bool = False
    conditional: bool = False
    when: TheirCondition | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TheirService:
    """A service. `metadata` None: the server does not say whether it asks anything.

    `definition`: empty when it was read or not needed, else why there is none (MISSING, FAILED).
    """

    code: str
    name: str
    description: str
    metadata: bool | None
    type: str
    keywords: tuple[str, ...]
    groups: tuple[str, ...]
    questions: tuple[TheirQuestion, ...] = ()
    definition: str = ""

    @property
    def id(self) -> str:
        """What the server knows it by."""
        return self.code or self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What recent requests tell: who answered for which service, and where they were."""

    agencies: dict[str, str]
    points: tuple[tuple[float, float], ...]
    count: int = 0
