"""L: what must be in no list."""

import re

from cli.conformance.case import Case, ids
from cli.conformance.model import Client, Level
from cli.conformance.plan import keywords
from cli.conformance.registry import rule

PERSONAL = ("first_name", "last_name", "email", "phone", "device_id", "account_id", "reporter")
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]++@[\w-]++\.\w")
"""Goes over each word once: the words are the endpoint's, and may be megabytes."""
_WHO = (Client.FMS_FOLLOWS, Client.STATUS, Client.BOS311, Client.PINPOINT)


@rule(
    "L13",
    Level.MUST,
    "Nothing in a request says who reported.",
    "The list is public; people who are named for reporting stop reporting.",
    *_WHO,
    files=1,
)
def nothing_personal(case: Case) -> None:
    """No field for it in any list; with --post, a report with a name, mail and number."""
    for fmt in case.both:
        at = case.get("requests", fmt)
        found = case.listed({"extensions": "true"}, fmt=fmt) + case.listed(fmt=fmt)
        for row in found:
            told = [name for name in PERSONAL if row.get(name)]
            case.expect(not told, "no field about who reported", f"{told} ({fmt})", at)
        mails = [row for row in found if _MAIL.search(str(row.get("description")))]
        if mails:
            named = ids(mails)[:3]
            case.warn(f"descriptions hold mail addresses, as people wrote them: {named}")
    if case.clerk is None:
        case.unseen("The contact data of a report: run this with --post.")
        return
    _file_with_contact(case)


def _file_with_contact(case: Case) -> None:
    clerk = case.writer()
    mark = f"zq{case.run}"
    contact = {
        "first_name": f"{mark}first",
        "last_name": f"{mark}last",
        "email": f"{mark}mail@example.org",
        "device_id": f"{mark}device",
        "account_id": f"{mark}account",
        "phone": "+1 202 555 0143",
    }
    found = case.accepted(clerk.post([*clerk.report("L13"), *contact.items()], rule="L13"))
    for fmt in case.both:
        for query in ({}, {"extensions": "true"}):
            case.read_back(found, fmt)
            one = case.one(found, fmt, query, fresh=True)
            told = [name for name, value in contact.items() if value in one.text]
            case.expect(not told, "no word about who reported", told, one)
        many = case.get("requests", fmt, {"service_request_id": found}, fresh=True)
        told = [name for name, value in contact.items() if value in many.text]
        case.expect(not told, "no word about who reported in the list", told, many)


@rule(
    "L14",
    Level.MUST,
    "Private requests are in no list.",
    "A published place of a private request is a published person.",
    *_WHO,
)
def private_absent(case: Case) -> None:
    """None of a private service, and not the one that the city names."""
    marked = [row for row in case.survey.services() if "private" in keywords(row)]
    for row in marked:
        code = str(row["service_code"])
        query = {"service_code": code}
        at, found = case.get("requests", case.best, query), case.listed(query)
        found = [each for each in found if each.get("service_code") == code]
        case.expect(not found, f"no request of the private service {code}", ids(found)[:3], at)
    by_hand = "Name one with --fact private_request=ID, and it is looked for."
    hidden = case.facts.get("private_request")
    if not hidden and not marked:
        case.skip("no service is marked private, and no private request is known", by_hand)
    if not hidden:
        case.unseen(by_hand)
        return
    for fmt in case.both:
        for query in ({"service_request_id": hidden}, {}):
            at, found = case.get("requests", fmt, query), case.listed(query, fmt=fmt)
            case.expect(hidden not in ids(found), f"no {hidden} in the list", "it is there", at)
