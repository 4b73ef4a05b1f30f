"""Pages about what went on inside: a request's events, logs, refusals, bridges, the overview."""

import json
import time
from collections.abc import Sequence
from typing import Any

from botocore.exceptions import ClientError

from city311.adapters.dynamodb.requests import DynamoRequests
from city311.domain.audit import AuditEvent, broken_link
from city311.domain.errors import CityError
from local.desk.frame import Sheet
from local.desk.markup import Markup, badge, link, table, tag
from local.desk.sight import Sight

Json = dict[str, Any]
_LINES = 200


def overview(sight: Sight) -> Sheet:
    """The counts, each with its page."""
    queues = sight.queues()
    prefix = sight.outputs.get("DepartmentQueuePrefix", "").rsplit("/", 1)[-1]
    waiting = sum(
        len(found) for name, found in queues.items() if prefix and name.startswith(prefix)
    )
    dead = sum(len(found) for name, found in queues.items() if "dead" in name.lower())
    cards = [
        ("mails", "Mails", len(sight.mails())),
        ("texts", "Texts", len(sight.texts())),
        ("queues", "Messages for departments", waiting),
        ("queues", "Dead letters", dead),
        ("executions", "Executions running", _running(sight)),
        ("refusals", "Refusals by a policy", len(sight.file("denials.jsonl").splitlines())),
    ]
    shown = tag(
        "div",
        *(link(path, tag("b", number), tag("span", name)) for path, name, number in cards),
        class_="cards",
    )
    outputs = sorted((name, value) for name, value in sight.outputs.items() if "Export" not in name)
    listing = table(
        ("Output", "Value"),
        [(name, tag("code", value)) for name, value in outputs],
        "Nothing is deployed yet.",
    )
    content = [shown, tag("h2", "What is deployed"), listing]
    return Sheet(section="", title="The desk", content=content, fresh=True)


def _running(sight: Sight) -> int:
    arn = sight.outputs.get("StateMachineArn")
    if not arn:
        return 0
    states = sight.clients("stepfunctions")
    return len(states.list_executions(stateMachineArn=arn, statusFilter="RUNNING")["executions"])


def requests(sight: Sight) -> Sheet:
    """A question for a number, and the latest requests."""
    ask = tag(
        "form",
        tag("label", "Number of the request", for_="id"),
        tag("input", id="id", name="id", autocomplete="off", required="required"),
        tag("button", "Show its events"),
        action="/_local/requests",
        method="get",
    )
    names = _latest(sight)
    rows = [(link(f"requests/{name}", name),) for name in names]
    content = [ask, tag("h2", "Latest"), table(("Request",), rows, "No request has come in yet.")]
    return Sheet(section="requests", title="Requests", content=content)


def _latest(sight: Sight) -> list[str]:
    arn = sight.outputs.get("StateMachineArn")
    if not arn:
        return []
    found = sight.clients("stepfunctions").list_executions(stateMachineArn=arn, maxResults=50)[
        "executions"
    ]
    return list(dict.fromkeys(one["name"].rsplit("-g", 1)[0] for one in found))


def request(sight: Sight, service_request_id: str) -> Sheet | None:
    """The audit events of a request, and whether their chain is whole."""
    table_name = sight.outputs.get("TableName")
    if not table_name:
        return None
    cabinet = DynamoRequests(sight.clients("dynamodb"), table_name)
    try:
        found = cabinet.get(service_request_id)
    except CityError:
        return None
    events = cabinet.events(service_request_id)
    problem = broken_link(events, head=found.head, length=found.seq)
    verdict = badge("the chain is whole", "good") if problem is None else badge(problem, "bad")
    facts = [
        ("Status", badge(found.status)),
        ("Chain", verdict),
        (
            "Executions",
            link(
                f"executions/{service_request_id}-g{found.generation}",
                f"generation {found.generation}",
            ),
        ),
    ]
    listing = tag(
        "dl", *(piece for name, value in facts for piece in (tag("dt", name), tag("dd", value)))
    )
    content = [listing, _told(events)]
    return Sheet(section="requests", title=f"Request {service_request_id}", content=content)


def _told(events: Sequence[AuditEvent]) -> Markup:
    rows = [
        (
            event.seq,
            event.at,
            badge(event.action),
            f"{event.role} {event.subject}",
            tag(
                "details",
                tag("summary", "details"),
                tag("pre", json.dumps(event.details, indent=2, default=str)),
            ),
            tag("code", event.hash[:12]),
        )
        for event in events
    ]
    return table(("No.", "When", "What", "Who", "Details", "Hash"), rows, "There are no events.")


def logs(sight: Sight, group: str | None) -> Sheet | None:
    """The log groups, or the last lines of one."""
    client = sight.clients("logs")
    if group is None:
        groups = client.describe_log_groups()["logGroups"]
        rows = [(link(f"logs{one['logGroupName']}", one["logGroupName"]),) for one in groups]
        return Sheet(
            section="logs", title="Logs", content=[table(("Group",), rows, "There is no log yet.")]
        )
    since = int((time.time() - 3600) * 1000)
    try:
        found = client.filter_log_events(logGroupName=group, startTime=since, limit=10_000)[
            "events"
        ]
    except ClientError:
        return None
    lines = [event["message"] for event in sorted(found, key=lambda event: event["timestamp"])][
        -_LINES:
    ]
    note = tag("p", f"The last {_LINES} lines of the last hour.", class_="note")
    return Sheet(
        section="logs",
        title=group,
        content=[note, tag("pre", "\n".join(lines), class_="log")],
        fresh=True,
    )


def refusals(sight: Sight) -> Sheet:
    """What a policy did not allow, newest first."""
    lines = [json.loads(line) for line in sight.file("denials.jsonl").splitlines()]
    rows = [(line["at"], line["text"]) for line in reversed(lines)]
    found = table(("When", "Refusal"), rows, "No policy has refused anything.")
    return Sheet(section="refusals", title="Refusals by a policy", content=[found], fresh=True)


def bridges(sight: Sight) -> Sheet:
    """What the emulator lacks and the overlay adds."""
    rows = [
        (one["name"], one["aws"], one["emulator"], one["lines"])
        for one in json.loads(sight.file("bridges.json") or "[]")
    ]
    heads = ("Bridge", "AWS", "The emulator without it", "Lines")
    return Sheet(
        section="bridges", title="Bridges", content=[table(heads, rows, "There is no bridge.")]
    )
