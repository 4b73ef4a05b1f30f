"""A report as one page: nothing to load, no script, readable by everybody and at night."""

from collections.abc import Iterable, Sequence
from html import escape

from cli.conformance.model import Remark, Result, Verdict
from cli.conformance.registry import GROUPS
from cli.conformance.style import STYLE
from cli.conformance.summary import MOST_NAMED, Report
from cli.conformance.terminal import sentence
from cli.screen import clean

NAMES = {
    Verdict.PASS: "Pass",
    Verdict.WARN: "Pass, with remarks",
    Verdict.FAIL: "Fail",
    Verdict.SKIP: "Not looked at",
    Verdict.FAULT: "Fault of the suite",
}
_SHORT = NAMES | {Verdict.WARN: "Remarks", Verdict.FAULT: "Fault"}
_CLOSING = "city311 conformance. A rule that is not looked at says why, and how to look by hand."
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def page(report: Report) -> str:
    """The whole document. Whatever the endpoint said stands in it as text."""
    title = f"Open311 conformance of {_text(report.endpoint)}"
    body = "\n".join(
        [
            f"<header><p class=over>Open311 GeoReport v2</p><h1>{title}</h1>",
            f"<p class={'good' if report.passed else 'bad'}>{_text(sentence(report))}</p>",
            f"<p class=dim>{_text(_about(report))}</p>",
            "</header><main>",
            _levels(report),
            _failed(report.results),
            _clients(report),
            _filed(report),
            _contents(report.results),
            *(_group(letter, name, report.results) for letter, name in GROUPS.items()),
            f"</main><footer><p>{_CLOSING}</p></footer>",
        ]
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{title}</title><style>{STYLE}</style></head>\n<body>{body}</body></html>\n"
    )


def _about(report: Report) -> str:
    began = report.began.replace("T", " ").replace("Z", " UTC")
    return f"{began}, formats: {', '.join(report.formats)}"


def _text(value: object) -> str:
    return escape(clean(value))


def _table(caption: str, head: Sequence[str], rows: Iterable[tuple[str, Sequence[str]]]) -> str:
    columns = "".join(f"<th scope=col>{_text(each)}</th>" for each in head)
    lines = "".join(
        f"<tr><th scope=row>{_text(name)}</th>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
        for name, cells in rows
    )
    return (
        f'<div class=wide role=region tabindex=0 aria-label="{_text(caption)}">'
        f"<table><caption>{_text(caption)}</caption>"
        f"<thead><tr>{columns}</tr></thead><tbody>{lines}</tbody></table></div>"
    )


def _levels(report: Report) -> str:
    shown = [each for each in Verdict if each is not Verdict.FAULT or report.counts.get(each)]
    rows = [
        (str(level), [str(counts.get(verdict, 0)) for verdict in shown])
        for level, counts in report.by_level().items()
    ]
    head = ["Level", *(_SHORT[verdict] for verdict in shown)]
    explained = (
        "<p class=dim>MUST: the specification says so. SHOULD: it is silent, and real clients need "
        "it. MAY: an extension; who does not offer it breaks nothing.</p>"
    )
    return f"<h2>In short</h2>{_table('Rules by level', head, rows)}{explained}"


def _failed(results: Sequence[Result]) -> str:
    """What to mend first, where it is seen first."""
    failed = [each.rule for each in results if each.verdict is Verdict.FAIL]
    items = "".join(f"<li>{_link(each.id)} {_text(each.statement)}</li>" for each in failed)
    return f"<h2>Failed</h2><ul>{items}</ul>" if failed else ""


