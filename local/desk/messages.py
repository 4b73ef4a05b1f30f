"""Pages about what would have left the building: mails, texts, queues."""

import json
import re
from datetime import UTC, datetime
from typing import Any

from local.desk.frame import Sheet
from local.desk.markup import Markup, badge, link, table, tag
from local.desk.sight import Sight

Json = dict[str, Any]


def moment(seconds: float) -> Markup:
    """A time of day, with the whole of it on hover."""
    at = datetime.fromtimestamp(seconds, UTC)
    return tag(
        "time", f"{at:%H:%M:%S}", datetime=at.isoformat(), title=f"{at:%Y-%m-%d %H:%M:%S} UTC"
    )


def mails(sight: Sight) -> Sheet:
    """All mails, newest first."""
    rows = [
        (
            moment(mail["Timestamp"]),
            ", ".join(mail["To"]),
            link(f"mails/{mail['MessageId']}", mail["Subject"] or "(no subject)"),
        )
        for mail in sight.mails()
    ]
    heads = ("Sent (UTC)", "To", "Subject")
    found = table(heads, rows, "No mail has been sent yet.")
    return Sheet(section="mails", title="Mails", content=[found], fresh=True)


def mail(sight: Sight, message_id: str) -> Sheet | None:
    """One mail: its envelope, as a page, as text."""
    found = _find(sight, message_id)
    if found is None:
        return None
    facts = [
        ("From", found["Source"]),
        ("To", ", ".join(found["To"])),
        ("Sent", moment(found["Timestamp"])),
    ]
    content = [
        tag(
            "dl", *(piece for name, value in facts for piece in (tag("dt", name), tag("dd", value)))
        )
    ]
    if found.get("BodyHtml"):
        page = tag(
            "iframe",
            src=f"/_local/mails/{message_id}/page",
            title="The mail as a page",
            sandbox="",
            class_="mail",
        )
        content += [tag("h2", "As a page"), page]
    content += [tag("h2", "As text"), tag("pre", found.get("BodyText") or "(no text part)")]
    return Sheet(section="mails", title=found["Subject"] or "(no subject)", content=content)


def mail_page(sight: Sight, message_id: str) -> str | None:
    """The HTML part alone, for the frame."""
    found = _find(sight, message_id)
    return None if found is None else str(found.get("BodyHtml") or "")


def _find(sight: Sight, message_id: str) -> Json | None:
    return next((mail for mail in sight.mails() if mail["MessageId"] == message_id), None)


def texts(sight: Sight) -> Sheet:
    """All text messages, newest first."""
    rows = [
        (text.get("PhoneNumber") or "", text.get("Message", ""), len(text.get("Message", "")))
        for text in sight.texts()
    ]
    found = table(("Number", "Text", "Characters"), rows, "No text has been sent yet.")
    return Sheet(section="texts", title="Texts", content=[found], fresh=True)


def queues(sight: Sight) -> Sheet:
    """Every queue, the fullest first; dead letters only where there are any."""
    found = sight.queues()
    prefix = sight.outputs.get("DepartmentQueuePrefix", "").rsplit("/", 1)[-1]
    order = sorted(found, key=lambda name: (-len(found[name]), not _is_of(name, prefix), name))
    quiet = [name for name in order if _dead(name) and not found[name]]
    heads = ("Queue", "Kind", "Messages", "Oldest message")
    rows = [_row(name, prefix, found[name]) for name in order if name not in quiet]
    content = [table(heads, rows, "There is no queue yet.")]
    if quiet:
        names = tag(
            "ul", *(tag("li", link(f"queues/{name}", _short(name, prefix))) for name in quiet)
        )
        content.append(
            tag("details", tag("summary", f"{len(quiet)} empty queues for dead letters"), names)
        )
    return Sheet(section="queues", title="Queues", content=content, fresh=True)


def _row(name: str, prefix: str, messages: list[Json]) -> tuple[object, ...]:
    if _is_of(name, prefix):
        kind = badge("department", "good")
    else:
        kind = badge("dead letters", "bad") if _dead(name) else badge("queue")
    return link(f"queues/{name}", _short(name, prefix)), kind, len(messages) or "", _first(messages)


def _is_of(name: str, prefix: str) -> bool:
    return bool(prefix) and name.startswith(prefix) and not name.endswith("-dead")


def _dead(name: str) -> bool:
    return "dead" in name.lower() or "unheard" in name.lower() or "unfinished" in name.lower()


def _short(name: str, prefix: str) -> str:
    """Without what the stack puts around the name."""
    if prefix and name.startswith(prefix):
        return name.removeprefix(prefix)
    return re.sub(r"^.*-App-|[0-9A-F]{8}-[0-9A-F]+$", "", name)


def _first(messages: list[Json]) -> Markup | str:
    return tag("code", messages[0]["Body"][:140]) if messages else ""


def queue(sight: Sight, name: str) -> Sheet | None:
    """The messages of one queue, which stay in it."""
    messages = sight.queues().get(name)
    if messages is None:
        return None
    rows = [
        (
            moment(message["SentTimestamp"]),
            message["ReceiveCount"],
            _attributes(message),
            tag("pre", pretty(message["Body"])),
        )
        for message in messages
    ]
    heads = ("Sent (UTC)", "Taken", "Attributes", "Body")
    note = tag("p", "Looking takes nothing out of the queue.", class_="note")
    found = table(heads, rows, "The queue is empty.")
    return Sheet(section="queues", title=name, content=[note, found], fresh=True)


def _attributes(message: Json) -> Markup:
    given = message.get("MessageAttributes") or {}
    return tag("span", *(badge(f"{key}: {_value(value)}") for key, value in sorted(given.items())))


def _value(value: Any) -> str:
    return (
        str(value.get("StringValue") or value.get("Value") or "")
        if isinstance(value, dict)
        else str(value)
    )


def pretty(body: str) -> str:
    """JSON with a line for each member; any other text as it is."""
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except ValueError:
        return body
