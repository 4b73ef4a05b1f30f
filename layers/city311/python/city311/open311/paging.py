"""Where a list goes on: the headers of its pages, with addresses that stay true while it grows."""

from urllib.parse import quote, urlencode

from city311.domain.request import PublicRequest
from city311.open311.asking import Query, every, first
from city311.open311.lists import PAGE_SIZES, REPEATED, Asked, counted, pages
from city311.open311.wire import time_text
from city311.ports import Page

_SEVERAL = frozenset({"service_code", "status", "extensions"})


def headers(asked: Asked, query: Query, page: Page[PublicRequest], address: str) -> dict[str, str]:
    """What the pages of this list say beside their rows. ``address``: the list without a query.

    The number of rows is said where it is known, which a page in the middle does not show.
    """
    if asked.ids is not None:
        return {"X-Result-Count": str(len(page.rows))}
    size = asked.query.limit
    said = {"X-Page-Size": str(size)}
    if asked.clamped:
        said |= {"X-Open311-Clamped": "true", "Warning": f'299 - "{asked.clamped}"'}
    count = counted(asked, page)
    if count is not None:
        said |= {"X-Result-Count": str(count), "X-Page-Count": str(pages(count, size))}
    kept = _kept(query)
    kept["updated_before" if asked.query.by_updated else "end_date"] = time_text(asked.query.end)
    if any(first(query, name) for name in PAGE_SIZES):
        kept["page_size"] = str(size)
    if page.cursor is not None:
        url = _url(address, kept, "cursor", page.cursor)
        said |= {"X-Next-Page-URL": url, "Link": f'<{url}>; rel="next"'}
    if asked.page is not None and asked.page > 1:
        said["X-Previous-Page-URL"] = _url(address, kept, "page", str(asked.page - 1))
    return said


def _kept(query: Query) -> dict[str, str]:
    """What was asked, once each and without blanks."""
    found = {
        name: ",".join(every(query, name)) if name in _SEVERAL else first(query, name)
        for name in REPEATED
    }
    return {name: text for name, text in found.items() if text}


def _url(address: str, kept: dict[str, str], name: str, value: str) -> str:
    # A header is ASCII without line breaks: whatever was typed into the query comes out quoted.
    query = urlencode({**kept, name: value}, quote_via=quote, safe=",:", errors="replace")
    return f"{address}?{query}"
