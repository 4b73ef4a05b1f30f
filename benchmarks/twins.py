"""What our functions are measured against: the floor, and the usual way to write one."""

import json
from pathlib import Path
from typing import Any

from benchmarks.payloads import REPORT, gateway

FLOOR = "floor: pydantic and one boto3 client"
TWIN = "twin: Powertools resolver, boto3, L+M+T"

_FLOOR = """
import json, boto3
from pydantic import BaseModel

class Report(BaseModel):
    service_code: str
    description: str
    lat: float
    long: float

table = boto3.client("dynamodb")

def handle(event, context):
    report = Report.model_validate_json(event["body"])
    table.put_item(TableName="t", Item={"pk": {"S": report.service_code}})
    return {"statusCode": 200, "body": json.dumps({"ok": True})}
"""

_TWIN = """
import boto3
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from aws_lambda_powertools.metrics import MetricUnit
from pydantic import BaseModel

class Report(BaseModel):
    service_code: str
    description: str
    lat: float
    long: float

app = APIGatewayRestResolver(enable_validation=True)
logger, metrics = Logger(), Metrics()
table = boto3.resource("dynamodb").Table("t")

@app.post("/api/requests")
def submit(report: Report) -> dict[str, str]:
    table.put_item(Item={"pk": report.service_code, "sk": "META"})
    metrics.add_metric("Accepted", MetricUnit.Count, 1)
    logger.info("accepted")
    return {"service_request_id": "1"}

@metrics.log_metrics
@logger.inject_lambda_context(correlation_id_path="requestContext.requestId", clear_state=True)
def handle(event, context):
    return app.resolve(event, context)
"""


def write(folder: Path) -> dict[str, tuple[Path, dict[str, Any]]]:
    """Write both as function folders; name -> (folder, event)."""
    body = json.dumps(
        {"service_code": REPORT["service_code"], "description": "x", "lat": 1.0, "long": 2.0}
    )
    event = gateway("POST", "/api/requests", body=body)
    made = {}
    for name, code in ((FLOOR, _FLOOR), (TWIN, _TWIN)):
        task = folder / name.partition(":")[0]
        task.mkdir()
        (task / "app.py").write_text(code)
        made[name] = (task, event)
    return made
