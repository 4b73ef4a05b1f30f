"""Streams, queues, buckets and clocks call functions as they do at AWS."""

import json
import urllib.error
import urllib.request
from typing import Any
from uuid import uuid4

import pytest

from tests.local.conftest import Town, eventually


def records(town: Town, word: str) -> list[dict[str, Any]]:
    """The probe's notes about records with this word in them."""
    return [note for note in town.notes("record") if word in json.dumps(note["record"])]


def put(town: Town, pk: str, **more: str) -> None:
    attributes = {name: {"S": value} for name, value in more.items()}
    item = {"pk": {"S": pk}, "sk": {"S": uuid4().hex}, **attributes}
    town.client("dynamodb").put_item(TableName=town.output("TableName"), Item=item)


# --- stream -----------------------------------------------------------------------------------


def test_a_change_reaches_the_function_with_both_images(town: Town) -> None:
    word = uuid4().hex
    put(town, f"OPEN#{word}", status="new")

    note = eventually(lambda: records(town, word))[0]

    assert note["record"]["eventName"] == "INSERT"
    assert note["record"]["dynamodb"]["NewImage"]["status"] == {"S": "new"}
    assert note["record"]["eventSourceARN"].startswith("arn:aws:dynamodb:")


def test_what_the_filter_leaves_out_does_not_arrive(town: Town) -> None:
    left_out, word = uuid4().hex, uuid4().hex
    put(town, f"OTHER#{left_out}")
    put(town, f"OPEN#{word}")

    eventually(lambda: records(town, word))

    assert records(town, left_out) == []


def test_a_record_that_fails_is_tried_again_then_put_aside_and_the_rest_goes_on(town: Town) -> None:
    bad, good = uuid4().hex, uuid4().hex
    put(town, f"OPEN#{bad}", note="poison")
    put(town, f"OPEN#{good}")

    message = json.loads(town.messages("DeadUrl", seconds=20)[0]["Body"])

    assert message["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert message["DDBStreamBatchInfo"]["batchSize"] >= 1
    assert len(records(town, bad)) == 3  # the first try and two more
    assert eventually(lambda: records(town, good))


# --- queue ------------------------------------------------------------------------------------


def test_a_message_reaches_the_function_and_leaves_the_queue(town: Town) -> None:
    word = uuid4().hex
    sqs, url = town.client("sqs"), town.output("WorkUrl")
    sqs.send_message(
        QueueUrl=url,
        MessageBody=word,
        MessageAttributes={"event": {"DataType": "String", "StringValue": "assigned"}},
    )

    note = eventually(lambda: records(town, word))[0]

    assert note["record"]["eventSource"] == "aws:sqs"
    assert note["record"]["messageAttributes"]["event"]["stringValue"] == "assigned"
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]

    def counts() -> bool:
        found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return all(found[name] == "0" for name in names)

    assert eventually(counts)


def test_only_the_failed_message_stays_in_the_queue(town: Town) -> None:
    good, bad = uuid4().hex, f"poison-{uuid4().hex}"
    sqs, url = town.client("sqs"), town.output("WorkUrl")
    entries = [{"Id": str(number), "MessageBody": text} for number, text in enumerate((good, bad))]
    sqs.send_message_batch(QueueUrl=url, Entries=entries)

    eventually(lambda: records(town, good) and records(town, bad))

    def hidden() -> bool:
        name = "ApproximateNumberOfMessagesNotVisible"
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"]
        return bool(attributes[name] == "1")

    assert eventually(hidden)
    sqs.purge_queue(QueueUrl=url)


# --- bucket -----------------------------------------------------------------------------------


def form(
    town: Town, key: str, kind: str = "image/jpeg", largest: int = 12_000_000
) -> dict[str, Any]:
    """A presigned form as intake hands it out, made at the address that functions use."""
    import boto3

    s3 = boto3.client(
        "s3",
        endpoint_url=town.city.urls.site,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    conditions = [["content-length-range", 1, largest], {"Content-Type": kind}]
    made: dict[str, Any] = s3.generate_presigned_post(
        town.output("QuarantineBucketName"), key, {"Content-Type": kind}, conditions, 900
    )
    return made


def upload(town: Town, form: dict[str, Any], content: bytes, **changed: str) -> int:
    """Post the form as a browser does."""
    boundary = uuid4().hex
    lines = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in {
            **form["fields"],
            **{k.replace("_", "-"): v for k, v in changed.items()},
        }.items()
    ]
    lines.append(
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n'
    )
    body = "".join(lines).encode() + content + f"\r\n--{boundary}--\r\n".encode()
    path = form["url"].removeprefix(town.city.urls.site)
    return town.http(
        path, "POST", body, Content_Type=f"multipart/form-data; boundary={boundary}"
    ).status


def test_a_browser_uploads_on_the_one_port_and_the_function_hears_of_it(town: Town) -> None:
    key = f"uploads/{uuid4().hex}"
    made = form(town, key)

    assert made["url"].startswith(f"{town.city.urls.site}/{town.output('QuarantineBucketName')}")
    assert upload(town, made, b"\xff\xd8" + b"x" * 11_000_000) == 204

    note = eventually(lambda: records(town, key))[0]
    assert note["record"]["s3"]["object"]["key"] == key
    assert note["record"]["s3"]["object"]["size"] == 11_000_002


def test_an_upload_that_breaks_its_policy_is_refused(town: Town) -> None:
    made = form(town, f"uploads/{uuid4().hex}", largest=10)

    assert upload(town, made, b"x" * 11) == 400
    assert upload(town, made, b"") == 400
    assert upload(town, made, b"x", Content_Type="text/html") == 403
    assert upload(town, made, b"x", key="uploads/other") == 403


def test_a_function_reaches_s3_through_the_same_address(town: Town) -> None:
    bucket = town.output("QuarantineBucketName")

    error, _ = town.call("s3", "put_object", Bucket=bucket, Key="from/function", Body="hello")

    assert error is None
    found = town.client("s3").get_object(Bucket=bucket, Key="from/function")["Body"].read()
    assert found == b"hello"


def test_nobody_reads_the_bucket_without_a_signature(town: Town) -> None:
    bucket = town.output("QuarantineBucketName")
    town.client("s3").put_object(Bucket=bucket, Key="private", Body=b"secret")

    direct = urllib.request.Request(f"{town.city.urls.endpoint}/{bucket}/private")

    assert town.http(f"/{bucket}/private").status in {403, 404}
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(direct, timeout=5)
    refusal.value.close()
    assert refusal.value.code == 403


# --- clock ------------------------------------------------------------------------------------


def test_a_rule_on_the_clock_calls_the_function(town: Town) -> None:
    assert eventually(lambda: town.notes("round"), seconds=75)
