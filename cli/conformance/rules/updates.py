"""U: what happened to requests, as FixMyStreet reads it."""

import re
from datetime import timedelta

from cli.conformance.case import Case
from cli.conformance.exchange import Answer
from cli.conformance.model import Client, Level
from cli.conformance.reading import DATE, XML, Row, instant, rows, xml_root
from cli.conformance.registry import rule
from cli.conformance.rules.privacy import PERSONAL
from cli.conformance.survey import now, stamp

RESOURCE = "servicerequestupdates"
_STATUSES = (
    *("open", "closed", "fixed", "in_progress", "planned", "action_scheduled", "investigating"),
    *("duplicate", "not_councils_responsibility", "no_further_action", "internal_referral"),
    *("cancelled", "reopen", "for_triage", "unchanged"),
)
_SPANS = (timedelta(hours=24), timedelta(days=30))
_EMPTY = "nothing happened to any request in the last 30 days"


def window(case: Case, start: str, end: str, fmt: str = "", *, fresh: bool = False) -> Answer:
    """The updates between two times."""
    query = {"start_date": start, "end_date": end}
    answer = case.get(RESOURCE, fmt or case.best, query, fresh=fresh)
    if answer.status == 404:
        case.skip("updates are not offered")
    return case.ok(answer)


def listed(answer: Answer) -> list[Row]:
    """The updates of an answer."""
    return rows(answer, "request_update")


def some(case: Case, fmt: str = "") -> tuple[Answer, list[Row]]:
    """Updates to look at; the rule is skipped where there are none, or no such resource."""
    end = now().replace(minute=59, second=59)
    for span in _SPANS:
        answer = window(case, stamp(end - span), stamp(end), fmt)
        if found := listed(answer):
            return answer, found
    return case.skip(_EMPTY, "Let something happen to a request, and run this again.")


@rule(
    "U1",
    Level.MAY,
    "The list has the updates of the span that was asked for, and no others.",
    "FixMyStreet asks for the last hours and throws away what is outside.",
    Client.FMS_UPDATES,
)
def span(case: Case) -> None:
    """A day; then the one second of one of its updates."""
    answer, found = some(case)
    times = [str(row.get("updated_datetime")) for row in found]
    odd = [text for text in times if not DATE.fullmatch(text)]
    case.expect(not odd, "times as YYYY-MM-DDThh:mm:ss and a zone", odd[:3], answer)
    one = times[len(times) // 2]
    narrow = window(case, one, one)
    others = [row for row in listed(narrow) if instant(row.get("updated_datetime")) != instant(one)]
    case.expect(not others, f"updates of {one} alone", others[:1], narrow)
    case.expect(listed(narrow), "both ends included", narrow.text[:200], narrow)


@rule(
    "U2",
    Level.MAY,
    "Every update has an update_id that is its own and stays.",
    "It is how a reader knows that it has read it already.",
    Client.FMS_UPDATES,
)
def update_ids(case: Case) -> None:
    """Unique, of letters, digits, - and _, and the same in a second reading."""
    answer, found = some(case)
    before = [str(row.get("update_id") or "") for row in found]
    odd = [each for each in before if not re.fullmatch(r"[\w-]+", each)]
    case.expect(not odd, "ids of letters, digits, - and _", odd[:3], answer)
    case.expect(len(set(before)) == len(before), "every id once", before[:5], answer)
    again = case.ok(case.endpoint.read(answer.ask.url, answer.ask.fmt, fresh=True))
    after = [str(row.get("update_id")) for row in listed(again)]
    lost = [each for each in before if each not in after]
    case.expect(not lost, "the same ids in a second reading", f"{lost[:3]} are gone", again)


@rule(
    "U5",
    Level.MAY,
    "The status of an update is one of FixMyStreet's words, in small letters.",
    "It sets the state of its own report by it.",
    Client.FMS_UPDATES,
)
def statuses(case: Case) -> None:
    """Of every update."""
    answer, found = some(case)
    for row in found:
        status = row.get("status")
        case.expect(status in _STATUSES, "a word of the fifteen", status, answer)


@rule(
    "U6",
    Level.MAY,
    "media_url is a link, or several: repeated in XML, an array in JSON.",
    "FixMyStreet fetches the photos of an update from there.",
    Client.FMS_UPDATES,
)
def media(case: Case) -> None:
    """Of every update that has one."""
    looked = 0
    for fmt in case.both:
        answer, found = some(case, fmt)
        if fmt == XML:
            inside = [each.tag for each in xml_root(answer).findall(".//media_url/*")]
            case.expect(not inside, "text in <media_url>", inside, answer)
        for row in found:
            given = row.get("media_url") or []
            links = given if isinstance(given, list) else [given]
            for link in links:
                looked += 1
                good = isinstance(link, str) and re.match(r"https?://", link)
                case.expect(good, f"links ({fmt})", given, answer)
    if not looked:
        case.skip("no update has photos", "Add one with a photo, and run this again.")


@rule(
    "U7",
    Level.MAY,
    "Notes among staff, and who wrote, are in no update.",
    "FixMyStreet publishes every update that it reads.",
    Client.FMS_UPDATES,
)
def nothing_internal(case: Case) -> None:
    """No field about people; and not the words of a note that the city names."""
    for fmt in case.both:
        answer, found = some(case, fmt)
        for row in found:
            told = [name for name in PERSONAL if row.get(name)]
            case.expect(not told, "no field about people", f"{told} ({fmt})", answer)
    note = case.fact(
        "internal_note",
        "Write a note among staff, and name its words with --fact internal_note=WORDS.",
    )
    for fmt in case.both:
        answer, _ = some(case, fmt)
        case.expect(note not in answer.text, "no word of the note", "it is there", answer)
