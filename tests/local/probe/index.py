"""A function that does what a test asks: answers, fails, sleeps, looks, calls AWS."""

import json
import os
import sys
import time

import boto3


class Broken(Exception):
    """What the test wanted."""


def handle(event, context):
    if "Records" in event:
        return records(event["Records"])
    if "httpMethod" in event:
        return {
            "statusCode": 200,
            "headers": {"content-type": "application/json"},
            "body": json.dumps(event),
        }
    return ACTS[event.get("act", "echo")](event, context)


def echo(event, context):
    sys.stdout.write("echoed\n")
    return {
        "event": event,
        "left": context.get_remaining_time_in_millis(),
        "arn": context.invoked_function_arn,
    }


def see(event, context):
    import shelfware

    return {
        "environ": dict(os.environ),
        "path": sys.path,
        "shelf": shelfware.__file__,
        "version": list(sys.version_info[:2]),
    }


def imported(event, context):
    __import__(event["module"])


def fail(event, context):
    raise Broken(event.get("why", "as asked"))


def sleep(event, context):
    time.sleep(event["seconds"])
    return "awake"


def hoard(event, context):
    kept = bytearray(event["megabytes"] * 1_048_576)
    time.sleep(1)
    return len(kept)


def leave(event, context):
    os._exit(7)


def large(event, context):
    return "x" * event["size"]


def call(event, context):
    client = boto3.client(event["service"])
    answer = getattr(client, event["operation"])(**event.get("arguments", {}))
    answer.pop("ResponseMetadata", None)
    return json.loads(json.dumps(answer, default=str))


def keep(event, context):
    """Puts what it was given under a name, so that a test can look."""
    item = {
        "pk": {"S": f"NOTE#{event['name']}"},
        "sk": {"S": event.get("sk", "1")},
        "note": {"S": json.dumps(event)},
    }
    boto3.client("dynamodb").put_item(TableName=os.environ["TABLE_NAME"], Item=item)
    return event.get("answer")


def records(items):
    """Notes every record; says which failed when the record asks for it."""
    failed = []
    for number, record in enumerate(items):
        text = json.dumps(record)
        keep(
            {
                "name": "record",
                "sk": f"{time.time_ns()}-{number}",
                "record": record,
                "batch": len(items),
            },
            None,
        )
        if "poison" in text:
            failed.append({"itemIdentifier": identifier(record)})
    return {"batchItemFailures": failed}


def identifier(record):
    return record.get("messageId") or record.get("dynamodb", {}).get("SequenceNumber", "")


ACTS = {
    name: act
    for name, act in list(globals().items())
    if name
    in {"echo", "see", "imported", "fail", "sleep", "hoard", "leave", "large", "call", "keep"}
}
