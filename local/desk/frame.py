"""The frame around every page of the desk."""

from collections.abc import Sequence
from dataclasses import dataclass

from local.desk.markup import Markup, joined, tag
from local.frontdoor.asgi import Page

SECTIONS = (
    ("", "Overview"),
    ("mails", "Mails"),
    ("texts", "Texts"),
    ("queues", "Queues"),
    ("executions", "Executions"),
    ("requests", "Requests"),
    ("logs", "Logs"),
    ("refusals", "Refusals"),
    ("bridges", "Bridges"),
)
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What a page shows. `section`: its place in the menu; `fresh`: it looks again by itself."""

    section: str
    title: str
    content: Sequence[Markup]
    fresh: bool = False


def framed(sheet: Sheet) -> Page:
    """The whole page."""
    menu = [
        tag(
            "a",
            name,
            href=f"/_local/{path}",
            aria_current="page" if path == sheet.section else None,
        )
        for path, name in SECTIONS
    ]
    head = [
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", f"{sheet.title} - The desk"),
        tag("link", rel="stylesheet", href="/_local/desk.css"),
        *([tag("meta", http_equiv="refresh", content="5")] if sheet.fresh else []),
    ]
    body = [
        tag(
            "header",
            tag("a", "The desk", href="/_local/", class_="brand"),
            tag("nav", *menu, aria_label="Desk"),
            tag("a", "The site", href="/", class_="away"),
        ),
        tag("main", tag("h1", sheet.title), *sheet.content),
    ]
    html = tag("html", tag("head", *head), tag("body", *body), lang="en")
    headers = ((b"content-security-policy", _POLICY.encode()),)
    return Page(joined([Markup("<!doctype html>"), html]), headers=headers)
