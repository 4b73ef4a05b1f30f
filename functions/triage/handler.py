"""Triage: a request's id comes in, where it stands goes out; the decision is on the request."""

from typing import TypedDict

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from city311 import wiring

logger = Logger(service="triage")


class Ask(TypedDict):
    """What the state machine asks."""

    service_request_id: str
    execution: str


@logger.inject_lambda_context(clear_state=True)
def handle(event: Ask, context: LambdaContext) -> dict[str, object]:
    """Decide once, answer as often as asked."""
    logger.append_keys(execution=event["execution"])
    standing = wiring.triage().decide(event["service_request_id"], event["execution"])
    logger.info("triaged", extra={"status": standing.status, "department": standing.department})
    return standing.as_output()


wiring.warm(wiring.triage)
