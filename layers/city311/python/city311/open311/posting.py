"""The updates extension, writing half: a form becomes what a partner says of a request."""

from datetime import UTC, datetime

from city311.domain.errors import NotFound
from city311.domain.ids import read_request_id
from city311.domain.update import PostedUpdate, UpdateStatus
from city311.open311.asking import Reader, first
from city311.open311.fields import POSTED, POSTED_IN_PART, Resource, Row
from city311.open311.forms import Form
from city311.open311.media import Media, kind_of

MOST_ID = 255
_SAYS_ENOUGH = frozenset({UpdateStatus.FIXED, UpdateStatus.REOPEN})
"""Words that need no description: they say by themselves what the resident means."""
_NEVER = datetime.min.replace(tzinfo=UTC)
_ADVICE = {
    "service_request_id": "Say which request it is about.",
    "update_id": "Give the update an id of your own, the same each time you send it.",
    "status": f"Write one of: {', '.join(word.value.upper() for word in UpdateStatus)}.",
    "updated_datetime": "Write a date and time with its zone, such as 2027-03-01T00:00:00Z.",
    "description": "Say what there is to say about the request.",
}


def parse(form: Form) -> PostedUpdate:
    """The update a form holds; whether it can be written is for the use case to say.

    InvalidInput names every field that is missing or no use; NotFound for what is no request id.
    Names, e-mail and telephone are not even read: there is no place for them.
    """
    reader = Reader({name: form.every(name) for name, _ in form.fields})
    media = Media.of(form)
    named, update_id = _text(reader, "service_request_id"), _text(reader, "update_id")
    if len(update_id) > MOST_ID:
        reader.wrong("update_id", f"Shorten it to {MOST_ID} characters.", "too_long")
    status, at = _status(reader), _time(reader)
    if not (status in _SAYS_ENOUGH or media.files or media.urls):
        _text(reader, "description")
    reader.refuse()
    known = read_request_id(named)
    if known is None:
        raise NotFound("There is no such request.")
    return PostedUpdate(
        service_request_id=known,
        update_id=update_id,
        status=status,
        at=at,
        text=next((value for name, value in form.fields if name == "description"), ""),
        files=tuple((kind_of(file), file.content) for file in media.files),
        media_urls=media.urls,
        spoiled=media.spoiled,
    )


def answer(update_id: str, notice: str | None) -> tuple[Resource, list[Row]]:
    """What the sender is told: the id under which the update is listed, and what was left out."""
    row: Row = {"update_id": update_id, "service_notice": notice}
    return POSTED_IN_PART if notice else POSTED, [row]


def _text(reader: Reader, name: str) -> str:
    text = first(reader.query, name)
    if text is None:
        reader.wrong(name, _ADVICE[name], "missing")
    return text or ""


def _status(reader: Reader) -> UpdateStatus:
    """The word, in any case and with spaces or underscores; what is none is kept by the reader."""
    text = _text(reader, "status")
    word = "_".join(text.lower().replace("_", " ").split())
    if word in set(UpdateStatus):
        return UpdateStatus(word)
    if text:
        reader.wrong("status", _ADVICE["status"])
    return UpdateStatus.UNCHANGED


def _time(reader: Reader) -> datetime:
    given = _text(reader, "updated_datetime")
    return (reader.time("updated_datetime") if given else None) or _NEVER
