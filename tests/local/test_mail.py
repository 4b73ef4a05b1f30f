"""Mail goes out as the role may send it, and SES tells what became of it."""

import json
from typing import Any

from tests.local.conftest import Town


def send(town: Town, to: str, sender: str = "city@mail.example") -> tuple[str | None, Any]:
    return town.call(
        "sesv2",
        "send_email",
        FromEmailAddress=sender,
        Destination={"ToAddresses": [to]},
        ConfigurationSetName=town.output("ConfigurationSetName"),
        EmailTags=[{"Name": "ledger_id", "Value": "abc"}],
        Content={
            "Simple": {
                "Subject": {"Data": "Received"},
                "Body": {"Text": {"Data": "Thank you"}, "Html": {"Data": "<p>Thank you</p>"}},
            }
        },
    )


def events(town: Town, count: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while len(found) < count:
        messages = town.messages("MailInboxUrl")
        assert messages, f"{len(found)} of {count} events"
        found += [json.loads(message["Body"]) for message in messages]
    return found


def test_a_mail_is_sent_and_delivered(town: Town) -> None:
    error, answer = send(town, "resident@example.com")

    assert error is None
    sent, delivered = sorted(events(town, 2), key=lambda event: event["eventType"], reverse=True)
    assert (sent["eventType"], delivered["eventType"]) == ("Send", "Delivery")
    for event in (sent, delivered):
        assert event["mail"]["messageId"] == answer["MessageId"]
        assert event["mail"]["tags"]["ledger_id"] == ["abc"]
    assert delivered["delivery"]["recipients"] == ["resident@example.com"]


def test_a_mail_to_the_simulator_bounces(town: Town) -> None:
    send(town, "bounce@simulator.amazonses.com")

    bounced = next(event for event in events(town, 2) if event["eventType"] == "Bounce")

    assert bounced["bounce"]["bounceType"] == "Permanent"
    recipients = bounced["bounce"]["bouncedRecipients"]
    assert recipients[0]["emailAddress"] == "bounce@simulator.amazonses.com"


def test_another_sender_is_refused(town: Town) -> None:
    error, answer = send(town, "resident@example.com", sender="mayor@mail.example")

    assert error == "Unhandled"
    assert "AccessDenied" in answer["errorMessage"]
