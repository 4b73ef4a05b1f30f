"""published.yaml: when the city was published, and that it is still what was published then."""

from collections.abc import Iterator
from datetime import datetime

from city311.cities.findings import Finding, Level
from city311.cities.sources import PUBLISHED, Sources


def check(sources: Sources) -> Iterator[Finding]:
    """Whether this is the catalogue that Open311 clients were told of.

    They keep what they have read until the moment in discovery moves: a change that is not
    published would never reach them.
    """
    command = f"run `city311 publish {sources.folder}`"
    if sources.published is None:
        words = f"this city was never published: {command}"
        path = str(sources.folder / PUBLISHED)
        yield Finding(path=path, line=1, level=Level.ERROR, message=words)
        return
    document, published = sources.published.document, sources.published.model
    if not is_moment(published.published_at):
        words = f'this must be a moment with its offset, like "2027-03-01T15:00:00Z": {command}'
        yield document.finding(words, "published_at")
    if published.content != sources.content:
        words = f"the city's files changed since they were published: {command}"
        yield document.finding(words, "content")


def is_moment(text: str) -> bool:
    """Whether the text is a time with its offset."""
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
