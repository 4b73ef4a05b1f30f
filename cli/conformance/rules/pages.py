"""L: long lists, page by page."""

import re
from urllib.parse import urlsplit

from cli.conformance.case import Case, ids
from cli.conformance.exchange import Answer
from cli.conformance.model import Client, Level
from cli.conformance.reading import rows
from cli.conformance.registry import rule

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_MOST_PAGES = 14
_MOST_ROWS = 60
_PAGES = 5


@rule(
    "L9",
    Level.MAY,
    "Reading page by page gives every request once, also while new ones come in.",
    "A mirror that reads at noon reads while people report.",
    Client.R311,
    Client.THREE,
    Client.PINPOINT,
    files=1,
)
def every_page(case: Case) -> None:
    """A few pages; with --post a report is filed after the first."""
    whole = ids(case.listed({"page_size": "1000"}, fresh=True))
    size = max(2, -(-min(len(whole), _MOST_ROWS) // _PAGES))
    if len(whole) <= size:
        case.skip("there are too few requests for two pages")
    wanted = whole[:_MOST_ROWS]
    walked: list[str] = []
    answer = case.ok(_page(case, size, 1))
    if len(rows(answer, "request")) > size:
        case.skip("page_size makes no difference: pages are not offered")
    for number in range(2, _MOST_PAGES + 2):
        found = ids(rows(answer, "request"))
        walked += found
        if not found or set(wanted) <= set(walked):
            break
        if number == 2:
            _file_one(case)
        answer = case.ok(_next(case, answer, size, number))
    twice = sorted({each for each in walked if walked.count(each) > 1})
    case.expect(not twice, "every request once", f"again: {twice[:5]}", answer)
    missed = [each for each in wanted if each not in walked]
    case.expect(not missed, f"all of the first {len(wanted)}", f"missed: {missed[:5]}", answer)


def _page(case: Case, size: int, number: int) -> Answer:
    query = {"page_size": str(size), "page": str(number)}
    return case.get("requests", case.best, query, fresh=True)


def _next(case: Case, answer: Answer, size: int, number: int) -> Answer:
    """The page after this one: where the answer says it is, else by its number."""
    link = re.search(r'<([^>]+)>\s*;\s*rel="?next', answer.headers.get("link", ""))
    said = answer.headers.get("x-next-page-url") or (link[1] if link else "")
    url = here(said, case.endpoint.base) if said else None
    return case.endpoint.read(url, case.best, fresh=True) if url else _page(case, size, number)


def here(url: str, base: str) -> str | None:
    """``url`` at the host of ``base``; None if it leads elsewhere. This computer has many names."""
    told, asked = urlsplit(url), urlsplit(base)
    at_home = {told.hostname, asked.hostname} <= _LOOPBACK and told.port == asked.port
    if told.netloc != asked.netloc and not at_home:
        return None
    return told._replace(netloc=asked.netloc).geturl()


def _file_one(case: Case) -> None:
    if case.clerk is None:
        case.unseen("Reports that come in meanwhile: run this with --post.")
        return
    case.clerk.post(case.clerk.report("L9"), rule="L9")


@rule(
    "L10",
    Level.MAY,
    "A page after the last is an empty list.",
    "r311 asks for pages until one is empty; an error ends it, the first page again never does.",
    Client.R311,
)
def past_the_end(case: Case) -> None:
    """A page far behind the few requests of one second."""
    text = str(case.some()[0].get("requested_datetime") or case.skip("no request has a time"))
    query = {"start_date": text, "end_date": text, "page_size": "10"}
    first = ids(case.listed(query))
    case.expect(first, f"the requests of {text}", first, case.get("requests", case.best, query))
    answer = case.ok(case.get("requests", case.best, {**query, "page": "50"}))
    found = ids(rows(answer, "request"))
    if found == first:
        case.skip("page makes no difference: pages are not offered")
    case.expect(not found, "an empty list", found[:5], answer)
