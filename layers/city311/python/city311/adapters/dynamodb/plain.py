"""Answers of DynamoDB read as they are: their JSON is already what the adapters want.

botocore walks every answer beside the service's model, value by value, to turn what JSON cannot
say into what Python can. An answer with items has one such thing, Binary; a list of 50 has 2,000
values that are not, and that walk took longer than all else about the list.
"""

import json
from base64 import b64decode
from collections.abc import Mapping
from typing import Any

from botocore.parsers import JSONParser, ResponseParserFactory

SHAPES = frozenset(
    {
        "GetItemOutput",
        "BatchGetItemOutput",
        "QueryOutput",
        "PutItemOutput",
        "UpdateItemOutput",
        "DeleteItemOutput",
        "TransactWriteItemsOutput",
    }
)
"""Shapes without a time, a blob or a number of their own; all others go botocore's way."""
_JSON = "json"
_LONG = 4_096
"""Bytes from which the quick reader pays."""


class PlainParsers(ResponseParserFactory):
    """The parsers of a session: one for all answers in JSON, botocore's own for every other."""

    def __init__(self) -> None:
        super().__init__()
        self._json = _PlainParser()

    def create_parser(self, protocol_name: str) -> Any:
        """The parser of a protocol."""
        return self._json if protocol_name == _JSON else super().create_parser(protocol_name)


class _PlainParser(JSONParser):
    """botocore's parser, but for successful answers of the shapes above."""

    def parse(self, response: Any, shape: Any) -> Any:
        """The answer, with the metadata that botocore promises."""
        if response["status_code"] == 200 and shape is not None and shape.name in SHAPES:
            found = read(response["body"], response["headers"])
            if found is not None:
                return found
        return super().parse(response, shape)


def read(body: bytes, headers: Mapping[str, str]) -> dict[str, Any] | None:
    """A successful answer of one of the shapes, or None where ``body`` is no JSON object."""
    found = _read(body)
    if found is not None:
        found["ResponseMetadata"] = _metadata(headers)
    return found


def _metadata(headers: Mapping[str, str]) -> dict[str, Any]:
    named = {"RequestId": headers["x-amzn-requestid"]} if "x-amzn-requestid" in headers else {}
    lower = {name.lower(): headers[name] for name in headers}
    return {**named, "HTTPStatusCode": 200, "HTTPHeaders": lower}


def _read(body: bytes) -> dict[str, Any] | None:
    """The JSON object in ``body``, or None where it holds none."""
    try:
        found = _loaded(body)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _loaded(body: bytes) -> object:
    if b'"B"' in body or b'"BS"' in body:
        return json.loads(body, object_hook=_with_binary)
    if len(body) < _LONG:
        return json.loads(body)
    # Long answers are lists, which the doors alone read: they have it, others do without.
    from pydantic_core import from_json

    return from_json(body)


def _with_binary(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """An attribute value that is Binary as bytes; names that look so hold no text."""
    one, many = value.get("B"), value.get("BS")
    if isinstance(one, str):
        return {"B": b64decode(one)}
    if isinstance(many, list) and all(isinstance(each, str) for each in many):
        return {"BS": [b64decode(each) for each in many]}
    return value
