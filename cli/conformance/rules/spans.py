"""L: dates as they are really sent, changes, and areas."""

from datetime import datetime, timedelta
from urllib.parse import quote

from cli.conformance.case import Case, ids
from cli.conformance.exchange import Answer
from cli.conformance.model import Client, Level
from cli.conformance.reading import Row, instant, rows
from cli.conformance.registry import rule
from cli.conformance.rules.lists import READERS
from cli.conformance.survey import stamp

_AHEAD = timedelta(hours=2)


def _moments(row: Row) -> tuple[datetime, datetime] | None:
    asked = instant(row.get("requested_datetime"))
    changed = instant(row.get("updated_datetime"))
    return (asked, changed) if asked and changed else None


def _anchor(case: Case) -> datetime:
    """A time at which something was requested."""
    dated = [found for row in case.some() if (found := _moments(row))]
    if dated:
        return dated[len(dated) // 2][0]
    return case.skip("no request says when it was requested and changed, see L16")


def _ahead(at: datetime) -> str:
    """The same instant, told in a zone two hours ahead."""
    return (at + _AHEAD).strftime("%Y-%m-%dT%H:%M:%S") + "+02:00"


@rule(
    "L6",
    Level.MUST,
    "The same instants ask for the same requests, in whatever zone they are written.",
    "A request an hour off is missed, or read again and again.",
    *READERS,
)
def offsets(case: Case) -> None:
    """An hour in UTC, and the same hour two hours ahead."""
    at = _anchor(case)
    start, end = at - timedelta(minutes=30), at + timedelta(minutes=30)
    plain = ids(case.listed({"start_date": stamp(start), "end_date": stamp(end)}))
    query = {"start_date": _ahead(start), "end_date": _ahead(end)}
    answer = case.ok(case.get("requests", case.best, query))
    found = ids(rows(answer, "request"))
    case.expect(plain, "requests in this hour", plain, answer)
    case.expect(found == plain, f"the same {len(plain)} as in UTC", found[:5], answer)


@rule(
    "L7",
    Level.SHOULD,
    "The plus sign of an offset may stand in the address as it is.",
    "OneBusAway and r311 do not encode it, and a server then reads a blank.",
    Client.ONEBUSAWAY,
    Client.R311,
)
def raw_plus(case: Case) -> None:
    """The same hour, encoded and not."""
    at = _anchor(case)
    start, end = _ahead(at - timedelta(minutes=30)), _ahead(at + timedelta(minutes=30))
    encoded = f"start_date={quote(start, safe='')}&end_date={quote(end, safe='')}"
    wanted = ids(rows(case.ok(_raw(case, encoded)), "request"))
    answer = case.ok(_raw(case, f"start_date={start}&end_date={end}"))
    found = ids(rows(answer, "request"))
    case.expect(wanted, "requests in this hour", wanted, answer)
    case.expect(found == wanted, f"the same {len(wanted)} as encoded", found[:5], answer)


def _raw(case: Case, query: str) -> Answer:
    return case.endpoint.get("requests", case.best, raw=query)


@rule(
    "L11",
    Level.MAY,
    "updated_after finds requests that are old and have changed since.",
    "Whoever mirrors requests asks for changes; by request time a late closing is never seen.",
    Client.PINPOINT,
    Client.FMS_FOLLOWS,
)
def changes(case: Case) -> None:
    """A request that changed after it was made, asked for by a time between."""
    changed = [(row, times) for row in case.some() if (times := _moments(row))]
    later = [pair for pair in changed if pair[1][1] - pair[1][0] > timedelta(seconds=1)]
    if not later:
        case.skip("no request has changed since it was made", "Change one, and run this again.")
    row, (_, at) = max(later, key=lambda pair: pair[1][1] - pair[1][0])
    after = at - timedelta(seconds=1)
    query = {"updated_after": stamp(after), "updated_before": stamp(at + timedelta(seconds=1))}
    answer = case.ok(case.get("requests", case.best, query))
    found = rows(answer, "request")
    early = [each for each in found if (seen := _moments(each)) and seen[1] < after]
    if early:
        case.skip("updated_after makes no difference: it is not offered")
    wanted = str(row["service_request_id"])
    case.expect(wanted in ids(found), f"{wanted}, changed at {stamp(at)}", ids(found)[:5], answer)
    both = case.get("requests", case.best, {**query, "start_date": stamp(after)})
    if wanted not in (ids(rows(both, "request")) if both.status == 200 else []):
        words = "start_date with the same value hides old requests that changed"
        case.warn(words, Client.PINPOINT)


def _place(row: Row) -> tuple[float, float] | None:
    try:
        return float(row["lat"]), float(row["long"])
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


@rule(
    "L12",
    Level.MAY,
    "bbox is west,south,east,north: longitude first.",
    "Two of three servers and all of GeoJSON have it so. The other way round the box lies in "
    "another country.",
    Client.BOS311,
)
def box(case: Case) -> None:
    """A small box around a request, and one in the ocean."""
    placed = [(row, point) for row in case.some() if (point := _place(row))]
    if not placed:
        case.skip("no request has a place that is a number")
    far = case.get("requests", case.best, {"bbox": "-123.5,-48.9,-123.3,-48.8"})
    if far.status == 200 and rows(far, "request"):
        case.skip("bbox makes no difference: it is not offered")
    row, (lat, long) = placed[0]
    around = [long - 0.001, lat - 0.001, long + 0.001, lat + 0.001]
    query = {"bbox": ",".join(f"{edge:.6f}" for edge in around)}
    answer = case.ok(case.get("requests", case.best, query))
    wanted = str(row["service_request_id"])
    found = rows(answer, "request")
    case.expect(wanted in ids(found), f"{wanted}, which lies in it", ids(found)[:5], answer)
