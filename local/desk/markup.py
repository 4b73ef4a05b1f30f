"""HTML as text that knows whether it has been escaped."""

from collections.abc import Iterable, Sequence
from html import escape
from urllib.parse import quote

_VOID = {"meta", "link", "input", "br"}


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def text(value: object) -> Markup:
    """A value as HTML."""
    return value if isinstance(value, Markup) else Markup(escape(str(value)))


def tag(name: str, /, *children: object, **attributes: object) -> Markup:
    """An element. `class_` is class, other underscores become hyphens; None leaves one out."""
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _VOID:
        return Markup(f"<{name}{given}>")
    return Markup(f"<{name}{given}>{joined(children)}</{name}>")


def joined(children: Iterable[object]) -> Markup:
    """Several pieces in a row."""
    return Markup("".join(text(child) for child in children))


def link(path: str, *children: object) -> Markup:
    """A link to another page of the desk."""
    return tag("a", *children, href=f"/_local/{quote(path)}")


def table(heads: Sequence[str], rows: Iterable[Sequence[object]], empty: str) -> Markup:
    """A table, or a sentence where there is nothing."""
    body = [tag("tr", *(tag("td", cell) for cell in row)) for row in rows]
    if not body:
        return tag("p", empty, class_="empty")
    head = tag("tr", *(tag("th", name, scope="col") for name in heads))
    whole = tag("table", tag("thead", head), tag("tbody", *body))
    return tag("div", whole, class_="scroll", tabindex="0", role="region", aria_label=heads[0])


def badge(word: str, kind: str = "") -> Markup:
    """A status as a coloured word."""
    return tag("span", word, class_=f"badge {kind}".strip())
