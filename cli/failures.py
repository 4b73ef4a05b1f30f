"""How a command fails: one sentence that says what to do, and an exit code.

Failure          exit 1  it was tried and did not work
├── Refused      exit 1  the city said no, in its own words
└── Misuse       exit 2  it was not tried, because of how it was called
"""


class Failure(Exception):
    """It was tried and did not work; the text is the whole message."""

    code = 1


class Misuse(Failure):
    """It was not tried, because of how it was called."""

    code = 2


class Refused(Failure):
    """The city said no. `status` is the HTTP status, `reason` the city's word for programs."""

    def __init__(self, message: str, *, status: int, reason: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason
