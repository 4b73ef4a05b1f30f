"""L: the list of requests and its filters."""

from datetime import timedelta

from cli.conformance.case import Case, ids
from cli.conformance.model import Client, Level
from cli.conformance.reading import DATE, FIELDS, JSON, XML, Row, instant, rows
from cli.conformance.registry import rule
from cli.conformance.rules.services import shape
from cli.conformance.survey import now

MOST, DAYS = 1000, 90
READERS = (
    Client.FMS_FOLLOWS,
    Client.RUBY,
    Client.THREE,
    Client.R311,
    Client.STATUS,
    Client.PINPOINT,
)
_NEEDED = ("service_request_id", "status", "service_code", "requested_datetime")
_LONG_AGO = {"start_date": "2001-01-01T00:00:00Z", "end_date": "2001-01-02T00:00:00Z"}


@rule(
    "L1",
    Level.MUST,
    "Without parameters the list has the last 90 days, and at most 1000 requests.",
    "Clients read it every few minutes, and believe that it is the present.",
    *READERS,
)
def by_default(case: Case) -> None:
    """The list that everybody reads, and its shape."""
    for fmt in case.both:
        answer = case.ok(case.get("requests", fmt))
        shape(case, answer, "service_requests", "request")
        found = rows(answer, "request")
        case.expect(len(found) <= MOST, f"at most {MOST} requests", len(found), answer)
        # A day is given: cities count days in their own zone.
        first = now() - timedelta(days=DAYS + 1)
        old = [row for row in found if (instant(row.get("requested_datetime")) or now()) < first]
        came = [row.get("requested_datetime") for row in old[:3]]
        case.expect(not old, f"requests of the last {DAYS} days", came, answer)


@rule(
    "L2",
    Level.MUST,
    "service_code, status, start_date and end_date filter; codes and statuses may be comma lists.",
    "Maps and mirrors ask for what they show, and show what they get.",
    *READERS,
)
def filters(case: Case) -> None:
    """Each one alone, and lists of two."""
    some = case.some()
    codes = sorted({str(row["service_code"]) for row in some if row.get("service_code")})[:2]
    for value in dict.fromkeys([*codes, ",".join(codes)]):
        _only(case, "service_code", value, sought=set(value.split(",")))
    for value in ("open", "closed", "open,closed"):
        known = {str(row.get("status")) for row in some} & set(value.split(","))
        _only(case, "status", value, sought=known)
    _by_dates(case, some)


def _only(case: Case, name: str, value: str, *, sought: set[str]) -> None:
    """The list has what was asked for and nothing else."""
    at = case.get("requests", case.best, {name: value})
    found = {str(row.get(name)) for row in case.listed({name: value})}
    case.expect(found <= set(value.split(",")), f"{name} {value} alone", sorted(found), at)
    case.expect(sought <= found, f"requests of every {name} of {value}", sorted(found), at)


def _by_dates(case: Case, some: list[Row]) -> None:
    dated = [row for row in some if instant(row.get("requested_datetime"))]
    if not dated:
        case.skip("no request says when it was requested, see L16")
    middle = dated[len(dated) // 2]
    text = str(middle["requested_datetime"])
    query = {"start_date": text, "end_date": text}
    at, found = case.get("requests", case.best, query), case.listed(query)
    others = [row["requested_datetime"] for row in found if not _same(row, middle)]
    case.expect(not others, f"requests of {text} alone", others[:3], at)
    inside = middle["service_request_id"] in ids(found)
    case.expect(inside, "both ends included", ids(found)[:3], at)


def _same(row: Row, other: Row) -> bool:
    name = "requested_datetime"
    return instant(row.get(name)) == instant(other.get(name))


@rule(
    "L3",
    Level.MUST,
    "service_request_id takes a comma list, and overrides every other parameter.",
    "FixMyStreet follows its reports by asking for all their ids at once.",
    Client.FMS_FOLLOWS,
    Client.RUBY,
    Client.THREE,
)
def ids_override(case: Case) -> None:
    """Ids, with dates and a status that none of them has."""
    some = case.some()[:2]
    wanted = ids(some)
    other = "closed" if some[0].get("status") == "open" else "open"
    query = {"service_request_id": ",".join(wanted), "status": other, **_LONG_AGO}
    found = ids(case.listed(query))
    at = case.get("requests", case.best, query)
    case.expect(sorted(found) == sorted(wanted), f"the requests {wanted}", found, at)
    mixed = {"service_request_id": f"{wanted[0]},no-such-request-311"}
    at = case.get("requests", case.best, mixed)
    came = ids(case.listed(mixed))
    case.expect(came == wanted[:1], "unknown ids left out", came, at)


@rule(
    "L4",
    Level.SHOULD,
    "A span of more than 90 days is cut to its last 90, not refused.",
    "FixMyStreet and researchers ask for long spans, and take a 400 for an outage.",
    Client.FMS_FOLLOWS,
    Client.R311,
)
def long_span(case: Case) -> None:
    """A year and more, up to now."""
    start = (now() - timedelta(days=400)).strftime("%Y-%m-%dT%H:%M:%SZ")
    query = {"start_date": start, "end_date": now().strftime("%Y-%m-%dT00:00:00Z")}
    answer = case.ok(case.get("requests", case.best, query))
    first = now() - timedelta(days=DAYS + 2)
    old = [
        row["requested_datetime"]
        for row in rows(answer, "request")
        if (instant(row.get("requested_datetime")) or now()) < first
    ]
    if old:
        case.warn(f"the whole span is answered, which the specification does not expect: {old[:1]}")


@rule(
    "L5",
    Level.MUST,
    "A date that is none is 400.",
    "Ignored, it would be the answer to another question.",
    *READERS,
)
def bad_date(case: Case) -> None:
    """Of either end, and a status that is none."""
    for name in ("start_date", "end_date"):
        case.status(case.get("requests", case.best, {name: "last tuesday"}), 400)
    case.status(case.get("requests", case.best, {"start_date": "2026-13-45T00:00:00Z"}), 400)


@rule(
    "L8",
    Level.MUST,
    "A list of nothing is 200: [] in JSON, an empty <service_requests> in XML.",
    "Nothing happened is no error; r311 reads pages until one is empty.",
    *READERS,
)
def nothing(case: Case) -> None:
    """A day in 2001."""
    for fmt in case.both:
        answer = case.ok(case.get("requests", fmt, _LONG_AGO))
        shape(case, answer, "service_requests", "request")
        found = rows(answer, "request")
        case.expect(not found, "no requests", ids(found)[:3], answer)


@rule(
    "L15",
    Level.MUST,
    "Every time is written YYYY-MM-DDThh:mm:ss with Z or an offset: seconds always, no fractions.",
    "FixMyStreet compares them as text.",
    *READERS,
    Client.ONEBUSAWAY,
)
def times(case: Case) -> None:
    """Every time of every request, in every format."""
    looked = 0
    for fmt in case.both:
        at = case.get("requests", fmt)
        for row in case.listed(fmt=fmt):
            for name in ("requested_datetime", "updated_datetime", "expected_datetime"):
                text = row.get(name)
                looked += text is not None
                good = text is None or DATE.fullmatch(str(text))
                case.expect(good, f"{name} as YYYY-MM-DDThh:mm:ss and a zone", text, at)
    if not looked:
        case.some()
        case.skip("no request has a time")


@rule(
    "L16",
    Level.SHOULD,
    "Every request has every field, null or empty where nothing is known.",
    "Four fields are demanded. The others are read without a look whether they are there.",
    Client.RUBY,
    Client.R311,
    Client.FMS_FOLLOWS,
    Client.STATUS,
)
def all_fields(case: Case) -> None:
    """Names of all, values of the four."""
    case.some()
    for fmt in case.both:
        at = case.get("requests", fmt)
        for row in case.listed(fmt=fmt):
            name = row.get("service_request_id")
            lacking = [each for each in FIELDS if each not in row]
            case.expect(not lacking, "all 17 fields", f"{name} has no {lacking} ({fmt})", at)
            empty = [each for each in _NEEDED if not row.get(each)]
            case.expect(not empty, "values of the four", f"{name}: no {empty} ({fmt})", at)
            good = row["status"] in ("open", "closed")
            case.expect(good, "the status open or closed", row["status"], at)
            _numbers(case, row, fmt)


def _numbers(case: Case, row: Row, fmt: str) -> None:
    if fmt == XML:
        return
    if any(isinstance(row[name], str) for name in ("lat", "long")):
        case.warn(
            "lat and long are text in JSON, and numbers to others", Client.ONEBUSAWAY, Client.R311
        )
    if not isinstance(row["service_request_id"], str):
        case.warn(f"the id {row['service_request_id']} is a number in {JSON}", Client.ONEBUSAWAY)
