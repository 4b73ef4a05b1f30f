"""Events as AWS sends them to these functions."""

import json
from typing import Any

from city311.adapters.dynamodb import keys
from city311.adapters.dynamodb.items import request_item
from city311.domain.projection import public_view
from city311.domain.request import ServiceRequest
from tests.towns import TOWN

Image = dict[str, Any]
TABLE_ARN = "arn:aws:dynamodb:us-east-1:123456789012:table/requests/stream/2026-11-01T00:00:00.000"


def image(request: ServiceRequest) -> Image:
    """The request's item as the table holds it, and so as the stream shows it."""
    key = keys.request(request.service_request_id)
    return {**key, **request_item(request, public_view(request, TOWN))}


def stream_record(
    new: Image | None, old: Image | None = None, *, sequence: str = "100", name: str = ""
) -> dict[str, Any]:
    """One record of the table's stream, with both images."""
    kind = name or ("REMOVE" if new is None else "INSERT" if old is None else "MODIFY")
    either: Image = new or old or {}
    images = {"NewImage": new, "OldImage": old}
    return {
        "eventID": f"event-{sequence}",
        "eventName": kind,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "us-east-1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1793725200,
            "Keys": {part: either[part] for part in ("pk", "sk")},
            **{part: value for part, value in images.items() if value is not None},
            "SequenceNumber": sequence,
            "SizeBytes": 512,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
        "eventSourceARN": TABLE_ARN,
    }


def item(pk: str, sk: str, **attributes: str) -> Image:
    """An item of another kind, with text attributes."""
    return {
        "pk": {"S": pk},
        "sk": {"S": sk},
        **{name: {"S": value} for name, value in attributes.items()},
    }


def queue_event(*bodies: object) -> dict[str, Any]:
    """Messages of the queue of department mail, subscribed with raw delivery."""
    return {
        "Records": [
            {
                "messageId": f"message-{number}",
                "receiptHandle": f"handle-{number}",
                "body": body if isinstance(body, str) else json.dumps(body),
                "attributes": {
                    "ApproximateReceiveCount": "1",
                    "SentTimestamp": "1793725200000",
                    "SenderId": "AIDAEXAMPLE",
                    "ApproximateFirstReceiveTimestamp": "1793725200001",
                },
                "messageAttributes": {
                    "event": {
                        "stringValue": "assigned",
                        "stringListValues": [],
                        "binaryListValues": [],
                        "dataType": "String",
                    }
                },
                "md5OfBody": "0" * 32,
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:department-mail",
                "awsRegion": "us-east-1",
            }
            for number, body in enumerate(bodies)
        ]
    }


def provider_event(kind: str, ledger_id: str | None, message_id: str = "mail-1") -> str:
    """What SES publishes of one mail."""
    tags = {"ses:configuration-set": ["city"], "ses:from-domain": ["larkmere.example"]}
    if ledger_id is not None:
        tags["ledger_id"] = [ledger_id]
    return json.dumps(
        {
            "eventType": kind,
            "mail": {
                "timestamp": "2026-11-03T17:00:00.000Z",
                "source": "311@larkmere.example",
                "sendingAccountId": "123456789012",
                "messageId": message_id,
                "destination": ["ada@residents.example"],
                "headersTruncated": False,
                "tags": tags,
            },
            kind.lower(): {"timestamp": "2026-11-03T17:00:01.000Z"},
        }
    )


def topic_event(*messages: str) -> dict[str, Any]:
    """Messages of the topic that SES publishes to."""
    return {
        "Records": [
            {
                "EventSource": "aws:sns",
                "EventVersion": "1.0",
                "EventSubscriptionArn": "arn:aws:sns:us-east-1:123456789012:mail-events:1",
                "Sns": {
                    "Type": "Notification",
                    "MessageId": f"message-{number}",
                    "TopicArn": "arn:aws:sns:us-east-1:123456789012:mail-events",
                    "Subject": "Amazon SES Email Event Notification",
                    "Message": message,
                    "Timestamp": "2026-11-03T17:00:02.000Z",
                    "SignatureVersion": "1",
                    "MessageAttributes": {},
                },
            }
            for number, message in enumerate(messages)
        ]
    }
