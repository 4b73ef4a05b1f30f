"""Notify: a stage, a piece of work or a provider's word comes in, at most one message goes out."""

import json
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType
from aws_lambda_powertools.utilities.typing import LambdaContext

from city311 import wiring
from city311.domain.lifecycle import Stage

logger = Logger(service="notify")
Record = Mapping[str, Any]


@logger.inject_lambda_context(clear_state=True)
def handle(event: Mapping[str, Any], context: LambdaContext) -> Mapping[str, object]:
    """Answer the state machine, the queue of department mail, or the mail provider's events."""
    if "stage" in event:
        return _tell(event)
    records: list[dict[str, Any]] = event["Records"]
    if records[0].get("EventSource") == "aws:sns":
        for record in records:
            _provider_event(record)
        return {"heard": len(records)}
    processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)
    with processor(records, _work_mail, lambda_context=context):
        processor.process()
    failed = processor.response()
    logger.info("department mail done", extra={"failed": len(failed["batchItemFailures"])})
    return failed


def _tell(event: Mapping[str, str]) -> Mapping[str, object]:
    logger.append_keys(execution=event["execution"])
    channels = wiring.notify().tell(event["service_request_id"], Stage(event["stage"]))
    logger.info("resident told", extra={"stage": event["stage"], "channels": list(channels)})
    return {"channels": list(channels)}


def _work_mail(record: Any) -> None:
    """One message of a department's topic, delivered raw: the body is what was published.

    An escalation names the owner it goes to; other events go to the department itself.
    """
    body = json.loads(record.body)
    wiring.notify().mail_work(
        body["service_request_id"],
        department_id=body.get("owner") or body["department"],
        event=body["event"],
        event_id=body["event_id"],
    )


def _provider_event(record: Record) -> None:
    """What SES says became of a message; one that does not carry our tag is not ours."""
    told = _said(record["Sns"]["Message"])
    mail = told.get("mail", {})
    ledger_id = next(iter(mail.get("tags", {}).get("ledger_id", [])), None)
    if ledger_id is None:
        logger.warning("provider event without a ledger id")
        return
    event_type = told.get("eventType", "")
    news = wiring.notify().heard(ledger_id, event_type, mail.get("messageId", ""))
    logger.info("provider event", extra={"event_type": event_type, "news": news})


def _said(text: str) -> Mapping[str, Any]:
    """The event, or nothing: SES greets a new topic with a plain sentence."""
    try:
        told = json.loads(text)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


wiring.warm(wiring.notify)
