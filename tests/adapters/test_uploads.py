"""The hatch of the quarantine: exact key, exact type, a size range, a short life."""

import json
from base64 import b64decode
from datetime import timedelta
from typing import Any

import pytest
from botocore.stub import Stubber

from city311.adapters import clients
from city311.adapters.memory import MemoryUploads
from city311.adapters.s3 import S3Uploads
from city311.domain.errors import Unavailable
from city311.ports import Uploads
from tests.adapters.building import NOON
from tests.adapters.conftest import Hands, a_client

BUCKET = "quarantine"
PHOTO_ID = "7H2K9MQ4XX7H2K9MQ4XX7H2K9M"


@pytest.fixture
def s3(aws: None) -> Any:
    clients.client.cache_clear()
    client = clients.client("s3")
    client.create_bucket(Bucket=BUCKET)
    yield client
    clients.client.cache_clear()


@pytest.fixture(params=["memory", "s3"])
def uploads(request: pytest.FixtureRequest) -> Uploads:
    if request.param == "memory":
        return MemoryUploads(Hands())
    return S3Uploads(request.getfixturevalue("s3"), BUCKET, Hands())


def test_a_form_is_for_one_key_and_one_type(uploads: Uploads) -> None:
    form = uploads.form(PHOTO_ID, "image/jpeg")

    assert form.photo_id == PHOTO_ID
    assert form.fields["key"] == f"uploads/{PHOTO_ID}"
    assert form.fields["Content-Type"] == "image/jpeg"
    assert form.max_bytes == 12 * 1024 * 1024
    assert form.expires_at == NOON + timedelta(minutes=15)
    assert form.url.startswith("https://")


def test_the_policy_lets_nothing_else_through(s3: Any) -> None:
    form = S3Uploads(s3, BUCKET, Hands()).form(PHOTO_ID, "image/heic")

    policy = json.loads(b64decode(form.fields["policy"]))

    ours = [each for each in policy["conditions"] if "x-amz" not in json.dumps(each)]
    assert ours == [
        {"Content-Type": "image/heic"},
        ["content-length-range", 1, 12 * 1024 * 1024],
        {"bucket": BUCKET},
        {"key": f"uploads/{PHOTO_ID}"},
    ]
    assert "starts-with" not in json.dumps(policy)
    assert form.fields["x-amz-algorithm"] == "AWS4-HMAC-SHA256"


def test_a_form_names_the_buckets_own_region(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    clients.client.cache_clear()
    clients._session.cache_clear()

    form = S3Uploads(clients.client("s3"), BUCKET, Hands()).form(PHOTO_ID, "image/jpeg")

    assert form.url == "https://quarantine.s3.eu-west-1.amazonaws.com/"
    clients.client.cache_clear()
    clients._session.cache_clear()


def test_bytes_that_came_in_a_post_are_stored(s3: Any) -> None:
    S3Uploads(s3, BUCKET, Hands()).put(PHOTO_ID, "image/png", b"bytes")

    stored = s3.get_object(Bucket=BUCKET, Key=f"uploads/{PHOTO_ID}")

    assert stored["Body"].read() == b"bytes"
    assert stored["ContentType"] == "image/png"


def test_the_twin_keeps_what_it_was_given() -> None:
    uploads = MemoryUploads(Hands())

    uploads.put(PHOTO_ID, "image/png", b"bytes")

    assert uploads.stored == {PHOTO_ID: ("image/png", b"bytes")}


def test_a_bucket_that_does_not_answer_is_unavailable(aws: None) -> None:
    client = a_client("s3")
    with Stubber(client) as stub:
        stub.add_client_error("put_object", "SlowDown", "no", 503)

        with pytest.raises(Unavailable):
            S3Uploads(client, BUCKET, Hands()).put(PHOTO_ID, "image/png", b"bytes")
