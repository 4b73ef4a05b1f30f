"""What is written down about each answer: constant words, ids and numbers; never what was said."""

import traceback
from functools import cache

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

NAMESPACE = "City311"


@cache
def logger(room: str) -> Logger:
    """The room's logger, made at the first use and not at import."""
    return Logger(service=room)


@cache
def metrics(room: str) -> Metrics:
    """The room's metrics."""
    return Metrics(namespace=NAMESPACE, service=room)


def count(room: str, name: str) -> None:
    """Count one of ``name``; written with the answer."""
    metrics(room).add_metric(name=name, unit=MetricUnit.Count, value=1)


def answered(room: str, route: str, status: int, request_id: str) -> None:
    """One line and one metric for an answer."""
    logger(room).info("answered", route=route, status=status, correlation_id=request_id)
    outcome = "Failed" if status >= 500 else "Refused" if status >= 400 else "Answered"
    count(room, outcome)
    metrics(room).flush_metrics()


def failed(room: str, problem: Exception, request_id: str) -> None:
    """A fault of ours: its kind and where, without its text, which may hold a resident's words."""
    frames = traceback.extract_tb(problem.__traceback__)
    where = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    logger(room).error("fault", kind=type(problem).__name__, where=where, correlation_id=request_id)
