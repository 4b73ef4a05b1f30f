"""How a value lies in the table: one codec a type, and records made of them."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from city311.adapters.cursors import stamp

Value = Mapping[str, Any]
"""An attribute value as the API has it: ``{"S": "pothole"}``."""
Item = dict[str, Value]
REQUIRED = object()
"""Marks a field that is stored whatever its value is."""
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Codec:
    """To the table and back."""

    pack: Callable[[Any], Value]
    unpack: Callable[[Value], Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record. ``absent``: the value that is not stored, and is read where none is.

    It is said here and not taken from the domain's defaults: a default may change, old rows not.
    """

    codec: Codec
    absent: Any = REQUIRED


Fields = Mapping[str, Field]


def _pack_degrees(value: float) -> Value:
    return {"N": format(Decimal(repr(round(float(value), 6) + 0.0)), "f")}


def _pack_hash(text: str) -> Value:
    return {"B": bytes.fromhex(text)} if _DIGEST.fullmatch(text) else {"S": text}


def _unpack_hash(value: Value) -> str:
    return value["S"] if "S" in value else bytes(value["B"]).hex()


def _pack_json(value: object) -> Value:
    return {"S": json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False)}


TEXT = Codec(lambda text: {"S": str(text)}, lambda value: value["S"])
NUMBER = Codec(lambda number: {"N": str(number)}, lambda value: int(value["N"]))
FLAG = Codec(lambda flag: {"BOOL": flag}, lambda value: value["BOOL"])
DEGREES = Codec(_pack_degrees, lambda value: float(value["N"]))
MOMENT = Codec(lambda at: {"S": stamp(at)}, lambda value: datetime.fromisoformat(value["S"]))
HASH = Codec(_pack_hash, _unpack_hash)
"""Text that is mostly a SHA-256 in hex: half the bytes as Binary, and any other text as it is."""
TEXTS = Codec(
    lambda texts: {"L": [{"S": text} for text in texts]},
    lambda value: tuple(each["S"] for each in value["L"]),
)
NAMED = Codec(lambda names: _pack_json(dict(names)), lambda value: json.loads(value["S"]))
"""Text by names that are not ours."""
ANSWERS = Codec(
    lambda answers: _pack_json({code: list(values) for code, values in answers.items()}),
    lambda value: {code: tuple(values) for code, values in json.loads(value["S"]).items()},
)


def word(kind: type[StrEnum]) -> Codec:
    """A word of a closed list."""
    return Codec(lambda each: {"S": each.value}, lambda value: kind(value["S"]))


def record(kind: Callable[..., Any], fields: Fields) -> Codec:
    """A record inside an item."""
    return Codec(
        lambda each: {"M": packed(each, fields)},
        lambda value: kind(**unpacked(value["M"], fields)),
    )


def records(kind: Callable[..., Any], fields: Fields) -> Codec:
    """A list of records inside an item."""
    one = record(kind, fields)
    return Codec(
        lambda many: {"L": [one.pack(each) for each in many]},
        lambda value: tuple(one.unpack(each) for each in value["L"]),
    )


def packed(source: object, fields: Fields) -> Item:
    """The attributes of ``source``, without those that say nothing."""
    out: Item = {}
    for name, field in fields.items():
        value = getattr(source, name)
        if field.absent is REQUIRED or value != field.absent:
            out[name] = field.codec.pack(value)
    return out


def reader(fields: Fields) -> Callable[[Mapping[str, Value]], dict[str, Any]]:
    """``unpacked`` for many items of a kind: what each field needs is looked up once."""
    plan = [
        (name, field.codec is TEXT, field.codec.unpack, field.absent)
        for name, field in fields.items()
    ]

    def read(item: Mapping[str, Value]) -> dict[str, Any]:
        # Most values are text: a call for each would take as long as all the rest.
        return {
            name: (item[name]["S"] if text else unpack(item[name]))
            if name in item or absent is REQUIRED
            else absent
            for name, text, unpack, absent in plan
        }

    return read


def unpacked(item: Mapping[str, Value], fields: Fields) -> dict[str, Any]:
    """The arguments to make the record from."""
    return {
        name: field.codec.unpack(item[name])
        if field.absent is REQUIRED or name in item
        else field.absent
        for name, field in fields.items()
    }
