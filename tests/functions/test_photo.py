"""The photo function: an S3 event in, clean renditions or a refusal out, however often it comes."""

import copy
from io import StringIO
from typing import Any
from urllib.parse import quote_plus

import pytest
from botocore.exceptions import ClientError

from city311 import wiring
from city311.adapters.images import NOT_A_PICTURE, TOO_LARGE
from city311.domain.errors import Unavailable
from city311.domain.ids import digest
from functions.intake.photo import handle
from tests.functions.conftest import Account
from tests.functions.gateway import event_named
from tests.functions.photos import a_heic, a_jpeg

ID = "0123456789ABCDEFGHJKMNPQRS"
FOLDER = f"photos/{digest(ID)[:32]}"
KEYS = [f"{FOLDER}/{name}.jpg" for name in ("large", "medium", "thumb")]


def uploaded(
    account: Account, content: bytes, kind: str = "image/jpeg", key: str = f"uploads/{ID}"
) -> Any:
    """An upload, and the event that says so."""
    account.s3.put_object(Bucket="quarantine", Key=key, Body=content, ContentType=kind)
    event = copy.deepcopy(event_named("s3-object-created"))
    event["Records"][0]["s3"]["object"] |= {"key": quote_plus(key, "/"), "size": len(content)}
    return event


@pytest.mark.parametrize(
    ("content", "kind"), [(a_jpeg(500, 400), "image/jpeg"), (a_heic(500, 400), "image/heic")]
)
def test_a_photo_comes_out_clean_for_ever_and_on_record(
    deployed: Account, content: bytes, kind: str
) -> None:
    handle(uploaded(deployed, content, kind), None)

    assert deployed.keys("clean") == KEYS
    for key in KEYS:
        served = deployed.s3.get_object(Bucket="clean", Key=key)
        assert served["ContentType"] == "image/jpeg"
        assert served["CacheControl"] == "public, max-age=31536000, immutable"
        assert b"Secret" not in served["Body"].read()
    record = wiring.photo_records().get(ID)
    assert record is not None
    assert record.photo is not None
    assert [record.photo.large, record.photo.medium, record.photo.thumb] == KEYS
    assert record.problem is None


def test_the_address_of_a_photo_does_not_tell_its_upload(deployed: Account) -> None:
    handle(uploaded(deployed, a_jpeg()), None)

    assert not any(ID in key for key in deployed.keys("clean"))


@pytest.mark.parametrize(
    ("content", "kind", "problem"),
    [
        (a_heic(), "image/jpeg", NOT_A_PICTURE),
        (a_jpeg()[:200], "image/jpeg", NOT_A_PICTURE),
        (b"text", "text/plain", NOT_A_PICTURE),
        (b"\xff" * (12 * 1024 * 1024 + 1), "image/jpeg", TOO_LARGE),
    ],
    ids=["liar", "cut off", "text", "too large"],
)
def test_what_is_no_photo_is_refused_with_a_plain_reason(
    deployed: Account, content: bytes, kind: str, problem: str
) -> None:
    handle(uploaded(deployed, content, kind), None)

    record = wiring.photo_records().get(ID)
    assert record is not None
    assert (record.photo, record.problem) == (None, problem)
    assert deployed.keys("clean") == []


def test_an_event_that_comes_twice_changes_nothing(deployed: Account) -> None:
    event = uploaded(deployed, a_jpeg(500, 400))
    handle(event, None)
    before = [deployed.s3.get_object(Bucket="clean", Key=k)["Body"].read() for k in KEYS]

    handle(event, None)

    assert [deployed.s3.get_object(Bucket="clean", Key=k)["Body"].read() for k in KEYS] == before


def test_an_upload_that_is_replaced_later_does_not_replace_the_photo(deployed: Account) -> None:
    handle(uploaded(deployed, a_jpeg(500, 400)), None)
    before = deployed.s3.get_object(Bucket="clean", Key=KEYS[0])["ETag"]

    handle(uploaded(deployed, a_jpeg(300, 300)), None)

    assert deployed.s3.get_object(Bucket="clean", Key=KEYS[0])["ETag"] == before


@pytest.mark.parametrize(
    ("call", "code", "status", "error"),
    [
        ("before-call.s3.GetObject", "SlowDown", 503, Unavailable),
        ("before-call.s3.PutObject", "InternalError", 500, Unavailable),
        ("before-call.dynamodb", "InternalServerError", 500, Unavailable),
        ("before-call.s3.GetObject", "AccessDenied", 403, ClientError),
        ("before-call.s3.PutObject", "AccessDenied", 403, ClientError),
    ],
)
def test_what_aws_could_not_do_raises_and_the_repeat_finishes(
    deployed: Account, call: str, code: str, status: int, error: type[Exception]
) -> None:
    event = uploaded(deployed, a_jpeg())

    with deployed.failing(call, code, status), pytest.raises(error):
        handle(event, None)
    handle(event, None)

    record = wiring.photo_records().get(ID)
    assert record is not None
    assert record.photo is not None
    assert deployed.keys("clean") == KEYS


@pytest.mark.parametrize(
    "key",
    ["uploads/short", f"other/{ID}", f"uploads/{ID}/x", f"uploads/{ID.lower()}", "", "a b/ü"],
)
def test_a_key_that_is_none_of_ours_is_passed_over(
    deployed: Account, logged: StringIO, key: str
) -> None:
    event = event_named("s3-object-created")
    event["Records"][0]["s3"]["object"]["key"] = quote_plus(key, "/")

    handle(event, None)

    assert deployed.items() == []
    assert "not an upload of ours" in logged.getvalue()


def test_a_key_is_read_as_s3_writes_it(deployed: Account) -> None:
    event = uploaded(deployed, a_jpeg())
    event["Records"][0]["s3"]["object"]["key"] = f"uploads%2F{ID}"

    handle(event, None)

    assert deployed.keys("clean") == KEYS


def test_an_upload_whose_time_is_up_is_let_go(deployed: Account, logged: StringIO) -> None:
    event = uploaded(deployed, a_jpeg())
    deployed.s3.delete_object(Bucket="quarantine", Key=f"uploads/{ID}")

    handle(event, None)

    assert deployed.items() == []
    assert '"outcome":"Gone"' in logged.getvalue()


def test_the_test_event_of_s3_is_nothing(deployed: Account) -> None:
    handle(event_named("s3-test-event"), None)

    assert deployed.items() == []


def test_a_log_line_tells_the_outcome_and_not_the_photo(
    deployed: Account, logged: StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    handle(uploaded(deployed, a_jpeg()), None)

    assert '"outcome":"Developed"' in logged.getvalue()
    assert ID not in logged.getvalue()
    assert '"Developed"' in capsys.readouterr().out
