"""Pages about executions: all of them; one as a picture and as its history."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from local.desk.frame import Sheet
from local.desk.graph import Path, picture
from local.desk.markup import Markup, badge, joined, link, table, tag
from local.desk.messages import pretty
from local.desk.sight import Sight

Json = dict[str, Any]
_KINDS = {"RUNNING": "busy", "SUCCEEDED": "good"}


def listed(sight: Sight) -> Sheet:
    """All executions, newest first."""
    arn = sight.outputs.get("StateMachineArn")
    found: list[Json] = []
    if arn:
        pages = sight.clients("stepfunctions").get_paginator("list_executions")
        for page in pages.paginate(stateMachineArn=arn):
            found += page["executions"]
    rows = [
        (
            link(f"executions/{one['name']}", one["name"]),
            badge(one["status"].lower().replace("_", " "), _KINDS.get(one["status"], "bad")),
            f"{one['startDate']:%Y-%m-%d %H:%M:%S}",
            _lasted(one["startDate"], one.get("stopDate")),
            link(f"requests/{one['name'].rsplit('-g', 1)[0]}", "events"),
        )
        for one in sorted(found, key=lambda one: one["startDate"], reverse=True)
    ]
    heads = ("Execution", "Status", "Started", "Lasted", "Request")
    content = [table(heads, rows, "No request has come in yet.")]
    return Sheet(section="executions", title="Executions", content=content, fresh=True)


def _lasted(start: datetime, stop: datetime | None) -> str:
    if stop is None:
        return ""
    return f"{(stop - start).total_seconds():.1f} s"


def one(sight: Sight, name: str) -> Sheet | None:
    """One execution: where it stands, drawn and told."""
    states = sight.clients("stepfunctions")
    arn = sight.outputs.get("StateMachineArn", "").replace(":stateMachine:", ":execution:")
    try:
        execution = states.describe_execution(executionArn=f"{arn}:{name}")
    except ClientError:
        return None
    events = _events(states, execution["executionArn"])
    definition = states.describe_state_machine_for_execution(executionArn=execution["executionArn"])
    path = travelled(events, running=execution["status"] == "RUNNING")
    status = execution["status"].lower().replace("_", " ")
    facts = [
        ("Status", badge(status, _KINDS.get(execution["status"], "bad"))),
        ("Started", f"{execution['startDate']:%Y-%m-%d %H:%M:%S %Z}"),
        ("Transitions", f"{len(path.entered)}"),
        ("Now in", path.current or "no state"),
        ("Request", link(f"requests/{name.rsplit('-g', 1)[0]}", name.rsplit("-g", 1)[0])),
    ]
    listing = tag(
        "dl", *(piece for name_, value in facts for piece in (tag("dt", name_), tag("dd", value)))
    )
    drawn = picture(json.loads(definition["definition"]), path)
    view = tag(
        "div", drawn, class_="scroll picture", tabindex="0", role="region", aria_label="Graph"
    )
    content = [listing, _legend(), view, tag("h2", "History"), _history(events)]
    return Sheet(
        section="executions", title=name, content=content, fresh=execution["status"] == "RUNNING"
    )


def _events(states: Any, arn: str) -> list[Json]:
    pages = states.get_paginator("get_execution_history").paginate(executionArn=arn)
    return [event for page in pages for event in page["events"]]


def travelled(events: Sequence[Json], *, running: bool) -> Path:
    """The states in the order they were entered, and what became of them."""
    entered: list[str] = []
    failed: set[str] = set()
    for event in events:
        if event["type"].endswith("StateEntered"):
            entered.append(event["stateEnteredEventDetails"]["name"])
        elif event["type"] in {"TaskFailed", "TaskTimedOut", "ExecutionFailed"} and entered:
            failed.add(entered[-1])
        elif event["type"].endswith("StateExited") and entered:
            failed.discard(entered[-1]) if event["type"] == "PassStateExited" else None
    return Path(
        entered=entered,
        current=entered[-1] if entered and running else None,
        failed=frozenset(failed),
    )


def _legend() -> Markup:
    words = (
        ("visited", "visited"),
        ("current", "here now"),
        ("failed", "failed or timed out"),
        ("other", "not visited"),
    )
    return tag(
        "p", *(tag("span", word, class_=f"key {kind}") for kind, word in words), class_="legend"
    )


def _history(events: Sequence[Json]) -> Markup:
    first = events[0]["timestamp"] if events else None
    rows = [
        (
            event["id"],
            f"+{(event['timestamp'] - first).total_seconds():.3f} s",
            badge(event["type"], "bad" if _is_bad(event["type"]) else ""),
            _subject(event),
            _details(event),
        )
        for event in events
    ]
    return table(
        ("No.", "After", "Event", "State or resource", "Details"), rows, "Nothing has happened yet."
    )


def _is_bad(kind: str) -> bool:
    return any(word in kind for word in ("Failed", "TimedOut", "Aborted"))


def _detail(event: Json) -> Json:
    return next((value for key, value in event.items() if key.endswith("EventDetails")), {})


def _subject(event: Json) -> str:
    detail = _detail(event)
    if "name" in detail:
        return str(detail["name"])
    return ":".join(str(detail[key]) for key in ("resourceType", "resource") if key in detail)


def _details(event: Json) -> Markup:
    detail = _detail(event)
    texts = [
        (key, str(detail[key]))
        for key in ("error", "cause", "parameters", "input", "output")
        if detail.get(key)
    ]
    return joined(
        tag("details", tag("summary", key), tag("pre", pretty(value)[:4000]))
        for key, value in texts
    )
