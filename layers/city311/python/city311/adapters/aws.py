"""AWS's errors, translated once: what is worth another try, and what is a bug and crashes."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection

from city311.adapters.refusals import conflict
from city311.domain.errors import Unavailable

BUSY = frozenset(
    {
        "ExecutionLimitExceeded",
        "InternalError",
        "InternalServerError",
        "KmsThrottlingException",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestTimeout",
        "RequestTimeoutException",
        "ServiceUnavailable",
        "SlowDown",
        "Throttled",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
"""Codes by which a service says: not now."""
NO_ANSWER = (HTTPClientError, NoConnection)
"""The request or its answer was lost on the way; whether it had an effect is unknown."""
_TRY_AGAIN = "The city's records did not answer. Please try again in a moment."


@contextmanager
def translated() -> Iterator[None]:
    """Raise Unavailable or Conflict for what AWS says; let every other error through."""
    try:
        yield
    except ClientError as error:
        if is_busy(error):
            raise Unavailable(_TRY_AGAIN) from error
        if code_of(error) in {"TransactionConflictException", "ReplicatedWriteConflictException"}:
            raise conflict() from error
        raise
    except NO_ANSWER as error:
        raise unavailable() from error


def code_of(error: ClientError) -> str:
    """The service's own word for what is wrong."""
    return error.response.get("Error", {}).get("Code", "")


def is_busy(error: ClientError) -> bool:
    """Whether the service failed or was too busy, so that the same call may work later."""
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return code_of(error) in BUSY or status >= 500 or status == 429


def unavailable() -> Unavailable:
    """The error of a service that did not answer."""
    return Unavailable(_TRY_AGAIN)
