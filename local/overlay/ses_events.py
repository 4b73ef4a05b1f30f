"""Bridge: SES tells what became of a mail, through the configuration set."""

import json
import threading
import time
from contextvars import copy_context
from datetime import UTC, datetime
from email.utils import parseaddr
from typing import Any
from uuid import uuid4

from ministack.core.responses import get_account_id, get_region
from ministack.services import ses, ses_v2, sns

from local.overlay.authority import service_may
from local.overlay.settings import Settings

Json = dict[str, Any]
_DELAY_SECONDS = 0.3
_BOUNCES = {
    "bounce": ("Permanent", "General", "550 5.1.1 user unknown"),
    "suppressionlist": ("Permanent", "OnAccountSuppressionList", "suppressed"),
}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def outcome(address: str) -> str:
    """What becomes of a mail to this address; SES's own simulator decides by the name."""
    name, _, domain = parseaddr(address)[1].partition("@")
    if domain != "simulator.amazonses.com":
        return "Delivery"
    name = name.partition("+")[0]
    return {"complaint": "Complaint"}.get(name, "Bounce" if name in _BOUNCES else "Delivery")


def mail(request: Json, message_id: str) -> Json:
    """The part that every event of a mail has."""
    recipients = _recipients(request)
    source = request.get("FromEmailAddress", "")
    domain = parseaddr(source)[1].partition("@")[2]
    tags = {tag["Name"]: [tag["Value"]] for tag in request.get("EmailTags") or []}
    subject = ((request.get("Content") or {}).get("Simple") or {}).get("Subject") or {}
    headers = [
        ("From", source),
        ("To", ", ".join(recipients)),
        ("Subject", subject.get("Data", "")),
    ]
    return {
        "timestamp": _now(),
        "source": source,
        "sourceArn": f"arn:aws:ses:{get_region()}:{get_account_id()}:identity/{domain}",
        "sendingAccountId": get_account_id(),
        "messageId": message_id,
        "destination": recipients,
        "headersTruncated": False,
        "headers": [{"name": name, "value": value} for name, value in headers],
        "commonHeaders": {
            "from": [source],
            "to": recipients,
            "messageId": message_id,
            "subject": subject.get("Data", ""),
        },
        "tags": {
            "ses:source-tls-version": ["TLSv1.3"],
            "ses:operation": ["SendEmail"],
            "ses:configuration-set": [request.get("ConfigurationSetName", "")],
            "ses:from-domain": [domain],
            **tags,
        },
    }


def _recipients(request: Json) -> list[str]:
    destination = request.get("Destination") or {}
    kinds = ("ToAddresses", "CcAddresses", "BccAddresses")
    return [one for kind in kinds for one in destination.get(kind) or []]


def details(kind: str, recipients: list[str]) -> Json:
    """The part that an event has of its own."""
    if kind == "Delivery":
        return {
            "timestamp": _now(),
            "processingTimeMillis": 300,
            "recipients": recipients,
            "smtpResponse": "250 2.0.0 OK",
            "reportingMTA": "local.invalid",
        }
    if kind == "Bounce":
        name = parseaddr(recipients[0])[1].partition("@")[0].partition("+")[0]
        form, part, reason = _BOUNCES[name]
        return {
            "bounceType": form,
            "bounceSubType": part,
            "bouncedRecipients": [
                {
                    "emailAddress": one,
                    "action": "failed",
                    "status": "5.1.1",
                    "diagnosticCode": f"smtp; {reason}",
                }
                for one in recipients
            ],
            "timestamp": _now(),
            "feedbackId": str(uuid4()),
            "reportingMTA": "dsn; local.invalid",
        }
    return {
        "complainedRecipients": [{"emailAddress": one} for one in recipients],
        "timestamp": _now(),
        "feedbackId": str(uuid4()),
        "complaintFeedbackType": "abuse",
    }


def events(request: Json, message_id: str) -> list[Json]:
    """Send, and then one event for each thing that became of it."""
    common = mail(request, message_id)
    told: list[Json] = [{"eventType": "Send", "mail": common, "send": {}}]
    groups: dict[str, list[str]] = {}
    for recipient in common["destination"]:
        groups.setdefault(outcome(recipient), []).append(recipient)
    for kind, recipients in groups.items():
        if kind == "Complaint":
            told.append(
                {
                    "eventType": "Delivery",
                    "mail": common,
                    "delivery": details("Delivery", recipients),
                }
            )
        told.append({"eventType": kind, "mail": common, kind.lower(): details(kind, recipients)})
    return told


def publish(request: Json, message_id: str) -> None:
    """Tell every destination of the configuration set that wants to hear it."""
    name = request.get("ConfigurationSetName", "")
    known = ses_v2._config_sets.get(name) or {}
    source = f"arn:aws:ses:{get_region()}:{get_account_id()}:configuration-set/{name}"
    account = get_account_id()
    asked = {"aws:SourceArn": source, "aws:SourceAccount": account, "aws:SourceOwner": account}
    time.sleep(_DELAY_SECONDS)
    for event in events(request, message_id):
        for destination in (known.get("EventDestinations") or {}).values():
            topic = (destination.get("SnsDestination") or {}).get("TopicArn")
            wanted = event["eventType"].upper() in destination.get("MatchingEventTypes", [])
            if not (topic and wanted and destination.get("Enabled", True)):
                continue
            if service_may("ses", "sns:Publish", topic, asked) is None:
                sns.publish_internal(
                    topic, json.dumps(event), "Amazon SES Email Event Notification"
                )


def apply(settings: Settings) -> None:
    """Follow SendEmail; message ids look like those of SES."""
    original = ses_v2.handle_request

    async def handle(method: str, path: str, headers: Json, body: bytes, query: Json) -> Any:
        answer = await original(method, path, headers, body, query)
        if (
            method != "POST"
            or not path.rstrip("/").endswith("/outbound-emails")
            or answer[0] != 200
        ):
            return answer
        request = json.loads(body)
        message_id = f"0100{uuid4().hex[:12]}-{uuid4()}-000000"
        record = ses._sent_emails_list()[-1]
        record |= {
            "MessageId": message_id,
            "ConfigurationSetName": request.get("ConfigurationSetName", ""),
            "Tags": {tag["Name"]: tag["Value"] for tag in request.get("EmailTags") or []},
        }
        threading.Thread(
            target=copy_context().run, args=(publish, request, message_id), daemon=True
        ).start()
        return answer[0], answer[1], json.dumps({"MessageId": message_id}).encode()

    ses_v2.handle_request = handle
