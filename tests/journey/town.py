"""The running city as residents, staff and auditors meet it: HTTP, mail, queues, history."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

from city311.adapters.dynamodb.people import event_from
from city311.domain.audit import broken_link
from local.city import LocalCity

T = TypeVar("T")
PATIENCE_SECONDS = 90.0
"""A journey takes seconds; a loaded computer may need longer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whatever its status."""

    status: int
    headers: Message
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Filed:
    """A request and the secret of its private link."""

    id: str
    key: str


class Town:
    """Everything a journey may do or look at."""

    def __init__(self, city: LocalCity) -> None:
        self.city = city
        self.token = cache(city.staff_token)
        self._spot = 0

    # --- residents ----------------------------------------------------------------------------

    def spot(self) -> tuple[float, float]:
        """A (lat, long) inside the city, a new one each time and far from those before."""
        pages = self.city.layout.root / "cities"
        book = json.loads(next(pages.glob("*/map/addresses.json")).read_text(encoding="utf-8"))
        self._spot += 37
        row = dict(zip(book["columns"], book["rows"][self._spot], strict=True))
        return row["lat"], row["long"]

    def file(self, description: str, *, email: str, service: str, **fields: object) -> Filed:
        """A report through the city's own API."""
        lat, long = self.spot()
        body = {"service_code": service, "description": description, "email": email}
        answer = self.post("/api/requests", {**body, "lat": lat, "long": long, **fields})
        assert answer.status == 201, answer.text
        name, _, key = answer.json()["link"].rpartition("#")[2].partition(".")
        return Filed(name, key)

    def seen(self, filed: Filed) -> Any:
        """The private view behind the link."""
        answer = self.get(f"/api/requests/{filed.id}", {"X-City311-Key": filed.key})
        assert answer.status == 200, answer.text
        return answer.json()

    def say(self, filed: Filed, verb: str, **body: str) -> Answer:
        """Confirm or dispute."""
        return self.post(f"/api/requests/{filed.id}/{verb}", body, {"X-City311-Key": filed.key})

    # --- staff --------------------------------------------------------------------------------

    def work(self, who: str, command: str, name: str, **fields: object) -> Answer:
        """A command of staff."""
        headers = {"Authorization": f"Bearer {self.token(who)}"}
        return self.post(f"/api/staff/requests/{name}/{command}", fields, headers)

    def look(self, who: str, path: str) -> Answer:
        """A page of the staff API."""
        return self.get(f"/api/staff/{path}", {"Authorization": f"Bearer {self.token(who)}"})

    # --- what left the building ---------------------------------------------------------------

    def mails(self, to: str) -> list[Mapping[str, Any]]:
        """Mails to an address, oldest first."""
        found = self._emulator("/_ministack/ses/messages")["messages"].values()
        mine = [mail for mails in found for mail in mails if to in mail["To"]]
        return sorted(mine, key=lambda mail: float(mail["Timestamp"]))

    def queued(self, queue_url: str, name: str) -> list[Any]:
        """Messages about a request in a queue, left where they are."""
        query = urlencode({"QueueUrl": queue_url})
        found = self._emulator(f"/_ministack/sqs/messages?{query}")["messages"]
        messages = [
            json.loads(message["Body"])
            for regions in found.values()
            for queues in regions.values()
            for each in queues.values()
            for message in each
        ]
        return [message for message in messages if message.get("service_request_id") == name]

    def department_queue(self, department: str, name: str) -> list[Any]:
        return self.queued(self.city.outputs["DepartmentQueuePrefix"] + department, name)

    # --- what auditors see --------------------------------------------------------------------

    def execution_arn(self, name: str, generation: int = 1) -> str:
        machine = self.city.outputs["StateMachineArn"].replace(":stateMachine:", ":execution:")
        return f"{machine}:{name}-g{generation}"

    def execution(self, name: str, generation: int = 1) -> str | None:
        """The status of an execution, or None if there is none."""
        client = self.city.clients("stepfunctions")
        try:
            arn = self.execution_arn(name, generation)
            return str(client.describe_execution(executionArn=arn)["status"])
        except client.exceptions.ExecutionDoesNotExist:
            return None

    def states(self, name: str, generation: int = 1) -> list[str]:
        """The states an execution has entered, in order."""
        client = self.city.clients("stepfunctions")
        pages = client.get_paginator("get_execution_history").paginate(
            executionArn=self.execution_arn(name, generation)
        )
        return [
            event["stateEnteredEventDetails"]["name"]
            for page in pages
            for event in page["events"]
            if "stateEnteredEventDetails" in event
        ]

    def history(self, name: str, generation: int = 1) -> str:
        """The whole history as text, for what must not stand in it."""
        client = self.city.clients("stepfunctions")
        arn = self.execution_arn(name, generation)
        return json.dumps(client.get_execution_history(executionArn=arn), default=str)

    def item(self, name: str) -> Mapping[str, Any]:
        """The request as the table has it."""
        key = {"pk": {"S": f"REQ#{name}"}, "sk": {"S": "META"}}
        table = self.city.outputs["TableName"]
        got = self.city.clients("dynamodb").get_item(TableName=table, Key=key, ConsistentRead=True)
        return dict(got["Item"])

    def set_entered(self, name: str, moment: datetime) -> None:
        """Turn back the time at which a request entered its status."""
        stamp = moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self.city.clients("dynamodb").update_item(
            TableName=self.city.outputs["TableName"],
            Key={"pk": {"S": f"REQ#{name}"}, "sk": {"S": "META"}},
            UpdateExpression="SET entered_at = :at",
            ExpressionAttributeValues={":at": {"S": stamp}},
        )

    def filed(self) -> int:
        """How many items the table holds that only a post makes: what executions write goes on."""
        kinds = {f":{kind}": {"S": f"{kind}#"} for kind in ("REQ", "RES", "KEY", "PHO")}
        pages = (
            self.city.clients("dynamodb")
            .get_paginator("scan")
            .paginate(
                TableName=self.city.outputs["TableName"],
                Select="COUNT",
                FilterExpression=" OR ".join(f"begins_with(pk, {kind})" for kind in kinds),
                ExpressionAttributeValues=kinds,
            )
        )
        return sum(page["Count"] for page in pages)

    def chain_problem(self, name: str) -> str | None:
        """What is wrong with a request's audit chain, read from the table itself."""
        got = self.city.clients("dynamodb").query(
            TableName=self.city.outputs["TableName"],
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": f"AUD#{name}"}},
            ConsistentRead=True,
        )
        item = self.item(name)
        events = [event_from(each) for each in got["Items"]]
        return broken_link(events, head=item["head"]["B"].hex(), length=int(item["seq"]["N"]))

    def logs(self) -> str:
        """Everything that any function, the gateway and the state machine have logged."""
        logs = self.city.clients("logs")
        groups = [
            group["logGroupName"]
            for page in logs.get_paginator("describe_log_groups").paginate()
            for group in page["logGroups"]
        ]
        return "\n".join(
            event["message"]
            for group in groups
            for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group)
            for event in page["events"]
        )

    # --- HTTP ---------------------------------------------------------------------------------

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        return self._send("GET", path, headers or {}, None)

    def post(self, path: str, body: object, headers: Mapping[str, str] | None = None) -> Answer:
        kind = {"Content-Type": "application/json"}
        return self._send("POST", path, {**kind, **(headers or {})}, json.dumps(body).encode())

    def form(self, path: str, fields: Mapping[str, str], content_type: str = "") -> Answer:
        kind = {"Content-Type": content_type or "application/x-www-form-urlencoded"}
        return self._send("POST", path, kind, urlencode(fields).encode())

    def multipart(self, path: str, fields: Mapping[str, str], photo: Path | bytes) -> Answer:
        """A form with a photo inside, as mobile apps post it."""
        content = photo.read_bytes() if isinstance(photo, Path) else photo
        boundary = "----journey"
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode()
            for k, v in fields.items()
        ]
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="media"; filename="p.jpg"\r\n'
            "Content-Type: image/jpeg\r\n\r\n"
        ).encode()
        body = b"".join(parts) + head + content + f"\r\n--{boundary}--\r\n".encode()
        kind = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        return self._send("POST", path, kind, body)

    def raw(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        return self._send(method, path, headers, body)

    def _emulator(self, path: str) -> Any:
        with urllib.request.urlopen(self.city.urls.endpoint + path, timeout=30) as answer:
            return json.load(answer)

    def _send(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        url = path if path.startswith("http") else self.city.urls.site + path
        request = urllib.request.Request(url, data=body, headers=dict(headers), method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return Answer(response.status, response.headers, response.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.headers, error.read())


def eventually(what: Callable[[], T], *, seconds: float = PATIENCE_SECONDS) -> T:
    """The first truthy answer, or the last answer when patience ends."""
    end = time.monotonic() + seconds
    while not (found := what()) and time.monotonic() < end:
        time.sleep(0.3)
    return found
