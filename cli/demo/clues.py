"""What the local cloud knows of a step that did not come true: refusals by policies, faults."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from local.city import LocalCity

_MOST = 5
_SHORT = 200


def clues(city: LocalCity, since: datetime) -> list[str]:
    """At most a few lines, each once; none where nothing is known."""
    found = [f"A policy refused: {text}" for text in _denials(city, since)]
    try:
        found += _faults(city.clients("logs"), since)
    except (BotoCoreError, ClientError) as error:
        found.append(f"The functions' logs cannot be read: {error}")
    return list(dict.fromkeys(found))[:_MOST]


def _denials(city: LocalCity, since: datetime) -> Iterator[str]:
    try:
        lines = (city.layout.state / "denials.jsonl").read_text().splitlines()
    except OSError:
        return
    earliest = since.replace(microsecond=0)
    for line in lines:
        row = json.loads(line)
        if datetime.fromisoformat(row["at"]) >= earliest:
            yield str(row["text"])


def _faults(logs: Any, since: datetime) -> Iterator[str]:
    """Lines of error of every function."""
    began = int(since.timestamp() * 1000)
    for page in logs.get_paginator("describe_log_groups").paginate():
        for group in page["logGroups"]:
            name = str(group["logGroupName"])
            for event in logs.filter_log_events(logGroupName=name, startTime=began)["events"]:
                fault = _fault(str(event["message"]))
                if fault:
                    yield f"{name.rpartition('/')[2]}: {fault[:_SHORT]}"


def _fault(line: str) -> str | None:
    if line.startswith("[ERROR]"):
        return line.removeprefix("[ERROR]").strip().splitlines()[0]
    try:
        said = json.loads(line)
    except ValueError:
        return None
    wrong = isinstance(said, dict) and said.get("level") in ("ERROR", "CRITICAL")
    return f"{said.get('message')} {said.get('kind', '')}".strip() if wrong else None
