"""Lifecycle: the table's changes come in, executions are started and woken; their clocks run."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType
from aws_lambda_powertools.utilities.typing import LambdaContext

from city311 import wiring
from city311.domain.standing import Standing

logger = Logger(service="lifecycle")
metrics = Metrics(namespace="City311", service="lifecycle")
Event = Mapping[str, Any]


@logger.inject_lambda_context(clear_state=True)
def handle(event: Event, context: LambdaContext) -> Mapping[str, object]:
    """Answer the stream, the state machine or the schedule."""
    if "Records" in event:
        return _stream(event, context)
    if event["task"] == "reconcile":
        return _reconcile()
    logger.append_keys(execution=event["execution"], task=event["task"])
    answer = _TASKS[event["task"]](event)
    logger.info("lifecycle task done")
    return answer.as_output() if answer else {}


def _stream(event: Event, context: LambdaContext) -> Mapping[str, object]:
    processor = BatchProcessor(EventType.DynamoDBStreams, raise_on_entire_batch_failure=False)
    with processor(event["Records"], follow, lambda_context=context):
        processor.process()
    answer = processor.response()
    logger.info(
        "stream followed",
        extra={"records": len(event["Records"]), "failed": len(answer["batchItemFailures"])},
    )
    return answer


def follow(record: Any) -> None:
    """Follow the hint. Records may be late, doubled, reordered; each leads to the same end."""
    new = record.dynamodb.new_image or {}
    old = record.dynamodb.old_image or {}
    kind, _, name = str(record.dynamodb.keys["pk"]).partition("#")
    if kind == "REQ" and new:
        _request(name, old, new)
    elif kind == "PHO" and new:
        _photo(name)


def _request(service_request_id: str, old: dict[str, Any], new: dict[str, Any]) -> None:
    begins = old.get("generation") != new.get("generation")
    if begins or old.get("turn") != new.get("turn"):
        wiring.lifecycle().hear(service_request_id, begin=begins)


def _photo(photo_id: str) -> None:
    known = wiring.photo_records().get(photo_id)
    if known and known.service_request_id and known.photo:
        wiring.lifecycle().show_photo(known.service_request_id, known.photo)


def _reconcile() -> Mapping[str, object]:
    counts = asdict(wiring.reconciler().run())
    for name, value in counts.items():
        metrics.add_metric(f"Reconciler{name.title()}", MetricUnit.Count, value)
    metrics.flush_metrics()
    logger.info("reconciled", extra=counts)
    return counts


def _wait(event: Event) -> None:
    wiring.lifecycle().wait(
        event["service_request_id"], event["execution"], turn=event["turn"], token=event["token"]
    )


def _escalate(event: Event) -> Standing:
    return wiring.lifecycle().escalate(
        event["service_request_id"], event["execution"], turn=event["turn"]
    )


def _close(event: Event) -> Standing:
    return wiring.lifecycle().close(
        event["service_request_id"], event["execution"], turn=event["turn"]
    )


def _hand_over(event: Event) -> Standing:
    return wiring.lifecycle().hand_over(event["service_request_id"], event["execution"])


_TASKS: Mapping[str, Callable[[Event], Standing | None]] = {
    "wait": _wait,
    "escalate": _escalate,
    "close": _close,
    "hand_over": _hand_over,
}


wiring.warm(wiring.lifecycle)
