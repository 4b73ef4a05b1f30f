"""Answers that are read as they are say what botocore's own parser makes of them."""

import json
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest
from botocore.awsrequest import HeadersDict
from botocore.parsers import ResponseParserFactory
from botocore.session import get_session
from hypothesis import given, settings
from hypothesis import strategies as st

from city311.adapters import clients
from city311.adapters.dynamodb.plain import PlainParsers
from tests.adapters.conftest import a_client
from tests.adapters.plan import TABLE

MODEL = get_session().get_service_model("dynamodb")
RAW = st.binary(max_size=20)
NAMES = st.one_of(st.sampled_from(["B", "BS", "S", "M", "Item"]), st.text(min_size=1, max_size=5))
SIMPLE = st.one_of(
    st.builds(lambda text: {"S": text}, st.text(max_size=20)),
    st.builds(lambda number: {"N": str(number)}, st.integers()),
    st.builds(lambda flag: {"BOOL": flag}, st.booleans()),
    st.just({"NULL": True}),
    st.builds(lambda texts: {"SS": texts}, st.lists(st.text(min_size=1), min_size=1, max_size=3)),
    st.builds(lambda raw: {"B": _base64(raw)}, RAW),
    st.builds(lambda raws: {"BS": [_base64(each) for each in raws]}, st.lists(RAW, max_size=3)),
)
VALUES = st.recursive(
    SIMPLE,
    lambda inner: st.one_of(
        st.builds(lambda many: {"L": many}, st.lists(inner, max_size=3)),
        st.builds(lambda named: {"M": named}, st.dictionaries(NAMES, inner, max_size=3)),
    ),
    max_leaves=8,
)
ITEMS = st.dictionaries(NAMES, VALUES, max_size=6)


def _base64(raw: bytes) -> str:
    return b64encode(raw).decode()


def _answers(items: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    first = items[0] if items else {}
    return {
        "GetItem": {"Item": first},
        "Query": {"Items": items, "Count": len(items), "LastEvaluatedKey": first},
        "BatchGetItem": {
            "Responses": {"city": items},
            "UnprocessedKeys": {"city": {"Keys": items, "ProjectionExpression": "#a"}},
        },
        "UpdateItem": {"Attributes": first},
        "PutItem": {},
        "TransactWriteItems": {},
    }


def _response(body: bytes, status: int = 200) -> dict[str, Any]:
    headers = {"x-amzn-RequestId": "r-1", "Content-Type": "application/x-amz-json-1.0"}
    return {"status_code": status, "headers": HeadersDict(headers), "body": body, "context": {}}


def _both(operation: str, response: dict[str, Any]) -> list[Any]:
    shape = MODEL.operation_model(operation).output_shape
    factories = (PlainParsers(), ResponseParserFactory())
    return [factory.create_parser("json").parse(dict(response), shape) for factory in factories]


def _outcome(factory: ResponseParserFactory, response: dict[str, Any]) -> Any:
    shape = MODEL.operation_model("Query").output_shape
    try:
        return factory.create_parser("json").parse(dict(response), shape)
    except Exception as error:
        return type(error)


@settings(max_examples=60, deadline=None)
@given(st.lists(ITEMS, max_size=3))
def test_every_answer_reads_the_same(items: list[dict[str, Any]]) -> None:
    for operation, answer in _answers(items).items():
        ours, theirs = _both(operation, _response(json.dumps(answer).encode()))

        assert ours == theirs


TEXTS = st.dictionaries(st.text(max_size=5), st.builds(lambda text: {"S": text}, st.text()))


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXTS, max_size=3), st.sampled_from([True, False]))
def test_long_answers_read_the_same(items: list[dict[str, Any]], escaped: bool) -> None:
    answer = {"Items": [*items, {"description": {"S": "deep " * 1_000}}], "Count": 1}
    body = json.dumps(answer, ensure_ascii=escaped).encode()

    ours, theirs = _both("Query", _response(body))

    assert ours == theirs


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda body: body[:-1],
        lambda body: body + b"}",
        lambda body: body.replace(b"pothole", b"\\ud800"),
        lambda body: b"[" + body + b"]",
    ],
)
def test_a_long_answer_that_is_spoilt_reads_as_ever(spoilt: Callable[[bytes], bytes]) -> None:
    answer = {"Items": [{"code": {"S": "pothole"}, "description": {"S": "deep " * 1_000}}]}
    response = _response(spoilt(json.dumps(answer).encode()))

    ours, theirs = (_outcome(each, response) for each in (PlainParsers(), ResponseParserFactory()))

    assert ours == theirs


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"__type":"x#ThrottlingException","message":"slow"}', 400),
        (b"<html>Service Unavailable</html>", 503),
        (b"", 500),
        (b"not json", 200),
        (b"", 200),
    ],
)
def test_what_went_wrong_reads_the_same(body: bytes, status: int) -> None:
    ours, theirs = _both("Query", _response(body, status))

    assert ours == theirs


def test_what_is_no_object_fails_as_ever() -> None:
    shape = MODEL.operation_model("Query").output_shape

    for factory in (PlainParsers(), ResponseParserFactory()):
        with pytest.raises(AttributeError):
            factory.create_parser("json").parse(_response(b"[]"), shape)


def test_an_answer_without_an_id_reads_the_same() -> None:
    nameless = {**_response(b'{"Items":[]}'), "headers": HeadersDict({"Date": "now"})}

    ours, theirs = _both("Query", nameless)

    assert ours == theirs


def test_times_are_still_times() -> None:
    body = b'{"Table":{"TableName":"city","CreationDateTime":1700000000.5}}'

    ours, theirs = _both("DescribeTable", _response(body))

    assert ours == theirs
    assert ours["Table"]["CreationDateTime"].year == 2023


def test_an_answer_without_a_shape_reads_the_same() -> None:
    factories = (PlainParsers(), ResponseParserFactory())
    ours, theirs = (each.create_parser("json").parse(_response(b"{}"), None) for each in factories)

    assert ours == theirs


def test_other_protocols_have_botocores_parser() -> None:
    assert type(PlainParsers().create_parser("query")) is type(
        ResponseParserFactory().create_parser("query")
    )


def test_our_client_reads_what_another_reads(dynamodb: Any) -> None:
    item = {"pk": {"S": "a"}, "sk": {"S": "b"}, "head": {"B": b"\x00\xff"}, "seq": {"N": "1"}}
    dynamodb.put_item(TableName=TABLE, Item=item)
    clients.client.cache_clear()
    clients._session.cache_clear()
    key = {"pk": item["pk"], "sk": item["sk"]}

    ours, theirs = (
        client.get_item(TableName=TABLE, Key=key)
        for client in (clients.client("dynamodb"), a_client("dynamodb"))
    )

    assert ours["Item"] == theirs["Item"] == item
    assert ours.keys() == theirs.keys()
    assert ours["ResponseMetadata"].keys() == theirs["ResponseMetadata"].keys()