def _clients(report: Report) -> str:
    rows, shown = [], {each.rule.id for each in report.results}
    for each in report.clients():
        links = _links((*each.broken, *each.stumbles))
        because = f", because of {links}" if links else ""
        unseen = _links(each.unseen)
        if len(each.unseen) > MOST_NAMED or not shown.issuperset(each.unseen):
            unseen = f"{len(each.unseen)} of {each.rules} rules"
        kind = {"no": "fail", "not looked at": "skip", "so far": "skip"}.get(each.works, "pass")
        word = {"so far": "Nothing against it so far"}.get(each.works, each.works.capitalize())
        rows.append((str(each.client), [f"{_badge(kind, word)}{because}", unseen]))
    head = ["Client", "Works here", "Not looked at"]
    return f"<h2>Would it work here?</h2>{_table('Clients of the field', head, rows)}"


def _filed(report: Report) -> str:
    if not report.filed:
        return ""
    items = "".join(
        f"<li><code>{_text(each.service_request_id)}</code> (rule {_link(each.rule)})</li>"
        for each in report.filed
    )
    return (
        "<h2>Test reports</h2><p>The city has these now; each says that it is a test.</p>"
        f"<ul class=ids>{items}</ul>"
    )


def _contents(results: Sequence[Result]) -> str:
    """The way to each group of rules, and how many of it failed."""
    items = []
    for letter, name in GROUPS.items():
        found = [each for each in results if each.rule.id.startswith(letter)]
        failed = sum(each.verdict is Verdict.FAIL for each in found)
        said = f"{len(found)}, {failed} failed" if failed else str(len(found))
        if found:
            items.append(f'<li><a href="#group-{letter}">{_text(name)}</a> ({said})</li>')
    return f"<h2 id=rules>The rules</h2><nav aria-labelledby=rules><ul>{''.join(items)}</ul></nav>"


def _links(rules: Iterable[str]) -> str:
    return ", ".join(map(_link, rules))


def _link(rule: str) -> str:
    return f'<a href="#{_text(rule)}">{_text(rule)}</a>'


def _badge(kind: str, word: str) -> str:
    return f'<span class="badge {kind}">{_text(word)}</span>'


def _group(letter: str, name: str, results: Sequence[Result]) -> str:
    found = [result for result in results if result.rule.id.startswith(letter)]
    if not found:
        return ""
    rules = "".join(map(_rule, found))
    return f'<section id="group-{letter}"><h2>{_text(name)}</h2>{rules}</section>'


def _rule(result: Result) -> str:
    rule = result.rule
    level = f"<span class=level>{rule.level}</span>"
    head = (
        f"<h3><span class=id>{rule.id}</span> {_text(rule.statement)}</h3>"
        f"<p>{_badge(result.verdict, NAMES[result.verdict])} {level}</p>"
    )
    words = "" if result.verdict is Verdict.FAIL else _paragraph("Because", result.words)
    remarks = "".join(_paragraph("Remark", _remark(each)) for each in result.warnings)
    by_hand = "".join(_paragraph("By hand", each) for each in result.by_hand)
    return (
        f'<article id="{rule.id}" class={result.verdict}>{head}<p class=dim>{_text(rule.why)}</p>'
        f"{words}{remarks}{by_hand}{_looks(result)}</article>"
    )


def _remark(remark: Remark) -> str:
    clients = ", ".join(map(str, remark.clients))
    return f"{remark.words} ({clients})" if clients else remark.words


def _paragraph(name: str, words: str) -> str:
    return f"<p><b>{name}:</b> {_text(words)}</p>" if words else ""


def _looks(result: Result) -> str:
    if not result.looks:
        return ""
    rows = "".join(
        f"<li><code>{_text(look.request or 'nothing was asked')}</code>"
        f"<br>expected: {_text(look.expected)}"
        + ("" if look.holds else f"<br><b>came:</b> {_text(look.came)}")
        + "</li>"
        for look in result.looks
    )
    count = len(result.looks)
    said = f"Evidence: {_counted(count, 'look')}"
    said += f", {_counted(result.calls, 'call')}" if result.calls else ""
    opened = " open" if result.verdict is Verdict.FAIL else ""
    return f"<details{opened}><summary>{said}</summary><ol>{rows}</ol></details>"


def _counted(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
