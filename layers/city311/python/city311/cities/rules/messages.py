"""messages/: one file for each language and stage, with places that exist and short enough."""

from collections.abc import Iterator
from dataclasses import replace
from string import Template

from city311.cities.documents import Document
from city311.cities.findings import Finding, Level
from city311.cities.schema import MessageFile
from city311.cities.sources import Sources
from city311.domain.lifecycle import RESIDENT_STAGES, Stage
from city311.domain.messages import PLACES, SMS_CHARACTERS

_ALWAYS = frozenset({"link", "service_request_id"})
_MUST = {
    Stage.RECEIVED: _ALWAYS | {"promise"},
    Stage.IN_PROGRESS: _ALWAYS,
    Stage.REOPENED: _ALWAYS,
    Stage.RESOLVED: _ALWAYS | {"outcome", "note"},
}
"""What a letter must say: where to look, which number, by when, what came of it."""
_RESULT = frozenset({"outcome", "note"})
"""Known only once there is a result."""
_LONG = {
    "service_request_id": 9,
    "link": 110,
    "promise": 30,
    "outcome": 70,
    "note": 200,
}
"""Characters to reckon with where the words come from elsewhere."""


def check(sources: Sources) -> Iterator[Finding]:
    """Everything about messages."""
    yield from _missing(sources)
    yield from _phrases(sources)
    for (language, stage_name), message in sources.messages.items():
        document, words, stage = message.document, message.model, Stage(stage_name)
        if sources.languages and language not in sources.languages:
            text = f'"{language}" is not one of the languages in city.yaml'
            yield document.finding(text, level=Level.WARNING)
        yield from _letter(document, words, stage)
        length = _longest(sources, language, words.sms)
        if length > SMS_CHARACTERS:
            text = f"this may grow to {length} characters and is cut at {SMS_CHARACTERS}"
            yield document.finding(text, "sms")


def _missing(sources: Sources) -> Iterator[Finding]:
    for language in sources.languages:
        folder = sources.folder / "messages" / language
        lacking = {
            f"{stage.value}.yaml": f'this message is missing: in "{language}" nobody hears '
            f'"{stage.value}"'
            for stage in RESIDENT_STAGES
        } | {"words.yaml": f'the phrases of "{language}" are missing'}
        for name, words in lacking.items():
            path = folder / name
            if not path.exists():  # else its own finding says what is wrong with it
                yield Finding(path=str(path), line=1, level=Level.ERROR, message=words)


def _phrases(sources: Sources) -> Iterator[Finding]:
    for phrases in sources.phrases.values():
        document, file = phrases.document, phrases.model
        for field, text, wanted in (
            ("date", file.date, {"day", "month", "year"}),
            ("danger", file.danger, {"number"}),
        ):
            names = _names(text)
            for name in sorted(wanted - names):
                yield document.finding(f"the {field} must say ${name}", field)
            for name in sorted(names - wanted):
                what = f"${name}" if name else "a lone $"
                yield document.finding(f"{what} cannot be filled in here", field)


def _letter(document: Document, words: MessageFile, stage: Stage) -> Iterator[Finding]:
    for field, text in (("subject", words.subject), ("body", words.body), ("sms", words.sms)):
        yield from _places(document, field, text, stage)
        must = {"subject": frozenset[str](), "body": _MUST[stage], "sms": _ALWAYS}[field]
        for name in sorted(must - _names(text)):
            yield document.finding(f"the {field} must say ${name}", field)


def _places(document: Document, field: str, text: str, stage: Stage) -> Iterator[Finding]:
    for match in Template.pattern.finditer(text):
        name = match.group("named") or match.group("braced")
        problem = None
        if match.group("invalid") is not None:
            problem = "a lone $ means nothing; write $$ for a dollar sign"
        elif name and name not in PLACES:
            known = ", ".join(f"${place}" for place in sorted(PLACES))
            problem = f"there is no ${name}; these can be filled in: {known}"
        elif name in _RESULT and stage is not Stage.RESOLVED:
            problem = f'${name} is empty until there is a result; use it in "resolved" only'
        if problem:
            yield _inside(document, field, text, match.start(), problem)


def _names(text: str) -> set[str]:
    found = Template.pattern.finditer(text)
    return {match.group("named") or match.group("braced") or "" for match in found}


def _inside(document: Document, field: str, text: str, position: int, words: str) -> Finding:
    """A finding on the line inside a block of text; the block begins below its name."""
    finding = document.finding(words, field)
    below = 1 + text[:position].count("\n") if "\n" in text else 0
    return replace(finding, line=finding.line + below)


def _longest(sources: Sources, language: str, sms: str) -> int:
    """How long the text becomes with the longest names that the city has."""
    lengths = dict(_LONG)
    if sources.city:
        lengths |= {"city": len(sources.city.model.name), "phone": len(sources.city.model.phone)}
    services = sources.services.model.services if sources.services else []
    departments = sources.departments.model.departments if sources.departments else []
    lengths["service"] = max((len(each.name.get(language, "")) for each in services), default=0)
    lengths["department"] = max(
        (len(each.name.get(language, "")) for each in departments), default=0
    )
    filled = Template(sms).safe_substitute({name: "x" * size for name, size in lengths.items()})
    return len(filled)
